"""A form filled in step by step, kept as a draft meanwhile, sent in after a last look."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import BoundField, Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from jineng.pages.tables import Text
from jineng.people.commands.drafts import Given, Whose, draft_of, drop_draft, given_in, save_draft
from jineng.people.errors import Refused
from jineng.people.models import User
from jineng.people.views.asking import asked

#: Where a visitor's session has the key of the visitor's drafts.
KEY = "drafts"


@dataclass(frozen=True)
class Steps:
    """A form in parts, each with a title and the names of its fields. ``name``: of its drafts."""

    name: str
    form: type[Form]
    parts: tuple[tuple[Text, tuple[str, ...]], ...]

    def part(self, at: int, given: Given | None) -> Form:
        """The form with the fields of one part alone; unbound where nothing was given yet."""
        names = self.parts[at][1]
        filled = given and any(name in given for name in names)
        form = self.form(MultiValueDict(given) if given and filled else None)
        for name in [name for name in form.fields if name not in names]:
            del form.fields[name]
        return form

    def whole(self, given: Given) -> Form:
        """The form with all that was given."""
        return self.form(MultiValueDict(given))

    def reached(self, given: Given) -> int:
        """The first part that is not filled in well; how many parts there are, if all are."""
        for at in range(len(self.parts)):
            form = self.part(at, given)
            if not form.is_bound or not form.is_valid():
                return at
        return len(self.parts)


def whose_drafts(request: HttpRequest, *, make: bool = False) -> Whose:
    """Whose drafts a request is about; a visitor gets a key with the first one."""
    if isinstance(request.user, User):
        return Whose(user=request.user)
    if make and KEY not in request.session:
        request.session[KEY] = secrets.token_urlsafe(32)
    return Whose(key=request.session.get(KEY, ""))


def steps_page(
    request: HttpRequest,
    steps: Steps,
    command: Callable[[dict[str, Any]], Any],
    template: str,
    *,
    done: Callable[[Any], tuple[str, str]],
    before_first: Callable[[], None] = lambda: None,
) -> HttpResponse:
    """One step, or the last look, from which the whole is sent in.

    ``done``: what is said and where it leads, by what the command gives; ``before_first``: may
    raise Refused before somebody's first draft of the form is kept.
    """
    draft = draft_of(whose_drafts(request), steps.name, at=timezone.now())
    given = given_in(draft)
    if "drop" in request.POST:
        drop_draft(whose_drafts(request), steps.name)
        return redirect(request.path)
    reached, last = steps.reached(given), len(steps.parts)
    words = request.POST if request.method == "POST" else request.GET
    at = min(_number(words.get("step", "")), reached) if "step" in words else reached
    if request.method != "POST":
        form = _as_it_was(steps, at, given) if at < last else steps.whole(given)
        return _shown(request, template, steps, form, at, given, resumed=draft is not None)
    if at == last:
        return _sent(request, steps, command, template, given, done)
    given |= {name: request.POST.getlist(name) for name in steps.parts[at][1]}
    form = steps.part(at, given)
    try:
        if draft is None:
            before_first()
        whose = whose_drafts(request, make=True)
        save_draft(whose, steps.name, given, at=timezone.now())
    except Refused as refused:
        form.add_error(None, refused.message)
        return _shown(request, template, steps, form, at, given)
    if "later" in request.POST:
        messages.success(request, _("草稿已保存，30 天内可以接着填。"))
        return redirect(request.path)
    if form.is_valid():
        return redirect(f"{request.path}?step={at + 2}")
    return _shown(request, template, steps, form, at, given)


def _number(text: str) -> int:
    """Steps are counted from 1 in addresses."""
    return int(text) - 1 if text.isascii() and text.isdecimal() and 0 < int(text[:3]) < 100 else 0


def _as_it_was(steps: Steps, at: int, given: Given) -> Form:
    """A part with what was filled in so far, and nothing said against it yet."""
    form, filled = steps.part(at, None), MultiValueDict(given)
    for name, field in form.fields.items():
        if name in given:
            form.initial[name] = field.widget.value_from_datadict(filled, {}, name)
    return form


def _sent(
    request: HttpRequest,
    steps: Steps,
    command: Callable[[dict[str, Any]], Any],
    template: str,
    given: Given,
    done: Callable[[Any], tuple[str, str]],
) -> HttpResponse:
    form = steps.whole(given)
    made = asked(form, command)
    if made is False:
        return _shown(request, template, steps, form, len(steps.parts), given)
    drop_draft(whose_drafts(request), steps.name)
    said, to = done(made)
    messages.success(request, said)
    return redirect(to)


def _shown(
    request: HttpRequest,
    template: str,
    steps: Steps,
    form: Form,
    at: int,
    given: Given,
    *,
    resumed: bool = False,
) -> HttpResponse:
    reached = steps.reached(given)
    titles = [*(title for title, _names in steps.parts), _("核对并提交")]
    context = {
        "form": form,
        "step": at + 1,
        "before": at,
        "is_last": at == len(steps.parts),
        "resumed": resumed and "step" not in request.GET,
        "begun": bool(given),
        "steps": [
            {
                "title": title,
                "state": "current" if place == at else ("done" if place < reached else "coming"),
                "url": f"?step={place + 1}" if place <= reached else "",
            }
            for place, title in enumerate(titles)
        ],
    }
    if at == len(steps.parts):
        context["summary"] = [
            (title, place + 1, [_told(form[name]) for name in names if name in form.fields])
            for place, (title, names) in enumerate(steps.parts)
        ]
    status = 422 if request.method == "POST" else 200
    return render(request, template, context, status=status)


def _told(field: BoundField) -> tuple[str, str]:
    """A field and what was filled in, in words."""
    value = field.value()
    choices = dict(getattr(field.field, "choices", ()) or ())
    values = value if isinstance(value, list) else [value]
    return str(field.label), _("、").join(str(choices.get(one, one)) for one in values if one)
