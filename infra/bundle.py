"""Builds one zip per function, without the SAM CLI: the same source gives the same bytes."""

import hashlib
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from infra.template import ROOT, TEMPLATE, Function, functions
from netdesk import provider_file
from netdesk.toml_table import Wrong

BUILD = ROOT / "build"
RUNTIME = ROOT / "requirements" / "runtime.txt"
OTHERS = ("netdesk/cli/", "netdesk/probe/", "bin/")  # programs that Lambda does not run
EPOCH = (1980, 1, 1, 0, 0, 0)  # the zip format's first moment, for equal bytes


def bundle(function: Function, site: Path, libraries: Path) -> Path:
    """Write the function's zip; returns its path."""
    trees = [
        (libraries, ""),
        (ROOT / "netdesk", "netdesk/"),
        (ROOT / "functions" / function.package, f"{function.package}/"),
        (site, "site/"),
    ]
    members = sorted(m for tree, prefix in trees for m in _members(tree, prefix))
    function.zip_path.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(function.zip_path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, path in members:
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o100644 << 16  # what runs the code may not be who wrote it
            target.writestr(info, path.read_bytes())
    return function.zip_path


def libraries() -> Path:
    """The hash-pinned packages for Lambda's Python and processor, installed once per lock."""
    digest = hashlib.sha256(RUNTIME.read_bytes()).hexdigest()[:16]
    target = BUILD / f"libraries-{digest}"
    if not target.exists():
        fresh = target.with_suffix(".part")
        _install(fresh)
        fresh.rename(target)
    return target


def bundle_all(site: Path = ROOT / "site") -> list[Path]:
    """All zips; raises toml_table.Wrong when the provider's file is wrong."""
    provider_file.read(site / "provider.toml")
    found = libraries()
    return [bundle(function, site, found) for function in functions(TEMPLATE.read_text())]


def _install(target: Path) -> None:
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
    pinned = ["--only-binary", ":all:", "--require-hashes", "--requirements", str(RUNTIME)]
    subprocess.run([*command, *platform, *pinned, "--target", str(target)], check=True)


def _members(tree: Path, prefix: str) -> Iterator[tuple[str, Path]]:
    for path in tree.rglob("*"):
        name = f"{prefix}{path.relative_to(tree).as_posix()}"
        if path.is_file() and "__pycache__" not in path.parts and not name.startswith(OTHERS):
            yield name, path


def main() -> int:
    try:
        paths = bundle_all()
    except Wrong as error:
        print(error, file=sys.stderr)
        return 1
    for path in paths:
        print(f"{path.relative_to(ROOT)}  {path.stat().st_size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
