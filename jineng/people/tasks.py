"""Jobs of the context: text messages, questions to registers, and what is swept away."""

from django.db import close_old_connections
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from jineng.people.commands import drafts, verification
from jineng.people.signin import delays, sessions, texts

# Within the time for which a code holds.
AGAIN = RetryStrategy(max_attempts=4, wait=15, retry_exceptions={texts.NotSent})


@app.task(name=texts.SEND, retry=AGAIN)
def send_text(code: str) -> None:
    """Sends the message of a code; one that was sent or no longer holds is left alone."""
    close_old_connections()
    try:
        texts.send_unsent(code, at=timezone.now())
    finally:
        close_old_connections()


@app.task(name=verification.ASK)
def ask_register(register: str, about: str, pk: int, by: int | None, after: int) -> None:
    """Asks an outside register; where it gives no answer, again later."""
    close_old_connections()
    try:
        verification.ask_now(register, about, pk, by=by, after=after, at=timezone.now())
    finally:
        close_old_connections()


@app.periodic(cron="7 * * * *")
@app.task(name="jineng.people.tasks.sweep_signing_in", queueing_lock="sweep-signing-in")
def sweep_signing_in(timestamp: int) -> None:
    """Deletes codes and counts of failures that no longer matter."""
    close_old_connections()
    try:
        texts.forget_old_codes(at=timezone.now())
        delays.forget_old(at=timezone.now())
        sessions.forget_ended()
    finally:
        close_old_connections()


@app.periodic(cron="23 4 * * *")
@app.task(name="jineng.people.tasks.sweep_drafts", queueing_lock="sweep-drafts")
def sweep_drafts(timestamp: int) -> None:
    """Deletes drafts that nobody went on with."""
    close_old_connections()
    try:
        drafts.forget_old(at=timezone.now())
    finally:
        close_old_connections()
