"""Shows that each function needs its policy: with it emptied, the end-to-end suite fails."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from infra.template import ROOT, TEMPLATE, functions

PARTS = ("netdesk", "functions", "infra", "site", "tests", "requirements", "build")


def main() -> int:
    """Print a table; 0 when the whole template passes and each emptied one fails."""
    text = TEMPLATE.read_text(encoding="utf-8")
    names = sys.argv[1:] or [function.name for function in functions(text)]
    print(f"{'policy emptied':16}  {'suite':6}  first failure")
    whole = _failure(text)
    print(f"{'none':16}  {'fails' if whole else 'passes':6}  {whole}", flush=True)
    without = [_row(name, _failure(emptied(text, name))) for name in names]
    return 0 if not whole and all(without) else 1


def _row(name: str, failure: str) -> str:
    print(f"{name:16}  {'fails' if failure else 'PASSES':6}  {failure}", flush=True)
    return failure


def _failure(template: str) -> str:
    """The first test of the end-to-end suite that fails with this template, if any."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        for part in PARTS:
            shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", tree)
        (tree / "infra" / "template.yaml").write_text(template, encoding="utf-8")
        done = _suite(tree)
    failures = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    if done.returncode and not failures:
        raise RuntimeError(done.stdout + done.stderr)
    return failures[0].split(" - ")[0] if failures else ""


def emptied(text: str, name: str) -> str:
    """The template in which this function's policy grants nothing."""
    start = text.index(f"  {name}:\n")
    policies = text.index("      Policies:\n", start)
    end = text.index("\n\n", policies)
    return text[:policies] + "      Policies: []" + text[end:]


def _suite(tree: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "tests/e2e/test_desk.py",
         "tests/e2e/test_trace.py", "tests/e2e/test_mail.py"],
        cwd=tree,
        env=os.environ | {"PYTHONPATH": f"{tree}{os.pathsep}{tree / 'functions'}"},
        capture_output=True,
        text=True,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
