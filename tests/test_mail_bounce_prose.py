import pytest

from ticket_intake.mail.machines.bounce import read
from ticket_intake.mail.structure.parts import opened

HEAD = """\
Return-Path: <>
From: {sender}
To: problem@support.example.net
Subject: {subject}

"""
COPY = """\
Return-Path: <problem@support.example.net>
From: Desk <problem@support.example.net>
Reply-To: <problem+TOKEN1@support.example.net>
Message-ID: <sent@ses.example>
References: <TOKEN1@support.example.net>

eve@example.org: 550 5.1.1 is what she told me.
"""
DAEMON = "MAILER-DAEMON@mx.example.net"

QMAIL = """\
Hi. This is the qmail-send program at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<bob@Example.org>:
192.0.2.7 does not like recipient.
Remote host said: 550 5.1.1 <bob@example.org>: unknown
Giving up on 192.0.2.7.

--- Below this line is a copy of the message.

"""
EXIM = """\
This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  bob@example.org
    host mx.example.org [192.0.2.7]: 552 5.2.2 over quota

------ This is a copy of the message, including all the headers. ------

"""
EXIM_WAITS = """\
This message was created automatically by mail delivery software.
A message that you sent has not yet been delivered to one or more of its
recipients after more than 24 hours on the queue on mx.example.net.

The address to which the message has not yet been delivered is:

  bob@example.org
    Delay reason: connection refused

No action is required on your part. Delivery attempts will continue.
"""
POSTFIX = """\
This is the mail system at host mx.example.net.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

For further assistance, please send mail to postmaster.

<bob@example.org>: host mx.example.org[192.0.2.7] said: 550 5.1.1
    <bob@example.org>: Recipient address rejected: User unknown

----- Original message -----
"""
SENDMAIL = """\
The original message was received at Sun, 22 Nov 2026 09:00:00 GMT

   ----- The following addresses had permanent fatal errors -----
<bob@example.org>

   ----- Transcript of session follows -----
550 5.1.2 <bob@example.org>... Host unknown (Name server: example.org: host not found)

   ----- Original message follows -----

"""
EXCHANGE = """\
Your message did not reach some or all of the intended recipients.

      Subject:  [#K7Q2-9WXA] No dial tone
      Sent:     11/22/2026 9:00 AM

The following recipient(s) could not be reached:

      'bob@example.org' on 11/22/2026 9:01 AM
            The e-mail account does not exist at the organization.
            <mx.example.net #550 5.1.1 User unknown>
"""
GMAIL = """\
** Address not found **

Your message wasn't delivered to bob@example.org because the address couldn't be found.

----- Original message -----

"""
NO_REASON = "Delivery to the following recipients failed.\n\n       bob@example.org\n\n"

ROWS = [
    ("permanent", DAEMON, "failure notice", QMAIL),
    ("permanent", "nobody@mx.example.net", "failure notice", QMAIL),
    ("permanent", "nobody@mx.example.net", "hello", QMAIL),
    ("failed", DAEMON, "Mail delivery failed: returning message to sender", EXIM),
    ("delayed", DAEMON, "Warning: message 1abc-2d delayed 24 hours", EXIM_WAITS),
    ("permanent", "MAILER-DAEMON (Mail Delivery System)", "hello", POSTFIX),
    ("permanent", DAEMON, "Returned mail: Host unknown", SENDMAIL),
    ("permanent", "System Administrator <postmaster@b.example>", "Undeliverable: x", EXCHANGE),
    ("permanent", "Mail Delivery Subsystem <mailer-daemon@b.example>", "hello", GMAIL),
    ("failed", "Postmaster <postmaster@b.example>", "hello", NO_REASON),
    ("delayed", DAEMON, "Warning: could not send message for past 4 hours", NO_REASON),
]
IDS = ["qmail", "no-daemon", "text-alone", "exim", "exim-waits", "postfix", "sendmail"]
IDS += ["exchange", "gmail", "bare", "waits"]


@pytest.mark.parametrize(("kind", "sender", "subject", "text"), ROWS, ids=IDS)
def test_d7_a_report_for_people_is_read(kind: str, sender: str, subject: str, text: str) -> None:
    raw = HEAD.format(sender=sender, subject=subject) + text + COPY
    found = read(opened(raw.encode()))
    assert found and (found.kind, found.addresses) == (kind, ("bob@example.org",))
    assert found.ids == ("sent@ses.example", "TOKEN1@support.example.net")
    assert found.tokens == ("TOKEN1",)


def test_d7_the_text_may_be_html_and_its_copy_quoted() -> None:
    lines = "<br>".join(f"&gt; {line}".replace("<", "&lt;") for line in COPY.splitlines())
    html = f"<p>Your message to &lt;bob@example.org&gt; couldn't be delivered.<p>{lines}"
    head = HEAD.format(sender=DAEMON, subject="Undeliverable: x")
    found = read(
        opened(head.replace("\n\n", "\nContent-Type: text/html\n\n").encode() + html.encode())
    )
    assert found and found.addresses == ("bob@example.org",) and found.tokens == ("TOKEN1",)
    assert found.ids == ("sent@ses.example", "TOKEN1@support.example.net")


def test_x_failed_recipients_names_who_was_not_reached() -> None:
    head = HEAD.format(sender=DAEMON, subject="hello").replace(
        "Subject", "X-Failed-Recipients: bob@example.org, <ann@B.example>\nSubject"
    )
    found = read(opened((head + "See eve@example.org: 550 5.1.1 unknown").encode()))
    assert found and found.kind == "permanent"
    assert found.addresses == ("bob@example.org", "ann@b.example")


def test_our_own_address_and_the_reports_own_id_are_not_meant() -> None:
    text = "Message-ID: <report@mx.example.net>\nTo: Problem+T@support.example.net\n" + EXIM
    raw = HEAD.format(sender=DAEMON, subject="hello") + text + COPY
    found = read(opened(raw.encode()))
    assert found and found.addresses == ("bob@example.org",)
    assert found.ids[0] == "sent@ses.example"


def test_each_address_has_its_own_reason() -> None:
    text = QMAIL.replace("--- Below", "<ann@example.org>:\nmailbox full (#5.2.2)\n\n--- Below")
    found = read(opened((HEAD.format(sender=DAEMON, subject="failure notice") + text).encode()))
    assert found and (found.kind, found.addresses) == ("permanent", ("bob@example.org",))


def test_a_report_without_any_address_is_one_all_the_same() -> None:
    found = read(opened((HEAD.format(sender=DAEMON, subject="hello") + "Sorry.\n").encode()))
    assert found and (found.kind, found.addresses) == ("failed", ())


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("550 Unknown user", "permanent"),
        ("User unknown", "permanent"),
        ("Sorry, no mailbox here by that name.", "permanent"),
        ("Unrouteable address", "permanent"),
        ("550 mailbox is full", "failed"),
        ("550 relaying denied", "failed"),
        ("552 too large", "failed"),
        ("server of 10.5.1.1 runs 4.92.3", "failed"),
        ("451 4.7.1 greylisted", "delayed"),
        ("452 come back", "delayed"),
    ],
)
def test_c3_a_reason_in_words(said: str, kind: str) -> None:
    raw = HEAD.format(sender=DAEMON, subject="hello") + f"<bob@example.org>: {said}\n"
    found = read(opened(raw.encode()))
    assert found and found.kind == kind
