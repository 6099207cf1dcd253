"""The ``jineng`` command. Nothing heavy is imported before a command needs it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from types import FrameType, ModuleType

import click

from jineng import __version__
from jineng.cli.audit import audit_group
from jineng.cli.backup import backup, restore
from jineng.cli.claims import adjudicate, explain, template
from jineng.cli.demo import demo
from jineng.cli.drafts import check, whatif
from jineng.cli.keys import keys_group
from jineng.cli.policies import policy_group
from jineng.cli.registers import people_group

#: Exit statuses: decided, or done; the input has errors; wrong use; stopped by Ctrl-C.
DONE, BAD_INPUT, WRONG_USE, STOPPED = 0, 1, 2, 130


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="jineng")
def jineng() -> None:
    """技能：按政策审核职业技能培训补贴申请，逐条说明依据。

    退出状态：0 已完成；1 输入有错误；2 用法有误。
    """


policy_group.add_command(whatif)
policy_group.add_command(check)
for _command in (
    adjudicate,
    explain,
    template,
    policy_group,
    audit_group,
    keys_group,
    backup,
    restore,
    people_group,
    demo,
):
    jineng.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; every way out is a clear line and an exit status.

    ``arguments``: those of the process where not given. Ends with SystemExit.
    """
    signal.signal(signal.SIGTERM, _terminated)
    if arguments is None:
        sys.meta_path.insert(0, WithoutPandas())
    try:
        jineng.main(arguments, prog_name="jineng", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(WRONG_USE)
    except click.ClickException as error:
        error.show()
        sys.exit(WRONG_USE if isinstance(error, click.UsageError) else error.exit_code)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("已中断，没有写出文件。", err=True)
        sys.exit(STOPPED)
    except BrokenPipeError:
        # whoever read our output has gone; nothing more may be written to it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(DONE)


class WithoutPandas(MetaPathFinder):
    """Says that there is no pandas.

    No command but Spark's uses it, but pyarrow loads it wherever it is installed, only to ask
    whether a list is one of its columns; that takes longer than deciding a hundred thousand claims.
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> None:
        """Refuses pandas and leaves everything else to others."""
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname)


def _terminated(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
