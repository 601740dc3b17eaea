"""Every line of the list of what keeps netdesk safe, with the tests that hold it, or the reason
why it touches nothing that there is.

S1 to S18 are the checklist; F1 to F4 were found by running. The tests stand in this folder.
"""

import ast
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent
NOT_HERE = "not here: "

LINES: list[tuple[str, str, list[str]]] = [
    (
        "S1",
        "the form works without script; suspects are held, never dropped; once is once",
        [
            "e2e/test_browser.py::test_report_a_problem_and_follow_it",
            "e2e/test_desk.py::test_form_without_script_gives_number_promise_and_link",
            "test_suspicion.py",
            "test_web_form.py::test_a_suspect_is_told_the_same_but_waits_for_staff",
            "test_web_form.py::test_a_token_is_fetched_and_no_token_is_no_reason",
            "test_desk.py::test_the_same_words_within_ten_minutes_are_one_ticket_with_one_mail",
            "test_desk.py::test_a_key_opens_nobody_elses_ticket",
        ],
    ),
    (
        "S2",
        "limits per network, per address and for all; emergencies have larger ones",
        [
            "test_web_door.py::test_too_many_from_one_network_wait_and_lose_nothing",
            "test_web_door.py::test_each_limit_holds_and_emergencies_have_their_own",
            "test_web_door.py::test_an_ipv6_network_counts_as_one",
            "test_web_form.py::test_a_flood_on_one_ticket_waits_with_its_words",
            "test_form_client.py::test_what_a_full_network_sends_counts_for_nobody_else",
            "test_form_client.py::test_who_gives_a_phone_alone_is_one_person_not_all_of_them",
            "test_limits.py",
        ],
    ),
    (
        "S3",
        "few acknowledgements, and no loop of mail",
        [
            "test_outbox.py::test_the_fourth_acknowledgement_within_an_hour_is_withheld_but_the_ticket_is_there",
            "test_outbox.py::test_the_eleventh_within_a_day_is_withheld",
            "test_mail_loops.py::test_b2_b4_two_netdesks_writing_to_each_other_stop_at_once",
            "test_trust.py::test_f4_the_verdicts_decide_what_a_mail_may_do",
        ],
    ),
    (
        "S4",
        "no control character in a header of ours",
        [
            "test_letters.py::test_no_text_adds_a_header_or_a_control_character",
            "test_form_attack.py::test_no_text_adds_a_header_or_an_address_to_a_mail",
        ],
    ),
    (
        "S5",
        "HTML mail is never rendered",
        [
            "test_mail_html.py::test_html_becomes_the_text_that_it_shows",
            "test_form_attack.py::test_every_text_is_only_a_text_on_every_page",
        ],
    ),
    (
        "S6",
        "files: what a scan passed, known by content, few and small, always a download",
        [
            "test_uploads.py::test_what_is_neither_picture_nor_pdf_nor_text_is_refused",
            "test_uploads.py::test_files_up_to_the_limits_are_taken_and_no_more",
            "test_web_door.py::test_files_are_kept_by_digest_and_staff_see_cleaned_names",
            "test_form_client.py::test_the_name_of_a_file_is_only_a_name",
            "test_form_tricks.py::test_no_path_leads_to_a_file_that_is_not_the_tickets",
            "e2e/test_mail.py::test_the_customer_fetches_a_file_that_a_scan_let_pass",
        ],
    ),
    (
        "S7",
        "the ticket's link: 128 bits, hashed, at once a cookie; unknown and wrong are one",
        [
            "test_token.py::test_a_link_key_has_128_bits_and_is_its_own",
            "test_desk.py::test_the_key_is_stored_only_as_its_hash",
            "test_web_door.py::test_the_key_in_the_address_moves_into_a_cookie_at_once",
            "test_web_door.py::test_a_wrong_key_and_an_unknown_number_are_one_answer",
            "test_web_door.py::test_reading_changes_nothing",
            "test_form_client.py::test_an_unknown_number_and_a_wrong_key_make_the_same_calls",
            "test_form_tricks.py::test_only_a_cookie_of_exactly_our_name_is_ours",
            "test_form_tricks.py::test_another_sites_form_has_no_key",
            "test_form_tricks.py::test_nothing_but_a_post_changes_anything",
        ],
    ),
    ("S8", "cells of CSV", [NOT_HERE + "nothing is written as CSV: staff get JSON and tables"]),
    (
        "S9",
        "no text steers a terminal",
        [
            "test_cli.py::test_no_command_lets_a_stranger_steer_the_terminal",
            "test_form_attack.py::test_no_text_steers_the_terminal_of_staff",
            "test_text.py::test_safe_text_steers_nothing",
        ],
    ),
    (
        "S10",
        "no private word in a log",
        [
            "test_form_logs.py::test_a_ticket_and_all_that_follows_it_leave_no_word",
            "test_form_logs.py::test_a_fault_is_logged_without_a_word",
            "test_form_logs.py::test_a_mail_that_is_not_sent_is_logged_without_a_word",
            "test_form_logs.py::test_a_mail_that_comes_in_is_logged_without_a_word",
        ],
    ),
    (
        "S11",
        "headers and policy of every page",
        [
            "test_pages.py::test_every_page_stands_alone_and_may_run_nothing",
            "test_pages.py::test_a_form_may_run_its_own_script_and_ask_us_alone",
            "test_template.py::test_both_header_policies_say_the_same_but_who_may_read",
            "test_site_policies.py",
            "e2e/test_browser.py::test_page_fits_a_phone_and_keeps_its_policy",
        ],
    ),
    (
        "S12",
        "buckets are closed",
        [
            "test_template.py::test_every_bucket_is_closed_and_encrypted",
            "test_checkov.py",
        ],
    ),
    (
        "S13",
        "no function may more than it does",
        [
            "test_template.py::test_function_has_its_own_small_role",
            "test_template.py::test_star_resources_are_the_emulators_alone",
            "test_iam.py::test_what_it_asks_for_is_granted",
            "test_iam.py::test_what_is_granted_it_asks_for",
            "test_iam.py::test_no_pattern_is_wider_than_what_it_asks_for",
            "test_iam.py::test_each_star_has_its_reason",
            "test_mail_planted.py::test_a_planted_fault_shows_when_a_call_fails",
        ],
    ),
    (
        "S14",
        "nobody traces into a network of ours",
        [
            "test_target.py::test_a_hostile_target_is_refused_with_a_sentence",
            "test_target.py::test_no_spelling_lets_a_refused_address_pass",
            "test_trace_door.py::test_many_orders_of_one_client_wait",
            "lab/test_engine.py::test_no_privilege_is_needed",
            "test_probe_host.py",
            "lab/test_wall.py",
        ],
    ),
    (
        "S15",
        "a fault is one sentence and a number",
        [
            "test_web_door.py::test_a_fault_is_one_sentence_with_a_number_and_no_word_of_the_cause",
            "test_form_logs.py::test_a_fault_is_logged_without_a_word",
            "test_form_tricks.py::test_any_bytes_are_a_ticket_or_a_sentence",
        ],
    ),
    (
        "S16",
        "what we build on is pinned by hash",
        [
            "test_supply.py::test_every_package_is_pinned_by_its_hash",
            "test_supply.py::test_actions_are_pinned_by_their_commit",
            "test_supply.py::test_nothing_in_the_tree_is_a_secret",
        ],
    ),
    (
        "S17",
        "check and act are one",
        [
            "test_ticket_store.py::test_of_two_changes_to_the_same_version_the_second_is_a_conflict",
            "test_desk.py::test_two_of_the_same_at_the_same_moment_are_one_ticket",
            "test_mail_faults.py::test_any_two_faults",
            "test_mail_interleavings.py::test_one_interrupts_the_other_anywhere",
        ],
    ),
    ("S18", "voice", [NOT_HERE + "no call is taken by a program yet"]),
    (
        "F1",
        "headers through encoded words",
        [
            "test_letters.py::test_an_id_that_hides_a_header_is_left_out",
            "test_form_attack.py::test_no_text_adds_a_header_or_an_address_to_a_mail",
            "test_mail_hostile.py::test_g14_what_is_smuggled_into_a_field_stays_in_it",
        ],
    ),
    (
        "F2",
        "terminals: C1 and directions too",
        ["test_text.py::test_safe_text_holds_no_control_no_direction_and_can_be_encoded"],
    ),
    ("F3", "pip-audit is green offline", [NOT_HERE + "nobody counts on it: no test runs it"]),
    (
        "F4",
        "names of files lead nowhere",
        [
            "test_uploads.py::test_a_name_is_only_a_name_and_says_what_the_file_is",
            "test_cli.py::test_any_file_name_becomes_one_that_is_safe_in_any_shell",
        ],
    ),
]  # fmt: skip


@cache
def functions_of(name: str) -> frozenset[str]:
    tree = ast.parse((HERE / name).read_text("utf-8"))
    found = (node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return frozenset(name for name in found if name.startswith("test_"))


def test_every_line_stands_in_the_table_once() -> None:
    names = [*(f"S{n}" for n in range(1, 19)), *(f"F{n}" for n in range(1, 5))]
    assert [name for name, _, _ in LINES] == names


@pytest.mark.parametrize(("name", "text", "proofs"), LINES, ids=[line[0] for line in LINES])
def test_a_line_is_held_by_tests_that_there_are(name: str, text: str, proofs: list[str]) -> None:
    assert text and proofs, f"{name} names neither a test nor a reason."
    for proof in (one for one in proofs if not one.startswith(NOT_HERE)):
        file, _, test = proof.partition("::")
        assert not test or test in functions_of(file), f"{name}: there is no {proof}."
        assert functions_of(file), f"{name}: {file} holds no test."
