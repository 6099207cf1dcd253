"""What was done lately by somebody and by colleagues, in words, as far as one may see it."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import cache, lru_cache
from itertools import groupby
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jineng.pages.planned import Planned
from jineng.pages.work import Done
from jineng.people.models import (
    BlacklistEntry,
    CorrectionRequest,
    Delegation,
    GroupMembership,
    Membership,
    Organisation,
    OrganisationKind,
    Person,
    PersonMerge,
    PillarStatus,
    Qualification,
    SignUp,
    Suspension,
    User,
    Verification,
)
from jineng.people.permissions import Access, access_of, organisations_in_reach, persons_in_reach

#: How far back each colleague is looked at, and how many colleagues.
EACH, COLLEAGUES = 24, 40

#: What is said of a row that came, and of one that changed; "" is not told of.
_WORDS: dict[type[Model], tuple[Any, Any]] = {
    Person: (gettext_lazy("登记了人员"), gettext_lazy("修改了人员档案")),
    GroupMembership: (gettext_lazy("登记了人员类别"), gettext_lazy("更改了人员类别")),
    PersonMerge: (gettext_lazy("合并了档案"), gettext_lazy("撤销了合并")),
    BlacklistEntry: (gettext_lazy("列入黑名单"), gettext_lazy("更新了黑名单记录")),
    CorrectionRequest: (gettext_lazy("提出更正申请"), gettext_lazy("答复了更正申请")),
    Verification: (gettext_lazy("核验了档案"), ""),
    Organisation: (gettext_lazy("登记了单位"), gettext_lazy("修改了单位信息")),
    OrganisationKind: (gettext_lazy("登记了单位类别"), gettext_lazy("更改了单位类别")),
    PillarStatus: (gettext_lazy("登记了支柱或重点企业"), ""),
    Suspension: (gettext_lazy("登记了停工停产"), gettext_lazy("更改了停工停产")),
    Qualification: (gettext_lazy("登记了资质"), gettext_lazy("修改了资质")),
    SignUp: ("", gettext_lazy("办理了企业报名")),
    Membership: (gettext_lazy("授予了岗位"), gettext_lazy("更改了岗位")),
    Delegation: (gettext_lazy("安排了代理"), gettext_lazy("结束了代理")),
}
_MODELS = {model._meta.db_table: model for model in _WORDS}
_PERSON = {"person", "survivor"}


class _Row(NamedTuple):
    xact: str
    at: Any
    kind: str
    table: str
    row: str
    actor: int
    username: str
    person: int | None
    organisation: int | None


@cache
def _statement() -> str:
    return f"""
    WITH colleague AS (
        SELECT %s AS id
        UNION
        (SELECT user_id FROM people_membership
         WHERE (organisation_id = ANY (%s)
                OR %s AND organisation_id IS NULL AND role = 'platform_admin')
            AND starts_on <= %s AND coalesce(ends_on >= %s, true)
         LIMIT {COLLEAGUES})
    )
    SELECT event.xact::text, event.at, event.kind, event.table_name, event.row_id,
        event.actor_id, who.username, {_whose(_PERSON)}, {_whose({"organisation"})}
    FROM colleague JOIN people_user who ON who.id = colleague.id, LATERAL (
        SELECT * FROM core_event
        WHERE actor_id = colleague.id AND table_name = ANY (%s)
            AND kind IN ('insert', 'update')
        ORDER BY id DESC LIMIT {EACH}
    ) AS event
    ORDER BY event.id DESC LIMIT {2 * EACH}
    """


def _whose(names: set[str]) -> str:
    """The key of the person or organisation that an event's row is about."""
    itself = Person if "person" in names else Organisation
    cases = [f"WHEN '{itself._meta.db_table}' THEN event.row_id::bigint"]
    for table, model in _MODELS.items():
        cases += [
            f"WHEN '{table}' THEN coalesce((event.after ->> '{field.column}')::bigint,"
            f" (SELECT {field.column} FROM {table} WHERE id = event.row_id::bigint))"
            for field in model._meta.local_fields
            if field.name in names and field.is_relation
        ]
    return f"CASE event.table_name {' '.join(cases)} END"


def recently(user: User, *, on: date, most: int) -> list[Done]:
    """The latest first; what one transaction did many times is told once. Two statements.

    Of what colleagues did with persons, only those are told who may read histories; and who is on
    the blacklist, those who may see that.
    """
    access = access_of(user, on=on)
    rows = _rows(user, access, on)
    if not access.may("history:see"):
        rows = [row for row in rows if row.actor == user.pk or row.person is None]
    if not access.may("blacklist:see"):
        listed = BlacklistEntry._meta.db_table
        rows = [row for row in rows if row.actor == user.pk or row.table != listed]
    persons, organisations = _names(user, rows, on)
    told: list[Done] = []
    for _key, group in groupby(rows, key=lambda row: (row.xact, row.kind, row.table)):
        same = [
            row
            for row in group
            if (row.person is None or row.person in persons)
            and (row.organisation is None or row.organisation in organisations)
        ]
        if same and (words := _WORDS[_MODELS[same[0].table]][same[0].kind == "update"]):
            told.append(_told(same, words, user, access, persons, organisations))
    return told[:most]


def _rows(user: User, access: Access, on: date) -> list[_Row]:
    planned, given = _colleagues(
        user.pk,
        frozenset(one.organisation_id for one in access.holdings if one.organisation_id),
        any(one.organisation_id is None for one in access.holdings),
        on,
    )
    return [_Row(*row) for row in planned.rows(given)]


@lru_cache(maxsize=1_000)
def _colleagues(
    me: int, of: frozenset[int], platform: bool, on: date
) -> tuple[Planned, Sequence[Any]]:
    return Planned.of(_statement(), [me, sorted(of), platform, on, on, list(_MODELS)])


#: Where the keys of persons and of organisations go in what is given to a statement for names.
_PERSONS: list[int] = []
_ORGANISATIONS: list[int] = []


def _names(user: User, rows: Iterable[_Row], on: date) -> tuple[dict[int, str], dict[int, str]]:
    """Persons and organisations of the rows that are within reach, by their keys."""
    persons = sorted({row.person for row in rows if row.person})
    organisations = sorted({row.organisation for row in rows if row.organisation})
    reach = _reach(user, access_of(user, on=on), on) if persons or organisations else None
    found: dict[str, dict[int, str]] = {"p": {}, "o": {}}
    if reach is not None:
        planned, given = reach
        places = {id(_PERSONS): persons, id(_ORGANISATIONS): organisations}
        for which, pk, name in planned.rows([places.get(id(one), one) for one in given]):
            found[which][pk] = name
    return found["p"], found["o"]


@lru_cache(maxsize=1_000)
def _reach(user: User, access: Access, on: date) -> tuple[Planned, Sequence[Any]] | None:
    """The statement for names of persons ("p") and organisations ("o") within reach; None where
    nobody is. To make it takes longer than to ask it.
    """
    parts, params = [], list[Any]()
    for which, keys, reached in (
        ("p", _PERSONS, persons_in_reach(user, on=on)),
        ("o", _ORGANISATIONS, organisations_in_reach(user, on=on)),
    ):
        with suppress(EmptyResultSet):
            sql, given = reached.order_by().values("pk", "name").query.sql_with_params()
            named = f"SELECT '{which}', pk, name FROM ({sql}) r (pk, name)"
            parts.append(f"{named} WHERE pk = ANY (%s)")
            params += [*given, keys]
    return Planned.of(" UNION ALL ".join(parts), params) if parts else None


def _told(
    same: list[_Row],
    words: Any,
    user: User,
    access: Access,
    persons: dict[int, str],
    organisations: dict[int, str],
) -> Done:
    row = same[0]
    done = Done(
        at=row.at,
        what=words,
        who=_("我") if row.actor == user.pk else row.username,
        count=len(same),
    )
    if len(same) > 1:
        return done
    if row.table == CorrectionRequest._meta.db_table and access.may("person:edit"):
        url = reverse("people:answer", args=[row.row])
        return replace(done, about=persons.get(row.person or 0, ""), url=url)
    if row.person is not None:
        url = reverse("people:person", args=[row.person])
        return replace(done, about=persons[row.person], url=url)
    if row.organisation is not None:
        url = reverse("people:organisation", args=[row.organisation])
        return replace(done, about=organisations[row.organisation], url=url)
    return done
