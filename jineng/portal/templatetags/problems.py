"""What error pages say of the request."""

from django import template

from jineng.core import requests

register = template.Library()


@register.simple_tag
def reference() -> str:
    """The number that finds the request's lines in the log; needs no request in the context."""
    return requests.reference()
