"""Regions, on a day."""

from datetime import date

from jineng.people.models import Region


def region_on(code: str, on: date) -> Region | None:
    """The region that bears this code on this day."""
    return Region.objects.on(on).filter(code=code).first()


def regions_by_code(on: date) -> dict[str, Region]:
    """All regions of this day by their codes."""
    return {region.code: region for region in Region.objects.on(on).select_related("parent")}


def region_choices(on: date) -> list[tuple[str, str]]:
    """Codes and names of this day for a select, counties under their prefectures."""
    regions = sorted(regions_by_code(on).values(), key=_place)
    return [(region.code, full_name(region)) for region in regions]


def full_name(region: Region) -> str:
    """The name after its prefecture's, as 武汉市江夏区; the province's goes without saying."""
    parent = region.parent
    return f"{parent.name}{region.name}" if parent and parent.parent_id else region.name


def _place(region: Region) -> tuple[str, str]:
    return (region.code[:4], region.code)
