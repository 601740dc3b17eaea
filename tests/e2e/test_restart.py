"""Stop with Ctrl-C and start again; and starts that can't be, each with one sentence."""

import socket
import subprocess
from pathlib import Path

import pytest

from tests.e2e.stack import NETDESK, Stack, eventually, new_stack


def test_tickets_and_notices_are_there_after_a_restart(tmp_path: Path) -> None:
    stack = new_stack(tmp_path)
    with stack.running():
        before = stack.client.post_json("/api/tickets", email="a@example.net", message="Before.")
        stack.netdesk(
            "notice", "open", "--title", "Mail is slow", "--impact", "minor",
            "--component", "mail-in", "--message", "We look.",
        )  # fmt: skip
        eventually(lambda: stack.outbox("a@example.net"))
    with stack.running():
        assert "Mail is slow" in stack.client.get("/status/").text
        numbers = [ticket["number"] for ticket in stack.netdesk_json("ticket", "list")]
        assert numbers == [before.json["number"]]
        # Within seconds, so by the stream, and not by the sweeper a minute later.
        stack.netdesk("ticket", "reply", numbers[0], "--message", "After.")
        assert eventually(lambda: stack.outbox("a@example.net")[1:], seconds=15)


def _refusal(stack: Stack) -> str:
    done = subprocess.run(
        [NETDESK, "up"], env=stack.environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    stack = new_stack(tmp_path)
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", stack.port))
        holder.listen()
        assert _refusal(stack).startswith(f"Port {stack.port} is taken: ")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('zone = "America/Los_Angeles"', 'zone = "Mars/Base"', "hours.zone must be a time zone"),
        ("emergency_option = 3", "emergency_option = 33", "phone.emergency_option must be"),
        ('known_as = "problem@jet.net"', "", "desk.known_as is missing"),
        ("prefixes = [", "prefix = 1\nprefixes = [", "prefix is not a key that netdesk knows"),
    ],
)
def test_a_wrong_provider_file_is_named(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    stack = new_stack(tmp_path)
    file = Path(stack.environment["NETDESK_SITE"]) / "provider.toml"
    file.write_text(file.read_text().replace(old, new))
    assert f"provider.toml: {sentence}" in _refusal(stack)
