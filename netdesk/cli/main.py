"""netdesk: the staff command line."""

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from netdesk import __version__
from netdesk.cli import deploy, doctor, mails, notices, show, tickets, traces
from netdesk.cli.desk_api import Failed
from netdesk.refused import Refused
from netdesk.text import one_line


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except Failed as error:
        return show.complain(str(error))
    except ModuleNotFoundError as error:
        if error.name != "infra":
            raise
        return show.complain("This needs netdesk's own folder: run it where `make run` was.")
    except KeyboardInterrupt:
        return 130  # 128 + SIGINT, as a shell reports it
    except BrokenPipeError:
        # The reader (head, less) left; Python would complain once more when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One sentence and exit 2; --help has the rest."""
        self.exit(2, f"{self.prog}: {one_line(message, 500)} (see {self.prog} --help)\n")


def parser() -> argparse.ArgumentParser:
    made = Parser(prog="netdesk", description="The support desk, for its staff.")
    made.add_argument("--version", action="version", version=f"netdesk {__version__}")
    commands = made.add_subparsers(metavar="COMMAND", required=True)
    notices.add_to(commands)
    tickets.add_to(commands)
    mails.add_to(commands)
    traces.add_to(commands)
    deploy.add_to(commands)
    doctor.add_to(commands)
    commands.add_parser("up", help="run the whole desk on this machine").set_defaults(run=up)
    return made


def up(_: argparse.Namespace) -> int:
    from infra.local.emulator import CantStart  # only in a checkout, not on staff machines
    from infra.local.up import plan, up

    try:
        up(plan(os.environ))
    except (CantStart, Refused) as error:
        return show.complain(str(error))
    return 0


if __name__ == "__main__":
    sys.exit(main())
