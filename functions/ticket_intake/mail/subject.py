"""Subjects: the ticket numbers that stand in one, and what is left without marks and tags."""

import re

from netdesk.lazy import lazy
from netdesk.number import read

_DASHES = "\\-\u2010-\u2015\u2212"  # as netdesk.number reads them
_HALF = "[0-9A-Za-z]{4}"
_LAST = rf"(?![{_DASHES}]?[0-9A-Za-z])"
_WHOLE = rf"(?:T[{_DASHES}])?{_HALF}[{_DASHES}]?{_HALF}{_LAST}"
_DASHED = rf"(?:T[{_DASHES}])?{_HALF}[{_DASHES}]{_HALF}{_LAST}"
_TICKET = r"ticket[\s:.#\-]{0,3}(?:(?:number|no|nr|id)[\s:.#\-]{1,3})?"

# Eight letters are mostly a word, so a number shows itself: by what stands in front, by its dash,
# or by mixing letters and digits. What follows is looked at only, for two may overlap.
_NUMBER = lazy(
    rf"""
      (?: \# | \[ | (?<![0-9A-Za-z]) {_TICKET} )
      (?= \s? ( (?:T[{_DASHES}])? {_HALF} [\s{_DASHES}]? {_HALF} {_LAST} ) )
    | (?<![0-9A-Za-z{_DASHES}])
      (?= ( {_DASHED} | (?=[A-Z]{{0,7}}[0-9]) (?=[0-9]{{0,7}}[A-Z]) {_HALF}{_HALF} {_LAST} ) )
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_TAG = lazy(
    rf"\[ \#? (?P<square>{_WHOLE}) \] | \( \#? (?P<round>{_WHOLE}) \) | \# (?P<bare>{_WHOLE})",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)

# RFC 5322 section 3.6.5 knows "Re: " only; mail programs translate it, and the one for "forward".
_MARK = r"""
    (?: re | r | fwd? | aw | antw(?:ort)? | wg | sv | svar | vs | vl | vb | ang | rv | rif | res
      | enc | rép | tr | doorst | odp | odpověď | pd | odg | ynt | i̇?lt | vá | továbbítás | bls
      | απ | σχετ | πρθ | отв | ответ | пересл | fs
      | 回复 | 回覆 | 答复 | 答覆 | 转发 | 轉寄 | 轉發 | 返信 | 転送 | 답장 | 회신 | 전달
      | תשובה | השב | הועבר | رد | إعادة[ ]توجيه | trả[ ]lời | chuyển[ ]tiếp )
    [ ]? (?: \[\d{1,3}\] | \(\d{1,3}\) | \^\d{1,3} )? [ ]? [:\uff1a]
"""
_OUTSIDE = r"""
    (?: [\[(*{<]{1,3} [ ]? (?: caution [:!, -]{0,3} )?
        (?: ext\.? | (?:ext|est)ern (?:al|e|o|í|es)? | 外部 )
        (?: [ ]? (?: e-?mail | mail | sender | message | メール | 邮件 | 郵件 ) )?
        [:!]? [ ]? [\])*}>]{1,3}
      | (?-i: EXTERNAL | EXT ) [ ]? : )
"""
# A lone "I:" is an Italian forward only beside another mark: English begins sentences with it.
_LEAD = lazy(
    rf"(?: i[ ]?:[ ]? )? (?> (?: {_MARK} | {_OUTSIDE} ) [ ]? (?: i[ ]?:[ ]? )? )+",
    re.VERBOSE | re.IGNORECASE,
)

_FORWARD = lazy(
    rf"""\s* (?: {_OUTSIDE} \s* )?
    (?: fwd? | wg | tr | rv | enc | i | doorst | vb | vl | vs | pd | ynt | ilt | bls | fs | πρθ
      | továbbítás | пересл | 转发 | 轉寄 | 轉發 | 転送 | 전달 | הועבר | إعادة[ ]توجيه
      | chuyển[ ]tiếp ) [ ]? [:\uff1a]""",
    re.VERBOSE | re.IGNORECASE,
)


def cleaned(subject: str) -> str:
    """The subject without reply and forward marks, our ticket tag, and tags for outside mail."""
    plain = " ".join(_TAG().sub(_untagged, subject).split())
    lead = _LEAD().match(plain)
    return plain[lead.end() :] if lead else plain


def is_forward(subject: str) -> bool:
    """Whether a mail program marked it as passed on."""
    return bool(_FORWARD().match(subject))


def numbers(subject: str) -> tuple[str, ...]:
    """The ticket numbers that a subject mentions, in canonical form, each once."""
    mentions = (read(found[1] or found[2]) for found in _NUMBER().finditer(subject))
    return tuple(dict.fromkeys(number for number in mentions if number))


def _untagged(tag: re.Match[str]) -> str:
    """Other desks' numbers stay, and so do words: "networks" has the right check symbol."""
    number = tag["square"] or tag["round"] or tag["bare"]
    ours = tag[0].startswith("[#") or not number.isalpha()
    return " " if ours and read(number) else tag[0]
