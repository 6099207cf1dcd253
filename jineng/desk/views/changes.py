"""What a draft changes: a parameter chosen, its value, a region's standard or a last day set."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from jineng.core.calendar import business_date
from jineng.desk.forms import changes as forms_of
from jineng.desk.models import Draft
from jineng.desk.permissions.drafts import draft_for
from jineng.desk.queries.drafts import reading_of
from jineng.desk.views.drafts import write, written
from jineng.people.errors import Refused
from jineng.people.queries.regions import regions_by_code
from jineng.people.views.asking import signed_in

if TYPE_CHECKING:
    from jineng.desk.drafting import Place, Reading, Written
    from jineng.policy import Pack
    from jineng.policy.parameters import Parameter


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Which parameter is to be changed."""
    draft = draft_for(request.user, pk, "edit", on=business_date())
    form = forms_of.ParameterForm(request.POST or None, groups=_groups(reading_of(draft)))
    if form.is_bound and form.is_valid():
        word = form.cleaned_data["parameter"]
        return redirect("desk:draft_parameter", pk=pk, word=word)
    context = {"draft": draft, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "desk/drafts/choose.html", context, status=status)


def _groups(read: "Reading") -> list[tuple[str, list[tuple[str, Any]]]]:
    """Every parameter by its scheme."""
    from jineng.desk.drafting import parameters_of

    groups: dict[str, list[tuple[str, Any]]] = {}
    for place, parameter in parameters_of(read.pack):
        scheme = _(read.pack.schemes[place.scheme].name) if place.scheme else _("各项目共用")
        words = f"{scheme} · {_(parameter.label)}"
        groups.setdefault(scheme, []).append((place.word, words))
    return list(groups.items())


@require_http_methods(["GET", "HEAD", "POST"])
def parameter(request: HttpRequest, pk: int, word: str) -> HttpResponse:
    """What the draft is to say of a parameter. `how` in the address is one of `forms.HOWS`."""
    from jineng.desk.drafting import Place, as_text, parameter_at

    user, on = signed_in(request), business_date()
    draft = draft_for(user, pk, "edit", on=on)
    read, place = reading_of(draft), Place.of(word)
    found = parameter_at(read.pack, place)
    if found is None:
        raise Http404
    hows = forms_of.hows_of(found)
    how = request.GET.get("how", "")
    how = how if how in hows else hows[0]
    instead = _instead(request, read, place, how)
    form = _form(request, read, found, how, instead)

    def save(given: dict[str, Any]) -> Draft:
        content = _changed(read, place, how, form, instead)
        what = _("%(what)s：%(label)s") % {"what": forms_of.HOWS[how], "label": _(found.label)}
        return write(user, draft, as_text(content), draft.version, what)

    if form.is_bound and written(form, save):
        messages.success(request, _("草案已保存。"))
        return redirect("desk:draft", pk=pk)
    context = {
        "draft": draft,
        "form": form,
        "parameter": found,
        "scheme": read.pack.schemes[place.scheme].name if place.scheme else "",
        "hows": [(one, forms_of.HOWS[one], one == how) for one in hows],
        "values": _values(read.pack, found),
        "back": reverse("desk:draft", args=[pk]),
    }
    status = 422 if form.is_bound else 200
    return render(request, "desk/drafts/parameter.html", context, status=status)


def _instead(request: HttpRequest, read: "Reading", place: "Place", how: str) -> "Written | None":
    """The change that is to be put right, where the address names one of this parameter."""
    word = request.GET.get("change", "")
    number = int(word) if word.isdecimal() and len(word) < 5 else -1
    fits = (one for one in read.changes if (one.number, one.place, one.how) == (number, place, how))
    return next(fits, None)


def _form(
    request: HttpRequest,
    read: "Reading",
    found: "Parameter",
    how: str,
    instead: "Written | None",
) -> Any:
    data = request.POST or None
    initial = _initial(read, found, how, instead)
    if how == "standard":
        return forms_of.StandardForm(data, initial=initial, parameter=found, on=business_date())
    documents = _documents(read)
    if how == "until":
        return forms_of.UntilForm(data, initial=initial, documents=documents)
    return forms_of.ValueForm(data, initial=initial, documents=documents, parameter=found)


def _documents(read: "Reading") -> list[tuple[str, str]]:
    """Documents that a value can cite: those that come with the draft first."""
    own = {
        str(key): str(one.get("number") or key)
        for key, one in (read.content.get("documents") or {}).items()
    }
    ours = {key: f"{key} {_(one.title)}" for key, one in read.pack.documents.items()}
    return [*own.items(), *((key, words) for key, words in ours.items() if key not in own)]


def _initial(
    read: "Reading", found: "Parameter", how: str, instead: "Written | None"
) -> dict[str, Any]:
    """What the form shows first: the change that is put right, else what holds now."""
    from jineng.desk.drafting import FIRST_CLAUSE

    if instead is None:
        document = next(iter(read.content.get("documents") or {}), forms_of.NEW)
        initial: dict[str, Any] = {"document": document, "clause": FIRST_CLAUSE}
        if how == "value" and found.own:
            initial |= forms_of.value_now(found, found.own[-1].value)
        return initial | ({"clause": ""} if how == "standard" else {})
    given = instead.given
    key, _space, clause = _first_citation(given.get("cites")).partition(" ")
    cited = {"document": key, "clause": clause}
    if how == "until":
        return cited | {"until": given.get("until")}
    values = forms_of.value_filled(found, given.get("value")) | {"start": given.get("from")}
    if how == "value":
        return cited | values
    names = ("region", "number", "clause", "replaces")
    return values | {"end": given.get("to")} | {name: given.get(name) for name in names}


def _first_citation(cites: Any) -> str:
    return str(cites[0]) if isinstance(cites, list) and cites else str(cites or "")


def _changed(
    read: "Reading", place: "Place", how: str, form: Any, instead: "Written | None"
) -> dict[str, Any]:
    """The draft's content with what the form says."""
    from jineng.desk import drafting

    given, content = form.cleaned_data, read.content
    if instead is not None:
        content = drafting.without(content, instead.number)
    if how == "standard":
        said = {
            "region": int(given["region"]),
            "scheme": read.pack.schemes[place.scheme].name,
            **({} if place.key == "standard" else {"parameter": place.key}),
            "value": form.value(),
            "from": given["start"],
            "to": given["end"],
            **{name: given[name] for name in ("number", "clause", "replaces")},
        }
        kept = {name: one for name, one in said.items() if one not in (None, "")}
        return drafting.with_standard(content, kept)
    key = given["document"]
    if key == forms_of.NEW:
        key = drafting.new_key(content, read.pack)
        content = drafting.with_document(content, key, given["number"], given["title"])
    cites = f"{key} {given['clause'].strip()}"
    content = drafting.with_clause(content, cites)
    if how == "until":
        return drafting.with_until(content, read.pack, place, given["until"], cites)
    value = {"from": given["start"], "value": form.value(), "cites": cites}
    return drafting.with_value(content, read.pack, place, value)


def _values(pack: "Pack", found: "Parameter") -> list[dict[str, Any]]:
    """What holds now, and where."""
    from jineng.desk.drafting import by_number

    names = regions_by_code(business_date())
    return [
        {
            "text": found.text(value.value),
            "start": value.start,
            "end": value.end,
            "region": names[value.region].name if value.region in names else value.region or "",
            "cites": by_number(pack, value.cites),
        }
        for value in sorted(found.values, key=lambda one: (one.region or "", str(one.start)))
    ]


@require_POST
def remove(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Takes a change out of the draft. `version` says which of its versions was looked at."""
    from jineng.desk.drafting import as_text, without

    user = signed_in(request)
    draft = draft_for(user, pk, "edit", on=business_date())
    read = reading_of(draft)
    word = request.POST.get("version", "")
    version = int(word) if word.isdecimal() and len(word) < 9 else 0
    if number < len(read.changes):
        try:
            text = as_text(without(read.content, number))
            write(user, draft, text, version, _("去掉一项改动"))
            messages.success(request, _("已去掉这项改动；可以从版本中恢复。"))
        except Refused as refused:
            reasons = getattr(refused, "reasons", ())
            messages.error(request, "".join([refused.message, *reasons]))
    return redirect("desk:draft", pk=pk)
