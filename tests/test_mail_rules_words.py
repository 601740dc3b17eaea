import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticket_intake.mail.machines.notices import is_away, is_bounce, opens_as_a_report
from ticket_intake.mail.machines.rules import is_absence, is_notice, no_answer

BOUNCES = [
    "Undelivered Mail Returned to Sender",
    "Delayed Mail (still being retried)",
    "Postmaster Copy: Undelivered Mail",
    "Successful Mail Delivery Report",
    "Returned mail: see transcript for details",
    "Returned mail: User unknown",
    "Warning: could not send message for past 4 hours",
    "Postmaster notify: see transcript for details",
    "Mail delivery failed",
    "Mail delivery failed: returning message to sender",
    "Mail failure - malformed recipient address",
    "Warning: message 1abcDE-0001ab-2d delayed 24 hours",
    "failure notice",
    "Failure Notice",
    "Failure notice: no dial tone",
    "Delivery Status Notification (Failure)",
    "Delivery Status Notification (Delay)",
    "Delivery status notification: failed",
    "Mail Delivery Status Notification (Delay)",
    "Delivery Notification: Delivery has failed",
    "NOTICE: mail delivery status.",
    "DELIVERY FAILURE: User bob (bob@example.org) not listed",
    "Mail System Error - Returned Mail",
    "Undeliverable Mail",
    'Undeliverable Mail: "no dial tone"',
    "Undeliverable mail, MTA-BLOCKED",
    "Undeliverable message",
    "Message delivery has failed",
    "There was an error sending your mail",
    "Message status - undeliverable",
    "Permanent Delivery Failure: bob@example.org",
    "VIRUS (Eicar-Test) IN MAIL FROM YOU",
    "complaint about message from 192.0.2.7",
    "[EXTERNAL] Undeliverable: no dial tone",
    "***SPAM*** failure notice",
    "Undeliverable: no dial tone",
    "Unzustellbar: keine Leitung",
    "Nicht zustellbar: keine Leitung",
    "Non remis : pas de tonalité",
    "No se puede entregar: sin línea",
    "Non recapitabile: linea muta",
    "Onbestelbaar: geen kiestoon",
    "Não é possível entregar: sem linha",
    "Nie można dostarczyć: brak sygnału",
    "Kan inte levereras: ingen ton",
    "Kan ikke leveres: ingen tone",
    "Ei voi toimittaa: linja",
    "Nelze doručit: linka",
    "\u041d\u0435 удается доставить: нет гудка",
    "Недоставленное сообщение",
    "Teslim edilemedi: hat",
    "配信不能: 電話",
    "無法傳遞: 電話",
    "未传递: 电话",
    "系统退信",
    "배달되지 않음: 전화",
]
ABSENCES = [
    "Automatic reply: no dial tone",
    "Auto-Reply",
    "AutoReply: no dial tone",
    "Auto Response: no dial tone",
    "Out of Office",
    "Out of Office: no dial tone",
    "Out of Office AutoReply: no dial tone",
    "Out of office - Ann Example",
    "I am out of the office until Monday",
    "I'm out of office.",
    "AUTO: Ann Example is out of the office (returning 01/12/2026)",
    "Ann Example is out of the office.",
    "Erika Muster ist außer Haus.",
    "Automatische Antwort: keine Leitung",
    "Abwesenheitsnotiz",
    "Abwesend: keine Leitung",
    "Réponse automatique : pas de tonalité",
    "Absence du bureau : ligne",
    "Respuesta automática: sin línea",
    "Fuera de la oficina: línea",
    "Risposta automatica: linea",
    "Fuori sede",
    "Automatisch antwoord: lijn",
    "Afwezig: lijn",
    "Resposta automática: linha",
    "Odpowiedź automatyczna: linia",
    "Automatyczna odpowiedź: linia",
    "Autosvar: linje",
    "Automatiskt svar: linje",
    "Automatisk svar: linje",
    "Automaattinen vastaus: linja",
    "Automatická odpověď: linka",
    "Автоматический ответ: линия",
    "Автоответ: линия",
    "Otomatik yan\u0131t: hat",
    "自動応答: 電話",
    "自動返信",
    "自动回复: 电话",
    "自动答复\uff1a电话",
    "자동 회신: 전화",
    "부재중",
]
PEOPLES = [
    "Re: Undeliverable: my letter to Bob",
    "AW: Automatische Antwort: Anfrage",
    "Fwd: failure notice",
    "WG: Unzustellbar: Anfrage",
    "Undeliverable mail to my aunt",
    "Returned mail since yesterday",
    "failure notice from your server, what now?",
    "Delivery of the router failed",
    "Delivery failed: nobody rang the bell",
    "Delivery delayed again, where is my router?",
    "My mail comes back as undeliverable: please help",
    "Mail delivery failed since this morning",
    "Mails werden nicht zugestellt",
    "Nicht im Haus: bitte Termin verschieben",
    "Automatic reply does not work",
    "How do I set an automatic reply: I found no menu",
    "Autoresponder: how do I turn it on?",
    "Out of office hours the line is slow",
    "Out of order: my modem",
    "Virus warning from your mail server",
    "Auto: mein Navi ohne Netz",
    "Warning: message light blinks",
    "Returned router",
    "",
]
OPENINGS = [
    "Hi. This is the qmail-send program at mx.example.net.\n",
    "Hi. This is the deliver program at mx.example.net.\n",
    "\nThis is the mail system at host mx.example.net.\n",
    "This message was created automatically by mail delivery software.\n",
    "This is an automatically generated Delivery Status Notification.\n",
    "** Address not found **\n",
    "Delivery to the following recipient failed permanently:\n",
    "Delivery has failed to these recipients or groups:\n",
    "Your message did not reach some or all of the intended recipients.\n",
    "Your message to bob@example.org couldn't be delivered.\n",
    "The original message was received at Sun, 22 Nov 2026 09:00:00 GMT\n",
    "    ******\n    ** THIS IS A WARNING MESSAGE ONLY **\n",
    "Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n",
    "Sorry, we were unable to deliver your message to the following address.\n",
]


@pytest.mark.parametrize("subject", BOUNCES)
def test_a10_the_subject_of_a_bounce(subject: str) -> None:
    assert is_bounce(subject) and not is_away(subject)
    assert no_answer({}, frozenset(), subject) == "A10: its subject is a machine's"
    assert not is_absence({}, subject)


@pytest.mark.parametrize("subject", ABSENCES)
def test_a10_a11_the_subject_of_an_absence(subject: str) -> None:
    assert is_away(subject) and not is_bounce(subject)
    assert no_answer({}, frozenset(), subject) == "A10: its subject is a machine's"
    assert is_absence({}, subject) and not is_notice({}, subject)


@pytest.mark.parametrize("subject", PEOPLES)
def test_a10_people_write_of_these_things_too(subject: str) -> None:
    assert no_answer({}, frozenset(), subject) is None
    assert not is_absence({}, subject) and not is_notice({}, subject)


@pytest.mark.parametrize("text", OPENINGS)
def test_a10_the_first_line_of_a_bounce(text: str) -> None:
    assert no_answer({}, frozenset(), "hello", text) == "A10: its first line is a machine's"


@pytest.mark.parametrize(
    ("subject", "text"),
    [(f"Re: {opening[:9]}", opening) for opening in OPENINGS]
    + [("hello", f"> {opening.strip()}") for opening in OPENINGS[1:5]]
    + [("hello", f"I get this:\n{opening}") for opening in OPENINGS]
    + [("hello", "This is the mail I wrote of."), ("hello", "Your message to me was not clear.")],
)
def test_a10_people_quote_bounces(subject: str, text: str) -> None:
    assert no_answer({}, frozenset(), subject, text) is None


def test_a10_a_filters_answer_names_what_it_answers() -> None:
    answered = {"in-reply-to": ("<1@example.org>",)}
    assert no_answer(answered, frozenset(), "Auto: no dial tone") is not None
    assert is_absence(answered, "Auto: no dial tone")
    assert no_answer({}, frozenset(), "Auto: no dial tone") is None


@given(st.text(), st.text())
def test_no_words_raise(subject: str, text: str) -> None:
    assert is_away(subject) in (True, False) and is_bounce(subject) in (True, False)
    assert opens_as_a_report(text) in (True, False)


UNITS = ["[a]", "*****a***", "a ", "auto: a ", "is out of the office ", "{a}", "virus a ", " "]
UNITS += ["warning: message ", "hi. ", "**", "\n", "this is the ", "来自"]


@pytest.mark.timeout(10)
@pytest.mark.parametrize("unit", UNITS)
def test_hostile_repetition_takes_linear_time(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    assert not is_bounce(text) and not is_away(text) and not opens_as_a_report(text)
