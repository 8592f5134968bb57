"""Text that is not what was typed: stray spaces, invisible characters, mojibake, placeholders."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Any

import ftfy
from ftfy import TextFixerConfig
from ftfy.badness import is_bad

from tools.hygiene.change import Subject
from tools.hygiene.columns import Columns
from tools.hygiene.rule import Judge, Rule, Target, Verdict

__all__ = ["MOJIBAKE", "PLACEHOLDER", "SPACING", "possible_encoding", "repaired_encoding", "tidy"]

_TEXT: dict[Subject, tuple[str, ...]] = {
    "contact": ("first_name", "last_name", "job_title", "state", "city", "company_name", "owner",
                "country", "language"),
    "company": ("name", "state", "city", "owner", "country"),
}  # fmt: skip
"""Numbers, addresses and domains have detectors of their own, which see to blanks too."""
_NAMES: dict[Subject, tuple[str, ...]] = {
    "contact": ("first_name", "last_name", "job_title", "state", "city", "company_name", "country"),
    "company": ("name", "state", "city", "country"),
}


def _targets(fields: dict[Subject, tuple[str, ...]]) -> tuple[Target, ...]:
    return tuple(Target(subject, name) for subject, names in fields.items() for name in names)


# Blanks of every width but the ideographic one, which divides Japanese names; line ends; controls.
_BLANKS = re.compile(r"[\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f]+")
_EDGES = re.compile(r"^[\s\u200b\u2060\ufeff\u3000]+|[\s\u200b\u2060\ufeff\u3000]+$")
# Zero-width space, word joiner and byte order mark carry no meaning. Joiners (U+200C, U+200D) do in
# Persian, in Indic scripts and in emoji, and direction marks do in mixed lines: they stay.
_INVISIBLE = re.compile(r"[\u200b\u2060\ufeff]")
_CLEAN = re.compile(r"[^\s\x00-\x1f\x7f-\xa0\u200b\u2060\ufeff]+(?: [^\s\x00-\x1f\x7f-\xa0\u200b\u2060\ufeff]+)*")  # fmt: skip # noqa: E501 - one class, twice


def tidy(text: str) -> str:
    """Return `text` with single inner spaces, none at its ends and no meaningless characters.

    Letters, marks, joiners and their order stay, and so does the form they are composed in.
    """
    if _CLEAN.fullmatch(text):
        return text
    return _EDGES.sub("", _BLANKS.sub(" ", _INVISIBLE.sub("", text)))


def _shown(text: str) -> str:
    return "".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in text)


def _may_be_mojibake(text: str) -> bool:
    return not text.isascii() and (any("\x80" <= c <= "\x9f" for c in text) or is_bad(text))


def _open_spacing(_table: Columns, _target: Target) -> Judge:
    def judge(value: Any) -> Sequence[Verdict]:
        if not isinstance(value, str) or (after := tidy(value)) == value or not after:
            return ()
        if _may_be_mojibake(value):
            return ()  # a blank or a control may be half of a letter: it is all there is to go by
        return (
            Verdict(
                "It has blanks or invisible characters that nobody typed.",
                f"“{_shown(value)}” without them is “{after}”; no letter changes.",
                0.999,
                after,
            ),
        )

    return judge


SPACING = Rule(
    name="text_spacing",
    title="Stray blanks and invisible characters",
    dimension="validity",
    severity="warn",
    finds="Blanks at the ends, doubled or unusual blanks, control characters, zero-width spaces.",
    never="Joiners and direction marks (scripts and emoji need them), ideographic spaces inside, "
    "the composed or decomposed form of letters, emails and phones, text that may be mojibake.",
    source="The Unicode character properties, as Python has them.",
    targets=_targets(_TEXT),
    open=_open_spacing,
    repairs=True,
)

_ENCODING_ONLY = TextFixerConfig(
    unescape_html=False, remove_terminal_escapes=False, restore_byte_a0=True,
    replace_lossy_sequences=False, decode_inconsistent_utf8=False, fix_c1_controls=False,
    fix_latin_ligatures=False, fix_character_width=False, uncurl_quotes=False,
    fix_line_breaks=False, fix_surrogates=False, remove_control_chars=False, normalization=None,
    explain=True,
)  # fmt: skip
_BACK = {"latin-1": "latin-1", "sloppy-windows-1252": "sloppy-windows-1252"}


@lru_cache(maxsize=50_000)
def repaired_encoding(text: str) -> str | None:
    """Return what was typed before UTF-8 was read as a one-byte encoding, or None.

    Only where the damage can be done again: the result, written as UTF-8 and read as Latin-1 or
    Windows-1252 as often as ftfy says, is `text` to the byte.
    """
    if text.isascii():
        return None
    fixed, steps = ftfy.fix_encoding_and_explain(text, _ENCODING_ONLY)
    if fixed == text or "\ufffd" in fixed or any(unicodedata.category(c) == "Cc" for c in fixed):
        return None
    decoders = [step.parameter for step in steps or () if step.action == "encode"]
    if not decoders or not all(name in _BACK for name in decoders):
        return None
    return fixed if _damaged(fixed, decoders) == text else None


def _damaged(text: str, decoders: Sequence[str]) -> str | None:
    for name in reversed(decoders):
        try:
            text = text.encode("utf-8").decode(_BACK[name])
        except (UnicodeDecodeError, UnicodeEncodeError):
            return None
    return text


@lru_cache(maxsize=50_000)
def possible_encoding(text: str) -> str | None:
    """Return what `text` would be if it were mojibake that ftfy finds too little odd to say so.

    "ÄŒapek" and "Nguyá»…n" are made of letters alone. The reading is exact, but only a place where
    the result occurs undamaged tells that it is right.
    """
    if text.isascii():
        return None
    try:
        read = text.encode("sloppy-windows-1252").decode("utf-8")
    except (UnicodeDecodeError, UnicodeEncodeError):
        return None
    new = [c for c in read if not c.isascii()]
    fine = all(unicodedata.category(c)[0] in "LM" and not "\u0250" <= c <= "\u02ff" for c in new)
    return read if new and fine and len(read) < len(text) else None


def _open_mojibake(table: Columns, target: Target) -> Judge:
    column = table.column(target.subject, target.field)
    known = {value for value in column.values if isinstance(value, str) and not value.isascii()}
    return partial(_judge_mojibake, known)


def _judge_mojibake(known: set[str], value: Any) -> Sequence[Verdict]:
    if not isinstance(value, str) or value.isascii():
        return ()
    message = "UTF-8 was read in a one-byte encoding."
    if after := repaired_encoding(value):
        after = repaired_encoding(after) or after
        evidence = f"“{after}”, damaged the same way, is the stored text to the byte."
        return (Verdict(message, evidence + _besides(value, after), 0.995, after),)
    if after := possible_encoding(value):
        seen = after in known
        evidence = f"“{after}”, damaged so, is the stored text to the byte" + (
            ", and stands undamaged in other records." if seen else "; no other record has it."
        )
        return (Verdict(message, evidence, 0.99 if seen else 0.9, after),)
    if "\ufffd" in value:
        message = "A character was lost in a conversion."
        evidence = "It holds U+FFFD, which stands for a byte that could not be read."
        return (Verdict(message, evidence, 0.99),)
    return ()


def _besides(value: str, after: str) -> str:
    more = ftfy.fix_text(value)
    return "" if more == after else f" ftfy would go on to “{_shown(more)}”; that is not done."


MOJIBAKE = Rule(
    name="mojibake",
    title="Mojibake: text in the wrong encoding",
    dimension="validity",
    severity="error",
    finds="UTF-8 that was read as Latin-1 or Windows-1252 (“JÃ¼rgen”), and characters lost for "
    "good (U+FFFD), which it only reports.",
    never="Curly quotes, ligatures, widths, HTML entities: ftfy would change those too, and they "
    "may be right. Nothing that cannot be damaged back to the stored bytes.",
    source="ftfy's encoding detection, and the round trip.",
    targets=_targets(_NAMES),
    open=_open_mojibake,
    repairs=True,
)

# What stands for "nothing" and is nobody's name. "Null", "None" and "NA" are left out: people are
# called so, and NA is Namibia.
_NOTHING = frozenset({
    "n/a", "#n/a", "n.a.", "-", "--", "---", "_", ".", "..", "...", "?", "??", "???",
    "(blank)", "[blank]", "(none)", "[none]", "(empty)", "[not provided]", "not provided",
    "not available", "not applicable", "<null>", "#ref!", "#value!", "#name?", "undefined", "nan",
    "unbekannt", "inconnu", "k.a.", "k. a.",
})  # fmt: skip
_LIKELY_NOTHING = frozenset({"unknown", "none", "null", "tbd", "xxx", "xx", "na", "test", "desconocido"})  # fmt: skip # noqa: E501 - a list of words
_PEOPLE = frozenset({"first_name", "last_name"})
_EMPTIED: dict[Subject, tuple[str, ...]] = {
    "contact": ("first_name", "last_name", "job_title", "phone", "country", "state", "city",
                "company_name", "owner"),
    "company": ("domain", "industry", "phone", "country", "state", "city", "owner"),
}  # fmt: skip


def _open_placeholder(_table: Columns, target: Target) -> Judge:
    people = target.field in _PEOPLE

    def judge(value: Any) -> Sequence[Verdict]:
        if not isinstance(value, str) or len(value) > 20:
            return ()
        plain = value.strip().casefold()
        if plain in _NOTHING and not (people and plain in ("nan", "undefined", ".")):
            message = "It stands for “nothing”, which an empty field says."
            return (
                Verdict(message, f"“{value}” is a placeholder of exports and forms.", 0.99, None),
            )
        if plain in _LIKELY_NOTHING and not people:
            message = "It probably stands for “nothing”."
            return (Verdict(message, f"“{value}” is a usual placeholder.", 0.9, None),)
        return ()

    return judge


PLACEHOLDER = Rule(
    name="placeholder",
    title="Placeholders in place of a value",
    dimension="completeness",
    severity="warn",
    finds="“n/a”, “-”, “[not provided]”, “#N/A” and the like in a field that may be empty.",
    never="“Null”, “None”, “Na”, “Test” and “Xxx” in a name: people are called so.",
    source="What spreadsheets, Salesforce and form builders write for an empty value.",
    targets=_targets(_EMPTIED),
    open=_open_placeholder,
    repairs=True,
)
