"""A fingerprint of the documents, by which a test tells a copied sentence without their text.

Every run of ten characters of the documents is a hash of 40 bits in ``documents.fingerprint``;
blanks and punctuation don't count, a figure or date counts as one character. Made anew, from the
documents as text files, by

    python -m tests.policies.fingerprint FILE...
"""

from __future__ import annotations

import base64
import hashlib
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

KEPT = Path(__file__).with_name("documents.fingerprint")
LENGTH = 10
_BYTES = 5
_FIGURE = re.compile(r"[0-9０-９][0-9０-９,.．％%年月日—\-－]*")


def plain(text: str) -> str:
    """The text without blanks and punctuation, each figure or date as one 0."""
    return re.sub(r"\W", "", _FIGURE.sub("0", re.sub(r"\s", "", text)))


def runs(text: str) -> Iterator[str]:
    """Every run of so many characters of a plain text."""
    return (text[start : start + LENGTH] for start in range(len(text) - LENGTH + 1))


def hashed(run: str) -> bytes:
    """The hash of one run."""
    return hashlib.blake2b(run.encode(), digest_size=_BYTES).digest()


def fingerprint() -> frozenset[bytes]:
    """The hashes that are kept."""
    raw = base64.b64decode(KEPT.read_text())
    return frozenset(raw[start : start + _BYTES] for start in range(0, len(raw), _BYTES))


def copied(text: str, of: frozenset[bytes], names: Iterable[str] = ()) -> list[str]:
    """What of a text stands in the documents word for word, outside of names."""
    apart = sorted(map(plain, names), key=len, reverse=True)
    pieces = re.split("|".join(map(re.escape, apart)), plain(text)) if apart else [plain(text)]
    return [run for piece in pieces for run in runs(piece) if hashed(run) in of]


def make(files: Iterable[Path]) -> None:
    """Make the fingerprint anew."""
    hashes = {hashed(run) for file in files for run in runs(plain(file.read_text("utf-8")))}
    text = base64.b64encode(b"".join(sorted(hashes))).decode()
    KEPT.write_text("\n".join(textwrap.wrap(text, 100)) + "\n")


if __name__ == "__main__":
    make(map(Path, sys.argv[1:]))
