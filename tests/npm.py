"""Fetches the packages of requirements/npm.txt, unpacked and nothing of them run.

`make test` calls it once; where npm or the network is missing it says so, and the tests that need
the packages are skipped.
"""

import base64
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

WANTED = Path(__file__).parent.parent / "requirements" / "npm.txt"
FOLDER = Path(sys.prefix) / "npm"
SECONDS = 60
# Ask once: a machine without network is to wait for seconds, not minutes.
QUIET = {"npm_config_fetch_retries": "0", "npm_config_update_notifier": "false"}


@dataclass(frozen=True)
class Package:
    name: str
    version: str
    integrity: str  # sha512-BASE64: https://www.w3.org/TR/SRI/

    @property
    def folder(self) -> Path:
        return FOLDER / f"{self.name}@{self.version}"


def wanted() -> dict[str, Package]:
    lines = [line.split() for line in WANTED.read_text(encoding="utf-8").splitlines()]
    found = [Package(*words) for words in lines if words and words[0] != "#"]
    return {package.name: package for package in found}


def main(done: Path) -> None:
    missing = [package for package in wanted().values() if not package.folder.is_dir()]
    for package in missing:
        archive = _fetched(package)
        if archive is None:
            print(f"  no {package.name} from npm: the tests that need it are skipped")
            return
        if integrity(archive) != package.integrity:
            sys.exit(f"{package.name} {package.version} is not what requirements/npm.txt names.")
        unpack(archive, package.folder)
    done.touch()


def _fetched(package: Package) -> bytes | None:
    npm = shutil.which("npm")
    if npm is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        asked = [npm, "pack", f"{package.name}@{package.version}", "--silent"]
        try:
            subprocess.run(
                asked, cwd=folder, env=os.environ | QUIET, capture_output=True,
                timeout=SECONDS, check=True,
            )  # fmt: skip
        except (subprocess.SubprocessError, OSError):
            return None
        [archive] = Path(folder).glob("*.tgz")
        return archive.read_bytes()


def integrity(archive: bytes) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(archive).digest()).decode()


def unpack(archive: bytes, folder: Path) -> None:
    """Its files without the archive's own top folder; all of them, or no folder at all."""
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        for member in files:
            path = (part / member.name.partition("/")[2]).resolve()
            content = files.extractfile(member)
            if content is None or not path.is_relative_to(part.resolve()):
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.read())
    part.rename(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
