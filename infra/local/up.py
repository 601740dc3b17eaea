"""Starts the whole desk on this machine, and stops it cleanly."""

import json
import os
import platform
import signal
import threading
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from infra import bundle
from infra.deploying.deploy import publish
from infra.deploying.stack import Outputs
from infra.local import distribution, emulator, front, outbox, probes, smtp
from infra.local.aws import Account, Key
from infra.local.deploy import deploy, user_with
from infra.local.emulator import CantStart
from infra.template import ROOT, TEMPLATE
from netdesk.provider import Provider
from netdesk.provider_file import read
from netdesk.toml_table import Wrong


@dataclass(frozen=True)
class Plan:
    """What the environment asks for."""

    port: int
    smtp_port: int
    state: Path
    site: Path

    @property
    def front(self) -> str:
        return f"http://localhost:{self.port}"


@dataclass(frozen=True)
class Stack:
    """stack.json: where everything is, for the staff command and for tests."""

    front: str
    api: str
    smtp: str
    outbox: str
    emulator: str
    region: str
    site: str
    staff_key: str
    staff_secret: str


def plan(environ: Any) -> Plan:
    return Plan(
        port=_port(environ, "NETDESK_PORT", 8000),
        smtp_port=_port(environ, "NETDESK_SMTP_PORT", 2525),
        state=Path(environ.get("NETDESK_STATE") or ROOT / ".local").resolve(),
        site=Path(environ.get("NETDESK_SITE") or ROOT / "site").resolve(),
    )


def up(wanted: Plan) -> None:
    """Run until SIGINT or SIGTERM; raises CantStart with a sentence."""
    provider = _provider(wanted)
    _check_ports(wanted)
    wanted.state.mkdir(parents=True, exist_ok=True)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # HUP: the window was closed
        signal.signal(number, lambda *_: _stop(stop))
    with ExitStack() as running:
        _say("building the functions")
        bundle.bundle_all(wanted.site)
        stack = _start(running, wanted, provider, stop)
        if not stop.is_set():
            _write_stack(wanted, stack)
            print(f"  mail goes to port {wanted.smtp_port}, and comes out at {stack.outbox}")
            print(f"ready: {wanted.front}/status/", flush=True)
        stop.wait()


def _start(running: ExitStack, wanted: Plan, provider: Provider, stop: threading.Event) -> Stack:
    sink = outbox.Sink(wanted.state / "outbox")
    sink_port = emulator.free_port()
    sinking = outbox.listen(sink, sink_port)
    sinking.start()
    running.callback(sinking.stop)

    _say("starting the AWS emulator")
    emulated = emulator.start(wanted.state, _emulator_port(wanted), sink_port)
    running.callback(emulated.stop)
    account = Account(emulated.url)

    _say("deploying infra/template.yaml")
    domain = provider.mail.rpartition("@")[2]
    parameters = {
        "LocalUrl": wanted.front,
        "MailDomain": domain,
        "RawMailDays": str(provider.retention.raw_mail_days),
        "Place": "emulator",
    }
    outputs = deploy(account, parameters)
    account.client("ses").verify_domain_identity(Domain=domain)
    staff = user_with(account, os.environ.get("USER") or "staff", outputs["StaffPolicy"])
    api = f"{emulated.url}/_aws/execute-api/{outputs['ApiId']}/$default"

    _say("publishing the status page")
    publish(account.client("lambda"), outputs)
    _serve(running, wanted, _origins(account, outputs, api, sink))
    _receive(running, wanted, account, outputs, domain)
    _measure(running, wanted, account, outputs, provider)
    return _stack(wanted, emulated.url, api, staff)


def _stack(wanted: Plan, emulated: str, api: str, staff: Key) -> Stack:
    return Stack(
        front=wanted.front,
        api=api,
        smtp=f"127.0.0.1:{wanted.smtp_port}",
        outbox=f"{wanted.front}/outbox/",
        emulator=emulated,
        region=emulator.REGION,
        site=str(wanted.site),
        staff_key=staff.id,
        staff_secret=staff.secret,
    )


def _origins(account: Account, outputs: Outputs, api: str, sink: outbox.Sink) -> front.Origins:
    secrets = account.client("secretsmanager")
    return front.Origins(
        s3=account.client("s3"),
        site_bucket=outputs["SiteBucket"],
        api=api,
        secret=secrets.get_secret_value(SecretId=outputs["OriginSecret"])["SecretString"],
        distribution=distribution.read(TEMPLATE.read_text(encoding="utf-8")),
        sink=sink,
    )


def _serve(running: ExitStack, wanted: Plan, origins: front.Origins) -> None:
    server = front.serve(origins, wanted.port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1})
    thread.start()
    running.callback(thread.join)
    running.callback(server.server_close)
    running.callback(server.shutdown)


def _receive(
    running: ExitStack, wanted: Plan, account: Account, outputs: Outputs, domain: str
) -> None:
    receiver = smtp.Receiver(account.client("s3"), outputs["MailBucket"], domain, emulator.REGION)
    port = smtp.listen(receiver, wanted.smtp_port)
    port.start()
    running.callback(port.stop)


def _measure(
    running: ExitStack, wanted: Plan, account: Account, outputs: Outputs, provider: Provider
) -> None:
    if platform.system() != "Linux":
        _say("no probe: tracing needs Linux; everything else works")
        return
    for name in probes.known(provider):
        process = probes.start(account, outputs, name, wanted.state)
        running.callback(process.wait)
        running.callback(process.terminate)


def _provider(wanted: Plan) -> Provider:
    try:
        return read(wanted.site / "provider.toml")
    except Wrong as error:
        raise CantStart(str(error)) from None


def _port(environ: Any, name: str, default: int) -> int:
    value = environ.get(name) or str(default)
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise CantStart(f"{name} must be a port number from 1 to 65535, not {value!r}.")
    return int(value)


def _check_ports(wanted: Plan) -> None:
    for name, port in (("NETDESK_PORT", wanted.port), ("NETDESK_SMTP_PORT", wanted.smtp_port)):
        if not emulator.is_free(port):
            raise CantStart(
                f"Port {port} is taken: stop what uses it, or choose another with {name}=..."
            )
    if not emulator.is_free(port := _emulator_port(wanted)):
        raise CantStart(
            f"The desk of this folder still runs, or a part of it was left behind on port {port}: "
            "stop it first, or start another one with NETDESK_STATE=another-folder."
        )


def _emulator_port(wanted: Plan) -> int:
    """The port of the last run: queue addresses in the kept state hold it."""
    try:
        url = json.loads((wanted.state / "stack.json").read_text())["emulator"]
        return int(url.rpartition(":")[2])
    except (OSError, ValueError, KeyError):
        return emulator.free_port()


def _write_stack(wanted: Plan, stack: Stack) -> None:
    path = wanted.state / "stack.json"
    part = path.with_suffix(".part")
    part.touch(mode=0o600)  # it holds a key
    part.write_text(json.dumps(asdict(stack), indent=1) + "\n")
    part.rename(path)


def _stop(stop: threading.Event) -> None:
    if not stop.is_set():
        _say("stopping; tickets and notices are kept")
    stop.set()


def _say(step: str) -> None:
    print(f"  {step} ...", flush=True)
