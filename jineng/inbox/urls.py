"""Addresses of the inbox."""

from django.urls import path

from jineng.inbox.views import notices

app_name = "inbox"

urlpatterns = [
    path("", notices.inbox, name="inbox"),
    path("read", notices.mark_all, name="mark_all"),
    path("undo", notices.undo, name="undo"),
    path("<int:pk>/", notices.notice, name="notice"),
    path("<int:pk>/case", notices.case, name="case"),
    path("<int:pk>/mark", notices.mark, name="mark"),
]
