"""What reading a mail costs: hostile and very large ones, usual ones, and a folder of real ones."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from tests.bench.mails import HOSTILE, LARGE, USUAL
from tests.bench.table import Row, show
from ticket_intake.mail import parse
from ticket_intake.mail.html import visible_text
from ticket_intake.mail.structure.parts import opened, walk

SECONDS = 2.0
LOOPS = 300
CORPUS = "NETDESK_CORPUS"


def main() -> None:
    show([*bounds(HOSTILE, 256), *bounds(LARGE, 600), *usual(), *real()], peer="standard library")


def bounds(mails: dict[str, Callable[[], bytes]], megabytes: int) -> Iterator[Row]:
    """Each is written and read by processes of their own: the memory of both is weighed apart."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mail"
        for name in mails:
            run("write", name, str(path))
            seconds, peak = run("read", name, str(path))
            kept = "" if seconds <= SECONDS and peak <= megabytes else " MISSED"
            ours = f"{seconds:.2f} s, {peak:.0f} MB{kept}"
            yield Row(name, f"{SECONDS:.0f} s, {megabytes} MB", ours)


def run(*arguments: str) -> tuple[float, float]:
    """CPU-seconds and peak megabytes of a process, its start included."""
    child = subprocess.Popen([sys.executable, "-m", "tests.bench.mail", *arguments])
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, arguments)
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def usual() -> Iterator[Row]:
    for name, raw in USUAL.items():
        ours, peer = rate(parse, raw), rate(standard, raw)
        yield Row(
            f"{name}, {len(raw):,} B", "200/cpu-s", f"{ours:,.0f}/cpu-s", f"{peer:,.0f}/cpu-s"
        )


def rate(read: Callable[[bytes], object], raw: bytes) -> float:
    read(raw)
    start = time.process_time()
    for _ in range(LOOPS):
        read(raw)
    return LOOPS / (time.process_time() - start)


def standard(raw: bytes) -> object:
    """The same of it that we read: who, what about, the text and the files."""
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain", "html"))
    files = [part.get_content() for part in message.iter_attachments()]
    addresses = [message[name].addresses for name in ("from", "to") if message[name]]
    return message["subject"], addresses, body.get_content() if body else "", files


def real() -> Iterator[Row]:
    folder = os.environ.get(CORPUS)
    if not folder:
        return
    paths = [path for path in Path(folder).rglob("*") if path.suffix in (".eml", ".msg")]
    raised = lost = 0
    for path in paths:
        raw = path.read_bytes()
        try:
            mail = parse(raw)
        except Exception as error:
            raised += 1
            print(f"{path}: {error!r}")
            continue
        if not mail.text.strip() and not mail.attachments and says_anything(raw):
            lost += 1
            print(f"{path}: no text and no file")
    yield Row(f"{len(paths):,} real mails", "0 raised, 0 lost", f"{raised} raised, {lost} lost")


def says_anything(raw: bytes) -> bool:
    """Whether there is a part with more in it than blanks, or a page that shows something."""
    leaves = (part for part in walk(opened(raw)) if not part.children)
    contents = ((part.kind, part.content()) for part in leaves)
    return any(
        visible_text(content.decode("latin-1")) if kind == "text/html" else content.strip()
        for kind, content in contents
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["write"]:
        Path(sys.argv[3]).write_bytes((HOSTILE | LARGE)[sys.argv[2]]())
    elif sys.argv[1:2] == ["read"]:
        parse(Path(sys.argv[3]).read_bytes())
    else:
        main()
