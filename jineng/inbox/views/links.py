"""Where links in e-mails lead: nobody need be signed in, and nothing happens by opening alone."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from jineng.inbox import commands
from jineng.inbox.messages import address_shown, stop_shown
from jineng.inbox.tellings import topics


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def address(request: HttpRequest, token: str) -> HttpResponse:
    """Confirms an address: programs that look into e-mails open links, people press buttons."""
    contact = address_shown(token)
    if contact is not None and request.method == "POST":
        commands.confirm_mail(contact)
        return render(request, "inbox/address.html", {"done": True})
    context = {"contact": contact}
    return render(request, "inbox/address.html", context, status=200 if contact else 404)


# One-click unsubscribing (RFC 8058) comes from e-mail servers; the token says whose it is.
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Asks whether e-mails are to be stopped, and stops them."""
    found = stop_shown(token)
    if found is None:
        raise Http404
    topic = topics().get(found.topic)
    if request.method == "POST":
        everything = request.POST.get("what") == "all"
        commands.stop_mail(found.user, topic="" if everything else found.topic)
        return render(
            request, "inbox/stop.html", {"topic": None if everything else topic, "done": True}
        )
    return render(request, "inbox/stop.html", {"topic": topic})
