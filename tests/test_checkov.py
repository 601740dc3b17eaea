"""What checkov finds in the template: nothing but what is so on purpose, each with its reason."""

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from infra.template import ROOT, TEMPLATE

CHECKOV = Path(sys.prefix) / "checkov" / "bin" / "checkov"
QUEUE = "encrypted by SQS's own keys (SqsManagedSseEnabled), which this check does not know"
ON_PURPOSE = {
    "CKV_AWS_7": "each new version of the key costs a dollar a month; it guards what topics hold"
    " for a moment",
    "CKV_AWS_18": "a log of reads names customers' addresses, and nobody would read it",
    "CKV_AWS_21": "what a person asks us to erase must be gone, not an older version of something;"
    " the site is built anew from the notices",
    "CKV_AWS_27": QUEUE,
    "CKV_AWS_68": "8.66 USD a month, nearly what all the rest costs: limits per client are ours,"
    " and each route of the API is throttled",
    "CKV_AWS_86": "a log of visits names customers' addresses, and nobody would read it",
    "CKV_AWS_88": "the measuring host measures the internet from it; nothing is let in but ICMP",
    "CKV_AWS_95": "the functions log what they did; a log of calls names customers' addresses",
    "CKV_AWS_111": "Session Manager's own five rights, which AWS gives no narrower resource",
    "CKV_AWS_115": "a new account has 10 at once in all, of which nothing can be reserved",
    "CKV_AWS_116": "asynchronous calls are those of a clock, and the next minute does the work;"
    " queues and the stream have theirs",
    "CKV_AWS_117": "they reach nothing in a VPC; a NAT gateway costs more than all the rest",
    "CKV_AWS_119": "DynamoDB's own key; one of ours costs a dollar and keeps out nobody"
    " who may read the table",
    "CKV_AWS_149": "AWS's own key, for the same reason",
    "CKV_AWS_158": "encrypted by CloudWatch; it holds no text of customers, and a test sees to it",
    "CKV_AWS_173": "no secret stands there: secrets are read from Secrets Manager",
    "CKV_AWS_174": "with a domain it is TLSv1.2_2021; CloudFront's own name allows no choice",
}

pytestmark = pytest.mark.skipif(not CHECKOV.exists(), reason="checkov is not installed")


def test_what_checkov_finds_is_on_purpose_and_nothing_is_skipped_in_vain() -> None:
    done = subprocess.run(
        [CHECKOV, "--skip-download", "--quiet", "--compact", "--framework", "cloudformation",
         "--output", "json", "--file", TEMPLATE],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )  # fmt: skip
    found = defaultdict(list)
    results = json.loads(done.stdout)["results"]
    for failed in results["failed_checks"]:
        found[failed["check_id"]].append(failed["resource"])
    unknown = {check: found[check] for check in set(found) - set(ON_PURPOSE)}
    assert not unknown
    assert set(found) == set(ON_PURPOSE)
    assert not results.get("skipped_checks")  # none is hidden in the template itself
