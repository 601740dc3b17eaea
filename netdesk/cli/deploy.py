"""netdesk deploy: the desk on AWS, or a newer version of it, with nothing to guess."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netdesk.cli import show
from netdesk.cli.desk_api import Failed
from netdesk.cli.doctor import written

if TYPE_CHECKING:
    from infra.deploying.deploy import Prepared
    from infra.deploying.stack import Change, Outputs, Proposal

# What AWS, DNS or somebody with a mailbox has still to do.
WAITING = ("certificate", "records", "ses", "alarms")
SHOWN = ("Front", "ApiUrl", "MailDomain", "StaffPolicy", "Log")  # the outputs that people need


def add_to(commands: Any) -> None:
    words = "put the desk on AWS, or a newer version of it"
    made = commands.add_parser("deploy", help=words, description=words)
    made.add_argument("--stack", default="netdesk", metavar="NAME", help="(default: netdesk)")
    made.add_argument("--region", help="where SES receives mail (default: your AWS profile's)")
    made.add_argument("--domain", default="", help="the desk's host name: support.example.net")
    words = "the Route 53 zone of your names (default: the one that fits)"
    made.add_argument("--zone", default="", metavar="ID", help=words)
    words = "of the domain, in us-east-1 (default: the one that fits)"
    made.add_argument("--certificate", default="", metavar="ARN", help=words)
    words = "who is told of alarms (default: staff_mail of provider.toml)"
    made.add_argument("--alarm-mail", default="", metavar="ADDRESS", help=words)
    words = "with or without a measuring host on EC2 (default: as it is; a new desk has one)"
    made.add_argument("--probe", action=argparse.BooleanOptionalAction, help=words)
    made.add_argument("--yes", action="store_true", help="don't ask before anything is changed")
    made.set_defaults(run=deploy)


def deploy(options: argparse.Namespace) -> int:
    from botocore.exceptions import BotoCoreError, ClientError

    from infra.deploying.deploy import SITE, carry_out, prepare  # only in a checkout
    from infra.deploying.on_aws import OnAws
    from infra.deploying.plan import Wish
    from netdesk.refused import Refused
    from netdesk.toml_table import Wrong

    names = ("stack", "domain", "zone", "certificate", "alarm_mail", "probe")
    try:
        aws = OnAws.of(options.region)
        wish = Wish(**{name: getattr(options, name) for name in names})
        prepared = prepare(aws, wish, _say, Path(os.environ.get("NETDESK_SITE") or SITE))
        show.lines(*(f"  note: {note}" for note in prepared.plan.notes))
        if not _agreed(prepared, options.yes):
            return 1
        outputs = carry_out(aws, prepared, _progress)
    except (Refused, Wrong) as error:
        raise Failed(str(error)) from None
    except (BotoCoreError, ClientError) as error:
        raise Failed(f"AWS said no: {error}") from None
    _show_outputs(outputs)
    _show_waiting(options)
    return 0


def _agreed(prepared: "Prepared", yes: bool) -> bool:
    proposal = prepared.proposal
    if proposal is None:
        show.lines("Nothing would change: this version is deployed already.")
        return True
    _show_changes(proposal)
    if yes or (sys.stdin.isatty() and input("Do it? [y/N] ").strip().lower() in ("y", "yes")):
        return True
    prepared.stacks.forget(proposal)
    show.complain("Nothing was changed. (Without a terminal to ask on, say --yes.)")
    return False


def _show_changes(proposal: "Proposal") -> None:
    if proposal.is_new:
        show.lines(f"A new stack, {proposal.stack}, with {len(proposal.changes)} resources.")
        return
    show.lines(f"The stack {proposal.stack} would change:")
    show.lines(*(f"  {_change(change)}" for change in proposal.changes))


def _change(change: "Change") -> str:
    words = {"True": "  (made anew)", "Conditional": "  (perhaps made anew)"}
    anew = words.get(change.replaces, "")
    return f"{change.action.lower():<7} {change.name:<28} {change.kind}{anew}"


def _progress(resource: str, state: str, reason: str) -> None:
    show.lines(f"  {state.lower().replace('_', ' '):<28} {resource}  {reason}".rstrip())


def _show_outputs(outputs: "Outputs") -> None:
    show.lines("", "Deployed.")
    show.lines(*(f"  {name:<12} {outputs[name]}" for name in SHOWN if name in outputs))
    show.lines(
        "",
        f"The status page is at {outputs['Front']}/status/",
    )


def _show_waiting(options: argparse.Namespace) -> None:
    from netdesk.cli import patient  # here, because --help needs none of AWS
    from netdesk.doctor.examine import examine

    show.lines("", "Looking for what still waits ...")
    try:
        desk = patient.on_aws(options.stack, options.region, None, look_only=True)
    except Failed as error:
        show.lines(f"  {error}")
    else:
        found = [one for one in examine(desk, WAITING) if one.state in ("bad", "waits")]
        show.verbatim("\n".join(map(written, found)) or "  Nothing does.")
    region = f" --region {options.region}" if options.region else ""
    show.lines("", f"To try every part of it: netdesk doctor --stack {options.stack}{region}")


def _say(step: str) -> None:
    print(f"  {step} ...", flush=True)
