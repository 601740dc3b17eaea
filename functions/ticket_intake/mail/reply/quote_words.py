"""The words with which mail programs announce another mail, in the languages of their users."""

from netdesk.lazy import lazy

# ruff: noqa: RUF001 (letters of other alphabets look like Latin ones)

_MARKS = "\\s*_|\u200b-\u200f\u202a-\u202e\ufeff"
_FIELD = lazy(rf"[{_MARKS}]*([^\s*_|:：>][^:：\n]{{0,24}}?)[{_MARKS}]*[:：][{_MARKS}]*")
_WRAPPED = lazy(r"[\s*]*[-‐-―]{2,}+(.{3,60}?)[-‐-―]{2,}")
_LONGEST_LINE = 500

_FIELDS = {
    "from": """From,Von,De,Da,Van,Från,Fra,Frå,Lähettäjä,Od,Odesílatel,Odosielateľ,От,От кого,Від,
        Від кого,差出人,送信者,发件人,發件人,寄件者,寄件人,보낸 사람,보낸사람,발신,Kimden,Gönderen,
        Feladó,Από,Expéditeur,Remitente,Mittente,Remetente,Afzender,Avsändare,Afsender,Avsender,
        Nadawca,Saatja,De la,Šalje,Pošiljatelj,Nuo,No,מאת,من""",
    "date": """Date,Sent,Sent at,Sent on,Date sent,Datum,Gesendet,Gesendet am,Envoyé,Envoyé le,
        Date d'envoi,Fecha,Fecha de envío,Enviado,Enviado el,Enviado em,Enviada em,Enviada,Enviat,
        Data,Data invio,Inviato,Inviata,Verzonden,Verstuurd,Verzonden op,Wysłano,Wysłane,
        Data wysłania,Skickat,Sendt,Dato,Päivämäärä,Päiväys,Lähetetty,Odesláno,Odoslané,Dátum,Дата,
        Отправлено,Отправлена,Надіслано,日付,日時,送信日時,送信日,时间,發送時間,发送时间,发送日期,
        日期,寄件日期,傳送時間,날짜,보낸 날짜,보낸날짜,Tarih,Gönderildi,Gönderme Tarihi,Elküldve,
        Küldve,Trimis,Ημερομηνία,Στάλθηκε,Poslano,Poslané,Saadetud,Kuupäev""",
    "to": """To,An,À,A,Para,Aan,Do,Till,Til,Vastaanottaja,Komu,Pro,Кому,宛先,收件人,收件者,
        받는 사람,받는사람,수신,Kime,Alıcı,Címzett,Către,Destinataire,Destinatario,Destinatário,
        Pour,Ontvanger,Προς,Prima,Za,Saaja,אל,إلى""",
    "cc": """Cc,Kopie,Copie,Copie à,Copia,Cópia,DW,UDW,Do wiadomości,Kopia,Kopi,Kopio,Копия,Копія,
        抄送,副本,참조,Bilgi,Másolat,Másolatot kap,Κοιν.,Bcc""",
    "subject": """Subject,Betreff,Objet,Sujet,Asunto,Oggetto,Onderwerp,Assunto,Temat,Ämne,Emne,
        Aihe,Předmět,Predmet,Тема,件名,主题,主題,主旨,标题,제목,Konu,Tárgy,Subiect,Θέμα,Assumpte,
        Teema,נושא,الموضوع""",
}
_ORIGINAL = """Original,Original Message,Original Appointment,Original Email,Reply message,
    Ursprüngliche Nachricht,Ursprüngliche Mail,Original-Nachricht,Originalnachricht,
    Message d'origine,Message d’origine,Message original,Mail original,Message initial,
    Courriel original,Mensaje original,Correo original,Messaggio originale,Oorspronkelijk bericht,
    Origineel bericht,Oorspronkelijke bericht,Mensagem original,Missatge original,
    Wiadomość oryginalna,Oryginalna wiadomość,Original meddelelse,Oprindelig meddelelse,
    Oprindelig besked,Original besked,Opprinnelig melding,Ursprungligt meddelande,
    Originalmeddelande,Alkuperäinen viesti,Původní zpráva,Původní e-mail,Pôvodná správa,
    Исходное сообщение,Оригинальное сообщение,Первоначальное сообщение,Вихідне повідомлення,
    元のメッセージ,オリジナルメッセージ,オリジナル メッセージ,Original メッセージ,原始邮件,
    原始郵件,邮件原件,原邮件,原始信息,回复的邮件,回复的原邮件,원본 메시지,원본메시지,원본 메일,
    Eredeti üzenet,Orijinal mesaj,Özgün İleti,Αρχικό μήνυμα,Mesaj original,Mesajul original,
    Originalna poruka,Izvorna poruka"""
_FORWARDED = """Forwarded message,Forwarded by,Forwarded mail,Forwarded email,
    Weitergeleitete Nachricht,Weitergeleitete E-Mail,Weitergeleitet von,Message transféré,
    Message réexpédié,Courriel transféré,Mensaje reenviado,Correo reenviado,Messaggio inoltrato,
    Doorgestuurd bericht,Doorgezonden bericht,Mensagem encaminhada,Mensagem reencaminhada,
    Missatge reenviat,Przekazana wiadomość,Wiadomość przekazana,Przesłana wiadomość,
    Treść przekazanej wiadomości,Vidarebefordrat meddelande,Vidarebefordrat brev,
    Videresendt meddelelse,Videresendt besked,Videresendt melding,Videresendt brev,
    Videresendt mail,Välitetty viesti,Edelleenlähetetty viesti,Edelleen lähetetty viesti,
    Přeposlaná zpráva,Preposlaná správa,Пересылаемое сообщение,Пересланное сообщение,
    Перенаправленное сообщение,Переадресованное сообщение,Переслане повідомлення,転送メッセージ,
    転送されたメッセージ,Forwarded メッセージ,转发的邮件,转发邮件,轉寄的郵件,轉寄郵件,转发信息,
    전달된 메일,전달된 메시지,전달 메시지,Továbbított üzenet,Yönlendirilen ileti,İletilen mesaj,
    Mesaj redirecționat,Προωθημένο μήνυμα,Proslijeđena poruka"""
# Apple Mail: a sentence without dashes.
_BEGINS = """Begin forwarded message,Anfang der weitergeleiteten Nachricht,
    Anfang der weitergeleiteten E-Mail,Début du message transféré,Début du message réexpédié,
    Inicio del mensaje reenviado,Inizio messaggio inoltrato,Inizio del messaggio inoltrato,
    Begin doorgestuurd bericht,Begin van doorgestuurd bericht,Início da mensagem encaminhada,
    Início da mensagem reencaminhada,Início de mensagem reencaminhada,
    Początek przekazywanej wiadomości,Początek przekazanej wiadomości,
    Rozpoczęcie przekazanej wiadomości,Vidarebefordrat brev,Vidarebefordrat mejl,
    Start på videresendt besked,Videresendt besked,Start på videresendt melding,
    Videresendt melding,Välitetty viesti alkaa,Välitetty viesti,Začátek přeposlané zprávy,
    Začiatok preposlanej správy,Начало пересылаемого сообщения,Начало переадресованного сообщения,
    転送されたメッセージ,開始轉寄郵件,开始转发的邮件,转发的邮件,전달된 메시지 시작,전달된 메시지,
    İletilen ileti başlangıcı,Továbbított levél kezdete"""


def _keys(words: str) -> tuple[str, ...]:
    return tuple(" ".join(word.split()).casefold() for word in words.split(","))


_KINDS = {word: kind for kind, words in _FIELDS.items() for word in _keys(words)}
_ORIGINAL_KEYS = frozenset(_keys(_ORIGINAL))
_FORWARDED_KEYS = _keys(_FORWARDED)
_BEGINS_KEYS = frozenset(_keys(_BEGINS))


def field(line: str) -> tuple[str, str]:
    """A copied header line's kind ("from", "date", "to", "cc", "subject") and value."""
    found = _FIELD().match(line[:_LONGEST_LINE])
    if not found:
        return "", ""
    word = " ".join(found[1].split()).casefold()
    kind = _KINDS.get(word) or _KINDS.get(word.replace(" ", ""), "")
    return (kind, line[found.end() :].strip()) if kind else ("", "")


def is_original(line: str) -> bool:
    """Whether this line says that the mail that was answered follows."""
    return _wrapped(line) in _ORIGINAL_KEYS


def is_forward(line: str) -> bool:
    """Whether this line says that a mail follows that was passed on."""
    if _wrapped(line).startswith(_FORWARDED_KEYS):
        return True
    bare = line[:_LONGEST_LINE].strip(" \t\xa0*_")
    return bare.endswith((":", "：")) and bare[:-1].strip().casefold() in _BEGINS_KEYS


def _wrapped(line: str) -> str:
    """What stands between the dashes of "-----Original Message-----"."""
    found = _WRAPPED().match(line[:_LONGEST_LINE])
    return " ".join(found[1].split()).strip("*").strip().casefold() if found else ""
