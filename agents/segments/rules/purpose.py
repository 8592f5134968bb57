"""What a list is for: a count, internal use, a campaign. None of these is a condition."""

from __future__ import annotations

import re

from .framing import Frame, blank, find
from .text import tokenise

__all__ = ["take_counting", "take_internal", "take_purpose"]

_COUNTS = (
    "how many", "how much", "count of", "number of", "count", "what is the number of",
    "what's the number of",
    "what's the total number of", "what is the total number of",
    "total number of", "give me a count of", "how large is", "how big is",
    "what is the count of", "tell me how many", "whats the number of", "get the number of",
)  # fmt: skip
_INTERNAL = (
    "for internal use only", "for internal use", "for internal analysis",
    "for an internal analysis",
    "for analysis only", "for analysis", "for an analysis", "for a report", "for reporting",
    "for internal reporting", "internal use only", "internal use", "for internal purposes",
    "internal only", "for routing", "not for mailing", "not for marketing", "no mailing",
    "for our own analysis", "just for analysis", "just for internal use", "for research",
    "for an internal report", "for a dashboard", "for internal research",
    "only for internal use", "only for analysis", "for internal review", "for an internal review",
    "it is internal", "it's internal", "this is internal", "as an internal list",
    "for internal planning", "nobody will be mailed", "we will not mail them",
    "for data analysis", "for an audit",
)  # fmt: skip
_PURPOSE = (
    "campaign",
    "launch",
    "newsletter",
    "promotion",
    "webinar",
    "event",
    "invite",
    "invitation",
    "mailing",
    "outreach",
    "push",
    "announcement",
    "email",
    "survey",
    "roadshow",
    "conference",
    "dinner",
    "meetup",
    "upsell",
    "follow-up",
    "sequence",
    "nurture",
    "drip",
    "offer",
    "mailout",
    "workshop",
    "party",
    "email blast",
)


def take_counting(frame: Frame) -> None:
    """Take out "how many": a figure is asked for, of everybody who matches."""
    tokens = tokenise(frame.body)
    for phrase in sorted(_COUNTS, key=len, reverse=True):
        hit = find(tokens[:14], phrase)
        if hit is None:
            continue
        if (phrase == "count" and hit[0] > 3) or (phrase == "number of" and hit[0] > 6):
            continue
        after = tokens[hit[1]].key if hit[1] < len(tokens) else ""
        if phrase == "number of" and after == "employees":
            continue
        frame.counting = True
        frame.use = "internal"
        end = hit[1]
        if [t.key for t in tokens[end : end + 2]] in (["of", "our"], ["of", "the"], ["of", "my"]):
            end += 2
        blank(frame, tokens[hit[0]].start, tokens[end - 1].end, "filler", "asks for a count")
        return


def take_internal(frame: Frame) -> None:
    """Take out "for internal use": nobody is mailed."""
    tokens = tokenise(frame.body)
    for phrase in sorted(_INTERNAL, key=len, reverse=True):
        hit = find(tokens, phrase)
        if hit is not None:
            frame.use = "internal"
            blank(
                frame,
                tokens[hit[0]].start,
                tokens[hit[1] - 1].end,
                "use_policy",
                "for internal use: nobody is mailed, the use policy does not apply",
            )
            return


_TEST = re.compile(
    r"\b(?:for|as) (?:(?:an|a|the|our|my|this|next|upcoming) )*(?:[\w-]+ )?"
    r"(?:a ?/ ?b|ab|a-b|split|multivariate|subject[- ]line|holdout|hold-out)[ -]"
    r"(?:tests?|testing|experiments?|group)\b(?: (?:i|we)(?:'d)? (?:need|want|like|would like)\b)?",
    re.IGNORECASE,
)
_NO_SHOW = re.compile(
    r"(?<=\w)[\s,;:(-]+(?:so|i\.? ?e\.?,?|that is,?|meaning|in other words,?)? ?"
    r"(?:the |those |all )?(?:people|ones|contacts|those|everyone|everybody)? ?"
    r"(?:who|that) (?:had )?(?:signed up|registered)(?: for it)?,? (?:and|but) (?:then )?"
    r"(?:didn't|did not|never) (?:actually )?"
    r"(?:turn(?:ed)? up|show(?:ed)? up|show|attend(?:ed)?|come|came|join(?:ed)?)"
    r"(?: it)?\)?(?=\W*$|[.,;])",
    re.IGNORECASE,
)
"""What a no-show is, said again beside the word."""
_NOTICE = re.compile(
    r"(?<=[,.;:(-])\s*(?:because |since |as )?(?:this|it)(?:'s| is| will be) (?:for )?"
    r"(?:a|an|our|the) (?:[\w-]+ ){0,3}?(?:notice|announcement|reminder|recall|warning|message|"
    r"update|communication|notification|email|mail|letter)\b"
    r"(?: (?:about|on|regarding)(?: (?!(?:for|in|who|to|with|without|not|except|from|at|and|but)\b)"
    r"[\w'-]+){1,6})?(?=\W*$|[.,;:)])",
    re.IGNORECASE,
)


def take_purpose(frame: Frame) -> None:
    """Take out "for our spring campaign": what the list is for is no condition."""
    shows = re.search(r"\bno[- ]?shows?\b", frame.body, re.IGNORECASE)
    again = _NO_SHOW.search(frame.body, shows.end()) if shows is not None else None
    if again is not None:
        blank(frame, again.start(), again.end(), "filler", "says again what a no-show is")
    for pattern in (_TEST, _NOTICE):
        if (hit := pattern.search(frame.body)) is not None:
            said = hit.group().strip()
            blank(frame, hit.start(), hit.end(), "filler", f"says what it is for: {said}")
    tokens = tokenise(frame.body)
    for at, token in enumerate(tokens):
        if token.key != "for" or at + 1 >= len(tokens):
            continue
        if tokens[at + 1].key not in {"the", "our", "a", "an", "my", "this", "next", "tomorrow"}:
            continue
        if at and tokens[at - 1].key in {
            "registered",
            "register",
            "signed",
            "up",
            "attended",
            "show",
            "shows",
            "noshows",
        }:
            continue
        for end in range(at + 2, min(at + 8, len(tokens))):
            if tokens[end].kind == "mark" or tokens[end].key in {"who", "in", "with", "and", "or"}:
                break
            if tokens[end].key in _PURPOSE and not (
                end + 1 < len(tokens) and tokens[end + 1].key in _PURPOSE
            ):
                said = frame.body[token.start : tokens[end].end]
                if any(
                    t.key in {"registered", "register", "signed"}
                    for t in tokens[max(0, at - 3) : at]
                ):
                    break
                blank(frame, token.start, tokens[end].end, "filler", f"says what it is for: {said}")
                return
