"""Addresses of the policy library, `/policy/`."""

from django.urls import path

from jineng.desk.views import library

urlpatterns = [
    path("policy/", library.home, name="library"),
    path("policy/search/", library.search, name="policy_search"),
    path("policy/documents/<str:key>/", library.document, name="document"),
    path("policy/schemes/<slug:code>/", library.scheme, name="scheme"),
    path("policy/schemes/<slug:code>/guide/", library.guide, name="guide"),
    path("policy/schemes/<slug:code>/cases/", library.cases, name="scheme_cases"),
    path("policy/schemes/<slug:code>/cases/<int:number>/", library.case, name="scheme_case"),
]
