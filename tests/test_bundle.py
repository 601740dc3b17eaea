"""The zips that Lambda runs: complete, lean, and the same bytes from the same source."""

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra import bundle
from infra.template import ROOT, TEMPLATE, Function, functions
from netdesk.toml_table import Wrong

FUNCTIONS = functions(TEMPLATE.read_text(encoding="utf-8"))
MOST_BYTES = 3_000_000


@pytest.fixture(scope="module", autouse=True)
def bundles() -> Iterator[None]:
    bundle.bundle_all()
    yield


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.name)
def test_handler_imports_from_its_bundle_alone(function: Function, tmp_path: Path) -> None:
    """boto3 comes from the runtime, so that and its own needs are all that is lent to it."""
    with zipfile.ZipFile(function.zip_path) as packed:
        packed.extractall(tmp_path / "code")
    lent = tmp_path / "runtime"
    lent.mkdir()
    for package in ("boto3", "botocore", "s3transfer", "urllib3", "dateutil", "six.py"):
        found = next(Path(sys.prefix).glob(f"lib/python*/site-packages/{package}"))
        (lent / package).symlink_to(found)
    module, _, handler = function.handler.rpartition(".")
    code = (
        f"import sys; sys.path[:0] = [{str(tmp_path / 'code')!r}]; sys.path.append({str(lent)!r});"
        f"import {module} as m; assert callable(m.{handler});"
        "import netdesk.pages as p; assert (p.SITE / 'provider.toml').exists()"
    )
    # -I and -S: nothing of this environment is on the path.
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.name)
def test_bundle_is_lean(function: Function) -> None:
    assert function.zip_path.stat().st_size < MOST_BYTES
    with zipfile.ZipFile(function.zip_path) as packed:
        tops = {name.partition("/")[0] for name in packed.namelist()}
    assert not tops & {"boto3", "botocore", "ministack", "tests", "infra", "bin"}
    assert {"netdesk", function.package, "site"} <= tops
    assert not tops & ({"ticket_intake", "status_publish", "traceroute"} - {function.package})


def test_same_source_gives_the_same_bytes() -> None:
    first = {f.name: f.zip_path.read_bytes() for f in FUNCTIONS}
    for path in (ROOT / "netdesk").rglob("*.py"):
        path.touch()
    bundle.bundle_all()
    assert {f.name: f.zip_path.read_bytes() for f in FUNCTIONS} == first


def test_wrong_provider_stops_bundling_by_name(tmp_path: Path) -> None:
    text = (ROOT / "site" / "provider.toml").read_text()
    (tmp_path / "provider.toml").write_text(text.replace('opens = "08:00"', 'opens = "8am"'))
    with pytest.raises(Wrong, match=r"provider\.toml: hours\.opens must be a time"):
        bundle.bundle_all(tmp_path)
