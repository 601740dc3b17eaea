"""Every rule for mail, with the test that proves it or the reason why it is left out.

The tests stand in this folder; of a file alone, those that are named after the rule.
A: no answer by a machine. B: our own mail. C: rates. D: threads. E: the same mail twice.
F: the sender. G: reading and repair. H: what a person wrote anew.
"""

import ast
import re
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
    (
        "B4",
        "what we send says so",
        "test_letters.py::test_an_acknowledgement_says_that_a_machine_wrote_it",
    ),
    (
        "B5",
        "control headers of strangers",
        "test_mail_rules_signs.py::test_b5_control_headers_of_a_stranger_mean_nothing",
    ),
    ("C1", "windows per ticket and recipient", "test_mail_loops.py"),
    ("C2", "few automatic answers to one customer", "test_mail_loops.py"),
    ("C3", "no automatic mail to a dead address", "test_dead.py"),
    ("C4", "a flood from one sender", "test_mail_floods.py"),
    (
        "C5",
        "a most of open tickets",
        LEFT_OUT + "a household may report much in an outage; C4 holds back who writes too often",
    ),
    ("D1", "a signed id leads to the ticket", "test_mail_belonging.py"),
    ("D2", "References from right to left, In-Reply-To", "test_mail_belonging.py"),
    ("D3", "a marker in the body", "test_mail_belonging.py"),
    ("D4", "the plus address", "test_mail_belonging.py"),
    ("D5", "a number in the subject proves nothing alone", "test_mail_belonging.py"),
    ("D6", "the same thread with another subject", "test_mail_belonging.py"),
    ("D7", "a bounce goes to its ticket", "test_mail_bounced.py"),
    ("D8", "a merged ticket's survivor", LEFT_OUT + "tickets are never merged"),
    ("D9", "reopened, or a new ticket after a set time", "test_mail_belonging.py"),
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
    ("D13", "people who answer all without us", "test_mail_belonging.py"),
    ("E1", "the same Message-ID", "test_mail_once.py"),
    ("E2", "no Message-ID", "test_mail_once.py"),
    ("E3", "the same mail to several of our addresses", "test_mail_once.py"),
    ("E4", "the same delivery again", "test_mail_once.py"),
    (
        "F1",
        "the first field like an address",
        "test_mail_headers.py::test_f1_the_first_field_with_an_address_names_the_sender",
    ),
    (
        "F2",
        "Reply-To is not the sender",
        "test_mail_rules_signs.py::test_f2_answers_may_go_elsewhere_but_the_sender_is_in_from",
    ),
    (
        "F3",
        "a broken From",
        "test_mail_headers.py::test_f3_an_address_is_found_however_broken_its_field",
    ),
    ("F4", "verdicts decide", "test_trust.py::test_f4_the_verdicts_decide_what_a_mail_may_do"),
    (
        "F5",
        "addresses in other scripts",
        "test_mail_headers.py::test_f5_an_international_domain_stays_as_it_came",
    ),
    ("F6", "blocked senders", "test_mail_floods.py"),
    (
        "G1",
        "broken header blocks",
        "test_mail_headers.py::test_g1_a_block_of_fields_is_read_whatever_stands_in_it",
    ),
    (
        "G2",
        "character sets",
        "test_mail_charset.py::test_g2_a_text_is_read_by_what_its_label_means",
    ),
    (
        "G3",
        "transfer encodings",
        "test_mail_transfer.py::test_g3_base64_is_read_in_spite_of_its_faults",
    ),
    (
        "G4",
        "file names",
        "test_mail_attachments.py::test_g4_a_file_name_is_read_however_it_is_written",
    ),
    (
        "G5",
        "several text parts",
        "test_mail_body.py::test_g5_the_readable_parts_are_joined_in_order",
    ),
    (
        "G6",
        "enclosed mail",
        "test_mail_attachments.py::test_g6_an_enclosed_mail_is_kept_and_its_text_is_not_mixed_in",
    ),
    ("G7", "winmail.dat", "test_mail_attachments.py::test_g7_outlooks_own_format_is_kept_closed"),
    (
        "G8",
        "signed and encrypted mail",
        "test_mail_attachments.py::test_g8_a_signed_mail_is_read_and_its_signature_kept",
    ),
    (
        "G9",
        "invitations",
        "test_mail_attachments.py::test_g9_an_invitation_is_kept_and_told_in_one_line",
    ),
    ("G10", "doubled line ends", "test_mail_body.py::test_g10_doubled_newlines_are_halved"),
    (
        "G11",
        "too much of anything",
        "test_mail_hostile.py::test_g11_a_mail_that_is_too_deep_is_read_as_far_as_that_is_sane",
    ),
    ("G12", "too large", LEFT_OUT + "Amazon SES bounces what is over 40 MB before we see it"),
    (
        "G13",
        "nothing is opened",
        "test_mail_attachments.py::test_g11_g13_nothing_that_hangs_on_a_mail_is_opened",
    ),
    (
        "G14",
        "no control characters in decoded values",
        "test_mail_hostile.py::test_g14_no_value_of_a_mangled_mail_carries_a_control_character",
    ),
    (
        "G15",
        "unreadable mail is kept",
        "test_mail_intake.py::test_any_bytes_are_taken_in_and_put_away",
    ),
    (
        "G16",
        "bytes stay bytes",
        "test_mail_charset.py::test_g16_no_bytes_and_no_label_make_it_raise",
    ),
    ("H1", "our separator", "test_mail_reply.py::test_all_below_our_separator_is_ours"),
    (
        "H2",
        "quotes of known programs",
        "test_mail_html_quotes.py::test_what_a_mail_program_marked_goes",
    ),
    ("H3", "never nothing", "test_mail_reply.py::test_a_forwarded_mail_alone_stays"),
    ("H4", "the first mail is whole", "test_mail_belonging.py"),
]


@cache
def functions_of(name: str) -> frozenset[str]:
    tree = ast.parse((HERE / name).read_text("utf-8")) if (HERE / name).is_file() else ast.Module()
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_rule_stands_in_the_table_once() -> None:
    rules = [f"{letter}{n}" for letter, count in COUNTS.items() for n in range(1, count + 1)]
    assert [rule for rule, _, _ in RULES] == rules


@pytest.mark.parametrize(("rule", "text", "proof"), RULES, ids=[row[0] for row in RULES])
def test_a_rule_is_proven_or_left_out_for_a_reason(rule: str, text: str, proof: str) -> None:
    assert text and proof, f"{rule} ({text}) names neither a test nor a reason to leave it out."
    name, _, test = proof.partition("::")
    named = re.compile(test or rf"test_([a-h]\d+_)*{rule.lower()}_.+")
    found = [one for one in functions_of(name) if named.fullmatch(one)]
    assert proof.startswith(LEFT_OUT) or found, f"{rule}: {proof} has no such test."
