"""From a paragraph to what carries it, and back: what doesn't agree, and the whole as one page.

Entries say which rules carry a paragraph, rules say which paragraph they come from. Both are
written by hand, so that neither changes without somebody looking at the other; here they are
compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING

from jineng.policy.documents import (
    CARRIERS,
    PARTIES,
    RULES,
    Document,
    Entry,
    Statement,
    is_paragraph,
)

if TYPE_CHECKING:
    from jineng.policy.pack import Pack

#: What a name stands for that is meant for every scheme: ``*.plan-filed``.
EVERY = "*."

#: Names by kind of carrier.
Names = dict[str, set[str]]

_KIND_WORDS = {
    "schemes": "补贴项目",
    "conditions": "条件",
    "amounts": "金额",
    "parameters": "标准",
    "features": "功能",
}


def names_of(pack: Pack) -> Names:
    """All that may carry a paragraph, by kind."""
    names: Names = {kind: set() for kind in RULES}
    for kind, name, _ in _citing(pack):
        names[kind].add(name)
    return names | {"features": set(pack.features)}


def cited_by(pack: Pack) -> dict[str, Names]:
    """For each citation the rules and figures that cite it, by kind."""
    cited: dict[str, Names] = {}
    for kind, name, citations in _citing(pack):
        for citation in citations:
            cited.setdefault(citation, {k: set() for k in RULES})[kind].add(name)
    return cited


def _citing(pack: Pack) -> Iterator[tuple[str, str, Iterable[str]]]:
    """Every rule and figure: kind, name, what it cites."""
    for code, scheme in pack.schemes.items():
        yield "schemes", code, scheme.cites
        for condition in scheme.conditions:
            yield "conditions", f"{code}.{condition.code}", condition.cites
        if scheme.amount_due:
            yield "amounts", code, scheme.amount_due.cites
        for key, parameter in scheme.parameters.items():
            owner = "shared" if key in pack.parameters else code
            cites = [*parameter.cites, *(c for value in parameter.values for c in value.cites)]
            yield "parameters", f"{owner}.{key}", cites


def written_out(names: Iterable[str], citing: Iterable[str]) -> list[str]:
    """Names of carriers of one kind, those meant for every scheme written out.

    ``citing``: names of this kind that cite the paragraph, as in ``cited_by``.
    """
    found = []
    for name in names:
        if name.startswith(EVERY):
            found += sorted(one for one in citing if one.split(".", 1)[1] == name[len(EVERY) :])
        else:
            found.append(name)
    return list(dict.fromkeys(found))


# ---------------------------------------------------------------- what does not agree


def faults(pack: Pack) -> list[str]:
    """All in which documents, rules and features don't agree; in Chinese, empty where they do.

    Errors: PackError where entries can't be read, a paragraph without an entry among them.
    """
    names, cited = names_of(pack), cited_by(pack)
    found = [f"依据“{c}”不在文件条款表中" for c in cited if not is_paragraph(pack.documents, c)]
    found += [f"依据“{c}”没有写明条款" for c in cited if " " not in c]
    used: set[str] = set()
    for document in pack.documents.values():
        for entry in document.entries.values():
            used.update(entry.named("features"))
            found += [
                f"{entry.citation}：{fault}"
                for fault in (
                    *_own_faults(pack, entry),
                    *_unlike(entry, names, cited.get(entry.citation, {})),
                )
            ]
    found += [f"功能“{key}”没有承载任何条款" for key in pack.features if key not in used]
    return found


def _own_faults(pack: Pack, entry: Entry) -> Iterator[str]:
    """What is wrong with an entry by itself."""
    for part in entry.parts:
        if entry.heading:
            if part.carried() or part.bound or part.entitled or len(entry.parts) > 1:
                yield "只是标题，不应再写其他内容"
        elif not part.carried():
            yield f"“{part.text}”没有承载它的规则或功能，也没有写明为何不属系统事务"
        elif not (part.bound or part.entitled or part.outside):
            yield f"“{part.text}”没有写明约束谁、谁受益"
    for citation in entry.see:
        if citation == entry.citation or not is_paragraph(pack.documents, citation):
            yield f"参见的“{citation}”不在文件条款表中"


def _unlike(entry: Entry, names: Names, citing: Names) -> Iterator[str]:
    """Where an entry and what cites it name different carriers."""
    for kind in CARRIERS:
        word = _KIND_WORDS[kind]
        here = citing.get(kind, set())
        written = entry.named(kind)
        named = written_out(written, here)
        for name in written:
            if name.startswith(EVERY) and not written_out([name], here):
                yield f"没有一个补贴项目的{word}“{name}”以本条为依据"
        for name in named:
            if name not in names[kind]:
                yield f"没有{word}“{name}”"
            elif kind in RULES and name not in here:
                yield f"{word}“{name}”没有以本条为依据"
        for name in sorted(here - set(named)):
            yield f"{word}“{name}”以本条为依据，条目没有写"


# ---------------------------------------------------------------- one page

_HEAD = """\
# Traceability

Every paragraph of the documents, what it says in our own words, whom it binds or entitles, and what
carries it. Made by `jineng policy trace` from `documents.yaml` and `clauses/` of the pack; a test
compares. Not to be edited here.

A condition is `SCHEME.code`, a figure `SCHEME.key`. *To come*: the product does not do it yet. What
is no system's business says why. What the documents leave open is marked where it is decided, on
conditions and figures: `jineng policy show SCHEME`."""

_COUNTED = """
## Counts

A paragraph may be counted in several of the last four columns.

| document | paragraphs | headings | rules, figures | features | to come | no system's business |
|---|--:|--:|--:|--:|--:|--:|"""

_TABLE = """
| paragraph | says | days | bound → entitled | carried by |
|---|---|---|---|---|"""

_FEATURES = """
## Features

| feature | modules and pages | paragraphs |
|---|---|--:|"""


def traceability(pack: Pack) -> str:
    """The page ``docs/traceability.md``, in Markdown."""
    documents = [d for d in pack.documents.values() if d.paragraphs]
    lines = [_HEAD, _COUNTED]
    lines += [_counts(pack, d.key, [d]) for d in documents]
    whole = [d for d in documents if d.whole]
    lines.append(_counts(pack, f"**the {len(whole)} at hand**", whole))
    lines.append(_counts(pack, "**all**", documents))
    for document in documents:
        lines += _document(pack, document)
    lines += _features(pack, documents)
    return "\n".join(lines) + "\n"


def counts(pack: Pack, documents: Iterable[Document]) -> dict[str, int]:
    """How many paragraphs there are, and how many are carried by what; some in several ways."""
    entries = [entry for document in documents for entry in document.entries.values()]

    def number(holds: Callable[[Entry], bool]) -> int:
        return sum(map(holds, entries))

    def by_features(entry: Entry, *, to_come: bool) -> bool:
        return any(pack.features[key].to_come == to_come for key in entry.named("features"))

    return {
        "paragraphs": len(entries),
        "headings": number(lambda e: e.heading),
        "rules": number(lambda e: any(e.named(kind) for kind in RULES)),
        "here": number(lambda e: by_features(e, to_come=False)),
        "to_come": number(lambda e: by_features(e, to_come=True)),
        "outside": number(lambda e: any(part.outside for part in e.parts)),
    }


def _counts(pack: Pack, name: str, documents: list[Document]) -> str:
    return _row([name, *map(str, counts(pack, documents).values())])


def _document(pack: Pack, document: Document) -> list[str]:
    lines = [f"\n## {document.key} {document.number}\n", f"{document.title}。"]
    if document.issuer:
        lines.append(f"印发：{document.issuer}。")
    assumed = f"（假定：{document.assumed}）" if document.assumed else ""
    lines.append(f"期限：{_dates(document.start, document.end) or '未知'}{assumed}。")
    if document.note:
        lines.append(f"说明：{document.note}。")
    lines.append(_TABLE)
    for entry in document.entries.values():
        lines += _entry_rows(pack, document, entry)
    return lines


def _features(pack: Pack, documents: Iterable[Document]) -> Iterator[str]:
    """The registry: what carries paragraphs beside the rules, and how many."""
    named = [set(e.named("features")) for d in documents for e in d.entries.values()]
    yield _FEATURES
    for key, feature in pack.features.items():
        places = [f"`{one}`" for one in (*feature.modules, *feature.pages)]
        carried = sum(key in names for names in named)
        yield _row([feature.title, "、".join(places) or "*to come*", str(carried)])


def _entry_rows(pack: Pack, document: Document, entry: Entry) -> Iterator[str]:
    see = f"（参见 {'、'.join(entry.see)}）" if entry.see else ""
    place = f"`{entry.clause}` {entry.title}"
    if entry.heading:
        yield _row([place, f"*{entry.text}*{see}", "", "", ""])
        return
    dates = (entry.start, entry.end)
    own = "" if dates == (document.start, document.end) else _dates(*dates)
    if len(entry.parts) > 1:
        yield _row([place, f"{entry.text}{see}", own, "", ""])
        place, see, own = "", "", ""
    for part in entry.parts:
        days = [own, *(f"{when} {what}" for when, what in part.days)]
        says = f"– {part.text}" if len(entry.parts) > 1 else part.text + see
        dated = "；".join(filter(None, days))
        yield _row([place, says, dated, _parties(part), _carried(pack, part)])


def _parties(part: Statement) -> str:
    bound, entitled = ("、".join(PARTIES[p] for p in of) for of in (part.bound, part.entitled))
    return f"{bound} → {entitled}" if entitled else bound


def _carried(pack: Pack, part: Statement) -> str:
    words = []
    for kind in RULES:
        # what is meant for every scheme stays one word here: the list is as long as the catalogue
        found = getattr(part, kind)
        if found:
            label = "" if kind == "conditions" else f"{_KIND_WORDS[kind]} "
            words.append(label + "、".join(f"`{name}`" for name in found))
    for key in part.features:
        feature = pack.features[key]
        words.append(f"{feature.name}{' *(to come)*' if feature.to_come else ''}")
    if part.outside:
        words.append(f"不属系统事务：{part.outside}")
    return "；".join(words)


def _dates(start: date | None, end: date | None) -> str:
    if start and end:
        return f"{start} 至 {end}"
    return f"{start} 起" if start else f"至 {end}" if end else ""


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
