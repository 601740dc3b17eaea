"""Replies as known mail programs lay them out."""

import pytest

# ruff: noqa: RUF001 (letters of other alphabets look like Latin ones)
from ticket_intake.mail.reply import written

NEW = "Still dead.\n\nAnn"
OLD = "How is the line?\n\nSupport"
HEADERS = {
    "english": "From: Support <p@x.example>\nSent: Monday, 23 November 2026 09:15\n"
    "To: Ann\nSubject: Line",
    "german": "Von: Support <p@x.example>\nGesendet: Montag, 23. November 2026 09:15\n"
    "An: Ann\nBetreff: L",
    "gmx": "Gesendet: Montag, 23. November 2026 um 09:15 Uhr\nVon: Support\n"
    "An: Ann\nBetreff: Leitung",
    "french": "De : Support <p@x.example>\nEnvoyé : lundi 23 novembre 2026\nÀ : Ann\nObjet : Ligne",
    "nbsp": "De\xa0: Support\nEnvoyé\xa0: lundi 23 novembre 2026\nÀ\xa0: Ann\nObjet\xa0: Ligne",
    "spanish": "De: Support <p@x.example>\nEnviado: lunes, 23 de noviembre\n"
    "Para: Ann\nAsunto: Línea",
    "italian": "Da: Support <p@x.example>\nInviato: lunedì 23 novembre 2026\n"
    "A: Ann\nOggetto: Linea",
    "dutch": "Van: Support <p@x.example>\nVerzonden: maandag 23 november\n"
    "Aan: Ann\nOnderwerp: Lijn",
    "portuguese": "De: Support\nEnviada em: segunda-feira, 23 de novembro\n"
    "Para: Ann\nAssunto: Linha",
    "polish": "Od: Support <p@x.example>\nWysłano: poniedziałek, 23 listopada\n"
    "Do: Ann\nTemat: Linia",
    "swedish": "Från: Support <p@x.example>\nSkickat: den 23 november 2026\nTill: Ann\nÄmne: Linje",
    "danish": "Fra: Support <p@x.example>\nSendt: 23. november 2026 09:15\nTil: Ann\nEmne: Linje",
    "finnish": "Lähettäjä: Support\nLähetetty: maanantai 23. marraskuuta\n"
    "Vastaanottaja: Ann\nAihe: L",
    "czech": "Od: Support\nOdesláno: pondělí 23. listopadu 2026\nKomu: Ann\nPředmět: Linka",
    "russian": "От: Support\nОтправлено: 23 ноября 2026 г.\nКому: Ann\nТема: Линия",
    "japanese": "差出人: Support\n送信日時: 2026年11月23日\n宛先: Ann\n件名: 回線",
    "chinese": "发件人：Support\n发送时间：2026年11月23日\n收件人：Ann\n主题：线路",
    "korean": "보낸 사람: Support\n보낸 날짜: 2026년 11월 23일\n받는 사람: Ann\n제목: 회선",
    "bold": "*From:* Support\n*Sent:* Monday\n*To:* Ann\n*Subject:* Line",
    "bold words": "**From**: Support\n**Sent**: Monday\n**To**: Ann\n**Subject**: Line",
    "double spaced": "From: Support\n\nSent: Monday\n\nTo: Ann\n\nSubject: Line",
    "folded": "From: Support\nTo: Ann,\n bob@x.example,\n"
    " zoe@x.example\nDate: Monday\nSubject: Line",
    "yahoo": "To: Ann\nFrom: Support\nDate: Mon, 23 Nov 2026\nSubject: Line",
    "blackberry": "From: Support <p@x.example>\n"
    "Date: Mon, 23 Nov 2026 09:15:00\nTo: <ann@x.example>",
}
ANNOUNCED = [
    "",
    "_" * 32 + "\n",
    "-----Original Message-----\n",
    "________________________________\n\n",
]


@pytest.mark.parametrize("name", HEADERS)
@pytest.mark.parametrize("above", ANNOUNCED, ids=["bare", "rule", "words", "rule and blank"])
def test_copied_headers_end_the_reply(name: str, above: str) -> None:
    assert written(f"{NEW}\n\n{above}{HEADERS[name]}\n\n{OLD}") == NEW


@pytest.mark.parametrize(
    "line",
    [
        "-----Original Message-----",
        "------- Original Message -------",
        "‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐",
        "--- Original Message ---",
        "----- Reply message -----",
        "-------- Original message --------",
        "-------- Ursprüngliche Nachricht --------",
        "-------- Original-Nachricht --------",
        "-----Message d'origine-----",
        "----- Mail original -----",
        "-----Mensaje original-----",
        "----Messaggio originale----",
        "-----Oorspronkelijk bericht-----",
        "-----Mensagem original-----",
        "-----Oryginalna wiadomość-----",
        "-----Ursprungligt meddelande-----",
        "-----Oprindelig meddelelse-----",
        "-----Opprinnelig melding-----",
        "-----Alkuperäinen viesti-----",
        "-----Původní zpráva-----",
        "-----Исходное сообщение-----",
        "------------------ Original ------------------",
        "------------------\xa0原始邮件\xa0------------------",
        "-----元のメッセージ-----",
        "-----원본 메시지-----",
        "*-----Original Message-----*",
        "---------- Forwarded message ---------",
        "-------- Weitergeleitete Nachricht --------",
        "Begin forwarded message:",
        "##- Please type your reply above this line -##",
        "--- Reply above this line ---",
    ],
)
def test_a_line_between_dashes_ends_the_reply(line: str) -> None:
    assert written(f"{NEW}\n\n{line}\n{OLD}") == NEW
    assert written(f"{line}\n{OLD}") == f"{line}\n{OLD}"


IPHONE = "> On 23 Nov 2026, at 9:15, Support <p@x.example> wrote:\n> \n> How?"
NESTED = "On 23 Nov 2026 Ann wrote:\n> > How?\n> Dead.\n> \n> --\n> Ann"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{NEW}\n\n{IPHONE}", id="all quoted"),
        pytest.param(f"> How is the line?\n\n{NEW}\n", id="below"),
        pytest.param(f"{NESTED}\n{NEW}", id="nested"),
        pytest.param(f"{NEW}\n\n＞ How is the line?\n＞ Ann", id="wide marks"),
        pytest.param(f"{NEW}\n\nAnn Doe wrote:\nAD> How is it?\nAD> Ann", id="initials"),
        pytest.param(f"{NEW}\n\n> {'the line ' * 6}\nquite dead\n> we think.", id="wrapped"),
        pytest.param(
            f"{NEW}\n\n> On {'Mon ' * 12} S\n<p@x.example> wrote:\n> a", id="wrapped name"
        ),
    ],
)
def test_quoted_lines_go(text: str) -> None:
    assert written(text) == NEW


@pytest.mark.parametrize(
    "text",
    [
        "From: my desk\nI write to you about the line.",
        "I move house.\nFrom: Berlin\nTo: Bonn\nDate: Monday\nPlease move the line.",
        "Name: Ann\nSubject: the line\nIt is dead.",
        "To: whom it may concern\nSubject: line\n\nIt is dead.",
        "-- original plan -- is what I want",
        "--- 127.0.0.1 ping statistics ---\n3 packets, all lost",
        "Please put your answer above this line of text.",
        "See the forwarded message:\nit is dead",
        "First.\n_______________\n\nSecond.",
    ],
)
def test_what_only_looks_alike_stays(text: str) -> None:
    assert written(f"Hello.\n\n{text}") == f"Hello.\n\n{text}"
