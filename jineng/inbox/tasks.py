"""Jobs of the context: what happened is told, and what is to go out goes out."""

from django.db import close_old_connections
from django.utils import timezone
from procrastinate.contrib.django import app

from jineng.core.calendar import business_date
from jineng.inbox.reading import read_events, tell_of_the_day


# With seconds: at once is within a quarter of a minute.
@app.periodic(cron="* * * * * */15")
@app.task(name="jineng.inbox.tasks.tell", queueing_lock="inbox-tell", lock="inbox-tell")
def tell(timestamp: int) -> None:
    """Tells of all events since the last time."""
    close_old_connections()
    try:
        read_events(on=business_date(), at=timezone.now())
    finally:
        close_old_connections()


@app.periodic(cron="20 * * * *")
@app.task(name="jineng.inbox.tasks.tell_of_today", queueing_lock="inbox-today", lock="inbox-today")
def tell_of_today(timestamp: int) -> None:
    """Tells what follows from the day; asked every hour, so that no day is left out."""
    close_old_connections()
    try:
        tell_of_the_day(on=business_date(), at=timezone.now())
    finally:
        close_old_connections()
