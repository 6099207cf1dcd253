"""What is in force over a pack's files: standards of regions and drafts, one after the other.

As a file it is a file of standards (see ``standards``), in which a draft that was put in force
stands as ``- enacted: {draft: …, parameters: …}``, where it came.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from jineng.policy.drafts import Draft, DraftError, draft_of
from jineng.policy.standards import Standard, StandardsError, written_list, written_standard
from jineng.policy.written import read_yaml

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

    Errors: StandardsError with all that can't be read; OSError where there is no such file.
    """
    path = Path(path)
    try:
        raw, wrong = read_yaml(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raw, wrong = None, ["不是 UTF-8 文本，请另存为 UTF-8 编码"]
    entries, no_list = written_list(raw, path.name)
    errors = [f"{path.name}：{reason}" for reason in wrong] + no_list
    laid: list[Laid] = []
    for where, entry in entries:
        some, wrong = _written(entry, where)
        laid += some
        errors += wrong
    if errors:
        raise StandardsError(errors)
    return laid


def _written(entry: Any, where: str) -> tuple[Sequence[Laid], list[str]]:
    """What an entry is, if it can be read, and what in it can't."""
    if not isinstance(entry, Mapping) or list(entry) != [_DRAFT]:
        return written_standard(entry, where)
    try:
        return [draft_of(yaml.safe_dump(entry[_DRAFT], allow_unicode=True), where)], []
    except DraftError as error:
        return [], error.reasons


def laid_text(laid: Iterable[Laid]) -> str:
    """It as a file; ``read_laid`` gives the same again."""
    written = [
        one.written if isinstance(one, Standard) else {_DRAFT: dict(one.content)} for one in laid
    ]
    return yaml.safe_dump(written, allow_unicode=True, sort_keys=False)
