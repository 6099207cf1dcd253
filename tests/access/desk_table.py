"""Every address of the policy desk and of what-if, and what each role gets there."""

from typing import Any

from jineng.people.models import Role
from tests.access.rows import (
    AUDITOR,
    EVERYBODY,
    Row,
    duty,
    public,
)

#: The policy library is open to all, and so is asking what one could get.
POLICY = [
    public("desk:library"),
    public("desk:policy_search"),
    public("desk:document", key="D6"),
    public("desk:scheme", code="PRE"),
    public("desk:guide", code="PRE"),
    public("desk:scheme_cases", code="PRE"),
    public("desk:scheme_case", code="PRE", number=1),
    public("desk:quote"),
]

SEES_POLICY = frozenset({Role.POLICY_ADMIN, Role.STATISTICIAN, Role.AUDITOR})
EDITS_POLICY = frozenset({Role.POLICY_ADMIN})


def _policy(
    view: str, thing: str, yes: frozenset[str] = SEES_POLICY, status: int = 200, **at: Any
) -> Row:
    """A page about a thing of the policy desk: out of reach it is not there."""
    return Row(
        view,
        at={"pk": thing, **at},
        status=status,
        yes=yes,
        no=EVERYBODY - yes,
        outsiders_yes=yes & AUDITOR,
        outsiders_no=EVERYBODY - (SEES_POLICY - AUDITOR) - (yes & AUDITOR),
    )


MAKES = frozenset({Role.POLICY_ADMIN})


def of_draft(
    view: str, yes: frozenset[str], method: str = "GET", status: int = 200, **at: Any
) -> Row:
    """A page about the draft of the district's policy administrator, which auditors read."""
    rest = EVERYBODY - yes
    return Row(
        view,
        method,
        {"pk": "draft"} | at,
        status=status,
        yes=yes,
        no=(MAKES | AUDITOR) - yes,
        outsiders_yes=yes & AUDITOR,
        outsiders_no=rest & AUDITOR,
    )


DRAFTS = [
    duty("desk:drafts", SEES_POLICY),
    duty("desk:compare_drafts", SEES_POLICY),
    duty("desk:new_draft", MAKES),
    duty("desk:import_draft", MAKES),
    of_draft("desk:draft", MAKES | AUDITOR),
    of_draft("desk:draft_file", MAKES | AUDITOR),
    of_draft("desk:draft_version", MAKES | AUDITOR, number=1),
    of_draft("desk:draft_title", MAKES),
    of_draft("desk:draft_text", MAKES),
    of_draft("desk:draft_change", MAKES),
    of_draft("desk:draft_parameter", MAKES, word="PRE.standard"),
    of_draft("desk:draft_remove", MAKES, "POST", 302, number=0),
    of_draft("desk:restore_draft", MAKES, "POST", 302, number=1),
    of_draft("desk:copy_draft", MAKES),
    of_draft("desk:share_draft", MAKES),
    of_draft("desk:end_share", MAKES, "POST", 404, share=0),
    of_draft("desk:delete_draft", MAKES),
]


def of_trial(
    view: str, yes: frozenset[str], method: str = "GET", status: int = 200, **at: Any
) -> Row:
    """A page about a trial of that draft."""
    return of_draft(view, yes, method, status, **at, pk="trial")


TRIALS = [
    duty("whatif:trials", SEES_POLICY),
    duty("whatif:new", SEES_POLICY),
    duty("whatif:compare", SEES_POLICY),
    of_trial("whatif:trial", MAKES | AUDITOR),
    of_trial("whatif:progress", MAKES | AUDITOR, status=302),
    of_trial("whatif:cancel", MAKES, "POST", 302),
    of_trial("whatif:again", MAKES, "POST", 302),
    of_trial("whatif:delete", MAKES),
    # Its claims are gone, and with them its lines.
    of_trial("whatif:lines", MAKES, status=404),
    of_trial("whatif:search", MAKES, "POST", 404),
    of_trial("whatif:line", MAKES, status=404, row=2),
    of_trial("whatif:file", MAKES, status=404, ending="xlsx"),
]

#: Standards of regions, and cases.
STANDARDS = [
    duty("desk:standards", SEES_POLICY),
    duty("desk:standards_file", SEES_POLICY),
    duty("desk:new_standard", EDITS_POLICY),
    _policy("desk:standard", "standard"),
    _policy("desk:edit_standard", "begun_standard", EDITS_POLICY),
    _policy("desk:standard_act", "standard", EDITS_POLICY, name="second"),
    duty("desk:case_tables", SEES_POLICY),
    duty("desk:case_template", SEES_POLICY),
    duty("desk:new_cases", EDITS_POLICY),
    _policy("desk:case_table", "cases"),
    _policy("desk:marked_cases", "cases"),
    _policy("desk:case_file", "cases"),
    # There is no such draft.
    Row("desk:put_in_force", at={"pk": 0}, status=404, yes=EVERYBODY, outsiders_yes=EVERYBODY),
]
