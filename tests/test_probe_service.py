"""Whether a service answers, and how: servers on loopback that are well, broken, or hostile."""

import asyncio
import errno
import gc
import ipaddress
import os
import resource
import socket
import ssl
import struct
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from netdesk.probe.checks import lines
from netdesk.probe.checks.service import Check, Found, check

HERE = "127.0.0.1"
NAME = "www.example.com"
AMPLE = 20.0  # where no silence is awaited
QUICK = 0.15
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
MANY = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class Server:
    """Accepts connections, shakes hands if it has a context, and gives each to `serve`."""

    def __init__(self, serve, host=HERE, port=0, context=None):
        self.serve = serve
        self.context = context
        self.requests = []
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, port), family=family)
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]

    def __enter__(self):
        self._threads[0].start()
        return self

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _accept(self):
        with suppress(OSError):  # when it is shut
            while True:
                line, _ = self._listener.accept()
                line.settimeout(5)
                self._threads.append(threading.Thread(target=self._talk, args=(line,)))
                self._threads[-1].start()

    def _talk(self, line):
        with line, suppress(OSError):
            if self.context is None:
                self.serve(self, line)
                return
            with self.context.wrap_socket(line, server_side=True) as secure:
                self.serve(self, secure)


def says(answer):
    """Reads a request whole, and answers with these bytes."""

    def serve(server, line):
        request = b""
        while b"\r\n\r\n" not in request and (more := line.recv(4096)):
            request += more
        server.requests.append(request.decode())
        line.sendall(answer)

    return serve


def blurts(answer):
    """Waits for the first byte only."""

    def serve(server, line):
        line.recv(1)
        line.sendall(answer)

    return serve


def waits(server, line):
    """Says nothing until the other side has gone."""
    server.requests.append("")
    while line.recv(4096):
        pass


def resets(server, line):
    line.recv(1)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def floods(piece):
    def serve(server, line):
        while True:
            line.sendall(piece)

    return serve


def checked(server, name=NAME, secure=False, seconds=AMPLE, address=HERE):
    return asyncio.run(Check(address, name, server.port, secure).run(seconds))


def answered(found):
    """All but the time, which differs."""
    assert found.connect == "open" and 0 < found.rtt_ms < 1000 * AMPLE
    return found.tls, found.status


# --- TCP ----------------------------------------------------------------------------------


def test_one_request_for_the_front_page():
    with Server(says(OK)) as server:
        assert answered(checked(server)) == ("", 200)
    assert server.requests == [
        f"GET / HTTP/1.1\r\nHost: {NAME}\r\nUser-Agent: netdesk-probe\r\nConnection: close\r\n\r\n"
    ]


@pytest.mark.parametrize(("address", "host"), [(HERE, HERE), ("::1", "[::1]")])
def test_a_literal_is_its_own_host(address, host):
    with Server(says(OK), address) as server:
        assert answered(checked(server, None, address=address)) == ("", 200)
    assert f"\r\nHost: {host}\r\n" in server.requests[0]


def test_nobody_listens():
    with Server(says(OK)) as server:
        pass
    found = checked(server)
    assert found == Found("refused", found.rtt_ms) and found.rtt_ms > 0


@contextmanager
def full_queue():
    """A port whose connections nobody accepts: the kernel drops what does not fit."""
    with socket.socket() as listener:
        listener.bind((HERE, 0))
        listener.listen(0)
        callers = []
        while True:
            callers.append(socket.socket())
            callers[-1].settimeout(0.05)
            try:
                callers[-1].connect(listener.getsockname())
            except TimeoutError:
                break
        try:
            yield listener
        finally:
            for caller in callers:
                caller.close()


def test_silence():
    with full_queue() as listener:
        port = listener.getsockname()[1]
        assert asyncio.run(Check(HERE, NAME, port).run(QUICK)) == Found("silent")


def test_a_lost_syn_is_no_silence():
    """The kernel would repeat it after a second; the answer comes to another one, at once."""

    async def lost_and_repeated(listener):
        running = asyncio.create_task(Check(HERE, NAME, listener.getsockname()[1]).run(AMPLE))
        before = sockets()
        while sockets() == before:
            await asyncio.sleep(0)
        await asyncio.sleep(0)  # the first SYN has been dropped
        listener.settimeout(0)
        accepted = []
        with suppress(BlockingIOError):
            while True:
                accepted.append(listener.accept()[0])
        listener.settimeout(10)
        accepted.append((await asyncio.to_thread(listener.accept))[0])
        accepted[-1].sendall(OK)
        found = await running
        for line in accepted:
            line.close()
        return found

    with full_queue() as listener:
        found = asyncio.run(lost_and_repeated(listener))
    assert found.connect == "open"
    assert found.rtt_ms < 900


def test_somebody_may_give_up_on_silence():
    async def given_up(port):
        check = Check(HERE, NAME, port)
        assert check.age == 0
        check.give_up_unless_open()  # too early to mean anything
        running = asyncio.create_task(check.run(AMPLE))
        while not check.age:
            await asyncio.sleep(0)
        check.give_up_unless_open()
        check.give_up_unless_open()
        return await running

    with full_queue() as listener:
        assert asyncio.run(given_up(listener.getsockname()[1])) == Found("silent")


def test_nobody_gives_up_on_a_connection():
    go_on = threading.Event()

    def serve(server, line):
        server.requests.append(line.recv(4096))
        go_on.wait(AMPLE)
        line.sendall(OK)

    async def not_given_up(server):
        check = Check(HERE, NAME, server.port)
        running = asyncio.create_task(check.run(AMPLE))
        while not server.requests:
            await asyncio.sleep(0)
        check.give_up_unless_open()
        go_on.set()
        return await running

    with Server(serve) as server:
        assert answered(asyncio.run(not_given_up(server))) == ("", 200)


UNREACHABLE = """
import asyncio
from netdesk.probe.checks.service import Found, check
for address in ("198.18.0.1", "198.18.1.1", "198.18.2.1", "2001:db8::1"):
    found = asyncio.run(check(address, None, 443))
    assert found == Found("unreachable"), (address, found)
print("done")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs network namespaces")
def test_no_way_there():
    """In a namespace without any network: no route, and routes that say no."""
    routes = "ip link set lo up; ip route add unreachable 198.18.1.0/24; "
    routes += "ip route add prohibit 198.18.2.0/24; "
    command = ["unshare", "--map-root-user", "--net", "sh", "-c", routes + 'exec "$0" -c "$1"']
    try:
        able = subprocess.run([*command[:3], "true"], capture_output=True).returncode == 0
    except FileNotFoundError:
        able = False
    if not able:
        pytest.skip("no namespaces for us here")
    done = subprocess.run(
        [*command, sys.executable, UNREACHABLE],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
    )
    assert (done.stdout, done.stderr) == ("done\n", "")


# --- HTTP ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (b"HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1/\r\n\r\n", 301),
        (b"HTTP/1.0 404 Not Found\r\n\r\n", 404),
        (b"HTTP/1.1 503\r\n", 503),
        (b"HTTP/1.1 200 \r\n", 200),
        (b"HTTP/1.1 200 OK\n", 200),
        (b"HTTP/1.1 200 " + "größer".encode() + b"\r\n", 200),
        (b"HTTP/1.1 200 " + b"x" * 480 + b"\r\n", 200),
        (b"HTTP/1.1 200 " + b"x" * 600 + b"\r\n", None),
        (b"HTTP/1.1 200 OK", None),
        (b"HTTP/1.1 020 OK\r\n", None),
        (b"HTTP/1.1 2000 OK\r\n", None),
        (b"HTTP/1.1 200OK\r\n", None),
        (b"HTTP/1.1  200 OK\r\n", None),
        (b"HTTP/1.1 \xd9\xa2\xd9\xa0\xd9\xa0 OK\r\n", None),
        (b"http/1.1 200 OK\r\n", None),
        (b" HTTP/1.1 200 OK\r\n", None),
        (b"\r\nHTTP/1.1 200 OK\r\n", None),
        (b"SSH-2.0-OpenSSH_9.9\r\n", None),
        (b"<html>", None),
        (b"", None),
    ],
    ids=repr,
)
def test_the_status_line_alone_is_read(answer, status):
    with Server(says(answer)) as server:
        assert answered(checked(server)) == ("", status)
    assert len(server.requests) == 1


def test_a_status_in_pieces():
    def serve(server, line):
        line.recv(4096)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in OK:
            line.sendall(bytes([byte]))

    with Server(serve) as server:
        assert answered(checked(server)) == ("", 200)


@pytest.mark.parametrize("serve", [resets, floods(b"x" * 65_536), floods(b"HTTP/1.1 ")])
def test_no_status(serve):
    with Server(serve) as server:
        assert answered(checked(server)) == ("", None)


def test_a_mute_service_is_left_in_time():
    with Server(waits) as server:
        assert answered(checked(server, seconds=QUICK)) == ("", None)


def test_little_time_is_enough_to_be_heard():
    """The connection may have taken nearly all of it."""

    def serve(server, line):
        line.recv(4096)
        threading.Event().wait(2 * QUICK)
        line.sendall(OK)

    with Server(serve) as server:
        assert answered(checked(server, seconds=QUICK)) == ("", 200)


@MANY
@given(st.binary(max_size=700))
@example(b"HTTP/1.1 200 OK\r\n")
def test_any_bytes_may_be_said(said):
    with Server(blurts(said)) as server:
        _, status = answered(checked(server))
    assert status is None or 100 <= status <= 999


# --- TLS ----------------------------------------------------------------------------------


class Authority:
    def __init__(self, name="Example CA"):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = _named(name)
        self.certificate = _certificate(self.name, self.key, self.name, self.key, ca=True)


def _named(name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _certificate(subject, key, issuer, signer, *, names=(), days=(-1, 1), ca=False):
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder(subject_name=subject, issuer_name=issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days[0]))
        .not_valid_after(now + timedelta(days[1]))
        .add_extension(x509.BasicConstraints(ca, None), critical=True)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(signer, hashes.SHA256())


def _pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


@pytest.fixture(scope="module")
def authority():
    return Authority()


@pytest.fixture
def trusted(authority, tmp_path, monkeypatch):
    """The system trusts this authority, and nobody else."""
    path = tmp_path / "trusted.pem"
    path.write_bytes(_pem(authority.certificate))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
    lines.trust.cache_clear()
    yield authority
    lines.trust.cache_clear()


@pytest.fixture
def context(tmp_path):
    """Makes the server's side, with a certificate by somebody; None: by itself."""

    def make(by, names=(NAME,), days=(-1, 1)):
        key, subject = ec.generate_private_key(ec.SECP256R1()), _named(NAME)
        issuer, signer = (by.name, by.key) if by else (subject, key)
        known = [name if isinstance(name, x509.IPAddress) else x509.DNSName(name) for name in names]
        made = _certificate(subject, key, issuer, signer, names=known, days=days)
        secret = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        (tmp_path / "server.pem").write_bytes(secret + _pem(made))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tmp_path / "server.pem")
        return context

    return make


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_good_certificate(trusted, context, version):
    secured, asked_for = context(trusted), []
    secured.maximum_version = version
    secured.sni_callback = lambda line, name, context: asked_for.append(name)
    with Server(says(OK), context=secured) as server:
        assert answered(checked(server, secure=True)) == ("ok", 200)
    assert asked_for == [NAME]
    assert f"\r\nHost: {NAME}\r\n" in server.requests[0]


@pytest.mark.parametrize(
    ("given", "tls"),
    [
        ({"days": (-3, -2)}, "expired"),
        ({"days": (2, 3)}, "expired"),
        ({"names": ["other.example.com"]}, "wrong-name"),
        ({"names": ["*.www.example.com"]}, "wrong-name"),
        ({"names": [x509.IPAddress(ipaddress.ip_address(HERE))]}, "wrong-name"),
        ({"names": ()}, "wrong-name"),  # the common name counts for nothing: RFC 9525
        ({"by": None}, "untrusted"),
        ({"by": Authority()}, "untrusted"),
    ],
    ids=repr,
)
def test_a_bad_certificate_ends_it(trusted, context, given, tls):
    secured = context(**{"by": trusted} | given)
    with Server(says(OK), context=secured) as server:
        assert answered(checked(server, secure=True)) == (tls, None)
    assert server.requests == []


def test_of_a_literal_no_certificate_is_judged(trusted, context):
    secured, asked_for = context(None, days=(-3, -2)), []
    secured.sni_callback = lambda line, name, context: asked_for.append(name)
    with Server(says(OK), context=secured) as server:
        assert answered(checked(server, None, secure=True)) == ("", 200)
    assert asked_for == [None]
    assert f"\r\nHost: {HERE}\r\n" in server.requests[0]


@pytest.mark.parametrize("name", [NAME, None])
@pytest.mark.parametrize("serve", [blurts(OK), blurts(b""), resets])
def test_no_tls(trusted, serve, name):
    with Server(serve) as server:
        assert answered(checked(server, name, secure=True)) == ("failed", None)


def test_an_alert(trusted):
    with Server(blurts(b"\x15\x03\x03\x00\x02\x02\x28")) as server:  # fatal, handshake failure
        assert answered(checked(server, secure=True)) == ("failed", None)


def test_a_client_certificate_is_asked_for(trusted, context):
    """TLS 1.3 says so only after the handshake."""
    secured = context(trusted)
    secured.verify_mode = ssl.CERT_REQUIRED
    with Server(says(OK), context=secured) as server:
        assert answered(checked(server, secure=True)) == ("ok", None)


def test_a_mute_handshake_is_left_in_time(trusted):
    with Server(waits) as server:
        found = asyncio.run(Check(HERE, NAME, server.port, True).run(QUICK))
    assert answered(found) == ("failed", None)


def test_a_handshake_without_end(trusted):
    """HelloRequest is passed over while hands are shaken (RFC 5246 section 7.4.1.1)."""

    async def long_before_the_time_is_over(port):
        async with asyncio.timeout(AMPLE / 2):
            return await Check(HERE, NAME, port, True).run(AMPLE)

    with Server(floods(b"\x16\x03\x03\x40\x00" + bytes(16_384))) as server:
        found = asyncio.run(long_before_the_time_is_over(server.port))
    assert answered(found) == ("failed", None)


@pytest.mark.parametrize("serve", [resets, floods(b"x" * 65_536), blurts(b"HTTP/1.1 2")])
def test_no_status_over_tls(trusted, context, serve):
    with Server(serve, context=context(trusted)) as server:
        assert answered(checked(server, secure=True)) == ("ok", None)


@MANY
@given(st.binary(max_size=300) | st.binary(max_size=300).map(lambda tail: b"\x16\x03\x03" + tail))
def test_any_bytes_may_be_said_for_tls(trusted, said):
    with Server(blurts(said)) as server:
        assert answered(checked(server, secure=True)) == ("failed", None)


@pytest.mark.parametrize("name", ["a" * 64 + ".example", ".example.com", "a..b"])
def test_a_name_that_tls_cannot_say(trusted, context, name):
    with Server(waits, context=context(trusted)) as server:
        assert answered(checked(server, name, secure=True)) == ("failed", None)


def test_tls_is_spoken_at_its_own_port(trusted, context):
    address = "127.0.4.43"
    try:
        secure = Server(says(OK), address, 443, context(trusted))
    except OSError:
        pytest.skip("the port is not ours to take")
    with secure, Server(says(OK), address, 80) as plain:
        assert answered(asyncio.run(check(address, NAME, 443, AMPLE))) == ("ok", 200)
        assert answered(asyncio.run(check(address, NAME, 80, AMPLE))) == ("", 200)
    assert len(secure.requests) == len(plain.requests) == 1


# --- ourselves ----------------------------------------------------------------------------


def sockets():
    return len(list(Path("/proc/self/fd").iterdir()))


async def cancelled(port, ready, secure=False):
    before = sockets()
    task = asyncio.create_task(Check(HERE, NAME, port, secure).run(AMPLE))
    while not ready():
        await asyncio.sleep(0.001)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert asyncio.all_tasks() == {asyncio.current_task()}
    gc.collect()
    return sockets() - before


def test_who_cancels_a_connection_leaves_nothing_behind():
    with full_queue() as listener:
        port, before = listener.getsockname()[1], sockets()
        for more in (1, 2):  # while one connection is tried, and while two are
            ready = (lambda most: lambda: sockets() >= most)(before + 3 + more)
            # An event loop has three descriptors of its own.
            assert asyncio.run(cancelled(port, ready)) == 0


@pytest.mark.parametrize("secure", [False, True])
def test_who_cancels_a_talk_leaves_nothing_behind(trusted, secure):
    with Server(waits) as server:
        assert asyncio.run(cancelled(server.port, lambda: server.requests, secure)) <= 0


def test_no_socket_left_is_not_the_services_fault():
    async def without_sockets(port):
        limits = resource.getrlimit(resource.RLIMIT_NOFILE)
        free = os.dup(0)
        os.close(free)
        resource.setrlimit(resource.RLIMIT_NOFILE, (free, limits[1]))
        try:
            await check(HERE, NAME, port)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)

    with pytest.raises(OSError, match=os.strerror(errno.EMFILE)):
        asyncio.run(without_sockets(9))
