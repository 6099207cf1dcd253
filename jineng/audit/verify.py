"""Verifies the event log against its chain, and the chain against the signed roots.

Everything is computed anew: each event's digest, each link, each signature. What does not agree is
told as findings that name events, links or roots. What a tamperer with all rights over the database
may still do is to rewrite events and chain from some place on; then the roots signed after that
place disagree, and say between which two of them it was.
"""

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.conf import settings
from django.db import connection, transaction

from jineng.audit.chain import Chain
from jineng.audit.findings import Audit
from jineng.audit.roots import Roots
from jineng.core.models import Root
from jineng.core.seal import Progress, RootFile, alone, as_text, key_id


def verify(
    *,
    roots: Path | None = None,
    public_keys: Iterable[Path] | None = None,
    progress: Progress | None = None,
) -> Audit:
    """Verifies all. Raises ValueError for a file of a public key that is none.

    ``roots``: a copy of the file of roots that is trusted, in place of the site's own;
    ``public_keys``: the only keys that are trusted, as PEM files.
    """
    keys = _public_keys(public_keys)
    audit = Audit()
    with ExitStack() as between_sealings:
        # Before the transaction, whose snapshot would else be from before the lock was had.
        between_sealings.enter_context(alone())
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            kept = dict(Root.objects.order_by("number").values_list("number", "line"))
            file = roots.read_text("utf-8").splitlines() if roots else RootFile().lines()
            between_sealings.close()
            as_text(cursor)
            signed = Roots(audit, keys).checked(file, kept, whole=roots is None)
            Chain(audit, signed, progress).walk(cursor)
    return audit


def _public_keys(paths: Iterable[Path] | None) -> dict[str, Ed25519PublicKey]:
    if paths is None:
        own = Ed25519PrivateKey.from_private_bytes(settings.SEAL_KEY).public_key()
        published = RootFile().public_keys().items()
        given = [own, *(_public_key(name, pem) for name, pem in published)]
    else:
        given = [_public_key(str(path), path.read_bytes()) for path in paths]
    return {key_id(key): key for key in given}


def _public_key(name: str, pem: bytes) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(pem)
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError(name)
    return key
