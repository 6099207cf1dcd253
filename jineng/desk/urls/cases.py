"""Addresses of cases by officials, `/cases/`, and of drafts that are put in force by them."""

from django.urls import path

from jineng.desk.views import cases, enacting

urlpatterns = [
    path("cases/", cases.case_tables, name="case_tables"),
    path("cases/template.xlsx", cases.template, name="case_template"),
    path("cases/new/", cases.new, name="new_cases"),
    path("cases/<int:pk>/", cases.case_table, name="case_table"),
    path("cases/<int:pk>/marked.xlsx", cases.marked, name="marked_cases"),
    path("cases/<int:pk>/file", cases.file, name="case_file"),
    path("drafts/<int:pk>/in-force/", enacting.put_in_force, name="put_in_force"),
]
