"""The project's settings, and a job that can be caught in the middle."""

from jineng.config.settings import *  # noqa: F403

PROCRASTINATE_IMPORT_PATHS = ["tests.core.stalling_job"]
