"""infra/probe/install.sh, on this machine's own files in a mount namespace of the test."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from infra import bundle

# What needs a running systemd is written down, and the user is made as systemd-sysusers makes it.
STANDS_IN = {
    "systemctl": 'echo "systemctl $*"',
    "sysctl": 'echo "sysctl $*"',
    "systemd-sysusers": "echo netdesk-probe:x:990:990::/:/usr/sbin/nologin >> /etc/passwd",
}
INSTALL = """
set -eu
cp -a /etc "$1/etc" && mount --bind "$1/etc" /etc
mount -t tmpfs tmpfs /opt
PATH="$1/bin:$PATH"
sh "$1/probe/install.sh" "$2" 2>&1 || true
install -d -m 700 /etc/netdesk
cp "$1/probe/probe.env.example" /etc/netdesk/probe.env
sh "$1/probe/install.sh" "$2"
sh "$1/probe/install.sh" "$2"
cd /
/opt/netdesk/venv/bin/python -I -m netdesk.probe.main --version
/opt/netdesk/venv/bin/python -I /opt/netdesk/wall.py | grep -c 'skuid 990'
/opt/netdesk/venv/bin/python -I -c 'import boto3; boto3.client("sqs", "eu-west-1"); print("aws")'
stat -c '%a %n' /etc/netdesk/probe.env
ls /etc/systemd/system/netdesk-probe.service /opt/netdesk
"""


def _may_mount() -> bool:
    unshare = shutil.which("unshare")
    return (
        bool(unshare) and not subprocess.run([unshare, "--mount", "true"], check=False).returncode
    )


pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="the probe needs Linux"),
    pytest.mark.skipif(
        sys.platform == "linux" and (os.geteuid() != 0 or not _may_mount()),
        reason="no mount namespace can be made here: install.sh is not tried",
    ),
]


def test_it_installs_itself_twice_and_says_what_is_missing(tmp_path: Path) -> None:
    with zipfile.ZipFile(bundle.probe(bundle.libraries("probe"))) as packed:
        packed.extractall(tmp_path / "probe")
    for name, does in STANDS_IN.items():
        stand_in = tmp_path / "bin" / name
        stand_in.parent.mkdir(exist_ok=True)
        stand_in.write_text(f"#!/bin/sh\n{does}\n")
        stand_in.chmod(0o755)
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", INSTALL, "sh", str(tmp_path), sys.executable],
        capture_output=True,
        text=True,
    )
    said = done.stdout
    assert done.returncode == 0, said + done.stderr
    assert said.startswith("/etc/netdesk/probe.env is missing: copy probe.env.example there")
    assert said.count("systemctl restart netdesk-probe\nThe measuring host runs") == 2
    tail = said.rpartition("says.\n")[2].split()
    assert tail[1:] == [
        "1", "aws", "600", "/etc/netdesk/probe.env", "/etc/systemd/system/netdesk-probe.service",
        "/opt/netdesk:", "probe.md", "venv", "wall.py",
    ]  # fmt: skip


def test_the_zip_holds_what_a_probe_runs_and_no_more() -> None:
    with zipfile.ZipFile(bundle.probe(bundle.libraries("probe"))) as packed:
        names = set(packed.namelist())
    assert {"install.sh", "wall.py", "probe.md", "netdesk-probe.service"} <= names
    assert {"lib/netdesk/probe/agent.py", "lib/boto3/__init__.py"} <= names
    data = {name.split("/")[3] for name in names if name.startswith("lib/botocore/data/")}
    assert {name for name in data if "." not in name} == set(bundle.SERVICES)
    assert not [name for name in names if name.startswith("lib/netdesk/cli/")]
