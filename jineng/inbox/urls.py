"""Addresses of the inbox."""

from django.urls import path

from jineng.inbox.views import choices, links, notices

app_name = "inbox"

urlpatterns = [
    path("", notices.inbox, name="inbox"),
    path("read", notices.mark_all, name="mark_all"),
    path("undo", notices.undo, name="undo"),
    path("<int:pk>/", notices.notice, name="notice"),
    path("<int:pk>/case", notices.case, name="case"),
    path("<int:pk>/mark", notices.mark, name="mark"),
    path("choices/", choices.choices, name="choices"),
    path("choices/save", choices.choose, name="choose"),
    path("choices/mail", choices.mail, name="mail"),
    path("choices/phone", choices.phone, name="phone"),
    path("choices/phone/code", choices.code, name="code"),
    path("choices/forget", choices.forget, name="forget"),
    path("address/<str:token>/", links.address, name="address"),
    path("stop/<str:token>/", links.stop, name="stop"),
]
