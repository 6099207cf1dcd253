"""Jobs of the context: what happened is told, and what is to go out goes out.

Each may be broken off anywhere and run again, also while another worker is at it.
"""

from django.db import close_old_connections, transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from jineng.core.calendar import business_date
from jineng.inbox.commands import forget_old
from jineng.inbox.digests import make_digests
from jineng.inbox.reading import read_events, tell_of_the_day
from jineng.inbox.sending import is_due, send_due


# With seconds: at once is within a quarter of a minute.
@app.periodic(cron="* * * * * */15")
@app.task(name="jineng.inbox.tasks.tell", queueing_lock="inbox-tell", lock="inbox-tell")
def tell(timestamp: int) -> None:
    """Tells of all events since the last time, and has sent what is due."""
    close_old_connections()
    try:
        read_events(on=business_date(), at=timezone.now())
        if is_due(timezone.now()):
            _have_sent()
    finally:
        close_old_connections()


def _have_sent() -> None:
    """A job of its own: a slow server makes nobody wait for what is told in the site."""
    try:
        with transaction.atomic():
            send.configure(queueing_lock="inbox-send").defer()
    except AlreadyEnqueued:
        pass


@app.task(name="jineng.inbox.tasks.send", lock="inbox-send")
def send() -> None:
    """Sends what is due."""
    close_old_connections()
    try:
        send_due()
    finally:
        close_old_connections()


@app.periodic(cron="*/20 * * * *")
@app.task(name="jineng.inbox.tasks.tell_of_today", queueing_lock="inbox-today", lock="inbox-today")
def tell_of_today(timestamp: int) -> None:
    """Tells what follows from the day, makes its digests, and clears away what is over."""
    close_old_connections()
    try:
        on, at = business_date(), timezone.now()
        tell_of_the_day(on=on, at=at)
        make_digests(on=on, at=at)
        forget_old(at=at)
    finally:
        close_old_connections()
