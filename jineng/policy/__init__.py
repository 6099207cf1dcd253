"""The policy engine: tables of claims in, explained decisions out. No Django, no database.

from jineng import policy

pack = policy.load("hubei")
decisions = pack.decide(table, history=earlier)
print(pack.explain(table, "V01").text())
"""

from jineng.policy.cases import Case, CaseResult, CasesError, run_cases
from jineng.policy.checking import (
    CaseTable,
    CheckedRow,
    NotReady,
    Readiness,
    check,
    put_in_force,
    read_case_table,
    readiness,
)
from jineng.policy.documents import Document, Entry, Feature, Statement
from jineng.policy.drafts import Draft, DraftError, draft_of, issued, read_draft
from jineng.policy.errors import FactsError, PackError
from jineng.policy.explanation import Explanation
from jineng.policy.facts import FACTS, OUT, Fact, Out
from jineng.policy.intake import Intake, Problem, read_columns, read_facts
from jineng.policy.laid import laid_over, laid_text, read_laid
from jineng.policy.pack import Pack, decided_twice, load
from jineng.policy.schemes import (
    AtMost,
    Condition,
    Once,
    OneScheme,
    Scheme,
    belongs,
    condition,
    known,
)
from jineng.policy.standards import (
    Standard,
    StandardsError,
    left_to_regions,
)
from jineng.policy.whatif import Difference, WhatIf, differences, whatif

__all__ = [
    "FACTS",
    "OUT",
    "AtMost",
    "Case",
    "CaseResult",
    "CaseTable",
    "CasesError",
    "CheckedRow",
    "Condition",
    "Difference",
    "Document",
    "Draft",
    "DraftError",
    "Entry",
    "Explanation",
    "Fact",
    "FactsError",
    "Feature",
    "Intake",
    "NotReady",
    "Once",
    "OneScheme",
    "Out",
    "Pack",
    "PackError",
    "Problem",
    "Readiness",
    "Scheme",
    "Standard",
    "StandardsError",
    "Statement",
    "WhatIf",
    "belongs",
    "check",
    "condition",
    "decided_twice",
    "differences",
    "draft_of",
    "issued",
    "known",
    "laid_over",
    "laid_text",
    "left_to_regions",
    "load",
    "put_in_force",
    "read_case_table",
    "read_columns",
    "read_draft",
    "read_facts",
    "read_laid",
    "readiness",
    "run_cases",
    "whatif",
]
