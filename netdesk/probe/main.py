"""The probe's command line."""

import argparse
import asyncio
import json
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import aclosing, suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, NoReturn

from netdesk import __version__
from netdesk.probe.host import from_environment, rules
from netdesk.probe.path.engine import Done, HopEvent, trace
from netdesk.refused import Refused
from netdesk.settings import Missing
from netdesk.target import Address, check
from netdesk.trace import MOST_FLOWS

if TYPE_CHECKING:
    from netdesk.probe.agent import Agent


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    if sys.platform != "linux":
        return _failed("The probe needs Linux: it reads the kernel's error queue.")
    try:
        code: int = options.run(options)
    except KeyboardInterrupt:
        return 130  # 128 + SIGINT, as a shell reports it
    except BrokenPipeError:
        # Python would complain once more when it closes stdout at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


def trace_command(options: argparse.Namespace) -> int:
    try:
        target = check(options.address, rules(os.environ))
        if not isinstance(target, Address):
            raise Refused(f"{target} is a name: look its address up first and enter that.")
        asyncio.run(_print_trace(str(target), options))
    except Refused as refused:
        return _failed(str(refused))
    except PermissionError:
        return _failed("This user may not send ICMP (see net.ipv4.ping_group_range): try --udp.")
    return 0


def agent_command(_: argparse.Namespace) -> int:
    from netdesk.probe import agent  # only here: it needs AWS's library, a trace alone does not

    try:
        made = agent.build(os.environ, from_environment(os.environ))
    except (Refused, Missing) as error:
        return _failed(str(error))
    asyncio.run(_until_told(made))


async def _until_told(agent: "Agent") -> NoReturn:
    """SIGTERM or Ctrl-C ends it, and what is under way goes back to the queue."""
    from netdesk.probe.agent import serve

    work = asyncio.create_task(serve(agent))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, work.cancel)
    with suppress(asyncio.CancelledError):
        await work
    # The poll for jobs waits in a thread that nothing can interrupt: asyncio would wait for it.
    sys.stderr.flush()
    os._exit(0)


async def _print_trace(address: str, options: argparse.Namespace) -> None:
    async with aclosing(trace(address, method=options.method, flows=options.flows)) as events:
        async for event in events:
            print(json.dumps(_row(event)) if options.json else _line(event), flush=True)


def _row(event: HopEvent | Done) -> dict[str, object]:
    if isinstance(event, Done):
        return {
            "event": "done",
            "reached": event.reached,
            "hops": event.hops,
            "t_ms": event.t_ms,
        }
    row = {"event": "hop", **asdict(event)}
    if not event.mark:
        del row["mark"]
    return row


def _line(event: HopEvent | Done) -> str:
    if isinstance(event, Done):
        how = "reached" if event.reached else "not reached; the last to answer was"
        return f"{how} hop {event.hops} ({event.t_ms / 1000:.2f} s)"
    if event.rtt_ms is None:
        return f"{event.ttl:>3}  *"
    who = " ".join(event.addresses)
    return f"{event.ttl:>3}  {who:<40} {event.rtt_ms:>9.2f} ms  {event.mark}".rstrip()


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")  # one sentence; --help has the rest


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="netdesk-probe", description="Measures the path to a site.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    command = commands.add_parser("trace", help="trace the path to one address")
    command.add_argument("address", metavar="ADDRESS", help="IPv4 or IPv6, no name")
    command.add_argument("--json", action="store_true", help="one JSON event per line")
    method = command.add_mutually_exclusive_group()
    method.add_argument("--udp", dest="method", action="store_const", const="udp")
    method.add_argument("--icmp", dest="method", action="store_const", const="icmp")
    words = "open a connection to port 443"
    method.add_argument("--tcp", dest="method", action="store_const", const="tcp", help=words)
    words = f"1 to {MOST_FLOWS}; more than one shows the branches of load balancing"
    flows = range(1, MOST_FLOWS + 1)
    command.add_argument("--flows", type=int, choices=flows, default=1, metavar="N", help=words)
    command.set_defaults(run=trace_command)
    words = "take jobs from the desk's queue and trace, until stopped"
    commands.add_parser("agent", help=words, description=words).set_defaults(run=agent_command)
    return parser


def _failed(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
