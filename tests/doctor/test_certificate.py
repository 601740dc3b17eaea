"""The certificate, shown by a real server on loopback."""

import shutil
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from netdesk.doctor.desk import Clock, Desk
from tests.doctor import ward
from tests.doctor.account import ANSWERS, DOMAIN, Account
from tests.doctor.ward import desk, found, only_bad
from tests.lab.certificates import _context, _issue

Served = Callable[..., Desk]


@contextmanager
def serving(context: ssl.SSLContext) -> Iterator[int]:
    """A server that shows its certificate, and says nothing."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:

        def serve() -> None:
            with suppress(OSError):  # when it is closed, and when a client is not pleased
                while True:
                    plain, _ = listening.accept()
                    with suppress(OSError), context.wrap_socket(plain, server_side=True) as line:
                        line.recv(1)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield int(listening.getsockname()[1])
        finally:
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            thread.join()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A desk whose front has a certificate of our own authority."""
    ca = _issue("Authority of the test", [], None)
    file = tmp_path / "ca.pem"
    file.write_bytes(ca[0].public_bytes(serialization.Encoding.PEM))
    with pytest.MonkeyPatch.context() as changed:
        made = []

        def serve(days: float = 60, name: str = DOMAIN, by: Any = ca) -> Desk:
            until = datetime.now(UTC) + timedelta(days=days, hours=1)
            pair = _issue("front", [x509.DNSName(name)], by, until)
            server = serving(_context(tmp_path / f"{len(made)}.pem", pair))
            made.append(server)
            port = server.__enter__()
            clock = Clock(lambda: datetime.now(UTC), lambda _: None)
            trusted = ssl.create_default_context(cafile=str(file))
            changed.setattr(socket, "create_connection", _to(port))
            return replace(desk(trusted=trusted, clock=clock), front=ward.FRONT)

        yield serve
        for server in made:
            server.__exit__(None, None, None)
    shutil.rmtree(tmp_path)


CONNECT = socket.create_connection


def _to(port: int) -> Callable[..., socket.socket]:
    """The name leads to loopback, as a name server would say it."""
    return lambda address, timeout: CONNECT(("127.0.0.1", port), timeout)


def test_a_good_one_says_for_how_long(served: Served) -> None:
    [told] = found(served(), "certificate")
    assert told.said == f"The certificate fits {DOMAIN}, and is good for 60 days more."


def test_one_day_short_of_three_weeks_fails(served: Served) -> None:
    assert [one.state for one in found(served(days=21), "certificate")] == ["good"]
    bad = only_bad(served(days=20), "certificate")
    assert bad.said.startswith(f"The certificate of {DOMAIN} ends in 20 days, on ")
    assert "ACM renews by itself while the CNAME record" in bad.advice


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"days": -2}, "certificate has expired"),
        ({"name": "www.other.example"}, f"not valid for '{DOMAIN}'"),
        ({"by": None}, "self-signed certificate"),
    ],
)
def test_what_browsers_refuse_fails(served: Served, given: Any, said: str) -> None:
    bad = only_bad(served(**given), "certificate")
    assert bad.said.startswith(f"Browsers refuse {ward.FRONT}: ") and said in bad.said
    assert "deploy again with --certificate" in bad.advice


def test_one_that_acm_has_not_issued_waits(served: Served) -> None:
    listed = [{"CertificateArn": "arn:aws:acm:us-east-1:1:certificate/1", "DomainName": name}
              for name in (DOMAIN, "other.example")]  # fmt: skip
    account = Account(ANSWERS | {("acm", "ListCertificates"): {"CertificateSummaryList": listed}})
    asked = []

    def client(service: str, region: str = "") -> Any:
        asked.append((service, region))
        return account.client(service, region)

    first, second = found(replace(served(), client=client), "certificate")
    assert (first.state, second.state) == ("waits", "good")
    assert first.said == f"ACM has not issued the certificate for {DOMAIN} yet."
    assert asked == [("acm", "us-east-1")]


def test_who_does_not_answer_is_told() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        front = f"https://127.0.0.1:{closed.getsockname()[1]}"
        bad = only_bad(desk(front=front), "certificate")
    assert "Connection refused" in bad.said and "does not answer" in bad.advice
