"""Builds one zip per function, and the probe's: the same source gives the same bytes."""

import hashlib
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from infra.template import ROOT, TEMPLATE, Function, functions
from netdesk import provider_file
from netdesk.toml_table import Wrong

BUILD = ROOT / "build"
LOCKS = ROOT / "requirements"
PROBE_ZIP = BUILD / "probe.zip"
OTHERS = ("netdesk/cli/", "netdesk/doctor/", "netdesk/probe/", "bin/")  # not Lambda's
NOT_PROBES = ("__init__.py", "lib/netdesk/cli/", "lib/netdesk/doctor/", "lib/bin/")
# Of the 400 services that botocore describes, those that a probe calls.
SERVICES = ("dynamodb", "sqs", "sts")
EPOCH = (1980, 1, 1, 0, 0, 0)  # the zip format's first moment, for equal bytes


def bundle(function: Function, site: Path, libraries: Path) -> Path:
    """Write the function's zip; returns its path."""
    trees = [
        (libraries, ""),
        (ROOT / "netdesk", "netdesk/"),
        (ROOT / "functions" / function.package, f"{function.package}/"),
        (site, "site/"),
    ]
    return _zip(function.zip_path, trees, OTHERS)


def probe(libraries: Path) -> Path:
    """Write the zip that infra/probe/install.sh puts on a measuring host: any Linux, any Python."""
    trees = [
        (libraries, "lib/"),
        (ROOT / "netdesk", "lib/netdesk/"),
        (ROOT / "infra" / "probe", ""),
        (ROOT / "docs" / "probe.md", "probe.md"),
    ]
    described = libraries / "botocore" / "data"
    others = (d.name for d in described.iterdir() if d.is_dir() and d.name not in SERVICES)
    unused = tuple(f"lib/botocore/data/{name}/" for name in others)
    return _zip(PROBE_ZIP, trees, NOT_PROBES + unused)


def libraries(lock: str = "runtime") -> Path:
    """The hash-pinned packages for Lambda's Python and processor, installed once per lock."""
    digest = hashlib.sha256((LOCKS / f"{lock}.txt").read_bytes()).hexdigest()[:16]
    target = BUILD / f"libraries-{lock}-{digest}"
    if not target.exists():
        fresh = target.with_suffix(".part")
        _install(LOCKS / f"{lock}.txt", fresh)
        fresh.rename(target)
    return target


def bundle_all(site: Path = ROOT / "site") -> list[Path]:
    """The functions' zips; raises toml_table.Wrong when the provider's file is wrong."""
    provider_file.read(site / "provider.toml")
    found = libraries()
    return [bundle(function, site, found) for function in functions(TEMPLATE.read_text())]


def _zip(path: Path, trees: Sequence[tuple[Path, str]], without: tuple[str, ...]) -> Path:
    members = sorted(m for tree, prefix in trees for m in _members(tree, prefix, without))
    path.parent.mkdir(exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")  # whoever reads it meanwhile gets a whole one
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as target:
        for name, member in members:
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o100644 << 16  # what runs the code may not be who wrote it
            target.writestr(info, member.read_bytes())
    return part.rename(path)


def _install(lock: Path, target: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "uv",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--system-certs",
    ]
    platform = ["--python-platform", "aarch64-manylinux2014", "--python-version", "3.13"]
    pinned = ["--only-binary", ":all:", "--require-hashes", "--requirements", str(lock)]
    subprocess.run([*command, *platform, *pinned, "--target", str(target)], check=True)


def _members(tree: Path, prefix: str, without: tuple[str, ...]) -> Iterator[tuple[str, Path]]:
    if tree.is_file():
        yield prefix, tree
    for path in tree.rglob("*"):
        name = f"{prefix}{path.relative_to(tree).as_posix()}"
        if path.is_file() and "__pycache__" not in path.parts and not name.startswith(without):
            yield name, path


def main() -> int:
    try:
        paths = [*bundle_all(), probe(libraries("probe"))]
    except Wrong as error:
        print(error, file=sys.stderr)
        return 1
    for path in paths:
        print(f"{path.relative_to(ROOT)}  {path.stat().st_size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
