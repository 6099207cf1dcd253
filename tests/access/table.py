"""Every address, and what each role gets there. A page that is not in the table fails the walk.

A role is looked at twice: as it is held in the district that the world's things belong to, and as
an outsider, held in another district far away.
"""

from dataclasses import replace
from typing import Any

from jineng.people.models import Role
from tests.access.desk_table import DRAFTS, POLICY, STANDARDS, TRIALS
from tests.access.rows import (
    AUDITOR,
    EVERYBODY,
    IN_SIGHT,
    LOOKING,
    MANAGES_ENTERPRISE,
    NOBODYS,
    PLATFORM,
    SEES_MEMBERS,
    WITH_FACTOR,
    Row,
    duty,
    own,
    public,
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
