"""MiniStack as a child process: on loopback, with IAM enforced and its state on disk."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

REGION = "us-west-2"  # SES receives mail there
START_SECONDS, STOP_SECONDS = 60, 20


class CantStart(RuntimeError):
    """One sentence that says what to mend."""


@dataclass
class Emulator:
    process: subprocess.Popen[bytes]
    url: str

    def stop(self) -> None:
        """SIGTERM, because only a clean stop saves the state."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()


def start(state: Path, port: int, smtp_port: int) -> Emulator:
    """Start it and wait until it answers; mail that SES sends goes to `smtp_port`."""
    _forget_stream_positions(state / "emulator" / "lambda.json")
    shutil.rmtree(state / "tmp", ignore_errors=True)  # it leaves every unpacked zip behind
    (state / "tmp").mkdir()
    with (state / "emulator.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "ministack"],
            env=own_environment() | settings(state, port, smtp_port),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches the launcher alone
        )
    emulator = Emulator(process, f"http://127.0.0.1:{port}")
    _wait_until_ready(emulator, state)
    return emulator


def settings(state: Path, port: int, smtp_port: int) -> dict[str, str]:
    return {
        "BIND_HOST": "127.0.0.1",  # its default is every address of the machine
        "IOT_MTLS_ENABLED": "0",  # else it listens on all addresses for MQTT
        "SFTP_ENABLED": "0",
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": "127.0.0.1",  # in queue addresses: not every system knows *.localhost
        "MINISTACK_REGION": REGION,
        "AUTH": "true",  # IAM as on AWS
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state / "emulator"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(state / "s3"),
        "TMPDIR": str(state / "tmp"),
        "SMTP_HOST": f"127.0.0.1:{smtp_port}",
    }


def own_environment() -> dict[str, str]:
    """The caller's environment without AWS_*: Lambda workers would inherit it."""
    return {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _forget_stream_positions(path: Path) -> None:
    """It keeps how far a stream was read, but not the stream: new records would seem read."""
    if path.exists():
        saved = json.loads(path.read_text(encoding="utf-8"))
        saved["payload"]["dynamodb_stream_positions"]["data"] = {}
        path.write_text(json.dumps(saved), encoding="utf-8")


def _wait_until_ready(emulator: Emulator, state: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and emulator.process.poll() is None:
        try:
            urllib.request.urlopen(f"{emulator.url}/_ministack/health", timeout=1).close()  # noqa: S310 - our own loopback address
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise CantStart(f"The AWS emulator did not start: see {state / 'emulator.log'}.")
