"""Addresses of accounts, members and one's own archive."""

from django.urls import path

from jineng.people.views import accounts, archives, claims, members, mine

urlpatterns = [
    path("mine/", mine.mine, name="mine"),
    path("mine/leave-everywhere", mine.leave_everywhere, name="leave_everywhere"),
    path("mine/roles/<int:pk>/leave", members.my_leave, name="my_leave"),
    path("mine/archive/", mine.archive, name="archive"),
    path("mine/archive/archive.json", mine.archive_file, name="archive_file"),
    path("mine/archive/corrections", mine.correction, name="correction"),
    path("mine/archive/claim/", claims.claim, name="claim"),
    path("mine/archive/claim/code", claims.claim_code, name="claim_code"),
    path("delegations/<int:pk>/revoke", members.revoke, name="revoke"),
    path("platform/members/", members.platform, name="platform"),
    path("platform/accounts/", accounts.accounts, name="accounts"),
    path("platform/accounts/<int:pk>/", accounts.account, name="account"),
    path("platform/accounts/<int:pk>/<slug:name>", accounts.act, name="account_act"),
    path("organisations/<int:pk>/members/", members.members, name="members"),
    path("invitations/<int:pk>/answer", members.answer_invitation, name="answer_invitation"),
    path("invitations/<int:pk>/withdraw", members.withdraw_invitation, name="withdraw_invitation"),
    path("members/<int:pk>/", members.member, name="member"),
    path("members/<int:pk>/end", members.end, name="end"),
    path("members/<int:pk>/reset", members.reset, name="reset"),
    path("members/<int:pk>/delegate", members.delegate, name="delegate"),
    path("persons/<int:pk>/reveal/<slug:field>", archives.reveal, name="reveal"),
    path("corrections/", archives.corrections, name="corrections"),
    path("corrections/<int:pk>/", archives.answer, name="answer"),
]
