"""The measuring hosts of the local stack: one agent each, all on this machine."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from infra.deploying.stack import Outputs
from infra.local import emulator
from infra.local.aws import Account
from infra.local.deploy import user_with
from netdesk.provider import Provider


@dataclass(frozen=True)
class ProbeOutputs:
    """The template's outputs for one measuring host."""

    queue: str
    policy: str


PROBES = {
    "outside": ProbeOutputs("ProbeQueue", "ProbePolicy"),
    "inside": ProbeOutputs("InsideProbeQueue", "InsideProbePolicy"),
}


def known(provider: Provider) -> list[str]:
    """Those of the provider's file that the template has a queue for."""
    return [probe.name for probe in provider.tracing.probes if probe.name in PROBES]


def start(account: Account, outputs: Outputs, name: str, state: Path) -> subprocess.Popen[bytes]:
    """Its agent, with a key that is limited to its own queue and rows."""
    key = user_with(account, f"probe-{name}", outputs[PROBES[name].policy])
    environment = {
        "AWS_ACCESS_KEY_ID": key.id,
        "AWS_SECRET_ACCESS_KEY": key.secret,
        "AWS_DEFAULT_REGION": emulator.REGION,
        "AWS_ENDPOINT_URL": account.url,
        "PROBE_NAME": name,
        "PROBE_QUEUE": outputs[PROBES[name].queue],
        "TRACES_TABLE": outputs["TracesTable"],
    }
    return subprocess.Popen(
        [sys.executable, "-m", "netdesk.probe.main", "agent"],
        env=emulator.own_environment() | environment,
        stdin=subprocess.DEVNULL,
        stdout=(state / f"probe-{name}.log").open("wb"),
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
