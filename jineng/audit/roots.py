"""The roots in the file and in the database, against their signatures and each other."""

from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from jineng.audit.findings import Audit
from jineng.core.seal import SignedRoot, line_hash


class Roots:
    """The roots in the file and in the database, against their signatures and each other."""

    def __init__(self, audit: Audit, keys: dict[str, Ed25519PublicKey]) -> None:
        self.audit = audit
        self.keys = keys

    def checked(self, file: list[str], kept: dict[int, str], *, whole: bool) -> list[SignedRoot]:
        """All roots whose signature holds. ``whole``: the file is the site's, so has them all."""
        found: dict[int, str] = {}
        for number, line in enumerate(file, 1):
            root = _read(line)
            if root is None:
                self.audit.add("not_a_root", number)
                continue
            if root.number in found:
                self.audit.add("out_of_order", root.number)
            found[root.number] = line
        both = found.keys() & kept.keys()
        self.audit.add_all("root_differs", (n for n in both if found[n] != kept[n]))
        self.audit.add_all("roots_unknown", found.keys() - kept.keys())
        gone = kept.keys() - found.keys()
        if not whole:
            # A copy has what there was when it was made.
            gone = {number for number in gone if number < max(found, default=0)}
        self.audit.add_all("roots_gone", gone)
        self.audit.roots = list(self._holding(found, kept))
        return self.audit.roots

    def _holding(self, found: dict[int, str], kept: dict[int, str]) -> Iterator[SignedRoot]:
        """Those that are signed; the database's where the file's is not."""
        before: tuple[int, str] | None = None
        wrong: dict[str, list[int]] = {"unknown_key": [], "bad_signature": [], "out_of_order": []}
        for number in sorted(found.keys() | kept.keys()):
            lines = [copy[number] for copy in (found, kept) if number in copy]
            faults = [self._fault(number, line) for line in lines]
            if faults[0]:
                wrong[faults[0]].append(number)
            if None not in faults:
                continue
            line = lines[faults.index(None)]
            root = SignedRoot.read(line)
            if before and before[0] == number - 1 and root.previous != line_hash(before[1]):
                wrong["out_of_order"].append(number)
            before = (number, line)
            yield root
        for kind, numbers in wrong.items():
            self.audit.add_all(kind, numbers)

    def _fault(self, number: int, line: str) -> str | None:
        root = _read(line)
        if root is None or root.number != number:
            return "bad_signature"
        public = self.keys.get(root.key)
        if public is None:
            return "unknown_key"
        return None if root.is_signed_by(public, line) else "bad_signature"


def _read(line: str) -> SignedRoot | None:
    try:
        return SignedRoot.read(line)
    except ValueError:
        return None
