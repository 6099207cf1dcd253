"""Sealed fields: encrypted in the database, with master keys outside it.

A data key seals many values and is itself wrapped by a master key (`core_datakey`), so that a new
master key means wrapping a few rows anew, and what the log and backups hold stays as it is. A value
is AES-256-GCM:

    number of the data key (8 bytes) · nonce (12 bytes) · ciphertext and tag

The table and column are authenticated with it, so that a value can't be moved to another column. A
data key seals for a month: far from the 2**32 values at which random nonces would wear thin.

What is sealed can't be searched. `lookup_hash` gives a keyed hash to find equal values by.
"""

import hmac
import secrets
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models
from django.utils import timezone

from jineng.core.crypto import Unreadable
from jineng.core.models import DataKey

ID, NONCE = 8, 12
SEALS_FOR = timedelta(days=30)
# Another process may have retired the key at hand.
ASKED_AGAIN_AFTER = timedelta(minutes=5)


def wrap(key: bytes) -> tuple[str, bytes]:
    """A data key under the first master key: that key's id, and the wrapped bytes."""
    master, secret = next(iter(settings.DATA_KEYS.items()))
    nonce = secrets.token_bytes(NONCE)
    return master, nonce + AESGCM(secret).encrypt(nonce, key, master.encode())


def unwrap(master: str, wrapped: bytes) -> bytes:
    """The data key. Raises Unreadable where the master key is not in the ring or another."""
    secret = settings.DATA_KEYS.get(master)
    if secret is None:
        raise Unreadable(f"no master key {master!r} in JINENG_DATA_KEYS")
    try:
        return AESGCM(secret).decrypt(wrapped[:NONCE], wrapped[NONCE:], master.encode())
    except InvalidTag:
        raise Unreadable(f"master key {master!r} is not the one that wrapped this") from None


@dataclass(frozen=True)
class _Key:
    number: bytes
    cipher: AESGCM
    seals_until: Any

    @classmethod
    def of(cls, row: DataKey) -> "_Key":
        cipher = AESGCM(unwrap(row.master, bytes(row.wrapped)))
        until = min(row.made_at + SEALS_FOR, timezone.now() + ASKED_AGAIN_AFTER)
        return cls(row.pk.to_bytes(ID, "big"), cipher, until)


class _Keys:
    """Data keys that this process has unwrapped."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._opening: dict[bytes, AESGCM] = {}
        self._sealing: _Key | None = None

    def forget(self) -> None:
        """For a process whose database was emptied or exchanged under it."""
        with self._lock:
            self._opening.clear()
            self._sealing = None

    def opening(self, number: bytes) -> AESGCM:
        """The cipher of the data key with this number."""
        cipher = self._opening.get(number)
        if cipher is None:
            row = DataKey.objects.filter(pk=int.from_bytes(number, "big")).first()
            if row is None:
                raise Unreadable("the data key of this value is gone")
            cipher = _Key.of(row).cipher
            with self._lock:
                self._opening[number] = cipher
        return cipher

    def sealing(self) -> _Key:
        """The data key in use; a new one each month."""
        if self._sealing is not None and timezone.now() < self._sealing.seals_until:
            return self._sealing
        fresh = DataKey.objects.filter(
            retired_at=None, made_at__gt=timezone.now() - SEALS_FOR
        ).order_by("-pk")
        row = fresh.annotate(
            # A key made by this very transaction goes with it where that is rolled back.
            mine=models.expressions.RawSQL(
                "xact IS NOT DISTINCT FROM pg_current_xact_id_if_assigned()", []
            )
        ).first()
        if row is None:
            return _Key.of(new_data_key())
        key = _Key.of(row)
        if not row.mine:
            with self._lock:
                self._sealing = key
        return key


_keys = _Keys()
forget_keys = _keys.forget


def new_data_key() -> DataKey:
    """Makes a data key, which seals from now on."""
    master, wrapped = wrap(AESGCM.generate_key(256))
    made = DataKey.objects.create(master=master, wrapped=wrapped)
    made.refresh_from_db()
    return made


def seal_many(values: Iterable[str], place: str) -> list[bytes]:
    """Values sealed for a column, `place` being its `table.column`; for COPY."""
    key, aad = _keys.sealing(), place.encode()
    sealed = []
    for value in values:
        nonce = secrets.token_bytes(NONCE)
        sealed.append(key.number + nonce + key.cipher.encrypt(nonce, value.encode(), aad))
    return sealed


def unseal(sealed: bytes, place: str) -> str:
    """The value that was sealed for this column. Raises Unreadable."""
    cipher = _keys.opening(sealed[:ID])
    try:
        plain = cipher.decrypt(sealed[ID : ID + NONCE], sealed[ID + NONCE :], place.encode())
    except (InvalidTag, ValueError):
        raise Unreadable(f"a value of {place} was changed or moved") from None
    return plain.decode()


def lookup_hash(kind: str, canonical: str) -> bytes:
    """32 bytes to keep beside a sealed value, by the first look-up key (HMAC-SHA-256)."""
    return lookup_hashes(kind, canonical)[0]


def lookup_hashes(kind: str, canonical: str) -> list[bytes]:
    """What the value may be found by: one hash for each look-up key, the first in use."""
    message = f"{kind}\0{canonical}".encode()
    return [hmac.digest(key, message, "sha256") for key in settings.LOOKUP_KEYS.values()]


def lookup_hash_by(key_id: str, kind: str, canonical: str) -> bytes | None:
    """The hash that one look-up key makes; None where it is not in the ring."""
    key = settings.LOOKUP_KEYS.get(key_id)
    return None if key is None else hmac.digest(key, f"{kind}\0{canonical}".encode(), "sha256")


def lookup_hash_many(kind: str, canonical: Sequence[str]) -> list[bytes]:
    """`lookup_hash` of many values."""
    key, start = next(iter(settings.LOOKUP_KEYS.values())), f"{kind}\0".encode()
    return [hmac.digest(key, start + value.encode(), "sha256") for value in canonical]


def lookup_key_id() -> str:
    """The id of the look-up key that is in use."""
    return str(next(iter(settings.LOOKUP_KEYS)))


class SealedText(str):
    """A text that came from, or went to, a sealed column; it keeps the bytes it has there."""

    place: str
    sealed: bytes

    def __new__(cls, text: str, place: str, sealed: bytes) -> "SealedText":
        self = super().__new__(cls, text)
        self.place = place
        self.sealed = sealed
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return SealedText, (str(self), self.place, self.sealed)


def _sealed_off(field: models.Field) -> FieldError:
    return FieldError(f"{field.name} is sealed; look it up by `lookup_hash`")


class _OnlyNull(models.lookups.Exact):
    """`field=None`, which Django turns into `isnull`."""

    def get_prep_lookup(self) -> None:
        if self.rhs is not None:
            raise _sealed_off(self.lhs.output_field)


class SealedField(models.Field):
    """A text that is sealed in the database. It can be asked for being null, and nothing else."""

    description = "sealed text"

    @property
    def place(self) -> str:
        """`table.column`."""
        return f"{self.model._meta.db_table}.{self.column}"

    def get_internal_type(self) -> str:
        """Bytes, for the database."""
        return "BinaryField"

    def from_db_value(self, value: Any, *rest: object) -> SealedText | None:
        """Opens what the database holds. Raises Unreadable."""
        if value is None:
            return None
        sealed = bytes(value)
        return SealedText(unseal(sealed, self.place), self.place, sealed)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Seals what is new; what was read and not changed keeps its bytes."""
        value = getattr(model_instance, self.attname)
        if isinstance(value, str):
            value = self._sealed(value)
            setattr(model_instance, self.attname, value)
        return value

    def _sealed(self, value: str) -> SealedText:
        if isinstance(value, SealedText) and value.place == self.place:
            return value
        return SealedText(value, self.place, seal_many([value], self.place)[0])

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """The bytes."""
        if value is None or isinstance(value, bytes | memoryview):
            return value
        text = value if isinstance(value, str) else str(value)
        return connection.Database.Binary(self._sealed(text).sealed)

    def get_lookup(self, lookup_name: str) -> Any:
        """Whether it is null, and nothing else: two seals of one text differ."""
        if lookup_name == "exact":
            return _OnlyNull
        if lookup_name != "isnull":
            raise _sealed_off(self)
        return super().get_lookup(lookup_name)

    def value_to_string(self, obj: models.Model) -> str:
        """For `dumpdata`, which must not write it in plain."""
        raise FieldError(f"{self.name} is sealed")
