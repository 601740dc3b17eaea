"""The house rules: imports run down, doors are thin, nouns are pure, importing does nothing."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = ("netdesk", "ticket_intake", "status_publish", "traceroute", "infra")
DOOR_LINES = 66  # about 60
# Values and rules: no AWS, no clock, no environment, no files.
NOUNS = (
    "status_publish.traffic",
    "ticket_intake.domain.dnssec",
    "ticket_intake.domain.names",
    "ticket_intake.domain.phone",
    "ticket_intake.domain.scripts",
    "ticket_intake.domain.servers",
    "netdesk.draft",
    "netdesk.hours",
    "netdesk.maintenance",
    "netdesk.markdown",
    "netdesk.moments",
    "netdesk.notice",
    "netdesk.number",
    "netdesk.ranges",
    "netdesk.refused",
    "netdesk.states",
    "netdesk.target",
    "netdesk.text",
    "netdesk.ticket",
    "netdesk.facts",
    "netdesk.provider",
    "netdesk.trace",
    "netdesk.words",
    "status_publish.announce",
    "status_publish.bars",
    "status_publish.days",
    "status_publish.heading",
    "status_publish.media",
    "status_publish.snapshot",
    "ticket_intake.mail.machines.feedback",
    "ticket_intake.outbox.letters",
    "ticket_intake.token",
    "traceroute.documents",
    "traceroute.path_text",
    "traceroute.paths",
    "traceroute.picture",
    "traceroute.verdict",
    "traceroute.verdict.case",
    "traceroute.verdict.evidence",
    "traceroute.verdict.judge",
    "traceroute.verdict.losing",
    "traceroute.verdict.name_rows",
    "traceroute.verdict.names",
    "traceroute.verdict.row",
    "traceroute.verdict.served",
    "traceroute.verdict.service_rows",
    "traceroute.verdict.way",
    "traceroute.verdict.way_rows",
)
EXCEPTIONS = {
    "netdesk.cli.main": {"infra"},  # `netdesk up` starts the local stack
    "netdesk.cli.deploy": {"infra"},  # deploys infra's template
    "netdesk.cli.patient": {"infra"},  # examines what infra deployed
    "infra.sample_site": {"status_publish"},  # `make site` renders what the function renders
}
IMPURE = ("boto3", "botocore", "os", "sys", "time", "socket", "subprocess", "pathlib", "secrets")
CLOCK = ("now", "utcnow", "today", "monotonic")


def _sources() -> dict[str, Path]:
    """Every module of ours by the name under which it is imported."""
    found = {}
    for base, top in ((ROOT, "netdesk"), (ROOT, "infra"), (ROOT / "functions", "")):
        for path in (base / top).rglob("*.py"):
            parts = path.relative_to(base).with_suffix("").parts
            found[".".join(part for part in parts if part != "__init__")] = path
    return found


SOURCES = _sources()
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in SOURCES.items()}


def _imports(name: str) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{name} imports relatively"
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return found


def _tops(name: str) -> set[str]:
    return {imported.partition(".")[0] for imported in _imports(name)}


@pytest.mark.parametrize("name", SOURCES)
def test_imports_run_down(name: str) -> None:
    top = name.partition(".")[0]
    foreign = (_tops(name) & set(OURS)) - {top, "netdesk"}
    foreign -= EXCEPTIONS.get(name, set())
    assert not foreign, f"{name} reaches over to {foreign}"


@pytest.mark.parametrize("name", SOURCES)
def test_nobody_imports_the_programs(name: str) -> None:
    for program in ("netdesk.cli", "netdesk.probe"):
        if not name.startswith(program):
            assert not [i for i in _imports(name) if i.startswith(program)]


@pytest.mark.parametrize("name", NOUNS)
def test_nouns_are_pure(name: str) -> None:
    assert not _tops(name) & set(IMPURE)
    calls = [n.func for n in ast.walk(TREES[name]) if isinstance(n, ast.Call)]
    assert not [c for c in calls if isinstance(c, ast.Attribute) and c.attr in CLOCK]
    below = {i for i in _imports(name) if i in SOURCES}
    packages = {"netdesk", "ticket_intake", "ticket_intake.domain", "traceroute"}
    assert below <= {*NOUNS, *packages, *_mail_rooms()}


def _mail_rooms() -> set[str]:
    return {name for name in SOURCES if name.startswith("ticket_intake.mail.")}


DOORS = [name for name in SOURCES if name.endswith("door")]


@pytest.mark.parametrize("name", DOORS)
def test_a_door_is_thin(name: str) -> None:
    assert len(SOURCES[name].read_text().splitlines()) <= DOOR_LINES
    functions = [n for n in TREES[name].body if isinstance(n, ast.FunctionDef)]
    assert "lambda_handler" in [function.name for function in functions]
    assert max(f.end_lineno - f.lineno for f in functions) <= 12


def test_stores_know_nothing_of_http() -> None:
    for name in ("ticket_intake.store", "status_publish.store", "netdesk.trace_store"):
        assert not _imports(name) & {"netdesk.answers", "aws_lambda_powertools"}


def test_clients_are_made_by_doors_and_programs_alone() -> None:
    makers = {name for name in SOURCES if {"boto3", "botocore"} & _tops(name) and _makes(name)}
    assert makers == {
        "netdesk.aws", "netdesk.cli.desk_api", "infra.local.aws", "infra.deploying.on_aws",
    }  # fmt: skip


def _makes(name: str) -> bool:
    names = [n for n in ast.walk(TREES[name]) if isinstance(n, ast.Attribute)]
    of_boto3 = [n for n in names if isinstance(n.value, ast.Name) and n.value.id == "boto3"]
    return bool(of_boto3) or any(n.attr == "create_client" for n in names)


# Counts what our own modules do while they are imported: environment, files, sockets.
WATCH = """
import importlib, os, sys
done = []
def ours():
    frame = sys._getframe(2)
    while frame and frame.f_globals.get("__name__", "").split(".")[0] in ("os", "pathlib"):
        frame = frame.f_back
    return frame and frame.f_globals.get("__name__", "").split(".")[0] in OURS
def watched(self, key, real=os._Environ.__getitem__):
    if ours():
        done.append(f"reads {key}")
    return real(self, key)
def hook(event, arguments):
    if event in ("open", "subprocess.Popen", "socket.connect") and ours():
        done.append(f"{event} {arguments[0]}")
os._Environ.__getitem__ = watched
sys.addaudithook(hook)
importlib.import_module(sys.argv[1])
assert not done, done
"""


@pytest.mark.parametrize("name", DOORS)
def test_importing_a_door_does_nothing(name: str) -> None:
    """No environment, no file, no program, no connection."""
    done = subprocess.run(
        [sys.executable, "-c", f"OURS = {OURS!r}\n{WATCH}", name],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'functions'}"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_files_and_functions_are_small() -> None:
    """250 lines and 40 lines want a reason; there is none so far."""
    long_files = [n for n, p in SOURCES.items() if len(p.read_text().splitlines()) > 250]
    functions = [
        (name, node.name, node.end_lineno - node.lineno + 1)
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert long_files == []
    assert [f for f in functions if f[2] > 40] == []


def test_end_to_end_tests_are_a_black_box() -> None:
    for path in (ROOT / "tests" / "e2e").glob("*.py"):
        tree = ast.parse(path.read_text())
        tops = {
            (n.module or "").partition(".")[0] if isinstance(n, ast.ImportFrom) else a.name
            for n in ast.walk(tree)
            if isinstance(n, ast.Import | ast.ImportFrom)
            for a in n.names
        }
        assert not tops & set(OURS), path


def test_no_provider_fact_outside_the_providers_file() -> None:
    """The name, the domains and the phone number stand in site/provider.toml alone."""
    places = [*SOURCES.values(), *(ROOT / "site" / "templates").rglob("*.*")]
    places += [ROOT / "infra" / "template.yaml", ROOT / "site" / "static" / "page.css"]
    for place in places:
        text = place.read_text(encoding="utf-8").lower()
        assert not [f for f in ("jet.net", "jetnet", "734-0168") if f in text], place


@pytest.mark.parametrize("name", SOURCES)
def test_no_group_is_possessive(name: str) -> None:
    """Python before 3.11.5 matches it wrongly, an atomic group rightly:
    https://github.com/python/cpython/issues/106052
    """
    assert not re.search(r"(?<!\()\)[*+?]\+", SOURCES[name].read_text())
