"""What goes on with a batch is to stop: asked once more, and then done."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from jineng.claims.models import Batch
from jineng.claims.workflow import NotAllowed
from jineng.people.errors import Refused
from jineng.people.views.form_page import form_page


def cancel_page(
    request: HttpRequest,
    batch: Batch,
    cancel: Callable[[], object],
    *,
    question: str,
    consequences: Sequence[str],
    undo: str,
    back: str,
    then: str,
) -> HttpResponse:
    """The question, and what follows; answered, `cancel` is done and leads to the page `then`.

    What has come to its end in the meantime is told, on the same page.
    """

    def cancelled(_given: dict[str, Any]) -> None:
        try:
            cancel()
        except NotAllowed:
            raise Refused(_("刚刚处理完毕，没有什么可以取消。")) from None

    return form_page(
        request,
        None,
        cancelled,
        title=_("取消处理"),
        lead=batch.file_name,
        question=question,
        consequences=consequences,
        undo=undo,
        danger=True,
        submit=_("取消处理"),
        back=back,
        then=lambda _done: then,
        done=_("已取消处理。"),
    )
