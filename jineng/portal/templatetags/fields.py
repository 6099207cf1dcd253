"""Fields of forms in the frame's looks."""

from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, FileInput, RadioSelect, Select

register = template.Library()


@register.inclusion_tag("portal/components/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """A field with its label, its help and what is wrong with it."""
    widget = bound.field.widget
    # Boxes that are ticked are what Django draws round ones by, too.
    boxes = isinstance(widget, RadioSelect)
    ticked = isinstance(widget, CheckboxInput)
    looks = "form-check-input" if ticked or boxes else "form-control"
    if isinstance(widget, Select):
        looks = "form-select"
    if bound.errors:
        looks += " is-invalid"
    attrs: dict[str, str | bool] = {"class": looks}
    if "placeholder" in widget.attrs:
        # The label says it, and stays when something is typed.
        attrs["placeholder"] = ""
    if boxes:
        return {"field": bound, "boxes": bound.subwidgets}
    return {
        "field": bound,
        "ticked": ticked,
        "boxed": isinstance(widget, FileInput),
        "widget": bound.as_widget(attrs=attrs),
        "picked": "data-picker" in widget.attrs,
    }
