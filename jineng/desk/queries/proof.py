"""Whether a draft can be put in force: its cases, who may, and what follows."""

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from jineng.desk.models import CaseTable, Draft, Enactment
from jineng.desk.permissions.drafts import MAY_EDIT, OWN, drafts_in_reach
from jineng.desk.permissions.standards import EDIT
from jineng.desk.queries.cases import Outcome, newest_of, outcome_of, read
from jineng.desk.queries.in_force import pack_in_force
from jineng.people.models import User
from jineng.people.permissions import access_of

if TYPE_CHECKING:
    from jineng.policy import Pack

_PROVINCE = "0000"


@dataclass(frozen=True)
class Proof:
    """How far a draft is proven. ``table``: its newest, and what became of it.

    ``reasons``: why it can't be put in force, by its cases; in Chinese. ``written_by_user``: the
    user had a hand in it, and so is not the one to put it in force.
    """

    draft: Draft
    table: CaseTable | None = None
    outcome: Outcome | None = None
    reasons: tuple[str, ...] = ()
    may_upload: bool = False
    may_enact: bool = False
    written_by_user: bool = False
    enactment: Enactment | None = None
    unusable: tuple[str, ...] = ()

    @property
    def proven(self) -> bool:
        """Whether its cases pass and test it."""
        return self.table is not None and not self.reasons and not self.unusable


def proof_of(draft: Draft, user: User, *, on: date) -> Proof:
    """How far a draft is proven, as a user sees it."""
    from jineng.policy import PackError

    table, enactment = newest_of(draft), getattr(draft, "enactment", None)
    wrote = written_by(draft, user)
    rows: Any = drafts_in_reach(user, on=on).filter(pk=draft.pk)
    writes = rows.filter(mine__in=(OWN, MAY_EDIT)).exists()
    proof = Proof(
        draft=draft,
        table=table,
        may_upload=enactment is None and writes and access_of(user, on=on).may(EDIT),
        may_enact=enactment is None and enacts(user, on=on) and not wrote,
        written_by_user=wrote,
        enactment=enactment,
    )
    if enactment is not None:
        return proof
    pack = pack_in_force(on)
    try:
        drafted = pack.with_draft(draft.policy_draft())
    except PackError as error:
        return replace(proof, unusable=tuple(error.reasons))
    if table is None:
        return proof
    outcome = outcome_of(table, drafted)
    reasons = reasons_against(table, pack, drafted, outcome)
    return replace(proof, outcome=outcome, reasons=reasons)


def reasons_against(
    table: CaseTable, pack: "Pack", drafted: "Pack", outcome: Outcome
) -> tuple[str, ...]:
    """Why the draft can't be put in force, by its cases."""
    from jineng.policy.checking import reasons_against as told

    if outcome.refused:
        return (outcome.refused,)
    if drafted.draft and drafted.draft.content.get("standards"):
        # that would be a second way for standards, past whose they are
        return (_("草案中有地区标准：它由该地区录入、另一人复核，不随草案施行；请从草案中去掉。"),)
    with read(table, pack) as file:
        return told(pack, drafted, file.table)


def enacts(user: User, *, on: date) -> bool:
    """Whether the user puts drafts in force: a policy administrator of the province."""
    held = access_of(user, on=on).by(EDIT)
    return any((one.region_code or "").endswith(_PROVINCE) for one in held)


def written_by(draft: Draft, user: User) -> bool:
    """Whether the user, by any account of theirs, had a hand in the draft."""
    writers = User.objects.filter(pk__in=[*draft.versions.values_list("by", flat=True)])
    if user.pk == draft.author_id or writers.filter(pk=user.pk).exists():
        return True
    if user.person_id is None:
        return False
    return (
        draft.author.person_id == user.person_id or writers.filter(person=user.person_id).exists()
    )
