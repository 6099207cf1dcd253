"""The pack in force: its files, and what has been laid over them since, in its order.

What is laid over is asked for by a hash of its contents, one small statement; the packs made are
kept by that and shared. Whoever decides asks once, and goes on with the pack that it was given.

The engine takes two seconds to import, and the site is to answer before: so nothing imports it
while modules load.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet

from jineng.core.calendar import business_date
from jineng.desk.models import Enactment
from jineng.pages.kept import Kept

if TYPE_CHECKING:
    from jineng.policy import Pack, Standard
    from jineng.policy.laid import Laid

#: What an enactment lays over the pack.
STANDARD, DRAFT = "standard", "draft"
Content = dict[str, Any]

_MOST_KEPT = 16
#: By the files' release and a hash of what lies over them, or the release that this makes.
_LAID: "Kept[tuple[str, str], Pack]" = Kept(_MOST_KEPT)
#: Equal releases decide alike, so one pack of them has to get its rules ready.
_ALIKE: "Kept[str, Pack]" = Kept(_MOST_KEPT)

_STATE = """
    SELECT coalesce(md5(string_agg(digest, '' ORDER BY effective_on, id)), '')
    FROM desk_enactment WHERE (effective_on, id) < (%s, %s)
"""


def pack_in_force(on: date | None = None) -> "Pack":
    """The pack by which claims are decided on this day; on the business date where none is named.

    Raises policy.PackError where the pack's files were exchanged and something laid over them no
    longer fits: nothing is decided then, rather than otherwise than was set.
    """
    return _pack_below((on or business_date()) + timedelta(days=1), 0)


def pack_before(enactment: Enactment) -> "Pack":
    """The pack as it was when this was laid over it. Raises likewise."""
    return _pack_below(enactment.effective_on, enactment.pk)


def _pack_below(day: date, key: int) -> "Pack":
    """The pack with all that comes before this place in the list laid over it."""
    base = pack_of_files()
    with connection.cursor() as cursor:
        cursor.execute(_STATE, [day, key])
        state = cursor.fetchone()[0]
    if not state:
        return base
    return _kept((base.release, state), lambda: laid_over(base, _contents_below(day, key)))


def pack_of_release(release: str) -> "Pack":
    """The pack as it was when it decided under this release.

    Raises LookupError where that was with other files than are installed now.
    """
    base = pack_of_files()
    if base.release == release:
        return base
    return _kept((base.release, release), lambda: _of_release(base, release))


def pack_of_files() -> "Pack":
    """The pack named in the settings, as its files have it."""
    from jineng import policy

    return policy.load(settings.POLICY_PACK)


def contents(*, on: date | None = None) -> list[Content]:
    """What is laid over the pack, in its order: up to this day, or all that will be."""
    return _contents_below(date.max if on is None else on + timedelta(days=1), 0)


def coming(after: date) -> QuerySet[Enactment]:
    """What will be laid over the pack after this day, in its order."""
    rows = Enactment.objects.filter(effective_on__gt=after).select_related("cases")
    return rows.order_by("effective_on", "pk")


def _contents_below(day: date, key: int) -> list[Content]:
    before = Q(effective_on__lt=day) | Q(effective_on=day, pk__lt=key)
    rows = Enactment.objects.filter(before).order_by("effective_on", "pk")
    return list(rows.values_list("content", flat=True))


def laid_over(base: "Pack", laid: Iterable[Content]) -> "Pack":
    """The pack with all of this laid over it. Raises policy.PackError with every reason."""
    from jineng import policy

    return policy.laid_over(base, map(laid_of, laid))


def laid_of(content: Content) -> "Laid":
    """A standard or a draft as the engine takes it."""
    from jineng.policy import draft_of

    if STANDARD in content:
        return standard_of(content)
    return draft_of(content[DRAFT], content["title"])


def _of_release(base: "Pack", release: str) -> "Pack":
    pack = base
    for kind, some in groupby(contents(), key=_kind):
        laid = list(some)
        if kind == STANDARD:
            with suppress(LookupError):
                return pack.of_release(release, map(standard_of, laid))
            pack = laid_over(pack, laid)
        else:
            for one in laid:
                pack = laid_over(pack, [one])
                if pack.release == release:
                    return pack
    raise LookupError(release)


def standard_of(content: Content) -> "Standard":
    """A standard as the engine takes it."""
    from jineng.policy import Standard

    words = content[STANDARD]
    return Standard(
        region=words["region"],
        scheme=words["scheme"],
        parameter=words["parameter"],
        value=words["value"],
        number=words["number"],
        title=words.get("title", ""),
        clause=words.get("clause", ""),
        start=date.fromisoformat(words["from"]),
        end=date.fromisoformat(words["to"]) if words.get("to") else None,
        replaces=words.get("replaces", ""),
        entered_by=words["entered_by"],
        seconded_by=words["seconded_by"],
        where=words["number"],
    )


def _kind(content: Content) -> str:
    return STANDARD if STANDARD in content else DRAFT


def _kept(key: tuple[str, str], make: "Callable[[], Pack]") -> "Pack":
    def made() -> "Pack":
        pack = make()
        return _ALIKE.of(pack.release, lambda: pack)

    return _LAID.of(key, made)
