"""What we build on is pinned, and no secret stands in the tree."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from infra.template import ROOT

LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
# A package of PyPI, or one of npm with the digest that its registry tells.
PINNED = r"\S+==\S+ .*--hash=sha256:[0-9a-f]{64}|[a-z.-]+ [\d.]+ sha512-\S{88}$"
LEFT_OUT = r"(^|/)(\.git|\.venv|build)/|requirements/.*\.txt$|\.hypothesis"
# What reads like a secret and is none: how many in which file, and what they are.
NONE = {
    "infra/template.yaml": (2, "the words of Secrets Manager"),
    "netdesk/number.py": (1, "an alphabet"),
    "tests/aws_events.py": (6, "sample events of AWS"),
    "tests/cloudfront.py": (1, "the id of a sample request"),
    "tests/e2e/stack.py": (1, "a key that must not be used"),
    "tests/releases/before.yaml": (2, "the words of Secrets Manager"),
    "tests/test_batch_contracts.py": (1, "names of mails"),
    "tests/test_form_attack.py": (1, "a key that is guessed"),
    "tests/test_form_tricks.py": (1, "a digest that is guessed"),
    "tests/test_mail_parts.py": (1, "a mail in base64"),
    "tests/test_number.py": (1, "an alphabet"),
    "tests/test_target.py": (1, "an address with a name and a word in it, to be refused"),
    "tests/test_token.py": (1, "a digest"),
    "tests/test_web_door.py": (2, "what is guessed"),
    "tests/traced.py": (1, "the id of a sample trace"),
}


def test_nothing_in_the_tree_is_a_secret() -> None:
    listed = ["git", "ls-files", "-co", "--exclude-standard", "-z"]
    files = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    scan = [sys.executable, "-m", "detect_secrets", "scan", "--no-verify"]
    done = subprocess.run(
        [*scan, "--exclude-files", LEFT_OUT, *files.rstrip("\0").split("\0")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found = {name: len(hits) for name, hits in json.loads(done.stdout)["results"].items()}
    assert found == {name: count for name, (count, _) in NONE.items()}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_every_package_is_pinned_by_its_hash(lock: Path) -> None:
    """The locks are the bill of materials, too: each line a package, its version, its hashes."""
    text = lock.read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert lines
    for line in lines:
        assert re.match(PINNED, line), line
    assert "://" not in re.sub(r"(?m)^#.*$", "", text)  # whence it came stands in none


def test_actions_are_pinned_by_their_commit() -> None:
    for workflow in (ROOT / ".github" / "workflows").glob("*.yml"):
        used = re.findall(r"uses: (\S+)", workflow.read_text("utf-8"))
        assert used
        assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action) for action in used), used
