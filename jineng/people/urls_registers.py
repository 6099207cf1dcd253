"""Addresses of persons, organisations, qualifications, the blacklist and sign-ups."""

from django.urls import path

from jineng.people.views import blacklist, organisations, persons, sign_ups

urlpatterns = [
    path("persons/", persons.persons, name="persons"),
    path("persons/search", persons.search, name="search_persons"),
    path("persons/new", persons.new, name="new_person"),
    path("persons/<int:pk>/", persons.person, name="person"),
    path("persons/<int:pk>/edit", persons.edit, name="edit_person"),
    path("persons/<int:pk>/number", persons.number, name="correct_number"),
    path("persons/<int:pk>/group", persons.group, name="begin_group"),
    path("persons/<int:pk>/merge/", persons.merge, name="merge"),
    path("persons/<int:pk>/merge/<int:other>", persons.merge_with, name="merge_with"),
    path("persons/<int:pk>/blacklist", blacklist.person, name="blacklist_person"),
    path("groups/<int:pk>/end", persons.end_group, name="end_group"),
    path("merges/<int:pk>/undo", persons.undo_merge, name="undo_merge"),
    path("blacklist/<int:pk>/<slug:name>", blacklist.act, name="blacklist_act"),
    path("organisations/", organisations.organisations, name="organisations"),
    path("organisations/search", organisations.search, name="search_organisations"),
    path("organisations/new", organisations.new, name="new_organisation"),
    path("organisations/<int:pk>/", organisations.organisation, name="organisation"),
    path("organisations/<int:pk>/edit", organisations.edit, name="edit_organisation"),
    path("organisations/<int:pk>/blacklist", blacklist.organisation, name="blacklist_organisation"),
    path(
        "organisations/<int:pk>/qualification",
        organisations.new_qualification,
        name="new_qualification",
    ),
    path("organisations/<int:pk>/<slug:name>", organisations.act, name="organisation_act"),
    path("ends/<int:pk>/<slug:name>", organisations.end, name="organisation_end"),
    path("qualifications/", organisations.qualifications, name="qualifications"),
    path("qualifications/<int:pk>/edit", organisations.qualification, name="edit_qualification"),
    path("sign-up/", sign_ups.sign_up, name="sign_up"),
    path("sign-ups/", sign_ups.sign_ups, name="sign_ups"),
    path("sign-ups/<int:pk>/", sign_ups.entry, name="sign_up_entry"),
]
