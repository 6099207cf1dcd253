"""Batches of claims that the cast has handed in, decided by the project's own processing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from jineng.claims.commands import decide_clean_lines, receive_batch
from jineng.claims.models import FOR_GOOD, Batch, State
from jineng.claims.permissions import owner_of_user
from jineng.claims.processing import process_batch
from jineng.core.events import acting
from jineng.demo import claims
from jineng.demo.bodies import CHENGXI, CHUHE, CHUJIANG, XIANGZIKOU
from jineng.demo.claims import Line, Paper, Random
from jineng.demo.province import Province
from jineng.demo.users import Users, moment
from jineng.people.models import Organisation, Person, PillarStatus, User
from jineng.policy.facts import FACT


@dataclass(frozen=True)
class HandedIn:
    """A file of claims, by whom and when; ``clean``: its clean lines are to be decided alone."""

    by: str
    title: str
    on: date
    lines: list[Line]
    clean: bool = False


def load(province: Province, users: Users, folder: Path) -> list[tuple[Batch, User]]:
    """Hands them in and decides them; the batches, and whose they are."""
    return [(processed(one, users[one.by], folder), users[one.by])
            for one in _handed_in(province, users)]  # fmt: skip


def _handed_in(province: Province, users: Users) -> Iterator[HandedIn]:
    known = {one.credit_code: one for one in Organisation.objects.select_related("region")}
    firms = [known[one.code] for one in province.bodies.enterprises]
    school = known[province.bodies.trainers[CHUJIANG].code]
    rng = [province.rng(11, purpose) for purpose in range(8)]
    yield from _of_enterprises(firms, rng)
    yield from _of_departments(firms, users, rng)
    trainees: list[Person] = claims.trainees("420100", rng[6], 42)
    free = claims.free_training(trainees, school, Paper("420106", "CJ", date(2020, 9, 1)), rng[7])
    yield HandedIn("zheng-guoping", "楚匠学校养老护理2020-3班", date(2020, 9, 8), [*free])


def _of_enterprises(firms: list[Organisation], rng: list[Random]) -> Iterator[HandedIn]:
    days = (date(2019, 9, 1), date(2020, 7, 5))
    taken_on = claims.spells(60, [firms[CHUHE]], started_on__range=days)
    pre = claims.pre_job(taken_on, Paper("420114", "CH", date(2020, 9, 4)), rng[0])
    yield HandedIn("huang-li", "楚禾公司2020年岗前培训补贴申领表", date(2020, 9, 10), [*pre])
    newest = claims.spells(18, [firms[CHUHE]], started_on__gt=date(2020, 2, 1))
    wrong = claims.pre_job(newest, Paper("420114", "CH9", date(2020, 9, 8)), rng[1])
    yield HandedIn("huang-li", "9月新进员工岗前培训（待改）", date(2020, 9, 14), _spoilt([*wrong]))
    cooks = claims.spells(7, [firms[XIANGZIKOU]], ended_on=None)
    work = claims.work_training(cooks, Paper("420106", "XZ", date(2020, 9, 1)), rng[2])
    lines = _spoilt([*work], every=9)
    yield HandedIn("he-min", "巷子口以工代训6-8月", date(2020, 9, 11), lines, clean=True)


def _of_departments(
    firms: list[Organisation], users: Users, rng: list[Random]
) -> Iterator[HandedIn]:
    of_yichang = [one for one in firms if one.region and one.region.code in _OF_ZIGUI]
    newly = claims.spells(900, [firms[CHENGXI], *of_yichang], started_on__gte=date(2020, 1, 1))
    grouped = claims.mostly_grouped(newly)[:70]
    work = claims.work_training(grouped, Paper("420527", "ZG", date(2020, 9, 2)), rng[3])
    yield HandedIn("xiang-guohua", "秭归县以工代训补贴2020年第三季度", date(2020, 9, 9), [*work])

    of_wuhan = [one for one in firms if one.region and one.region.code in _OF_WUCHANG]
    insured = claims.spells(5_000, of_wuhan, ended_on=None)
    welder = users["zhou-hao"].person_id
    his = [one for one in insured if one.person_id == welder]
    others = [one for one in insured if one.person_id != welder]
    chosen = [*his, *claims.some(others, 160, rng[4])]
    skill = claims.skill_upgrade(chosen, Paper("420106", "WC", date(2020, 9, 3)), rng[4])
    lines = _as_told([*skill])
    yield HandedIn("liu-yang", "武昌区职工技能提升补贴2020年8月", date(2020, 9, 11), lines)

    pillars = set(PillarStatus.objects.filter(year=2020).values_list("organisation", flat=True))
    trained = claims.spells(3_000, of_wuhan[:24], started_on__lt=date(2020, 8, 1))
    trained = claims.some(trained, 90, rng[5])
    post = claims.on_the_job(trained, pillars, Paper("420106", "WG", date(2020, 9, 7)), rng[5])
    yield HandedIn("chen-jing", "武昌区岗位培训与新技师2020-09", date(2020, 9, 14), [*post])


def _as_told(lines: list[Line]) -> list[Line]:
    """The first is the welder's of the cast, whose certificate is as his story says."""
    lines[0] |= {"occupation": "焊工", "level": "4", "certificate_type": "skill_level"}
    lines[0] |= {"certificate_issued_on": date(2020, 7, 20), "certificate_verified": "yes"}
    return lines


_OF_ZIGUI = frozenset({"420527", "420528", "420506", "420502", "420503", "420583"})
_OF_WUCHANG = frozenset({"420106", "420107", "420111", "420102", "420103", "420114"})


def _spoilt(lines: list[Line], every: int = 4) -> list[Line]:
    """With the mistakes that people make: a day that is none, a number in words, a digit amiss."""
    for place, line in enumerate(lines):
        if place % every != every - 1:
            continue
        mistake = (place // every) % 4
        if mistake == 0:
            line["applied_on"] = "2020-09-31"
        elif mistake == 1:
            line["scheme"] = "岗前补贴款"
        elif mistake == 2:
            number = str(line["person_id"])
            # The check character of another number.
            line["person_id"] = number[:17] + ("0" if number[17] != "0" else "1")
        else:
            line["claim_id"] = lines[place - 1]["claim_id"]
    return lines


def processed(handed_in: HandedIn, user: User, folder: Path) -> Batch:
    """Received as from the page, then taken through what the worker does."""
    path = folder / f"{handed_in.title}.xlsx"
    _write(path, handed_in.lines)
    upload = SimpleUploadedFile(path.name, path.read_bytes())
    at, owner = moment(handed_in.on, 16, 20), owner_of_user(user.pk)
    with acting(by=user, why="上传申领表"):
        batch = receive_batch(claims=upload, by=owner, user=user, at=at)
        # As long as the demo is, where others go after a day.
        Batch.objects.filter(pk=batch.pk).update(expires_at=FOR_GOOD)
    with acting(by=None, origin="worker"):
        process_batch(batch.pk)
        batch.refresh_from_db()
        if handed_in.clean and batch.state == State.FAULTY:
            decide_clean_lines(batch, by=owner)
            process_batch(batch.pk)
            batch.refresh_from_db()
    if batch.state not in (State.DECIDED, State.FAULTY):
        raise AssertionError((handed_in.title, batch.state, batch.trouble))
    return batch


def _write(path: Path, lines: Iterable[Line]) -> None:
    """A workbook with Chinese headings, as people fill them in."""
    listed = list(lines)
    used = {name for line in listed for name in line}
    names = [name for name in FACT if name in used]
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("申领表")
        sheet.write_row(0, 0, [FACT[name].heading for name in names])
        for row, line in enumerate(listed, 1):
            sheet.write_row(row, 0, [_cell(name, line.get(name)) for name in names])


def _cell(name: str, value: Any) -> Any:
    """Codes by their names, as the template asks for them; days as texts."""
    if value is None:
        return None
    return FACT[name].codes.get(str(value), value if isinstance(value, int) else str(value))
