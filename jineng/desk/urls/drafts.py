"""Addresses of drafts, `/drafts/`."""

from django.urls import path

from jineng.desk.views import changes, drafts, sharing

urlpatterns = [
    path("drafts/", drafts.drafts, name="drafts"),
    path("drafts/new/", drafts.new, name="new_draft"),
    path("drafts/import/", drafts.bring_in, name="import_draft"),
    path("drafts/compare/", drafts.compare, name="compare_drafts"),
    path("drafts/<int:pk>/", drafts.draft, name="draft"),
    path("drafts/<int:pk>/title/", drafts.title, name="draft_title"),
    path("drafts/<int:pk>/text/", drafts.text, name="draft_text"),
    path("drafts/<int:pk>/draft.yaml", drafts.file, name="draft_file"),
    path("drafts/<int:pk>/copy/", drafts.copy, name="copy_draft"),
    path("drafts/<int:pk>/delete/", drafts.delete, name="delete_draft"),
    path("drafts/<int:pk>/versions/<int:number>/", drafts.version, name="draft_version"),
    path("drafts/<int:pk>/versions/<int:number>/restore", drafts.restore, name="restore_draft"),
    path("drafts/<int:pk>/changes/", changes.choose, name="draft_change"),
    path("drafts/<int:pk>/changes/<str:word>/", changes.parameter, name="draft_parameter"),
    path("drafts/<int:pk>/changes/<int:number>/remove", changes.remove, name="draft_remove"),
    path("drafts/<int:pk>/share/", sharing.share, name="share_draft"),
    path("drafts/<int:pk>/share/<int:share>/end", sharing.end, name="end_share"),
]
