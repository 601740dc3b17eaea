"""What a mail may do: one row, one test."""

import pytest

from tests.desk import provider
from ticket_intake.mail.ses_block import Verdicts
from ticket_intake.mail.shape import Mail
from ticket_intake.mailroom.trust import trust

OURS = provider().known_as.rpartition("@")[2]  # that forwards to the desk
THEIRS = "example.org"


def mail(sender: str = f"ann@{THEIRS}", senders: int = 1, **verdicts: object) -> Mail:
    return Mail(
        "No dial tone", sender, "Ann", "one@x", (), (), (), "Dead.", "Dead.", (), None,
        Verdicts(**verdicts), (), "", senders=(sender,) * senders,  # type: ignore[arg-type]
    )  # fmt: skip


# Every one of them becomes a ticket. Answered: it is acknowledged. Proven: it may add to its
# sender's ticket without the token, and learns of it by mail.
@pytest.mark.parametrize(
    ("dmarc", "policy", "spf", "dkim", "forwarded", "answered", "proven"),
    [
        # the domain has a policy, and the mail meets it
        ("PASS", "reject", "PASS", "PASS", False, True, True),
        ("PASS", None, "PASS", None, False, True, True),
        ("PASS", None, "FAIL", "PASS", False, True, True),
        ("PASS", None, "PASS", "PASS", True, True, True),
        # it does not
        ("FAIL", "reject", "FAIL", "FAIL", False, False, False),
        ("FAIL", "reject", "PASS", "PASS", False, False, False),
        ("FAIL", "quarantine", "FAIL", None, False, False, False),
        ("FAIL", None, "FAIL", None, False, False, False),
        ("FAIL", "none", "FAIL", None, False, True, False),
        ("FAIL", "none", "PASS", "PASS", False, True, False),
        # our own forwarder passed it on, and so broke its SPF
        ("FAIL", "reject", "PASS", "FAIL", True, True, False),
        ("FAIL", None, "PASS", None, True, True, False),
        # the domain has no policy: its own SPF or DKIM proves it, another's does not
        ("NONE", None, "PASS", "NONE", False, True, True),
        ("NONE", None, "FAIL", "PASS", False, True, True),
        ("NONE", None, "PASS", "FAIL", True, True, False),
        ("GRAY", None, "PASS", None, False, True, True),
        ("NONE", None, "FAIL", "FAIL", False, False, False),
        ("NONE", None, "FAIL", None, False, False, False),
        ("NONE", None, "NONE", "NONE", False, True, False),
        ("NONE", None, "SOFTFAIL", None, False, True, False),
        # nothing is told, or what is told says nothing
        (None, None, None, None, False, True, False),
        (None, None, "PASS", None, False, True, True),
        (None, None, "FAIL", None, False, False, False),
        ("PROCESSING_FAILED", None, "PASS", "PASS", False, True, False),
        ("TEMPERROR", None, "FAIL", "FAIL", False, True, False),
    ],
)
def test_f4_the_verdicts_decide_what_a_mail_may_do(
    dmarc: str | None, policy: str | None, spf: str | None, dkim: str | None, forwarded: bool,
    answered: bool, proven: bool,
) -> None:  # fmt: skip
    envelope = OURS if forwarded else THEIRS
    found = trust(
        mail(
            dmarc=dmarc,
            policy=policy,
            spf=spf,
            dkim=dkim,
            from_domain=THEIRS if dmarc else "",
            spf_domain=envelope if spf == "PASS" else "",
            signers=(THEIRS,) if dkim == "PASS" else (),
        ),
        provider(),
    )
    assert (found.answered, found.proven) == (answered, proven)


@pytest.mark.parametrize(
    ("sender", "vouching", "proven"),
    [
        ("ann@example.org", "example.org", True),
        ("ann@EXAMPLE.org", "example.org", True),
        ("ann@mail.example.org", "example.org", True),
        ("ann@example.org", "mail.example.org", False),  # below github.io anybody signs
        ("ann@example.org", "example.net", False),
        ("ann@notexample.org", "example.org", False),
        ("ann@bücher.example", "xn--bcher-kva.example", True),
        ("", "example.org", False),
        ("ann", "example.org", False),
    ],
)
def test_a_signature_vouches_for_its_own_domain_and_below(
    sender: str, vouching: str, proven: bool
) -> None:
    signed = mail(sender, dmarc="NONE", dkim="PASS", signers=(vouching,))
    sent = mail(sender, dmarc="NONE", spf="PASS", spf_domain=vouching)
    assert [trust(one, provider()).proven for one in (signed, sent)] == [proven, proven]


def test_a_pass_for_another_from_than_the_one_we_read_proves_nobody() -> None:
    other = mail(dmarc="PASS", from_domain="example.net", spf="PASS", spf_domain="example.net")
    assert not trust(other, provider()).proven


def test_several_addresses_in_from_prove_nobody() -> None:
    found = trust(mail(senders=2, dmarc="PASS", from_domain=THEIRS), provider())
    assert (found.proven, found.why) == (False, "several addresses in From")
