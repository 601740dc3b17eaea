"""Every rule for mail, with the test that proves it or the reason why it is left out.

A: no answer by a machine. B: our own mail. C: rates. D: threads. E: the same mail twice.
F: the sender. G: reading and repair. H: what a person wrote anew.
"""

import ast
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent
COUNTS = {"A": 12, "B": 5, "C": 5, "D": 13, "E": 4, "F": 6, "G": 16, "H": 4}
LEFT_OUT = "left out: "

RULES = [
    ("A1", "Auto-Submitted that is not no", "test_mail_rules.py::test_a1_auto_submitted"),
    ("A2", "Precedence of bulk mail", "test_mail_rules.py::test_a2_precedence"),
    ("A3", "X-Auto-Response-Suppress", "test_mail_rules.py::test_a3_auto_response_suppress"),
    ("A4", "mail of lists", "test_mail_rules.py::test_a4_lists"),
    ("A5", "X-Autoreply and its kin", "test_mail_rules.py::test_a5_machines_by_their_own_header"),
    ("A6", "X-Loop", "test_mail_rules.py::test_a6_x_loop"),
    ("A7", "empty Return-Path", "test_mail_rules.py::test_a7_the_empty_return_path"),
    ("A8", "senders that are no person", "test_mail_rules.py::test_a8_roles"),
    ("A9", "reports", "test_mail_rules.py::test_a9_a_report_is_known_by_its_parts"),
    ("A10", "subjects of machines", "test_mail_rules_words.py::test_a10_the_subject_of_a_bounce"),
    ("A11", "out of office", "test_mail_rules_signs.py::test_a11_an_absence_is_known"),
    ("A12", "delays", "test_mail_bounce.py::test_c3_a12_the_status_tells_dead_from_delayed"),
    (
        "B1",
        "our own mail that lost its loop header",
        "test_mail_rules_signs.py::test_b1_our_own_mail_is_known_without_its_loop_header",
    ),
    ("B2", "our loop header", "test_mail_rules.py::test_b2_our_loop_header"),
    ("B3", "our addresses", "test_mail_rules.py::test_b3_our_own_addresses_are_never_answered"),
    ("B4", "what we send says so", ""),
    (
        "B5",
        "control headers of strangers",
        "test_mail_rules_signs.py::test_b5_control_headers_of_a_stranger_mean_nothing",
    ),
    ("C1", "windows per ticket and recipient", ""),
    ("C2", "few automatic answers to one customer", ""),
    ("C3", "no automatic mail to a dead address", ""),
    ("C4", "a flood from one sender", ""),
    ("C5", "a most of open tickets", ""),
    ("D1", "a signed id leads to the ticket", ""),
    ("D2", "References from right to left, In-Reply-To", ""),
    ("D3", "a marker in the body", ""),
    ("D4", "the plus address", ""),
    ("D5", "a number in the subject proves nothing alone", ""),
    ("D6", "the same thread with another subject", ""),
    ("D7", "a bounce goes to its ticket", ""),
    ("D8", "a merged ticket's survivor", LEFT_OUT + "tickets are never merged"),
    ("D9", "reopened, or a new ticket after a set time", ""),
    (
        "D10",
        "a clean subject",
        "test_mail_subject.py::test_d10_marks_and_tags_are_taken_off",
    ),
    ("D11", "internal stays internal", LEFT_OUT + "internal notes never leave by mail"),
    (
        "D12",
        "staff by their own address",
        LEFT_OUT + "staff answer by the command line, which AWS IAM signs",
    ),
    ("D13", "people who answer all without us", ""),
    ("E1", "the same Message-ID", ""),
    ("E2", "no Message-ID", ""),
    ("E3", "the same mail to several of our addresses", ""),
    ("E4", "the same delivery again", ""),
    ("F1", "the first field like an address", ""),
    ("F2", "Reply-To is not the sender", ""),
    ("F3", "a broken From", ""),
    ("F4", "verdicts decide", "test_trust.py::test_f4_the_verdicts_decide_what_a_mail_may_do"),
    ("F5", "addresses in other scripts", ""),
    ("F6", "blocked senders", ""),
    ("G1", "broken header blocks", ""),
    ("G2", "character sets", ""),
    ("G3", "transfer encodings", ""),
    ("G4", "file names", ""),
    ("G5", "several text parts", ""),
    ("G6", "enclosed mail", ""),
    ("G7", "winmail.dat", ""),
    ("G8", "signed and encrypted mail", ""),
    ("G9", "invitations", ""),
    ("G10", "doubled line ends", ""),
    ("G11", "too much of anything", ""),
    ("G12", "too large", LEFT_OUT + "Amazon SES bounces what is over 40 MB before we see it"),
    ("G13", "nothing is opened", ""),
    ("G14", "no control characters in decoded values", ""),
    ("G15", "unreadable mail is kept", ""),
    ("G16", "bytes stay bytes", ""),
    ("H1", "our separator", "test_mail_reply.py::test_all_below_our_separator_is_ours"),
    ("H2", "quotes of known programs", ""),
    ("H3", "never nothing", "test_mail_reply.py::test_a_forwarded_mail_alone_stays"),
    ("H4", "the first mail is whole", ""),
]


@cache
def tests_of(name: str) -> frozenset[str]:
    tree = ast.parse((HERE / name).read_text("utf-8")) if (HERE / name).is_file() else ast.Module()
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_rule_stands_in_the_table_once() -> None:
    rules = [f"{letter}{n}" for letter, count in COUNTS.items() for n in range(1, count + 1)]
    assert [rule for rule, _, _ in RULES] == rules


@pytest.mark.parametrize(("rule", "text", "proof"), RULES, ids=[row[0] for row in RULES])
def test_a_rule_is_proven_or_left_out_for_a_reason(rule: str, text: str, proof: str) -> None:
    assert text and proof, f"{rule} ({text}) names neither a test nor a reason to leave it out."
    name, _, test = proof.partition("::")
    assert proof.startswith(LEFT_OUT) or test in tests_of(name), f"{rule}: {proof} does not exist."
