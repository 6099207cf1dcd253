"""A policy pack: documents, schemes with their rules and parameters, and what they decide."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jineng.policy.assembly import (
    SHARED,
    Change,
    Sources,
    applied,
    next_release,
    parameters_of,
)
from jineng.policy.compiled import CompiledRules, rules_of
from jineng.policy.documents import (
    Document,
    Entry,
    Feature,
    is_paragraph,
    read_documents,
    read_features,
)
from jineng.policy.drafts import Draft, DraftError, draft_changes, read_draft
from jineng.policy.errors import FactsError, PackError
from jineng.policy.explaining import explain_line
from jineng.policy.explanation import Explanation
from jineng.policy.guides import Guide, read_guides
from jineng.policy.intake import Intake, Problem, as_lines, read_facts
from jineng.policy.judge import ELIGIBLE, Judge, Verdicts
from jineng.policy.parameters import Parameter, Reader, Value, all_values
from jineng.policy.schemes import Scheme
from jineng.policy.single import SingleClaim
from jineng.policy.standards import Standard, StandardsError, standard_changes
from jineng.policy.standing import Across, stops
from jineng.policy.verdict import Wording

_DECIDE_NOTHING = (".cases.yaml", ".guide.yaml")

#: Part of every release hash: raised when the engine itself would decide otherwise.
ENGINE = "1"


@dataclass
class Pack:
    """A loaded policy pack. Made by ``load``; unchanging from then on, shared between threads.

    ``sources``: what its parameters files say. ``standards``, ``draft``: what is laid over them,
    and ``base``: the pack without the last of it.
    """

    name: str
    title: str
    release: str
    documents: dict[str, Document]
    schemes: dict[str, Scheme]
    parameters: dict[str, Parameter]
    folder: Path
    sources: Sources = field(repr=False)
    standards: tuple[Standard, ...] = ()
    draft: Draft | None = None
    base: Pack | None = field(default=None, repr=False)

    def decide(
        self,
        table: Any,
        *,
        history: Any = None,
        threads: int | None = None,
        done: Callable[[int], None] | None = None,
    ) -> pa.Table:
        """Decide every claim of a table.

        ``table``: anything Arrow understands (pyarrow, polars, pandas, DuckDB), a list of dicts,
        or an ``Intake``; one line a claim, the columns of ``FACTS``, cells text or typed, empty
        meaning not known. ``history``: earlier decisions, the same columns and ``outcome``; they
        count for caps and repeats and are not decided again. ``threads``: at most so many.
        ``done``: told how many claims were looked at; what it raises breaks the whole off.

        Returns the columns of ``OUT`` in the order of the lines: claim_id and codes as text
        (dictionary-encoded but for claim_id), ``amount_yuan`` as decimal(12, 2) in yuan, 0.00
        unless eligible; ``failed``, ``missing`` and ``basis`` are "" where there is nothing to
        name. Equal facts give equal bytes, whatever the order of lines or number of threads.

        Errors: FactsError with every problem, nothing decided.
        Source: the pack's documents; each decision names its clauses in ``basis``.
        """
        intake = clean_intake(table)
        earlier = clean_intake(history, history=True) if history is not None else None
        if earlier is not None:
            refuse_decided_twice(intake, earlier)
        verdicts = self.verdicts(intake, earlier, threads=threads, done=done)
        ids = intake.table["claim_id"].combine_chunks()
        return self.wording.table(verdicts, ids, self.release, threads)

    def explain(self, table: Any, claim_id: str, *, history: Any = None) -> Explanation:
        """Why one claim of a table is decided as it is.

        The table and ``history`` are as for ``decide``; of them only the person's own lines
        matter, so it is enough to pass those.

        Errors: FactsError; KeyError where the table has no such claim.
        """
        intake = clean_intake(table)
        earlier = clean_intake(history, history=True) if history is not None else None
        if earlier is not None:
            refuse_decided_twice(intake, earlier)
        facts = intake.table
        rows = pc.index(facts["claim_id"], claim_id).as_py()
        if rows < 0:
            raise KeyError(claim_id)
        person = facts["person_id"][rows]
        mine = facts if facts.num_rows == 1 else facts.filter(pc.equal(facts["person_id"], person))
        past = earlier.table if earlier else None
        if past is not None:
            past = past.filter(pc.equal(past["person_id"], person))
        lines = as_lines(mine)
        past_lines = as_lines(past) if past is not None else []
        outcomes = None
        if len(lines) > 1 or past_lines:
            earlier = None if past is None else Intake(past)
            outcomes = self.verdicts(Intake(mine), earlier, threads=1).outcome.tolist()
        return explain_line(self, lines, past_lines, claim_id, outcomes)

    def verdicts(
        self,
        intake: Intake,
        history: Intake | None,
        *,
        threads: int | None = None,
        done: Callable[[int], None] | None = None,
    ) -> Verdicts:
        """Bits and amounts of clean facts, line by line (see ``Verdicts``)."""
        verdicts = self.judge.judged(intake.table, threads, done=done)
        live = np.flatnonzero(verdicts.outcome == ELIGIBLE)
        past = history.table if history else None
        stopped = stops(self.across, intake.table, live, past, self.rules.limits, threads)
        self.wording.stop(verdicts, live, stopped)
        return verdicts

    def scheme_named(self, word: str) -> Scheme | None:
        """The scheme with this code, Chinese name or file name; None where there is none."""
        for scheme in self.schemes.values():
            if word.strip().upper() == scheme.code or word.strip() in (scheme.name, scheme.file):
                return scheme
        return None

    def with_standards(self, standards: Iterable[Standard]) -> Pack:
        """The pack with what regions have set; its release covers that too.

        ``standards``: in the order in which they were seconded, after those that the pack has.

        Errors: StandardsError with every reason, each naming region, parameter and date.
        """
        added = list(standards)
        changes, documents, wrong = standard_changes(self, self.sources, added)
        pack, more = self._laid_over(changes, documents, _releases(self, added)[-1])
        if wrong or more:
            raise StandardsError([*wrong, *more])
        return replace(pack, standards=(*self.standards, *added))

    def of_release(self, release: str, standards: Iterable[Standard]) -> Pack:
        """The pack as it was when it decided under a release: with the first of the standards.

        Errors: LookupError where the release is of neither the pack nor the standards.
        """
        listed = list(standards)
        for count, known in enumerate(_releases(self, listed)):
            if known == release:
                return self.with_standards(listed[:count]) if count else self
        raise LookupError(f"政策版本 {release} 不属于这个政策包和这些地区标准")

    def with_draft(self, draft: str | Path | Draft) -> Pack:
        """The pack as it would be under a draft (see ``drafts``), with a release of its own.

        Errors: DraftError with every reason, each naming file, key and date; OSError.
        """
        read = draft if isinstance(draft, Draft) else read_draft(draft)
        changes, documents, wrong = draft_changes(self, self.sources, read)
        content = [[c.file, c.key, sorted(c.value.items(), key=str)] for c in changes]
        told = {key: [d.number, d.title, d.clauses] for key, d in documents.items()}
        release = f"{self.name}-draft-{next_release(self.release, 'draft', [content, told])}"
        pack, more = self._laid_over(changes, documents, release)
        if wrong or more:
            raise DraftError([*wrong, *more])
        return replace(pack, draft=read)

    def enacted(self) -> Pack:
        """The pack with its draft in force: decisions under it are decisions."""
        release = next_release(self.release, "enacted", "")
        return replace(self, release=f"{self.name}-{release}", draft=None)

    def _laid_over(
        self, changes: list[Change], documents: Mapping[str, Document], release: str
    ) -> tuple[Pack, list[str]]:
        """The pack with these changes, and what of them may not be."""
        sources = applied(self.sources, changes)
        every = {**self.documents, **documents}
        shared, schemes, wrong = parameters_of(self.schemes.values(), every, sources)
        return replace(
            self,
            release=release,
            documents=every,
            parameters=shared,
            schemes=schemes,
            sources=sources,
            base=self,
        ), wrong

    @cached_property
    def rules(self) -> CompiledRules:
        """The rules as SQL and as trees of operations."""
        limits = self.across.limit("months"), self.across.limit("trainings")
        like = (self.base.schemes, self.base.rules) if self.base else None
        return rules_of(self.release, self.schemes, *limits, like)

    @cached_property
    def judge(self) -> Judge:
        """Every claim by itself."""
        return Judge(self.schemes, self.rules)

    @cached_property
    def across(self) -> Across:
        """What the schemes look at across claims."""
        return Across(tuple(self.schemes.values()))

    @cached_property
    def values(self) -> dict[int, tuple[Parameter, Value]]:
        """Every value of every parameter by its number."""
        of_schemes = [p for s in self.schemes.values() for p in s.parameters.values()]
        return all_values([*self.parameters.values(), *of_schemes])

    @cached_property
    def wording(self) -> Wording:
        """How bits read."""
        return Wording(tuple(self.schemes.values()), self.judge, self.values)

    @cached_property
    def single(self) -> SingleClaim:
        """One claim at a time, as SQL."""
        return SingleClaim(self.judge)

    @cached_property
    def features(self) -> dict[str, Feature]:
        """What of the product carries paragraphs of the documents, by key."""
        return read_features(self.folder)

    @cached_property
    def guides(self) -> dict[str, Guide]:
        """What those who apply for a scheme have to know beside its rules, by code.

        Errors: PackError with all that is wrong in the guides.
        """
        return read_guides(self)

    def clause(self, citation: str) -> tuple[Document, str, str]:
        """Document, clause and its paraphrase for a citation such as ``D6 一(二)1``."""
        key, _, clause = citation.partition(" ")
        document = self.documents[key]
        entry = document.entries.get(clause)
        return document, clause, entry.text if entry else ""

    def entry(self, citation: str) -> Entry:
        """The entry of a paragraph. Errors: KeyError where no document has it."""
        key, _, clause = citation.partition(" ")
        return self.documents[key].entries[clause]


def clean_intake(table: Any, *, history: bool = False) -> Intake:
    """Facts to decide on. Errors: FactsError where any can't be read."""
    intake = table if isinstance(table, Intake) else read_facts(table, history=history)
    if intake.problems:
        raise FactsError(intake.problems)
    return intake


def decided_twice(intake: Intake, history: Intake) -> list[Problem]:
    """Lines whose claim_id is among the earlier decisions too."""
    ids = intake.table["claim_id"]
    both = pc.is_in(ids, history.table["claim_id"].combine_chunks())
    rows = np.flatnonzero(pc.fill_null(both, False).to_numpy())
    message = "该申请编号已在历史文件中，不能重复决定；请删去这一行或更正编号"
    return [
        Problem("in-history", "claim_id", ids[row].as_py(), message, (row,))
        for row in rows.tolist()
    ]


def _releases(pack: Pack, standards: Iterable[Standard]) -> list[str]:
    """The release of the pack itself, and of each beginning of the standards laid over it."""
    releases = [pack.release]
    for standard in standards:
        following = next_release(releases[-1], "standard", standard.content)
        releases.append(f"{pack.name}-{following}")
    return releases


def refuse_decided_twice(intake: Intake, history: Intake) -> None:
    """Raise FactsError where a line was decided before."""
    problems = decided_twice(intake, history)
    if problems:
        raise FactsError(problems)


# ---------------------------------------------------------------- loading

_LOADED: dict[str, Pack] = {}


def load(pack: str | Path = "hubei") -> Pack:
    """Load a policy pack by name, or from a folder.

    Errors: PackError that lists every parameter without a citation, value beyond a cap or floor,
    overlapping dates and unknown clause, each with file, key and date; LookupError where there is
    no such pack.
    """
    if isinstance(pack, Path):
        return _load(_module_of(pack), pack)
    if pack not in _LOADED:
        try:
            module = importlib.import_module(f"jineng.policies.{pack}")
        except ModuleNotFoundError:
            raise LookupError(f"没有名为“{pack}”的政策包") from None
        _LOADED[pack] = _load(module, Path(str(module.__file__)).parent)
    return _LOADED[pack]


def _module_of(folder: Path) -> ModuleType:
    """A folder's package, imported afresh under a name of its own."""
    name = f"jineng_pack_{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]}"
    for loaded in [n for n in sys.modules if n == name or n.startswith(f"{name}.")]:
        del sys.modules[loaded]
    spec = importlib.util.spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None:
        raise LookupError(f"{folder} 不是政策包")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _load(module: ModuleType, folder: Path) -> Pack:
    documents = read_documents(folder)
    reader = Reader(lambda citation: is_paragraph(documents, citation))
    files = (SHARED, *module.SCHEMES)
    sources = {file: reader.written(folder / f"{file}.parameters.yaml") for file in files}
    schemes = [
        replace(importlib.import_module(f"{module.__name__}.{file}").scheme, file=file)
        for file in module.SCHEMES
    ]
    shared, with_parameters, errors = parameters_of(schemes, documents, sources)
    errors = [*reader.errors, *errors]
    for scheme in schemes:
        errors += _uncited(documents, scheme.file, scheme)
    if errors:
        raise PackError(errors)
    return Pack(
        name=module.NAME,
        title=module.TITLE,
        release=f"{module.NAME}-{_hash(folder)}",
        documents=documents,
        schemes=with_parameters,
        parameters=shared,
        folder=folder,
        sources=sources,
    )


def _uncited(documents: dict[str, Document], file: str, scheme: Scheme) -> list[str]:
    """Citations of a scheme's rules that no document has, and rules without one."""
    errors = []
    cited = {c.code: c.cites for c in scheme.conditions} | {"scheme": tuple(scheme.cites)}
    if scheme.amount_due:
        cited["amount"] = scheme.amount_due.cites
    for code, cites in cited.items():
        if not cites:
            errors.append(f"{file}.py：{code}：没有依据（cites），不能载入")
        errors += [
            f"{file}.py：{code}：依据“{c}”不在文件条款表中"
            for c in cites
            if not is_paragraph(documents, c)
        ]
    return errors


def _hash(folder: Path) -> str:
    """Sixteen hex digits over the pack's rules, parameters and list of documents.

    Cases and guides are left out, and what ``clauses`` says of the documents: they decide nothing.
    """
    digest = hashlib.sha256(f"engine {ENGINE}\n".encode())
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix not in (".py", ".yaml") or name.endswith(_DECIDE_NOTHING):
            continue
        if name.startswith("clauses/"):
            continue
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{name} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:16]
