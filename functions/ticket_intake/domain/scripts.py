"""Names that can be mistaken for others: https://www.unicode.org/reports/tr39/."""

import unicodedata

# "Highly restrictive", UTS 39 section 5.2: one script, or Latin with those that Chinese, Japanese
# and Korean are written in.
_TOGETHER = (
    frozenset({"LATIN", "HAN", "HIRAGANA", "KATAKANA"}),
    frozenset({"LATIN", "HAN", "BOPOMOFO"}),
    frozenset({"LATIN", "HAN", "HANGUL"}),
)
# The standard library has no script property; the names of letters begin with their script.
_HAN = ("CJK", "IDEOGRAPHIC")
_ANY_SCRIPT = ("COMBINING", "MODIFIER", "DIGIT", "HYPHEN", "MIDDLE", "ZERO")

# Small letters that look Latin in common fonts: most are in UTS 39's confusables.txt, the others
# are those for which browsers show a name in its ASCII form.
_CYRILLIC = "асԁеёһіїјӏорԛѕԝхуѵӓӧӱ"
_GREEK = "αγικνορστυχω"
_LOOK_LATIN = frozenset(_CYRILLIC + _GREEK)


def mixed(label: str) -> bool:
    """Whether letters of scripts stand together that no language writes together."""
    scripts = {_script(letter) for letter in label} - {""}
    return len(scripts) > 1 and not any(scripts <= known for known in _TOGETHER)


def looks_latin(label: str) -> bool:
    """Whether all that is not ASCII in a label can be taken for Latin letters."""
    letters = {letter for letter in label if not letter.isascii()}
    return bool(letters) and letters <= _LOOK_LATIN


def _script(letter: str) -> str:
    word = unicodedata.name(letter, "").replace("-", " ").partition(" ")[0]
    if word in _ANY_SCRIPT:
        return ""
    return "HAN" if word in _HAN else word
