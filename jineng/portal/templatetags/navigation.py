"""The way to a page, for the frame."""

from django import template
from django.template import RequestContext

from jineng.portal.navigation import Crumb, crumbs_of

register = template.Library()


@register.simple_tag(takes_context=True)
def breadcrumbs(context: RequestContext) -> list[Crumb]:
    """The way to the page, the page itself the last; empty where there is none to tell."""
    request = context.get("request")
    return crumbs_of(request.resolver_match, context) if request else []
