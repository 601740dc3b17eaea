"""Mails that somebody passed on: who wrote the original, and what it said."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

# ruff: noqa: RUF001 (letters of other alphabets look like Latin ones)
from ticket_intake.mail.forwarded import read
from ticket_intake.mail.shape import Forwarded

ANN = Forwarded("Ann Doe", "ann@x.example", "Line", "It is dead.\n\nAnn", "Please help her.")
BODY = "It is dead.\n\nAnn"
BLOCK = (
    "From: Ann Doe <ann@x.example>\nDate: Mon, 23 Nov 2026 09:15\nSubject: Line\nTo: <b@y.example>"
)


def quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


ANNOUNCED = [
    "---------- Forwarded message ---------",
    "-------- Forwarded Message --------",
    "------- Forwarded Message -------",
    "Begin forwarded message:\n",
    "-----Original Message-----",
    "________________________________",
    "",
    "-------- Weitergeleitete Nachricht --------",
    "Anfang der weitergeleiteten Nachricht:\n",
    "-------- Message transféré --------",
    "Début du message transféré\xa0:\n",
    "---------- Mensaje reenviado ---------",
    "Inicio del mensaje reenviado:\n",
    "-------- Messaggio Inoltrato --------",
    "Inizio messaggio inoltrato:\n",
    "-------- Doorgestuurd bericht --------",
    "Begin doorgestuurd bericht:\n",
    "---------- Mensagem encaminhada ---------",
    "-------- Przekazana wiadomość --------",
    "Początek przekazywanej wiadomości:\n",
    "Vidarebefordrat brev:\n",
    "Start på videresendt besked:\n",
    "-------- Välitetty viesti --------",
    "-------- Přeposlaná zpráva --------",
    "-------- Перенаправленное сообщение --------",
    "Начало переадресованного сообщения:\n",
    "---------- 転送メッセージ ----------",
    "---------- 转发的邮件 ---------",
    "---------- 전달된 메일 ----------",
]


@pytest.mark.parametrize("line", ANNOUNCED)
def test_the_original_is_read_below_any_announcement(line: str) -> None:
    whole = f"{line}\n{BLOCK}\n\n{BODY}"
    assert read(f"Please help her.\n\n{whole}") == ANN
    assert read(f"Please help her.\n\n{quoted(whole)}") == ANN
    assert (
        read(f"Please help her.\n\n{line}\n\n{quoted(f'{BLOCK}{chr(10)}{chr(10)}{BODY}')}") == ANN
    )


@pytest.mark.parametrize(
    "block",
    [
        "Von: Ann Doe <ann@x.example>\nGesendet: Montag, 23. November 2026\nAn: B\nBetreff: Line",
        "Gesendet: Montag um 09:15 Uhr\nVon: Ann Doe <ann@x.example>\nAn: B\nBetreff: Line",
        "De : Ann Doe <ann@x.example>\nEnvoyé : lundi\nÀ : B\nObjet : Line",
        "De: Ann Doe <ann@x.example>\nEnviado: lunes\nPara: B\nAsunto: Line",
        "Da: Ann Doe <ann@x.example>\nInviato: lunedì\nA: B\nOggetto: Line",
        "Van: Ann Doe <ann@x.example>\nVerzonden: maandag\nAan: B\nOnderwerp: Line",
        "Od: Ann Doe <ann@x.example>\nWysłano: poniedziałek\nDo: B\nTemat: Line",
        "Från: Ann Doe <ann@x.example>\nSkickat: måndag\nTill: B\nÄmne: Line",
        "Fra: Ann Doe <ann@x.example>\nSendt: mandag\nTil: B\nEmne: Line",
        "Lähettäjä: Ann Doe <ann@x.example>\nLähetetty: maanantai\nVastaanottaja: B\nAihe: Line",
        "Od: Ann Doe <ann@x.example>\nOdesláno: pondělí\nKomu: B\nPředmět: Line",
        "От: Ann Doe <ann@x.example>\nОтправлено: понедельник\nКому: B\nТема: Line",
        "差出人: Ann Doe <ann@x.example>\n送信日時: 2026年\n宛先: B\n件名: Line",
        "发件人：Ann Doe <ann@x.example>\n发送时间：2026年\n收件人：B\n主题：Line",
        "보낸 사람: Ann Doe <ann@x.example>\n보낸 날짜: 2026년\n받는 사람: B\n제목: Line",
        "*From:* Ann Doe <ann@x.example>\n*Sent:* Monday\n*To:* B\n*Subject:* Line",
        "From: *Ann Doe* <ann@x.example>\nDate: Monday\nSubject: Line\nTo: B",
        "From: Ann Doe [mailto:ann@x.example]\nSent: Monday\nTo: B\nSubject: Line",
        "From: Ann Doe <ann@x.example<mailto:ann@x.example>>\nSent: Monday\nTo: B\nSubject: Line",
        "From: Ann Doe <mailto:ann@x.example>\nSent: Monday\nTo: B\nSubject: Line",
        'From: "Ann Doe" <ann@x.example>\n\nSent: Monday\n\nTo: B\n\nSubject: Line',
    ],
)
def test_the_header_is_read_in_any_language(block: str) -> None:
    assert read(f"Please help her.\n\n{block}\n\n{BODY}") == ANN


def test_a_name_may_hold_a_comma() -> None:
    found = read("From: Doe, Ann <ann@x.example>\nSent: Monday\nTo: B\nSubject: Line\n\nDead.")
    assert found == Forwarded("Doe, Ann", "ann@x.example", "Line", "Dead.")


def test_the_outermost_is_read_and_the_inner_one_kept_in_its_text() -> None:
    inner = "---- Forwarded Message ----\nFrom: Z <z@x.example>\nDate: Sun\nSubject: Old\n\nOld."
    found = read(f"{BLOCK}\n\nSee this.\n\n{inner}")
    assert found and found.address == "ann@x.example" and found.text == f"See this.\n\n{inner}"


def test_what_the_forwarder_says_below_a_quoted_mail_is_not_its_text() -> None:
    found = read(f"Please help her.\n\n{quoted(BLOCK)}\n>\n{quoted(BODY)}\n\n-- \nBob")
    assert found == ANN


def test_the_note_is_what_the_forwarder_wrote() -> None:
    found = read(
        f"Please help her.\n\nSent from my iPhone\n\nBegin forwarded message:\n\n{BLOCK}\n\n{BODY}"
    )
    assert found == ANN
    found = read(f"Please help her.\n\n-- \nBob\n\n-----Original Message-----\n{BLOCK}\n\n{BODY}")
    assert found == ANN


@pytest.mark.parametrize(
    "text",
    [
        "",
        "It is dead.",
        "From: Ann Doe\nSent: Monday\nTo: B\nSubject: Line\n\nDead.",
        "On Mon, 23 Nov 2026 at 09:15, Ann <ann@x.example> wrote:\n> Dead.",
        "From: ann@x.example I have had no mail",
        "From: Berlin\nTo: Bonn\nDate: Monday",
    ],
)
def test_without_a_header_and_an_address_nothing_is_forwarded(text: str) -> None:
    assert read(text) is None


@given(st.text() | st.lists(st.sampled_from([*BLOCK.split("\n"), "", ">", "--"])).map("\n".join))
def test_no_text_raises(text: str) -> None:
    read(text)


UNITS = [
    "> ",
    "From: a\n",
    "From: ",
    "\n",
    "mailto:",
    "[mailto:a",
    "<a",
    "a,",
    '"',
    "- ",
    "To: a\n\n",
]


@pytest.mark.parametrize("unit", UNITS)
def test_no_text_takes_long(unit: str) -> None:
    noise = unit * (1_000_000 // len(unit))
    start = time.process_time()
    read(noise)
    read(f"{noise}\n{BLOCK}")
    read(f"From: {noise}\nTo: b@x.example\nSubject: a\n\n{noise}")
    assert time.process_time() - start < 2
