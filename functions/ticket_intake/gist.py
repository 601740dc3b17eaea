"""What a short mail wants: the status of its ticket, or to say thank you."""

import re

from ticket_intake.mail import Mail
from ticket_intake.mail.subject import cleaned, numbers

_STATUS = re.compile(r"(please )?(send )?(me )?(the |a )?status( report| request)?( please)?", re.I)
_THANKS = re.compile(
    r"(many |a thousand )?(thank you|thanks|thx|ty|cheers|danke|vielen dank|besten dank|merci"
    r"|gracias|muchas gracias|grazie|obrigad[oa]|bedankt|dank je|dank u|tack|takk|tak|dziękuję"
    r"|спасибо|ありがとうございます|谢谢)\b",
    re.I,
)
_ALSO_SAID = re.compile(
    r"(so|very) much|a lot|again|for (your|the) (quick |fast |kind )?(help|answer|reply|support"
    r"|response|work|effort)|(it|everything|all)('s| is| has been)? ?(works|working|fixed|solved"
    r"|resolved|good|fine|ok)|works|(great|good|perfect|excellent|super|awesome|nice) ?"
    r"(job|work|service|support)?|now|all|everybody|everyone|team|netdesk|problem|solved"
    r"|(best|kind|warm) regards|regards|best|bye|sehr|vielmals|beaucoup|mille|hi|hello|dear",
    re.I,
)
_LONGEST = 300  # characters
_MOST_OTHER_WORDS = 3  # a name, or two


def asks_status(mail: Mail) -> bool:
    """`status` as the subject or as the first line, or an answer that says nothing at all."""
    lines = [line.strip() for line in mail.reply.splitlines() if line.strip()]
    if not lines:
        return not mail.attachments and bool(numbers(mail.subject) or mail.references)
    said = (cleaned(mail.subject), lines[0])
    return any(_STATUS.fullmatch(one.strip(" .!?:*")) for one in said)


def is_thanks(text: str) -> bool:
    """Nothing but thanks: it is kept, and asks nobody to do anything."""
    if len(text) > _LONGEST or "?" in text or not _THANKS.search(text):
        return False
    rest = _ALSO_SAID.sub(" ", _THANKS.sub(" ", text))
    return len(re.findall(r"\w+", rest)) <= _MOST_OTHER_WORDS
