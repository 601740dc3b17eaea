"""Functions as Lambda runs them: an unpacked bundle under AWS's own client, in the names it gives.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
"""

import shutil
import subprocess
import sys
import zipfile
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from infra import bundle
from infra.template import ROOT, TEMPLATE, Function, functions
from tests.desk import REGION, Cloud, common, template
from tests.runtime_api import Process, started

FUNCTIONS = {f.name: f for f in functions(TEMPLATE.read_text(encoding="utf-8"))}
CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
GUARD = ROOT / "tests" / "guard"
# What the managed runtime brings along: boto3 with its own needs, and the client.
BOTO3 = ("boto3", "botocore", "s3transfer", "urllib3", "dateutil", "six.py", "jmespath")
CLIENT = ("awslambdaric", "simplejson", "runtime_client*.so")


@dataclass(frozen=True)
class Python:
    """An interpreter with nothing installed, and the folder of what the runtime lends."""

    program: Path
    lent: Path


def python(folder: Path, program: str = sys.executable, client: Path | None = None) -> Python:
    """This interpreter or another one; then `client` is where its awslambdaric lies."""
    ours = next(Path(sys.prefix).glob("lib/python*/site-packages"))
    made = Python(folder / "python" / "bin" / "python", folder / "runtime")
    subprocess.run([program, "-m", "venv", "--without-pip", folder / "python"], check=True)
    made.lent.mkdir()
    for place, names in ((ours, BOTO3), (client or ours, CLIENT)):
        for found in (path for name in names for path in place.glob(name)):
            _lend(found, made.lent / found.name)
    compiled(made, made.lent)
    return made


def program(version: str) -> str:
    """A Python of this version on this machine, or nothing."""
    found = [f"python{version}", *Path.home().glob(f".pyenv/versions/{version}*/bin/python")]
    return next((one for one in map(str, found) if shutil.which(one) and _runs(one)), "")


def _runs(program: str) -> bool:
    """pyenv has a shim of each name, which fails for what is not chosen."""
    return not subprocess.run([program, "-V"], capture_output=True).returncode


def _lend(found: Path, lent: Path) -> None:
    """As a copy, to be compiled; the descriptions of AWS's services are 27 MB, and stay."""
    if found.is_file():
        lent.symlink_to(found)
        return
    shutil.copytree(found, lent, ignore=shutil.ignore_patterns("__pycache__", "data"))
    if (found / "data").exists():
        (lent / "data").symlink_to(found / "data")


def compiled(by: Python, folder: Path) -> None:
    subprocess.run([by.program, "-m", "compileall", "-q", folder], check=True)


@dataclass(frozen=True)
class Lambda:
    """The template's functions in an account whose AWS is at `endpoint`."""

    cloud: Cloud
    endpoint: str
    python: Python
    folder: Path

    def start(self, name: str, **more: str) -> AbstractContextManager[Process]:
        """A fresh process of a function, as a cold start makes it."""
        code = self.unpacked(name)
        names = environment(FUNCTIONS[name], self.python, code)
        names |= self.cloud.environment(name) | {"AWS_ENDPOINT_URL": self.endpoint} | more
        command = [str(self.python.program), "-m", "awslambdaric", FUNCTIONS[name].handler]
        return started(command, code, names, self.folder / f"{name}-{uuid4().hex}.log")

    def unpacked(self, name: str) -> Path:
        """Its code, from a zip of our own: build/ may be in other hands. It is its package's."""
        package = FUNCTIONS[name].package
        code, packed = self.folder / package, self.folder / f"{package}.zip"
        if not code.exists():
            ours = replace(FUNCTIONS[name], code_uri=str(packed))
            with zipfile.ZipFile(bundle.bundle(ours, ROOT / "site", bundle.libraries())) as files:
                files.extractall(code)
        return code


def environment(function: Function, python: Python, code: Path) -> dict[str, str]:
    """https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html"""
    given = common() | template()["Resources"][function.name]["Properties"]
    return {
        "_HANDLER": function.handler,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{given['Runtime']}",
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(given["MemorySize"]),
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/netdesk/netdesk",
        "AWS_LAMBDA_LOG_STREAM_NAME": f"2026/11/24/{function.name}[$LATEST]0123456789abcdef",
        **dict.fromkeys(CREDENTIALS, "testing"),
        "LAMBDA_TASK_ROOT": str(code),
        "LAMBDA_RUNTIME_DIR": str(python.lent),
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "PATH": "/usr/local/bin:/usr/bin:/bin:/opt/bin",
        "PYTHONPATH": f"{code}:{python.lent}:{GUARD}",
        "PYTHONDONTWRITEBYTECODE": "1",  # the code's folder is read-only on Lambda
    }
