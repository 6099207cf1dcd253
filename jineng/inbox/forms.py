"""What is asked of notices."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jineng.inbox.tellings import topics


class FilterForm(forms.Form):
    """Which notices are listed; an address that asks for what is not there asks for all."""

    unread = forms.BooleanField(label=_("只看未读"), required=False)
    topic = forms.ChoiceField(label=_("类别"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(name, one.label) for name, one in topics().items()]
        self.fields["topic"] = forms.ChoiceField(
            label=_("类别"), required=False, choices=[("", _("全部")), *known]
        )

    def wanted(self) -> dict[str, Any]:
        """For `queries.notices_of`."""
        self.is_valid()
        given = self.cleaned_data
        return {"unread": bool(given.get("unread")), "topic": given.get("topic") or ""}
