"""Every address, and what each role gets there. A page that is not in the table fails the walk.

A role is looked at twice: as it is held in the district that the world's things belong to, and as
an outsider, held in another district far away.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from jineng.people.models import Role
from jineng.people.roles import RIGHTS

EVERYBODY = frozenset(Role)
NOBODY: frozenset[str] = frozenset()
NOBODYS = {"pk": "00000000-0000-4000-8000-000000000000"}

WITH_FACTOR = frozenset(role for role in Role if RIGHTS[role].official)
PLATFORM = frozenset({Role.PLATFORM_ADMIN})
AUDITOR = frozenset({Role.AUDITOR})
#: Officials who look into persons and organisations of their region.
LOOKING = frozenset(
    {
        Role.ACCEPTOR,
        Role.FIRST_REVIEWER,
        Role.SECOND_REVIEWER,
        Role.APPROVER,
        Role.CASHIER,
        Role.SUPERVISOR,
        Role.AUDITOR,
    }
)
#: Those whose department and its region are in sight, persons or not.
IN_SIGHT = LOOKING | {Role.STATISTICIAN}
MANAGES_ENTERPRISE = frozenset({Role.ENTERPRISE_HR, Role.PLATFORM_ADMIN})
SEES_MEMBERS = frozenset({Role.SUPERVISOR, Role.AUDITOR, Role.PLATFORM_ADMIN})


@dataclass(frozen=True)
class Row:
    """One address with one method.

    ``at``: what fills the address; a name of the world's things stands for its number. ``yes`` get
    `status`, ``no`` get 403, everybody else 404; `outsiders_yes` and `outsiders_no` likewise. A
    stranger gets `stranger`: led to the sign-in page, where nothing else is said. `but`: what some
    of those with `yes` get instead.
    """

    view: str
    method: str = "GET"
    at: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    yes: frozenset[str] = NOBODY
    no: frozenset[str] = NOBODY
    outsiders_yes: frozenset[str] = NOBODY
    outsiders_no: frozenset[str] = NOBODY
    stranger: int = 302
    but: dict[str, int] = field(default_factory=dict)

    def expected(self, role: str, *, outsider: bool) -> int:
        """The status that a role gets."""
        yes, no = (self.outsiders_yes, self.outsiders_no) if outsider else (self.yes, self.no)
        if role in yes:
            return self.but.get(role, self.status)
        return 403 if role in no else 404


def own(
    view: str,
    method: str = "GET",
    *,
    status: int = 200,
    stranger: int = 302,
    but: dict[str, int] | None = None,
) -> Row:
    """An address at which everybody finds what is their own."""
    return Row(
        view,
        method,
        status=status,
        yes=EVERYBODY,
        outsiders_yes=EVERYBODY,
        stranger=stranger,
        but=but or {},
    )


def public(view: str, method: str = "GET", status: int = 200, **at: Any) -> Row:
    """An address that is the same for all, signed in or not."""
    return Row(
        view,
        method,
        at,
        status=status,
        yes=EVERYBODY,
        outsiders_yes=EVERYBODY,
        stranger=status,
    )


def duty(view: str, yes: frozenset[str], method: str = "GET", status: int = 200) -> Row:
    """A page of a role's own work, wherever it is held; others are told that it is not theirs."""
    rest = EVERYBODY - yes
    return Row(
        view,
        method,
        status=status,
        yes=yes,
        no=rest,
        outsiders_yes=yes,
        outsiders_no=rest,
    )


PAGES = [
    public("home"),
    public("components"),
    public("healthz"),
    public("readyz"),
    public("metrics"),
    own("search"),
    public("preferences"),
    public("set_preferences", "POST", 302),
    public("set_columns", "POST", 302),
    public("keys"),
    # A batch belongs to whoever handed it in; for all others it is not there.
    public("claims:upload"),
    public("claims:template"),
    public("claims:batch", status=404, **NOBODYS),
    public("claims:progress", status=404, **NOBODYS),
    public("claims:problems", status=404, **NOBODYS),
    public("claims:marked", status=404, **NOBODYS, file="claims"),
    public("claims:corrected", "POST", 404, **NOBODYS),
    public("claims:clean", "POST", 404, **NOBODYS),
    public("claims:again", "POST", 404, **NOBODYS),
    public("claims:cancel", "POST", 404, **NOBODYS),
    public("claims:delete", "POST", 404, **NOBODYS),
    public("claims:search", "POST", 404, **NOBODYS),
    public("claims:export", status=404, **NOBODYS, ending="xlsx"),
    public("claims:order", "POST", 404, **NOBODYS, ending="xlsx"),
    public("claims:run", status=404, **NOBODYS, run=NOBODYS["pk"]),
    public("claims:run_file", status=404, **NOBODYS, run=NOBODYS["pk"]),
    public("claims:cancel_run", "POST", 404, **NOBODYS, run=NOBODYS["pk"]),
    public("claims:line", status=404, **NOBODYS, row=1),
    public("claims:line_json", status=404, **NOBODYS, row=1),
    public("claims:line_text", status=404, **NOBODYS, row=1),
]

SIGNING_IN = [
    # Whoever is signed in is led on.
    own("account_login", status=302, stranger=200),
    own("account_signup", status=302, stranger=200),
    own("account_logout"),
    public("account_inactive"),
    own("account_reauthenticate"),
    own("account_change_password"),
    # Who has a password is led to where it is changed.
    own("account_set_password", status=302),
    public("account_reset_password_from_key", uidb36="1", key="none"),
    public("account_reset_password_from_key_done"),
    own("mfa_index"),
    own("mfa_authenticate", status=302),
    # Officials have a second factor already, the others none.
    own("mfa_reauthenticate", status=302, but=dict.fromkeys(WITH_FACTOR, 200)),
    own("mfa_activate_totp", but=dict.fromkeys(WITH_FACTOR, 302)),
    Row("mfa_deactivate_totp", yes=WITH_FACTOR, outsiders_yes=WITH_FACTOR),
    Row("mfa_view_recovery_codes"),
    own("mfa_generate_recovery_codes"),
    Row("mfa_download_recovery_codes"),
    own("mfa_list_webauthn"),
    own("mfa_add_webauthn"),
    own("mfa_login_webauthn", status=302),
    # Nobody in the world has a passkey: officials are led to their code, others to the password.
    own("mfa_reauthenticate_webauthn", status=302),
    Row("mfa_remove_webauthn", at={"pk": 1}),
    own("text", status=302, stranger=200),
    own("text_code", status=302),
    own("usersessions_list"),
    own("socialaccount_connections"),
    public("socialaccount_login_cancelled"),
    # Where no provider is set up.
    public("openid_connect_login", status=404, provider_id="gov"),
    public("openid_connect_callback", status=404, provider_id="gov"),
]

ACCOUNTS = [
    own("people:mine"),
    own("people:leave_everywhere", "POST", status=302),
    Row("people:my_leave", at={"pk": "membership"}, yes=frozenset({Role.ACCEPTOR})),
    # For whoever has none yet.
    Row(
        "people:claim",
        yes=EVERYBODY - {Role.WORKER},
        outsiders_yes=EVERYBODY - {Role.WORKER},
    ),
    Row(
        "people:claim_code",
        status=302,
        yes=EVERYBODY - {Role.WORKER},
        outsiders_yes=EVERYBODY - {Role.WORKER},
    ),
    own("people:archive"),
    Row(
        "people:archive_file",
        yes=frozenset({Role.WORKER}),
        outsiders_yes=frozenset({Role.WORKER}),
    ),
    Row(
        "people:correction",
        "POST",
        status=422,
        yes=frozenset({Role.WORKER}),
        outsiders_yes=frozenset({Role.WORKER}),
    ),
    Row(
        "people:revoke",
        "POST",
        {"pk": "delegation"},
        status=302,
        yes=frozenset({Role.ACCEPTOR, Role.PLATFORM_ADMIN}),
        no=IN_SIGHT - {Role.ACCEPTOR},
        outsiders_yes=PLATFORM,
        outsiders_no=AUDITOR,
    ),
    Row(
        "people:answer_invitation",
        "POST",
        {"pk": "invitation"},
        status=302,
        yes=frozenset({Role.WORKER}),
    ),
    Row(
        "people:withdraw_invitation",
        "POST",
        {"pk": "invitation"},
        status=302,
        yes=MANAGES_ENTERPRISE,
        no=IN_SIGHT,
        outsiders_yes=PLATFORM,
        outsiders_no=AUDITOR,
    ),
    Row("people:platform", yes=PLATFORM, outsiders_yes=PLATFORM),
    duty("people:accounts", PLATFORM),
    *(
        Row(
            view,
            at={"pk": "account"} | at,
            yes=PLATFORM,
            no=EVERYBODY - PLATFORM,
            outsiders_yes=PLATFORM,
            outsiders_no=EVERYBODY - PLATFORM,
        )
        for view, at in (("people:account", {}), ("people:account_act", {"name": "untie"}))
    ),
    Row(
        "people:members",
        at={"pk": "enterprise"},
        yes=MANAGES_ENTERPRISE | SEES_MEMBERS,
        no=IN_SIGHT - SEES_MEMBERS,
        outsiders_yes=PLATFORM | AUDITOR,
    ),
    Row(
        "people:member",
        at={"pk": "membership"},
        yes=SEES_MEMBERS,
        no=IN_SIGHT - SEES_MEMBERS,
        outsiders_yes=PLATFORM | AUDITOR,
    ),
    *(
        Row(
            f"people:{act}",
            "POST",
            {"pk": "hr_membership"},
            status=422,
            yes=MANAGES_ENTERPRISE,
            no=IN_SIGHT,
            outsiders_yes=PLATFORM,
            outsiders_no=AUDITOR,
        )
        for act in ("end", "reset", "delegate")
    ),
]

ARCHIVES = [
    Row(
        "people:reveal",
        at={"pk": "person", "field": "phone"},
        yes=LOOKING,
        # Oneself, whose numbers are in one's own archive; and the employer.
        no=frozenset({Role.WORKER, Role.ENTERPRISE_HR}),
        outsiders_yes=AUDITOR,
    ),
    duty("people:corrections", frozenset({Role.ACCEPTOR})),
    Row(
        "people:answer",
        at={"pk": "correction"},
        yes=frozenset({Role.ACCEPTOR}),
        no=LOOKING - {Role.ACCEPTOR} | {Role.WORKER, Role.ENTERPRISE_HR},
        outsiders_no=AUDITOR,
    ),
]

AUDITING = AUDITOR | PLATFORM

AUDIT = [
    duty("audit:state", AUDITING),
    duty("audit:roots", AUDITING),
    Row(
        "audit:public_key",
        at={"key": "none"},
        status=404,
        yes=AUDITING,
        no=EVERYBODY - AUDITING,
        outsiders_yes=AUDITING,
        outsiders_no=EVERYBODY - AUDITING,
    ),
]

#: Persons who work for an organisation see those they have to do with.
TIED = frozenset(
    {
        Role.ENTERPRISE_HR,
        Role.INSTITUTION_ADMIN,
        Role.TEACHER,
        Role.EVALUATION_MANAGER,
        Role.EXAMINER,
    }
)
ACCEPTS = frozenset({Role.ACCEPTOR})
REGISTERS = ACCEPTS | PLATFORM
SUPERVISES = frozenset({Role.SUPERVISOR})
#: Who sees the person of the district: officials, the employer, and that person.
SEES_PERSON = LOOKING | {Role.WORKER, Role.ENTERPRISE_HR}
#: Who sees the enterprise of the district.
SEES_FIRM = IN_SIGHT | PLATFORM | {Role.ENTERPRISE_HR}


def of_person(
    view: str, yes: frozenset[str], method: str = "GET", status: int = 200, **at: Any
) -> Row:
    """A page of a role's work with the person of the district."""
    return Row(
        view,
        method,
        {"pk": "person"} | at,
        status=status,
        yes=yes,
        no=SEES_PERSON - yes,
        outsiders_no=AUDITOR,
    )


def of_firm(view: str, yes: frozenset[str], **at: Any) -> Row:
    """A page of a role's work with the enterprise of the district."""
    everywhere = PLATFORM | AUDITOR
    return Row(
        view,
        at={"pk": "enterprise"} | at,
        yes=yes,
        no=SEES_FIRM - yes,
        outsiders_yes=yes & everywhere,
        outsiders_no=everywhere - yes,
    )


REGISTERED = [
    duty("people:persons", LOOKING | TIED),
    duty("people:search_persons", LOOKING | TIED, "POST", 302),
    duty("people:new_person", ACCEPTS),
    Row("people:person", at={"pk": "person"}, yes=SEES_PERSON, outsiders_yes=AUDITOR),
    *(
        of_person(f"people:{view}", ACCEPTS)
        for view in ("edit_person", "correct_number", "begin_group", "merge")
    ),
    of_person("people:end_group", ACCEPTS, pk="group"),
    of_person("people:undo_merge", ACCEPTS, pk="merge"),
    of_person("people:merge_with", ACCEPTS, other="other"),
    of_person("people:blacklist_person", SUPERVISES),
    of_person("people:blacklist_act", SUPERVISES, pk="person_entry", name="lift"),
    of_firm("people:blacklist_organisation", SUPERVISES),
    of_firm("people:blacklist_act", SUPERVISES, pk="firm_entry", name="appeal"),
    duty("people:organisations", IN_SIGHT | TIED | PLATFORM),
    duty("people:search_organisations", IN_SIGHT | TIED | PLATFORM, "POST", 302),
    duty("people:new_organisation", REGISTERS),
    of_firm("people:organisation", SEES_FIRM),
    of_firm("people:edit_organisation", REGISTERS | {Role.ENTERPRISE_HR}),
    *(
        of_firm("people:organisation_act", REGISTERS, name=name)
        for name in ("code", "kind", "pillar", "suspension")
    ),
    of_firm("people:organisation_end", REGISTERS, pk="firm_kind", name="kind"),
    of_firm("people:new_qualification", ACCEPTS),
    of_firm("people:edit_qualification", ACCEPTS, pk="qualification"),
    duty("people:qualifications", IN_SIGHT | TIED | PLATFORM),
    public("people:sign_up"),
    duty("people:sign_ups", REGISTERS),
    Row(
        "people:sign_up_entry",
        at={"pk": "sign_up"},
        yes=REGISTERS,
        no=EVERYBODY - REGISTERS,
        outsiders_yes=PLATFORM,
        outsiders_no=EVERYBODY - REGISTERS,
    ),
]

LOOKS_BACK = LOOKING - {Role.CASHIER}
VERIFIES = frozenset({Role.ACCEPTOR, Role.FIRST_REVIEWER, Role.SECOND_REVIEWER})

VERIFICATION = [
    Row(
        "people:verifications_of_person",
        at={"pk": "person"},
        yes=LOOKS_BACK,
        no=SEES_PERSON - LOOKS_BACK,
        outsiders_yes=AUDITOR,
    ),
    of_person("people:verify_person", VERIFIES, "POST", 302),
    of_firm("people:verifications_of_organisation", LOOKS_BACK),
    replace(of_firm("people:verify_organisation", VERIFIES), method="POST", status=302),
]

SEES_IMPORTS = ACCEPTS | SUPERVISES | AUDITOR | {Role.STATISTICIAN}

IMPORTS = [
    duty("people:imports", SEES_IMPORTS),
    duty("people:new_import", ACCEPTS),
    Row(
        "people:import",
        at={"pk": "import"},
        yes=SEES_IMPORTS,
        no=EVERYBODY - SEES_IMPORTS,
        outsiders_yes=AUDITOR,
        outsiders_no=EVERYBODY - SEES_IMPORTS,
    ),
]

OWN_NOTICE: dict[str, Any] = {"at": {"pk": "notice"}, "yes": frozenset({Role.WORKER})}

#: The worker was told something; notices of others are not there.
INBOX = [
    own("inbox:inbox"),
    own("inbox:mark_all", "POST", status=302),
    own("inbox:undo", "POST", status=302),
    Row("inbox:notice", **OWN_NOTICE),
    Row("inbox:case", status=302, **OWN_NOTICE),
    Row("inbox:mark", "POST", status=302, **OWN_NOTICE),
    own("inbox:choices"),
    own("inbox:choose", "POST", status=302),
    # This site sends no e-mail; a demo's texts are shown on the page.
    own("inbox:mail", "POST", status=302),
    own("inbox:phone", "POST", status=422),
    own("inbox:code", "POST", status=422),
    own("inbox:forget", "POST", status=302),
    # Links that show nothing.
    public("inbox:address", status=404, token="none"),
    public("inbox:stop", status=404, token="none"),
]

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
    public("desk:quote", "POST", 302),
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

ROWS = [
    *REGISTERED,
    *IMPORTS,
    *PAGES,
    *SIGNING_IN,
    *ACCOUNTS,
    *ARCHIVES,
    *AUDIT,
    *INBOX,
    *DRAFTS,
    *TRIALS,
    *STANDARDS,
    *POLICY,
    *VERIFICATION,
]
