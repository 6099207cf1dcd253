"""A file of persons: one line for each, found by identity number; an empty cell changes nothing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from jineng.core.sealed import (
    SealedText,
    lookup_hash_many,
    lookup_hashes,
    lookup_key_id,
    seal_many,
)
from jineng.people import values
from jineng.people.models import GroupMembership, ImportRun, Person, PersonKey
from jineng.people.models.persons import Education, KeyKind, Sex
from jineng.people.names import person_key, person_tokens
from jineng.people.queries.persons import GROUPS
from jineng.people.registers.bulk import (
    Lines,
    Spec,
    change_rows,
    copy_rows,
    new_keys,
    refuse_repeated,
    spec,
)
from jineng.people.registers.words import choice_of, choices_of, day_of, region_of, text_of
from jineng.policy import identity

REGIONS = ("household_region", "living_region", "working_region")
SEALED = ("phone", "bank_account")
#: What a line may change of a person who is known.
CHANGED = ("sex", *REGIONS, "education", "bank_name", *SEALED)
COLUMNS = {
    "sex": "varchar",
    "household_region_id": "int8",
    "living_region_id": "int8",
    "working_region_id": "int8",
    "education": "varchar",
    "bank_name": "varchar",
    "phone": "bytea",
    "bank_account": "bytea",
}


def specs(on: date) -> list[Spec]:
    """The columns of a file of persons."""
    region = region_of(on)

    def number(text: str) -> str:
        return values.identity_number(text, on=on)

    return [
        spec(
            "number",
            "身份证号",
            number,
            "证件号码",
            "公民身份号码",
            required=True,
            mask=identity.masked,
        ),
        spec("name", "姓名", values.person_name, required=True, mask=_mask(1, 0)),
        spec("sex", "性别", choice_of("性别", Sex.choices)),
        spec("phone", "手机号", values.phone, "联系电话", "手机号码", mask=_mask(3, 2)),
        spec("household_region", "户籍地", region, "户籍所在地"),
        spec("living_region", "居住地", region, "常住地"),
        spec("working_region", "工作地", region),
        spec("education", "文化程度", choice_of("文化程度", Education.choices), "学历"),
        spec("bank_name", "开户行", text_of(100), "开户银行"),
        spec("bank_account", "银行账号", values.bank_account, "银行卡号", mask=masked_account),
        spec("groups", "人员类别", choices_of("人员类别", GROUPS)),
        spec("proof", "类别凭据", text_of(200)),
        spec("source", "类别来源", text_of(100)),
        spec("since", "类别开始日期", day_of("类别开始日期")),
    ]


def _mask(head: int, tail: int) -> Callable[[str], str]:
    """Shows so many characters at both ends."""

    def masked(text: str) -> str:
        if len(text) <= head + tail:
            return text[:1] + "*" * (len(text) - 1)
        return text[:head] + "*" * (len(text) - head - tail) + text[len(text) - tail :]

    return masked


masked_account = _mask(0, 4)


@dataclass
class Outcome:
    """What became of the lines, and whom they are about."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    touched: dict[int, int] = field(default_factory=dict)

    def note(self, key: int, line: int, *, changed: bool) -> None:
        """A line about somebody who was known."""
        self.touched[key] = line
        self.changed += changed
        self.unchanged += not changed


def check(lines: Lines) -> None:
    """Notes what is wrong between lines, and between the cells of one."""
    refuse_repeated(lines, "number")
    for line in range(lines.count):
        number, sex = lines.value("number", line), lines.value("sex", line)
        if number and sex and values.sex_in(number) not in ("", sex):
            lines.blame("sex", _("性别与身份证号不符，请核对"), [line])
        if lines.value("groups", line):
            for name in ("proof", "source", "since"):
                if lines.value(name, line) is None:
                    lines.blame(name, _("填了人员类别，就要写明凭据、来源和开始日期"), [line])


def write(lines: Lines, run: ImportRun) -> Outcome:
    """Brings the lines into the register; problems that the register itself shows are noted."""
    outcome = Outcome()
    for chunk in lines.chunks():
        known = known_persons(lines, chunk)
        outcome.added += _add(lines, [one for one in chunk if one not in known], run, outcome)
        _change(lines, known, run, outcome)
    return outcome


def known_persons(lines: Lines, chunk: range) -> dict[int, int]:
    """The person of each line whose number is known."""
    hashes: dict[bytes, int] = {}
    for line in chunk:
        number = lines.value("number", line)
        if number is not None:
            hashes |= dict.fromkeys(lookup_hashes(KeyKind.IDENTITY, number), line)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT hash, person_id FROM people_personkey"
            " WHERE kind = 'identity' AND hash = ANY(%s)",
            [list(hashes)],
        )
        return {hashes[bytes(found)]: person for found, person in cursor.fetchall()}


def _add(lines: Lines, new: Sequence[int], run: ImportRun, outcome: Outcome) -> int:
    if not new:
        return 0
    keys = new_keys("people_person", len(new))
    numbers = [lines.value("number", line) for line in new]
    sealed = seal_many(numbers, "people_person.identity_number")
    others = {name: _sealed(lines, name, new) for name in SEALED}
    rows = []
    for place, line in enumerate(new):
        name, number = lines.value("name", line), numbers[place]
        rows.append(
            (
                keys[place],
                name,
                sealed[place],
                values.birth_date(number),
                run.pk,
                person_key(name),
                person_tokens(name),
                values.sex_in(number) or lines.value("sex", line) or "",
                *(_key(lines.value(region, line)) for region in REGIONS),
                lines.value("education", line) or "",
                lines.value("bank_name", line) or "",
                *(others[one][place] for one in SEALED),
            )
        )
    made = ["id", "name", "identity_number", "birth_date", "run_id", "name_key", "name_tokens"]
    types = ["int8", "varchar", "bytea", "date", "int8", "varchar", "text"]
    copy_rows("people_person", [*made, *COLUMNS], [*types, *COLUMNS.values()], rows)
    _write_keys(KeyKind.IDENTITY, keys, numbers)
    called = [(key, lines.value("phone", line)) for key, line in zip(keys, new, strict=True)]
    _write_keys(KeyKind.PHONE, *_filled(called))
    persons = dict(zip(keys, new, strict=True))
    _write_groups(_groups_of(lines, persons), run)
    outcome.touched |= persons
    return len(new)


def _sealed(lines: Lines, name: str, of: Sequence[int]) -> list[bytes | None]:
    """A column's cells sealed, in the order of the lines."""
    cells = [lines.value(name, line) for line in of]
    sealed = iter(seal_many([one for one in cells if one], f"people_person.{name}"))
    return [next(sealed) if one else None for one in cells]


def _key(row: Any) -> int | None:
    return None if row is None else int(row.pk)


def _filled(pairs: Iterable[tuple[int, str | None]]) -> tuple[list[int], list[str]]:
    filled = [(key, text) for key, text in pairs if text]
    return [key for key, _text in filled], [text for _key, text in filled]


def _write_keys(kind: str, persons: Sequence[int], texts: Sequence[str]) -> None:
    hashes = lookup_hash_many(kind, texts)
    rows = ((one, kind, found, lookup_key_id()) for one, found in zip(persons, hashes, strict=True))
    columns = ["person_id", "kind", "hash", "key_id"]
    copy_rows("people_personkey", columns, ["int8", "varchar", "bytea", "varchar"], rows)


def _change(lines: Lines, known: dict[int, int], run: ImportRun, outcome: Outcome) -> None:
    """Changes the persons who are known, as far as a line says anything new of them."""
    line_of: dict[int, int] = {}
    for line, key in sorted(known.items()):
        first = line_of.setdefault(key, line)
        if first != line:
            told = _("与第 %(row)s 行是同一个人的档案") % {"row": lines.row(first)}
            lines.blame("number", told, [line])
    persons = Person.objects.select_for_update().order_by("pk").in_bulk(list(line_of))
    changed: list[Person] = []
    phones: list[Person] = []
    for key, line in line_of.items():
        person = persons[key]
        if lines.value("name", line) not in (None, person.name):
            message = _("与档案中的姓名不一致：请核对号码；姓名确已更改的，请在人员页面修改")
            lines.blame("name", message, [line])
            continue
        new = _differing(lines, line, person)
        for name, value in new.items():
            setattr(person, name, value)
        if new:
            changed.append(person)
        if "phone" in new:
            phones.append(person)
    added = _write_groups(_new_groups(lines, line_of), run)
    if lines.wrong:
        return
    altered = {person.pk for person in changed} | added
    for key, line in line_of.items():
        outcome.note(key, line, changed=key in altered)
    _write_changes(changed)
    PersonKey.objects.filter(person__in=phones, kind=KeyKind.PHONE).delete()
    _write_keys(KeyKind.PHONE, *_filled((one.pk, one.phone) for one in phones))


def _differing(lines: Lines, line: int, person: Person) -> dict[str, Any]:
    """What the line says otherwise than the record."""
    found = {name: lines.value(name, line) for name in CHANGED}
    in_number = values.sex_in(str(person.identity_number))
    if in_number:
        found["sex"] = in_number
    return {
        name: value
        for name, value in found.items()
        if value is not None
        and (_key(value) if name in REGIONS else value)
        != getattr(person, f"{name}_id" if name in REGIONS else name)
    }


def _write_changes(changed: Sequence[Person]) -> None:
    sealed = {name: iter(_resealed(changed, name)) for name in SEALED}
    rows = [
        (
            person.pk,
            person.sex,
            *(getattr(person, f"{region}_id") for region in REGIONS),
            person.education,
            person.bank_name,
            *(next(sealed[name]) for name in SEALED),
        )
        for person in changed
    ]
    change_rows("people_person", ["id", *COLUMNS], ["int8", *COLUMNS.values()], rows)


def _resealed(persons: Sequence[Person], name: str) -> Iterable[bytes | None]:
    """A sealed column: what was read keeps its bytes, what is new is sealed."""
    cells = [getattr(person, name) for person in persons]
    new = [one for one in cells if one and not isinstance(one, SealedText)]
    sealed = iter(seal_many(new, f"people_person.{name}"))
    for one in cells:
        yield one.sealed if isinstance(one, SealedText) else next(sealed) if one else None


@dataclass(frozen=True)
class _Belongs:
    """A group of somebody, as a line says."""

    person: int
    group: str
    proof: str
    source: str
    since: date


def _groups_of(lines: Lines, persons: dict[int, int]) -> list[_Belongs]:
    return [
        _Belongs(
            person,
            group,
            lines.value("proof", line),
            lines.value("source", line),
            lines.value("since", line),
        )
        for person, line in persons.items()
        for group in lines.value("groups", line) or ()
        if lines.value("since", line) is not None
    ]


def _new_groups(lines: Lines, persons: dict[int, int]) -> list[_Belongs]:
    """Those that the register does not have; one that it has from another day on is told."""
    told = _groups_of(lines, persons)
    held: dict[tuple[int, str], list[tuple[date, date]]] = {}
    rows = GroupMembership.objects.filter(person__in={one.person for one in told})
    for person, group, first, last in rows.values_list("person", "group", "starts_on", "ends_on"):
        held.setdefault((person, group), []).append((first, last or date.max))
    new = []
    for one in told:
        days = held.get((one.person, one.group), [])
        if any(first <= one.since <= last for first, last in days):
            continue
        if any(first > one.since for first, _last in days):
            message = _("已从 %(day)s 起登记为“%(group)s”；更正开始日期请在人员页面办理")
            first = min(first for first, _last in days if first > one.since)
            told_of = {"day": first, "group": GROUPS[one.group]}
            lines.blame("since", message % told_of, [persons[one.person]])
            continue
        new.append(one)
    return new


def _write_groups(new: Sequence[_Belongs], run: ImportRun) -> set[int]:
    """Whose groups were written."""
    columns = ["person_id", "group", "proof", "source", "starts_on", "run_id"]
    types = ["int8", "varchar", "varchar", "varchar", "date", "int8"]
    rows = ((one.person, one.group, one.proof, one.source, one.since, run.pk) for one in new)
    copy_rows("people_groupmembership", columns, types, rows)
    return {one.person for one in new}


def beyond(lines: Lines, outcome: Outcome, reached: Any, *, column: str, message: str) -> None:
    """Notes the lines about whom whoever imports does not reach."""
    touched = list(outcome.touched)
    for start in range(0, len(touched), 10_000):
        part = touched[start : start + 10_000]
        within = set(reached.filter(pk__in=part).values_list("pk", flat=True))
        far = [outcome.touched[key] for key in part if key not in within]
        if far:
            lines.blame(column, message, far)
