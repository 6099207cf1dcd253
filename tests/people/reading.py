"""Pages as somebody reads them, and forms as somebody sends them."""

import re
from typing import Any

from django.test import Client
from django.urls import reverse


def text(answer: Any) -> str:
    """What a page says, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def post(client: Client, view: str, *args: Any, **given: Any) -> Any:
    """What a page of the registers answers to a form."""
    return client.post(reverse(f"people:{view}", args=args), given)
