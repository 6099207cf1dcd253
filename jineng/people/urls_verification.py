"""Addresses of what outside registers answered."""

from django.urls import path

from jineng.people.views import verification

urlpatterns = [
    path(
        f"{thing}s/<int:pk>/{end}",
        view,
        {"thing": thing},
        name=name.format(thing=thing),
    )
    for thing in verification.FOR
    for end, view, name in (
        ("verifications/", verification.verifications, "verifications_of_{thing}"),
        ("verifications/ask", verification.verify, "verify_{thing}"),
    )
]
