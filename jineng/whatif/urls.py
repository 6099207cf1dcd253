"""Addresses of trials, `/whatif/`. A line is named by its row in the claims file."""

from django.urls import path

from jineng.whatif.views import lines, trials

app_name = "whatif"

urlpatterns = [
    path("", trials.trials, name="trials"),
    path("new/", trials.new, name="new"),
    path("compare/", trials.compare, name="compare"),
    path("<uuid:pk>/", trials.trial, name="trial"),
    path("<uuid:pk>/progress", trials.progress, name="progress"),
    path("<uuid:pk>/cancel", trials.cancel, name="cancel"),
    path("<uuid:pk>/again", trials.again, name="again"),
    path("<uuid:pk>/delete/", trials.delete, name="delete"),
    path("<uuid:pk>/result.<slug:ending>", lines.file, name="file"),
    path("<uuid:pk>/lines/", lines.lines, name="lines"),
    path("<uuid:pk>/lines/search", lines.search, name="search"),
    path("<uuid:pk>/lines/<int:row>/", lines.line, name="line"),
]
