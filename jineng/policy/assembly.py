"""Parameters put together from what files say: the pack's own, and what is laid over them.

Drafts and regional standards are values written elsewhere. They are laid over what the pack's files
say and the whole is read anew by the one ``Reader``, so that they keep to its checks.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from jineng.policy.documents import Document, Entry, Statement, is_paragraph
from jineng.policy.parameters import Elsewhere, Parameter, Reader
from jineng.policy.schemes import Scheme

#: What each parameters file says, entry by key, by the name of its scheme's file or ``shared``.
Sources = Mapping[str, Mapping[str, Any]]
SHARED = "shared"


@dataclass(frozen=True)
class Change:
    """A value laid over a parameter.

    ``file``: its scheme's file or ``shared``; ``gives_way``: which values of the parameter, as
    written, it takes the place of.
    """

    file: str
    key: str
    value: Elsewhere
    gives_way: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Enacted(Document):
    """A document that came with a draft or a standard, and not with the pack."""

    written: Mapping[str, str] = field(default_factory=dict, hash=False, compare=False)

    @property
    def entries(self) -> Mapping[str, Entry]:
        """Every entry by its clause."""
        return {
            clause: Entry(
                citation=f"{self.key} {clause}",
                clause=clause,
                title=clause,
                text=text,
                heading=False,
                start=self.start,
                end=self.end,
                see=(),
                parts=(Statement(text),),
            )
            for clause, text in self.written.items()
        }


def citable(number: str) -> bool:
    """Whether a document can be cited by this number: what parts citations is not in it."""
    return bool(number) and not any(mark in number for mark in " ;；\t\n　")


def wrong_number(number: str, documents: Mapping[str, Document]) -> str:
    """Why a document that is laid over a pack's can't have this number; "" where it can."""
    if not citable(number):
        return f"文件号“{number}”中不能有空格和分号"
    if number in documents and not isinstance(documents[number], Enacted):
        return f"文件号“{number}”与政策包文件的代号相同，请写完整文件号"
    return ""


def enacted(
    key: str,
    number: str,
    title: str,
    clauses: Mapping[str, str],
    start: date | None,
    note: str,
    *,
    known: Document | None = None,
) -> Enacted:
    """A document with these clauses, each in our own words.

    ``known``: the same document as it was laid over the pack before; its clauses stay.
    """
    if isinstance(known, Enacted):
        told = {clause: text for clause, text in clauses.items() if text}
        clauses = {**clauses, **known.written, **told}
    return Enacted(
        key=key,
        number=number,
        title=title,
        issuer="",
        note=note,
        external=False,
        whole=False,
        start=start,
        end=None,
        assumed="",
        paragraphs=tuple(clauses),
        source=Path(),
        written=dict(clauses),
    )


def parameters_of(
    schemes: Iterable[Scheme], documents: Mapping[str, Document], sources: Sources
) -> tuple[dict[str, Parameter], dict[str, Scheme], list[str]]:
    """The shared parameters, the schemes with theirs, and everything that is wrong."""
    reader = Reader(lambda citation: is_paragraph(documents, citation))
    shared = reader.parameters(f"{SHARED}.parameters.yaml", sources[SHARED])
    made = {}
    for scheme in schemes:
        file = f"{scheme.file}.parameters.yaml"
        own = reader.parameters(file, sources[scheme.file])
        reader.errors += [f"{file}：{key}：与共用参数同名" for key in own.keys() & shared]
        made[scheme.code] = replace(scheme, parameters=shared | own)
    return shared, made, reader.errors


def applied(sources: Sources, changes: Iterable[Change]) -> Sources:
    """What the files say with the changes laid over."""
    changed = {file: dict(entries) for file, entries in sources.items()}
    for change in changes:
        entry = dict(changed[change.file][change.key])
        kept = [v for v in entry.get("values") or [] if not any(v is w for w in change.gives_way)]
        entry["values"] = [*kept, change.value]
        changed[change.file][change.key] = entry
    return changed


def entry_of(sources: Sources, file: str, key: str) -> Mapping[str, Any] | None:
    """What a file says of a parameter; None where it says nothing."""
    entry = sources.get(file, {}).get(key)
    return entry if isinstance(entry, Mapping) else None


def values_of(entry: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The values of a parameter as written."""
    return [value for value in entry.get("values") or [] if isinstance(value, Mapping)]


def next_release(release: str, kind: str, content: object) -> str:
    """The hash that follows on a release's when something is laid over it."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(f"{release}\n{kind}\n{text}".encode()).hexdigest()[:16]
