"""The end of what somebody wrote: his signature, and what his mail program adds of itself."""

import re
from collections.abc import Sequence

from netdesk.lazy import lazy
from ticket_intake.mail.reply.quotes import RULE

# ruff: noqa: RUF001 (letters of other alphabets look like Latin ones)

_DELIMITER = lazy(r"-- |(?P<worn>--|—|–)[ \t\xa0]*")  # RFC 3676 section 4.3
_LONGEST_BELOW_WORN = 15
_LONGEST_LINE = 120

_SENT = lazy(
    r"[\s*_\[(<\"]*(?:"
    r"sent (?:from|with|via|using|by) "
    r"|(?:get|download) (?:the )?(?:new )?(?:bluemail|outlook|yahoo|aol|gmail)\b"
    r"|gesendet (?:von|mit|aus|über|per) |von meine[mr] .{1,60} (?:aus )?gesendet"
    r"|von unterwegs gesendet|diese (?:nachricht|mail|e-mail) wurde .{1,80} gesendet"
    r"|holen sie sich outlook |outlook für (?:ios|android)"
    r"|envoyé (?:de|depuis|à partir|avec|par|via|d[’'])|(?:obtenir|obtenez|télécharger) outlook"
    r"|enviado (?:desde|con|por|do|da|a partir|pelo|pela|através|via|de mi|de meu)\b"
    r"|(?:obtener|descargar|obter|baixar) (?:o )?outlook|enviat des"
    r"|inviato (?:da|dal|dall[’']|con|tramite)|(?:ottieni|scarica) outlook"
    r"|(?:verstuurd|verzonden) (?:vanaf|van|met|via)\b|outlook voor |download outlook voor"
    r"|wysłan[eo] (?:z|ze|za|przez|od)\b|pobierz outlook|uzyskaj outlook"
    r"|(?:skickat|skickades|skickad) (?:från|med|via)\b|hämta outlook"
    r"|sendt (?:fra|med|via|frå)\b|(?:hent|få|skaff deg) outlook"
    r"|lähetetty \S{1,40}(?: \S{1,40}){0,3}$|hanki outlook"
    r"|(?:odesláno|odoslané|odoslano) (?:z|ze|zo|pomocí|přes|mobilem)\b|získat outlook"
    r"|(?:отправлено|отправлен|послано) (?:с|со|из|от|через)\b|надіслано (?:з|із|від)\b"
    r"|скачать outlook|(?:elküldve|küldve) |.{1,40} küldve$|.{1,40}gönderildi$"
    r"|trimis de (?:pe|la)\b|στάλθηκε από|poslano (?:s|sa|iz|z)\b|được gửi từ|gửi từ"
    r"|.{1,40}から送信|(?:发自|發自|来自|來自|从我的|從我的|通过|透過).{1,40}$"
    r"|.{1,40}에서 (?:보냄|전송|발송|보낸)"
    r")",
    re.IGNORECASE,
)


def without_signature(lines: Sequence[str]) -> list[str]:
    """The lines above a signature, without what the mail program says of itself."""
    place = next((at for at in range(len(lines)) if _signs(lines, at)), len(lines))
    end = _end(lines, place)
    while added := _added(lines, end):
        end = _end(lines, end - added)
    return list(lines[:end])


def without_empty_end(lines: Sequence[str]) -> list[str]:
    """The lines down to the last that says anything."""
    return list(lines[: _end(lines, len(lines))])


def _end(lines: Sequence[str], end: int) -> int:
    while end and (not lines[end - 1].strip() or RULE().fullmatch(lines[end - 1][:_LONGEST_LINE])):
        end -= 1
    return end


def _signs(lines: Sequence[str], at: int) -> bool:
    if len(lines[at]) > 4:
        return False
    found = _DELIMITER().fullmatch(lines[at])
    if not found or not found["worn"]:
        return bool(found)
    # The blank behind it got lost on the way; or the line is a rule between two thoughts.
    return len(lines) - at <= _LONGEST_BELOW_WORN


def _added(lines: Sequence[str], end: int) -> int:
    """How many of the lines above this end no person wrote."""
    for count in range(1, min(end, 2) + 1):
        words = " ".join(line[:_LONGEST_LINE] for line in lines[end - count : end])
        if len(words) < _LONGEST_LINE and not words[:1].islower() and _SENT().match(words):
            return count
    return 0
