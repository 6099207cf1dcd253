"""Two records found to be one person become one, and two again where that was an error.

The record that is merged away stays, and stays out of use; whatever was said of it is said of the
survivor from then on, and its numbers lead there. Rows that say what is said of the survivor
already stay behind.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db.models import Field, Model, Q, UniqueConstraint
from django.utils.translation import gettext as _

from jineng.core.events import acting
from jineng.people.errors import Refused
from jineng.people.models import (
    CaseDuty,
    Entitlement,
    EntitlementUse,
    InsuranceSpell,
    Person,
    PersonMerge,
    User,
)
from jineng.people.permissions import person_for

#: What stays where it is and counts for the survivor all the same, and the record of merges itself.
APART = (CaseDuty, Entitlement, EntitlementUse, InsuranceSpell, PersonMerge)


def merge_persons(
    survivor: Person, merged: Person, *, by: User | None, on: date, at: datetime, why: str
) -> PersonMerge:
    """Makes `merged` part of `survivor`.

    Raises Http404 and PermissionDenied as `person_for` does for either, and Refused.
    """
    if not why.strip():
        raise Refused(_("请写明认定为同一人的依据。"))
    if survivor.pk == merged.pk:
        raise Refused(_("这是同一份档案。"))
    with acting(by=by, why=why):
        survivor, merged = _locked(survivor, merged, by, on)
        if survivor.merged_into_id or merged.merged_into_id:
            raise Refused(_("其中一份档案已并入另一份。"))
        accounts = list(User.objects.filter(person__in=[survivor, merged]).order_by("username"))
        if len(accounts) > 1:
            told = {"names": _("、").join(one.username for one in accounts)}
            raise Refused(
                _(
                    "两份档案都有登录账号（%(names)s）。请本人决定留哪一个，"
                    "由平台管理员在“平台—账号”页解除另一个与档案的绑定，再来合并。"
                )
                % told
            )
        moved = {
            _place(field): _moved(field, merged, survivor) for field in _fields_that_point_here()
        }
        merged.merged_into = survivor
        merged.save(update_fields=["merged_into"])
        return PersonMerge.objects.create(
            survivor=survivor,
            merged=merged,
            moved={place: rows for place, rows in moved.items() if rows},
            by=by,
            at=at,
            why=why.strip(),
        )


def undo_merge(
    merge: PersonMerge, *, by: User | None, on: date, at: datetime, why: str
) -> PersonMerge:
    """Makes two of one again: what was moved goes back, what came since stays with the survivor.

    Raises as `merge_persons` does.
    """
    if not why.strip():
        raise Refused(_("请写明撤销合并的依据。"))
    with acting(by=by, why=why):
        survivor, merged = _locked(merge.survivor, merge.merged, by, on)
        merge = PersonMerge.objects.select_for_update().get(pk=merge.pk)
        if merge.undone_at is not None:
            raise Refused(_("这次合并已经撤销。"))
        if survivor.merged_into_id or merged.merged_into_id != survivor.pk:
            raise Refused(_("这份档案后来又参与了合并，请先撤销后面的合并。"))
        for field in _fields_that_point_here():
            _rows(field, survivor).filter(pk__in=merge.moved.get(_place(field), [])).update(
                **{field.name: merged}
            )
        merged.merged_into = None
        merged.save(update_fields=["merged_into"])
        merge.undone_at, merge.undone_by = at, by
        merge.save(update_fields=["undone_at", "undone_by"])
    return merge


def _locked(one: Person, other: Person, by: User | None, on: date) -> tuple[Person, Person]:
    """Both records as they are now, held in one order by everybody who merges."""
    if by is not None:
        for person in (one, other):
            person_for(by, person.pk, "merge", on=on)
    both = Person.objects.select_for_update().order_by("pk").in_bulk([one.pk, other.pk])
    return both[one.pk], both[other.pk]


def _fields_that_point_here() -> Iterator[Field]:
    """Every column, of contexts downstream too, that says of which person a row is."""
    for model in apps.get_models(include_auto_created=True):
        if issubclass(model, APART):
            continue
        for field in model._meta.local_fields:
            if field.related_model is Person:
                yield field


def _place(field: Field) -> str:
    return f"{field.model._meta.label}.{field.name}"


def _rows(field: Field, person: Person) -> Any:
    return field.model._base_manager.filter(**{field.name: person})


def _moved(field: Field, merged: Person, survivor: Person) -> list[Any]:
    """Moves a table's rows to the survivor, but for those it has already; the keys of the moved."""
    staying = _known_of(field.model, field.name, merged, survivor)
    moving = _rows(field, merged).exclude(pk__in=staying)
    keys = sorted(moving.values_list("pk", flat=True))
    _rows(field, merged).filter(pk__in=keys).update(**{field.name: survivor})
    return keys


def _known_of(model: type[Model], name: str, merged: Person, survivor: Person) -> set[Any]:
    """The rows of `merged` beside which the database allows none of the survivor's."""
    staying = set()
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and name in constraint.fields:
            others = [field for field in constraint.fields if field != name]
            rows = model._base_manager.filter(constraint.condition or Q())
            held = set(rows.filter(**{name: survivor}).values_list(*others))
            for key, *rest in rows.filter(**{name: merged}).values_list("pk", *others):
                if tuple(rest) in held:
                    staying.add(key)
    return staying
