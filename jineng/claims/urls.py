"""Addresses of the batches. A line is named by its row in the file, never by what is in it."""

from django.urls import path

from jineng.claims.views import batches, lines, runs

app_name = "claims"

urlpatterns = [
    path("", batches.upload, name="upload"),
    path("template.xlsx", batches.template, name="template"),
    path("<uuid:pk>/", batches.batch, name="batch"),
    path("<uuid:pk>/progress", batches.progress, name="progress"),
    path("<uuid:pk>/problems", batches.problems, name="problems"),
    path("<uuid:pk>/marked/<slug:file>", batches.marked, name="marked"),
    path("<uuid:pk>/corrected", batches.corrected, name="corrected"),
    path("<uuid:pk>/clean", batches.clean, name="clean"),
    path("<uuid:pk>/again", batches.again, name="again"),
    path("<uuid:pk>/cancel", batches.cancel, name="cancel"),
    path("<uuid:pk>/delete", batches.delete, name="delete"),
    path("<uuid:pk>/search", lines.search, name="search"),
    path("<uuid:pk>/decisions.<slug:ending>", lines.export, name="export"),
    path("<uuid:pk>/order.<slug:ending>", lines.order, name="order"),
    path("<uuid:pk>/runs/<uuid:run>/", runs.run, name="run"),
    path("<uuid:pk>/runs/<uuid:run>/file", lines.run_file, name="run_file"),
    path("<uuid:pk>/runs/<uuid:run>/cancel", runs.cancel_run, name="cancel_run"),
    path("<uuid:pk>/lines/<int:row>/", lines.line, name="line"),
    path("<uuid:pk>/lines/<int:row>.json", lines.line_json, name="line_json"),
    path("<uuid:pk>/lines/<int:row>.txt", lines.line_text, name="line_text"),
]
