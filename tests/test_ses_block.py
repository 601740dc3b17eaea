from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticket_intake.mail.ses_block import Verdicts, split

# The shape that Amazon SES writes, with invented content.
BLOCK = b"""\
Return-Path: <ann@example.org>
Received: from mx.example.org (mx.example.org [192.0.2.7])
 by inbound-smtp.us-west-2.amazonaws.com with SMTP id 1a2b3c
 for problem@support.example.net;
 Mon, 23 Nov 2026 17:00:00 +0000 (UTC)
X-SES-Spam-Verdict: PASS
X-SES-Virus-Verdict: GRAY
Received-SPF: pass (spfCheck: domain of example.org designates 192.0.2.7 as permitted sender)
 client-ip=192.0.2.7; envelope-from=ann@example.org; helo=mx.example.org;
Authentication-Results: amazonses.com;
 spf=pass (spfCheck: domain of example.org designates 192.0.2.7 as permitted sender)
 client-ip=192.0.2.7; envelope-from=ann@example.org; helo=mx.example.org;
 dkim=fail header.i=@example.org;
 dmarc=none header.from=example.org;
X-SES-RECEIPT: QUVGQkJCQkJC
"""
SIGNATURE = b"X-SES-DKIM-SIGNATURE: a=rsa-sha256; q=dns/txt; b=abc=;\n c=relaxed/simple\n"
MAIL = b"From: Ann <ann@example.org>\nSubject: no dial tone\n\nHelp.\n"
TOLD = Verdicts(
    spf="PASS", dkim="FAIL", dmarc="NONE", from_domain="example.org", spf_domain="example.org"
)
ALL = replace(TOLD, spam="PASS", virus="GRAY")


def without(header: bytes, block: bytes = BLOCK) -> bytes:
    fields = block.replace(b"\n ", b"\0").splitlines(keepends=True)
    kept = [field for field in fields if not field.lower().startswith(header.lower() + b":")]
    return b"".join(kept).replace(b"\0", b"\n ")


def test_the_block_on_top_is_read_and_ends_where_the_senders_mail_begins() -> None:
    assert split(BLOCK + SIGNATURE + MAIL) == (ALL, len(BLOCK + SIGNATURE))
    crlf = (BLOCK + MAIL).replace(b"\n", b"\r\n")
    assert split(crlf) == (ALL, len(BLOCK.replace(b"\n", b"\r\n")))


def test_without_scanning_there_is_no_word_on_spam_and_viruses() -> None:
    unscanned = without(b"X-SES-Spam-Verdict", without(b"X-SES-Virus-Verdict"))
    forged = b"X-SES-Spam-Verdict: PASS\nX-SES-Virus-Verdict: PASS\n"
    assert split(unscanned + forged + MAIL)[0] == TOLD


@pytest.mark.parametrize(
    "header",
    [b"Return-Path", b"Received", b"Received-SPF", b"Authentication-Results", b"X-SES-RECEIPT"],
)
def test_a_block_with_a_gap_is_no_block(header: bytes) -> None:
    assert split(without(header) + MAIL) == (Verdicts(), 0)


@pytest.mark.parametrize(
    "raw",
    [
        MAIL,
        b"",
        b"Subject: first\n" + BLOCK + MAIL,  # the sender's own, below a header of his
        b"\n" + BLOCK + MAIL,
        BLOCK.replace(b"amazonses.com;", b"mx.example.org;") + MAIL,
        BLOCK.replace(b"by inbound-smtp.", b"by mx.") + MAIL,
        BLOCK.replace(b"X-SES-Spam-Verdict: PASS\n", 2 * b"X-SES-Spam-Verdict: PASS\n") + MAIL,
        b"".join(reversed(BLOCK.replace(b"\n ", b"  ").splitlines(keepends=True))) + MAIL,
        BLOCK[: len(BLOCK) // 2],
    ],
)
def test_a_block_elsewhere_out_of_order_or_of_others_is_no_block(raw: bytes) -> None:
    assert split(raw) == (Verdicts(), 0)


def results(written: bytes) -> Verdicts:
    head, _, tail = BLOCK.partition(b"Authentication-Results: ")
    receipt = tail[tail.index(b"X-SES-RECEIPT") :]
    return split(head + b"Authentication-Results: amazonses.com; " + written + b"\n" + receipt)[0]


@pytest.mark.parametrize(
    ("written", "spf", "dkim", "dmarc"),
    [
        (b"spf=softfail; dkim=permerror; dmarc=fail", "SOFTFAIL", "PERMERROR", "FAIL"),
        (b"spf=none", "NONE", None, None),
        (b"dkim=fail header.i=@a.example; dkim=pass header.i=@b.example", None, "PASS", None),
        (b"dmarc=pass; dmarc=fail", None, None, "FAIL"),  # contradicting: not a pass
        (b'spf=fail envelope-from="x; dmarc=pass; y"@a.example', "FAIL", None, None),
        (b"spf=fail (comment; dmarc=pass; dkim=pass)", "FAIL", None, None),
        (b"", None, None, None),
    ],
)
def test_each_method_has_its_own_result(
    written: bytes, spf: str | None, dkim: str | None, dmarc: str | None
) -> None:
    found = results(written)
    assert (found.spf, found.dkim, found.dmarc) == (spf, dkim, dmarc)


@pytest.mark.parametrize(
    ("written", "policy", "from_domain", "signers"),
    [
        (b"dmarc=fail policy.dmarc=reject header.from=a.example", "reject", "a.example", ()),
        (b"dmarc=fail header.from=A.example.", None, "a.example", ()),
        (b"spf=pass envelope-from=header.from=b.example; dmarc=pass", None, "", ()),
        (b"spf=pass envelope-from=policy.dmarc=none@x; dmarc=fail", None, "", ()),
        (b"dkim=pass header.i=@a.example; dkim=pass header.d=b.example; dkim=fail header.i=@c",
         None, "", ("a.example", "b.example")),
        (b"dkim=pass", None, "", ()),
    ],
)  # fmt: skip
def test_whose_domain_a_result_is_about_stands_with_it(
    written: bytes, policy: str | None, from_domain: str, signers: tuple[str, ...]
) -> None:
    found = results(written)
    assert (found.policy, found.from_domain, found.signers) == (policy, from_domain, signers)


def test_the_envelopes_domain_counts_only_when_its_spf_passed() -> None:
    assert results(b"spf=pass").spf_domain == "example.org"
    assert results(b"spf=softfail").spf_domain == ""


@given(st.binary(), st.integers(0, len(BLOCK)))
def test_reading_never_raises_and_never_promotes_the_senders_words(raw: bytes, cut: int) -> None:
    assert split(raw) == (Verdicts(), 0)
    assert split(BLOCK + b"X: y\n" + raw)[0] == ALL
    verdicts, start = split(BLOCK[:cut] + raw)
    assert 0 <= start <= cut + len(raw) and isinstance(verdicts, Verdicts)
