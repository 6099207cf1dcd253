"""A user's own archive, claimed with a code to the phone that it holds."""

from allauth.core.internal.ratelimit import get_ip
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from jineng.core.calendar import business_date
from jineng.people import values
from jineng.people.commands.archives import tie_archive
from jineng.people.forms.archives import ClaimForm
from jineng.people.models import Person, TextCode, User
from jineng.people.queries.persons import person_of_number
from jineng.people.signin.adapters import begin
from jineng.people.signin.delays import Attempt
from jineng.people.signin.texts import send_code, used_code
from jineng.people.signin.views import TextCodeForm, show
from jineng.people.views.asking import asked, signed_in

ASKED = "claim_code"


def _without_archive(request: HttpRequest) -> User:
    user = signed_in(request)
    if user.person_id is not None or not settings.TEXTS:
        raise Http404
    return user


@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: HttpRequest) -> HttpResponse:
    """Asks for name and number, and has a code sent where they are those of a record."""
    user = _without_archive(request)
    form = ClaimForm(request.POST or None)
    if form.is_bound and form.is_valid():
        person, number = _claimed(form.cleaned_data["name"], form.cleaned_data["number"])
        try:
            begin(Attempt.at_claim(f"user {user.pk}", number, address=get_ip(request)))
        except ValidationError as too_soon:
            form.add_error(None, too_soon)
        else:
            kept, shown = send_code(
                TextCode.Purpose.ARCHIVE,
                user=user if person else None,
                person=person,
                at=timezone.now(),
            )
            request.session[ASKED] = str(kept.pk)
            show(request, shown)
            return redirect("people:claim_code")
    return render(request, "people/claim.html", {"form": form}, status=422 if form.errors else 200)


def _claimed(name: str, typed: str) -> tuple[Person | None, str]:
    """The person of this name and number, whose archive is nobody's yet; and the number."""
    try:
        number = values.identity_number(typed, on=business_date())
    except ValueError:
        return None, typed
    person = person_of_number(number)
    if person is None or person.name != name.strip():
        return None, number
    taken = User.objects.filter(person=person).exists()
    return (None if taken else person), number


@require_http_methods(["GET", "HEAD", "POST"])
def claim_code(request: HttpRequest) -> HttpResponse:
    """Takes the code, and ties the archive to the user."""
    user, pk = _without_archive(request), request.session.get(ASKED)
    if not pk:
        return redirect("people:claim")
    form = TextCodeForm(request.POST or None)
    if form.is_bound and form.is_valid():
        used = used_code(
            pk, form.cleaned_data["code"], purpose=TextCode.Purpose.ARCHIVE, at=timezone.now()
        )
        if used is None or used.person is None or used.user_id != user.pk:
            form.add_error("code", _("验证码不正确，或已过期。"))
        else:
            number = str(used.person.identity_number)
            if asked(form, lambda given: _tied(user, number)):
                del request.session[ASKED]
                return redirect("people:archive")
    return render(
        request, "people/claim_code.html", {"form": form}, status=422 if form.errors else 200
    )


def _tied(user: User, number: str) -> Person | None:
    return tie_archive(
        user, number=number, on=business_date(), why=gettext_lazy("本人短信验证认领")
    )
