"""Tables of the context `desk`, split by noun."""

from jineng.desk.models.cases import CaseTable
from jineng.desk.models.drafts import Draft, DraftShare, DraftVersion
from jineng.desk.models.standards import Enactment, RegionalStandard

__all__ = [
    "CaseTable",
    "Draft",
    "DraftShare",
    "DraftVersion",
    "Enactment",
    "RegionalStandard",
]
