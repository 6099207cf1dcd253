"""What is in force over a pack's files: standards of regions and drafts, one after the other.

As a file it is a file of standards (see ``standards``), in which a draft that was put in force
stands as ``- enacted: {draft: …, parameters: …}``, where it came.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from jineng.policy.drafts import Draft, draft_of
from jineng.policy.standards import Standard, StandardsError, read_list, written_standards

if TYPE_CHECKING:
    from jineng.policy.pack import Pack

#: What is laid over a pack for good.
Laid = Standard | Draft
_DRAFT = "enacted"


def laid_over(pack: Pack, laid: Iterable[Laid]) -> Pack:
    """The pack with all of this in force, in its order.

    Errors: StandardsError, DraftError with every reason.
    """
    for kind, some in groupby(laid, key=type):
        if kind is Standard:
            pack = pack.with_standards(one for one in some if isinstance(one, Standard))
        else:
            for one in some:
                assert isinstance(one, Draft)
                pack = pack.with_draft(one).enacted()
    return pack


def read_laid(path: str | Path) -> list[Laid]:
    """What a file of it says, in its order.

    Errors: StandardsError, DraftError with all that can't be read; OSError.
    """
    path = Path(path)
    raw = read_list(path)
    drafts = {place: draft for place, entry in enumerate(raw) if (draft := _draft(entry, path))}
    rest = [entry for place, entry in enumerate(raw) if place not in drafts]
    standards, errors = written_standards(rest, path.name)
    if errors:
        raise StandardsError(errors)
    left = iter(standards)
    return [drafts[place] if place in drafts else next(left) for place in range(len(raw))]


def _draft(entry: Any, path: Path) -> Draft | None:
    if not isinstance(entry, Mapping) or list(entry) != [_DRAFT]:
        return None
    return draft_of(yaml.safe_dump(entry[_DRAFT], allow_unicode=True), path.name)


def laid_text(laid: Iterable[Laid]) -> str:
    """It as a file; ``read_laid`` gives the same again."""
    written = [
        one.written if isinstance(one, Standard) else {_DRAFT: dict(one.content)} for one in laid
    ]
    return yaml.safe_dump(written, allow_unicode=True, sort_keys=False)
