"""A new look-up key takes the place of an old one: persons stay found all the while."""

import hmac
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count

from jineng.core.crypto import Unreadable
from jineng.core.models import Event
from jineng.core.seal import Progress
from jineng.core.sealed import lookup_hash, lookup_hash_by, lookup_key_id, unseal
from jineng.people.models import Person, PersonKey
from jineng.people.models.persons import KeyKind
from jineng.people.queries.persons import hashed_as

BATCH = 500
SEALED = ("identity_number", "phone")
KINDS = (KeyKind.IDENTITY, KeyKind.PHONE)


@dataclass
class Rehashed:
    """``done``: hashes brought under the first key; ``left``: persons with one that could not be.

    What it is the hash of is not held any more, or somebody else has the same number under the
    first key.
    """

    done: int = 0
    left: set[int] = field(default_factory=set)


def rehash_persons(progress: Progress) -> Rehashed:
    """Brings all hashes by which persons are found under the first look-up key.

    Some hundred persons at a time, each time in one transaction. Rows keep their numbers, by which
    the undoing of a merge knows them. May be killed and run again: what is left is what has
    another key.
    """
    result, after = Rehashed(), 0
    others = PersonKey.objects.exclude(key_id=lookup_key_id())
    total = others.count()
    while True:
        ahead = others.filter(person__gt=after).order_by("person")
        persons = list(ahead.values_list("person", flat=True).distinct()[:BATCH])
        if not persons:
            return result
        with transaction.atomic():
            _rehash(persons, result)
        after = persons[-1]
        progress("lookup", result.done, total)


def lookup_keys_used() -> Counter[str]:
    """How many hashes each look-up key made."""
    counted = PersonKey.objects.values_list("key_id").annotate(count=Count("pk")).order_by()
    return Counter(dict(counted))


def _rehash(persons: list[int], result: Rehashed) -> None:
    # Held as by whoever changes or merges them, and in the same order.
    held = {
        pk: values
        for pk, *values in Person.objects.select_for_update(no_key=True)
        .filter(pk__in=persons)
        .order_by("pk")
        .values_list("pk", *SEALED)
    }
    rows = PersonKey.objects.filter(person__in=held).order_by("pk")
    alone = Counter((row.person_id, row.kind) for row in rows)
    hashes: dict[PersonKey, bytes] = {}
    for row in rows:
        if row.key_id == lookup_key_id():
            continue
        if row.key_id in settings.LOOKUP_KEYS:
            value = _hashed(row, held[row.person_id]) or _hashed(row, _earlier(row.person_id))
        elif alone[row.person_id, row.kind] == 1:
            # Its key was lost. It can only be of the one value that there is.
            value = dict(zip(KINDS, held[row.person_id], strict=True)).get(row.kind)
        else:
            value = None
        if value is None:
            result.left.add(row.person_id)
        else:
            hashes[row] = lookup_hash(hashed_as(row.kind), value)
    _write(hashes, result)


def _hashed(row: PersonKey, values: Iterable[str | None]) -> str | None:
    """Of these values the one that the row holds the hash of."""
    for value in values:
        if value is not None:
            known = lookup_hash_by(row.key_id, hashed_as(row.kind), value)
            if known is not None and hmac.compare_digest(known, bytes(row.hash)):
                return value
    return None


def _earlier(person: int) -> Iterator[str]:
    """What the person's records held before, those that were merged into it among them."""
    family, found = {person}, {person}
    while found:
        merged = Person.objects.filter(merged_into__in=found)
        found = set(merged.values_list("pk", flat=True)) - family
        family |= found
    for numbers in Person.objects.filter(pk__in=family).values_list(*SEALED):
        yield from filter(None, numbers)
    events = Event.objects.filter(table_name="people_person", row_id__in=map(str, family))
    for before, after in events.values_list("before", "after"):
        for row in filter(None, (before, after)):
            for name in SEALED:
                if isinstance(row.get(name), str):
                    try:
                        yield unseal(bytes.fromhex(row[name][2:]), f"people_person.{name}")
                    except (Unreadable, ValueError):
                        continue


def _write(hashes: dict[PersonKey, bytes], result: Rehashed) -> None:
    """Changes the rows; one whose new hash its person has already goes."""
    under_new = PersonKey.objects.filter(hash__in=hashes.values(), key_id=lookup_key_id())
    has = {(row.person_id, row.kind, bytes(row.hash)) for row in under_new}
    taken = {(kind, hash_) for _, kind, hash_ in has if kind == KeyKind.IDENTITY}
    changed, dropped = [], []
    for row, hash_ in hashes.items():
        if (row.person_id, row.kind, hash_) in has:
            dropped.append(row.pk)
        elif (row.kind, hash_) in taken:
            result.left.add(row.person_id)
        else:
            changed.append((row.pk, hash_))
            has.add((row.person_id, row.kind, hash_))
    PersonKey.objects.filter(pk__in=dropped).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE people_personkey AS row SET hash = new.hash, key_id = %s"
            " FROM unnest(%s::bigint[], %s::bytea[]) AS new (id, hash) WHERE row.id = new.id",
            [lookup_key_id(), [pk for pk, _ in changed], [hash_ for _, hash_ in changed]],
        )
    result.done += len(changed) + len(dropped)
