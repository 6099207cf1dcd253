"""Logs: one JSON object a line, without personal data.

What a message was filled with, and what an exception says, may be somebody's name or number. So a
line carries the message's template, an exception's type and the places it passed, never their
values. Our own events name their fields and pick them with care.
"""

import sys
import traceback
from typing import Any

import structlog
from structlog.typing import EventDict, ExcInfo, WrappedLogger


def places_only(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """An exception becomes its type and the places that it passed."""
    exc_info = event.pop("exc_info", None)
    if exc_info is True:
        exc_info = sys.exc_info()
    elif isinstance(exc_info, BaseException):
        exc_info = (type(exc_info), exc_info, exc_info.__traceback__)
    if isinstance(exc_info, tuple) and exc_info[0] is not None:
        event["exception"] = _places(exc_info)
    return event


def _places(exc_info: ExcInfo) -> list[str]:
    kind, _, trace = exc_info
    frames = traceback.extract_tb(trace)
    return [f"{kind.__module__}.{kind.__qualname__}"] + [
        f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames
    ]


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", key="time"),
    places_only,
]


def configuration(level: str) -> dict[str, Any]:
    """For Django's LOGGING: everything to standard error, where the launcher or a service reads."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.JSONRenderer(ensure_ascii=False),
                ],
                # The template of a message, not what filled it.
                "use_get_message": False,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Django's own handlers would write the path and mail the settings.
            "django": {"handlers": [], "propagate": True, "level": level},
            "django.server": {"handlers": [], "propagate": True},
            # Job arguments are in its messages of lower level.
            "procrastinate": {"level": "WARNING"},
        },
    }


def set_up_structlog() -> None:
    """Events of our own go the same way as those of the standard library."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
