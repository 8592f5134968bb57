"""Who to include although the use policy leaves them out: "even if they unsubscribed"."""

from __future__ import annotations

import re

from tools.segments.tree import UseExclusion

from .framing import Frame, blank
from .text import fold, tokenise

__all__ = ["take_anyway"]

_LIFT = (
    "include",
    "incl",
    "including",
    "even",
    "regardless",
    "ignore",
    "ignoring",
    "irrespective",
    "plus",
    "keep",
    "also",
    "add",
    "with",
    "despite",
    "no",
)
_REASONS: tuple[tuple[str, UseExclusion], ...] = (
    ("unsubscribed", "unsubscribed"), ("unsubscribes", "unsubscribed"),
    ("unsubscribe", "unsubscribed"), ("opted out", "unsubscribed"), ("opt outs", "unsubscribed"),
    ("opt-outs", "unsubscribed"), ("unsubscribers", "unsubscribed"),
    ("no consent", "no_consent"), ("without consent", "no_consent"),
    ("not consented", "no_consent"), ("denied consent", "no_consent"),
    ("missing consent", "no_consent"), ("of consent", "no_consent"), ("consent", "no_consent"),
    ("without permission", "no_consent"), ("no opt in", "no_consent"),
    ("without opt in", "no_consent"), ("never consented", "no_consent"),
    ("bounced", "bounced"), ("bounces", "bounced"), ("bouncing", "bounced"),
    ("complained", "complained"), ("complaints", "complained"), ("complainers", "complained"),
    ("marked us as spam", "complained"), ("reported us as spam", "complained"),
    ("suppressed", "suppressed"), ("suppression list", "suppressed"), ("suppression", "suppressed"),
    ("frequency cap", "frequency_cap"), ("mailed too often", "frequency_cap"),
    ("capped", "frequency_cap"),
)  # fmt: skip
_LIFT_GLUE = {
    ".",
    "the", "people", "contacts", "those", "ones", "who", "have", "has", "that", "are", "is", "too",
    "as", "well", "also", "if", "they", "of", "even", "and", "or", "anyone", "everyone", "our",
    "without", "no", "not", "their", "any", "all", "also,", "them", "people's", "it", "on",
    "when", "been", "were", "from", "list", "status", "please", "marketing", "given", "had",
    "whether", "emails", "addresses", "did", "however", "anyway", "though", "in", "person", "us",
    "email", "hard", "this", "time", "where", "missing", "denied", "for", "hit", "reached", "ones,",
}  # fmt: skip


_WHO_LEFT = (
    r"(?:hard |soft )?(?:unsubscribed|unsubscribes?|unsubscribers|opted[- ]out|opt[- ]outs?|"
    r"bounced|bounces|complained|suppressed)"
)
_ONES = r"(?: ?(?:ones|people|contacts|addresses|emails|folks))?"
_MORE = rf"(?:,? ?(?:and|or|nor|/|&) ?(?:the |those )?(?:who )?(?:have |are )?{_WHO_LEFT})*"
_WHO = (
    r"(?:the |those |any |anyone |everyone |our |all |people |ones )*(?:who )?(?:have |are |has )?"
)
_GROUP = rf"{_WHO}({_WHO_LEFT}{_MORE}){_ONES}"
_SAID = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:\b(?:and|with|also) )*{_GROUP} (?:(?:should|must|can|may|need to|have to|are to|to) "
        r"be |being |are )?(?:included|kept)\b(?: in)?(?: too| as well)?",
        rf"(?:,|\b(?:and|plus|also|with)\b) ?(?:with )?{_GROUP},? (?:too|as well|and all)\b",
        rf"\b(?:and )?also {_GROUP}(?=[ ,.!]*(?:please)?[ .!]*$)",
        r"\b(?:and )?(?:whether or not|no matter (?:if|whether)|(?:regardless|irrespective) of "
        r"(?:whether|if)|whether)(?: or not)? (?:they|people|somebody|someone)"
        rf"(?:'ve|'re| have| are| were| had)? ?({_WHO_LEFT}{_MORE})(?: or not)?\b",
        rf"\b({_WHO_LEFT}) or not\b",
        r"\b(?:and |but )?(?:please )?(?:don't|do not|dont|never) (?:leave out|exclude|drop|"
        rf"remove|filter out|skip|omit) {_GROUP}",
        rf"\b(?:and )?(?:please )?keep {_GROUP}(?: in| on)?(?: the list)?(?: too)?(?=\W*$|,|\.)",
        rf"\b(?:plus|and also) {_GROUP}(?=\W*$)",
        rf"\b(?:and )?(?:so )?(?:please )?(?:do )?include {_GROUP}(?: too| as well)?",
    )
)


def take_anyway(frame: Frame) -> None:
    """Take out "including people who unsubscribed", "bounced ones too", "even without consent"."""
    _by_pattern(frame)
    _by_words(frame)


def _by_pattern(frame: Frame) -> None:
    for pattern in _SAID:
        hit = pattern.search(frame.body)
        if hit is None or _denied(frame.body, hit.start()):
            continue
        said = " ".join(fold(hit.group(1)).replace("-", " ").split())
        reasons: list[UseExclusion] = [
            reason for phrase, reason in _REASONS if phrase.replace("-", " ") in said
        ]
        if reasons:
            _lift(frame, reasons, hit.start(), hit.end())


def _denied(body: str, start: int) -> bool:
    """Whether "not" stands right before: "do not include the unsubscribed"."""
    before = body[:start].lower()
    return re.search(r"\b(?:not|don't|dont|never|without|no)\W+(?:\w+\W+)?$", before) is not None


def _lift(frame: Frame, reasons: list[UseExclusion], start: int, end: int) -> None:
    frame.anyway = tuple(dict.fromkeys((*frame.anyway, *reasons)))
    said = ", ".join(reason.replace("_", " ") for reason in frame.anyway)
    became = f"includes people the use policy leaves out ({said}); a second person must agree"
    blank(frame, start, end, "use_policy", became, ",")


def _by_words(frame: Frame) -> None:
    """Find "including people who unsubscribed", "even without consent", "... too"."""
    tokens = tuple(t for t in tokenise(frame.body) if t.key != "-")
    keys = [t.key for t in tokens]
    for at, key in enumerate(keys):
        if key not in _LIFT or (
            key in {"with", "no", "also", "add", "keep", "plus"} and not _too(keys, at)
        ):
            continue
        if at and keys[at - 1] in {
            "not",
            "don't",
            "dont",
            "never",
            "without",
            "job",
            "title",
            "titles",
        }:
            continue
        end, reasons, last = at + 1, list[UseExclusion](), at
        while end < len(keys) and end - at < 30:
            found = _reason(keys, end)
            if found is not None:
                reasons.append(found[0])
                end = last = end + found[1]
            elif keys[end] in _LIFT_GLUE or tokens[end].text == ",":
                end += 1
            else:
                break
        if not reasons:
            continue
        while last < len(keys) and keys[last] in {
            "too",
            "as",
            "well",
            "people",
            "contacts",
            "also",
            "ones",
            "anyway",
            "status",
            "list",
            "us",
            "emails",
            "addresses",
            "please",
            "this",
            "time",
        }:
            last += 1
        begin = at - 1 if at and keys[at - 1] in {"and", "but", "please", "also"} else at
        _lift(frame, reasons, tokens[begin].start, tokens[last - 1].end)


def _too(keys: list[str], at: int) -> bool:
    near = keys[at : at + 14]
    words = " ".join(near)
    return (
        "too" in near
        or "as well" in words
        or "anyway" in near
        or words.startswith(
            (
                "also include",
                "please include",
                "no need for consent",
                "no consent needed",
                "no consent required",
                "keep the unsubscribed",
                "keep unsubscribed",
            )
        )
    )


def _reason(keys: list[str], at: int) -> tuple[UseExclusion, int] | None:
    for phrase, reason in _REASONS:
        words = fold(phrase).replace("-", " ").split()
        if keys[at : at + len(words)] == words:
            return reason, len(words)
    return None
