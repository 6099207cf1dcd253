"""What ends a command early."""

from __future__ import annotations

from typing import IO, Any

import click


class BadInput(click.ClickException):
    """The input has errors, or a file can't be read or written; nothing was decided."""

    exit_code = 1

    def show(self, file: IO[Any] | None = None) -> None:
        """Print what is wrong to standard error, as it is."""
        click.echo(self.format_message(), err=True)
