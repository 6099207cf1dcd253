"""Tables of the context `desk`, split by noun."""

from jineng.desk.models.drafts import Draft, DraftShare, DraftVersion

__all__ = ["Draft", "DraftShare", "DraftVersion"]
