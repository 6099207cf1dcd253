"""Cases from their beginning, as timelines show them: who did what, who acts next and by when."""

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from jineng.pages.work import CaseStep
from jineng.people.models import CorrectionRequest, SignUp
from jineng.people.queries.waiting import correction_term


def steps_of_correction(request: CorrectionRequest) -> list[CaseStep]:
    """A request to have something put right, and its answer."""
    asked = CaseStep(_("本人提出"), "done", who=request.person.name, at=request.asked_at)
    if request.answered_by:
        who = request.answered_by.username
        told = {"outcome": request.get_outcome_display(), "answer": request.answer}
        note = _("%(outcome)s：%(answer)s") % told
        return [asked, CaseStep(_("答复"), "done", who=who, at=request.answered_at, note=note)]
    due = correction_term(localdate(request.asked_at))
    return [asked, CaseStep(_("核实并答复"), "current", who=_("辖区人社部门"), due=due)]


def steps_of_sign_up(entry: SignUp) -> list[CaseStep]:
    """An enterprise's application, its place in the queue, and what came of it."""
    steps = [CaseStep(_("企业报名"), "done", who=entry.contact_name, at=entry.signed_up_at)]
    settled = entry.served_at or entry.withdrawn_at
    if settled:
        what = _("安排培训") if entry.served_at else _("移出排队")
        return [*steps, CaseStep(what, "done", at=settled, note=entry.note)]
    department = _("%(region)s人社部门") % {"region": entry.region.name}
    note = _("按报名先后顺序办理。")
    return [
        *steps,
        CaseStep(_("排队"), "current", who=department, note=note),
        CaseStep(_("安排培训"), "coming", who=department),
    ]
