"""Signatures, and what mail programs say of themselves."""

import pytest

# ruff: noqa: RUF001 (letters of other alphabets look like Latin ones)
from ticket_intake.mail.reply import written

SENT = [
    "Sent from my iPhone",
    "Sent from my Galaxy phone. Please excuse typos.",
    "Sent from Mail for Windows",
    "Sent via BlackBerry from Example Mobile",
    "Sent with Proton Mail secure email.",
    "Sent from Yahoo Mail on Android",
    "*Sent from my iPhone*",
    "Get Outlook for iOS<https://x.example/o0ukef>",
    "Get Outlook for Android",
    "Von meinem iPhone gesendet",
    "Gesendet mit der GMX Mail App",
    "Gesendet von Mail für Windows",
    "Diese Nachricht wurde von meinem Android-Gerät mit GMX Mail gesendet.",
    "Diese Nachricht wurde von meinem Android Mobiltelefon\nmit GMX Mail gesendet.",
    "Holen Sie sich Outlook für iOS",
    "Envoyé de mon iPhone",
    "Envoyé à partir de Courrier pour Windows",
    "Télécharger Outlook pour Android",
    "Enviado desde mi iPhone",
    "Obtener Outlook para iOS",
    "Inviato da iPhone",
    "Inviato dal mio dispositivo Samsung",
    "Verstuurd vanaf mijn iPhone",
    "Enviado do meu iPhone",
    "Wysłane z iPhone'a",
    "Wysłano z telefonu",
    "Skickat från min iPhone",
    "Sendt fra min iPhone",
    "Lähetetty iPhonesta",
    "Odesláno z iPhonu",
    "Отправлено с iPhone",
    "iPhoneから送信",
    "发自我的iPhone",
    "從我的 iPhone 傳送",
    "나의 iPhone에서 보냄",
    "iPhone'umdan gönderildi",
]


@pytest.mark.parametrize("line", SENT)
def test_what_the_program_adds_is_not_said(line: str) -> None:
    assert written(f"Still dead.\n\n{line}") == "Still dead."
    assert written(f"Still dead.\n\n{line}\n\n> How is the line?") == "Still dead."
    assert written(f"Still dead.\n\n{line}\n{'_' * 32}\nFrom: A\nSent: B\n\nold") == "Still dead."
    assert written(f"{line}\n") == line


@pytest.mark.parametrize("line", ["-- ", "--", "—", "--\xa0"])
def test_a_signature_goes(line: str) -> None:
    assert written(f"Still dead.\n\n{line}\nAnn Doe\nTel. 12345") == "Still dead."
    assert written(f"Still dead.\n\n{line}\nAnn\n\nSupport wrote:\n> How?") == "Still dead."
    assert written(f"> How?\nDead.\n> And now?\nDead, too.\n{line}\nAnn") == "Dead.\nDead, too."
    assert written(f"{line}\nAnn") == f"{line}\nAnn"
    assert written(f"{line}\nAnn\n> How?") == f"{line}\nAnn"


@pytest.mark.parametrize(
    "text",
    [
        "a -- b\n--help is an option\n---\nmore",
        "--\n" + "\n".join(f"point {number}" for number in range(20)),
        "The parcel was\nsent from Berlin to my old address, so it never came here.\nWhy?",
        "I sent from my iPhone a picture",
        "Sent: Monday",
        "I use Outlook for iOS",
        "Thanks,\nAnn",
    ],
)
def test_what_a_person_said_stays(text: str) -> None:
    assert written(f"Hello.\n\n{text}") == f"Hello.\n\n{text}"
