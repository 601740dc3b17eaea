"""A site of somebody else: one page that shows our status with a package of npm, as it is."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests import npm

PAGE = Path(__file__).with_name("widget.html")
# Where the packages say that a browser finds them, in their package.json.
ENTRIES = {"statuspage.io": "dist/index.js", "axios": "dist/browser/axios.cjs"}


def unavailable() -> str:
    """Why the packages can't be used, in one line."""
    missing = [p.name for p in npm.wanted().values() if not p.folder.is_dir()]
    return f"no {', '.join(missing)}: `make test` fetches it where npm is" if missing else ""


@contextmanager
def other_site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/":
            self._send(200, {"Content-Type": "text/html"}, PAGE.read_bytes())
        elif found := _real(self.path):
            if found != self.path:
                self._send(302, {"Location": found}, b"")
            else:
                self._send(200, {"Content-Type": "text/javascript"}, _file(found).read_bytes())
        else:
            self._send(404, {}, b"")

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silence."""


def _real(path: str) -> str | None:
    """The address of the file that a name means, as Node finds it: itself, .js, or a folder."""
    _, top, name, *rest = [*path.rstrip("/").split("/"), "", ""]
    if top != "npm" or name not in ENTRIES:
        return None
    base = path.rstrip("/") if any(rest) else f"/npm/{name}/{ENTRIES[name]}"
    tries = (base, f"{base}.js", f"{base}/index.js")
    return next((one for one in tries if _file(one).is_file()), None)


def _file(address: str) -> Path:
    _, _, name, *rest = address.split("/")
    return npm.wanted()[name].folder.joinpath(*rest)
