"""Devices as they are read."""

from django import template

from jineng.people.signin.devices import device_in_words, device_name

register = template.Library()


@register.filter
def device(user_agent: str) -> str:
    """What a browser calls itself, in a few words; all of it where they are not known."""
    return device_in_words(device_name(user_agent)) or user_agent
