"""Where the chain stands."""

from dataclasses import dataclass

from jineng.core.models import Root
from jineng.core.seal import RootFile, SignedRoot, bounds, counted

SHOWN = 30


@dataclass(frozen=True)
class ChainState:
    """``roots``: the newest first; ``waiting``: events that are not sealed yet.

    ``in_file``: the newest root is the last in the file of roots. ``damaged``: a root in the
    database can't be read any more; nothing else is told then.
    """

    roots: tuple[SignedRoot, ...] = ()
    waiting: int = 0
    in_file: bool = True
    damaged: bool = False

    @property
    def last(self) -> SignedRoot | None:
        """The newest root."""
        return self.roots[0] if self.roots else None

    @property
    def shown(self) -> tuple[SignedRoot, ...]:
        """As many roots as a page shows."""
        return self.roots[:SHOWN]


def chain_state() -> ChainState:
    """Counts and marks alone: whether all agrees is for `verify` to say."""
    lines = list(Root.objects.order_by("number").values_list("line", flat=True))
    try:
        roots = [SignedRoot.read(line) for line in lines]
    except ValueError:
        return ChainState(damaged=True)
    return ChainState(
        roots=tuple(reversed(roots)),
        waiting=counted(bounds(roots)),
        in_file=RootFile().lines()[-1:] == lines[-1:],
    )
