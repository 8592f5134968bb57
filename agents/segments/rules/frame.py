"""The frame around a description: the list's name, what it is for, counts, who to include anyway.

These are taken out of the request before its conditions are read; each keeps its words.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tools.segments.tree import Use, UseExclusion

from .text import Token, fold, tokenise

__all__ = ["Frame", "read_frame"]

_COUNTS = (
    "how many", "how much", "count of", "number of", "count", "what is the number of",
    "what's the number of", "total number of", "give me a count of", "how large is", "how big is",
    "what is the count of", "tell me how many", "whats the number of", "get the number of",
)  # fmt: skip
_NAMING = (
    "call it", "call the list", "call this", "name it", "name the list", "name this", "called",
    "named", "titled", "with the name", "name the segment", "call the segment", "under the name",
    "save it as", "save as", "label it", "call that", "name:", "title it", "and call it",
    "and name it", "list name", "call them",
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


@dataclass(slots=True)
class Frame:
    """What surrounds the description, and the text that is left."""

    body: str
    name: str = ""
    use: Use = "marketing"
    counting: bool = False
    anyway: tuple[UseExclusion, ...] = ()
    taken: list[tuple[int, int, str, str]] = field(default_factory=list)
    """(start, end, use, what it became) of every stretch taken out, in the cleaned text."""


def read_frame(text: str) -> Frame:
    """Take the frame out of a cleaned request; what is taken is blanked, so places stay."""
    frame = Frame(body=text)
    for step in (_name, _counting, _anyway, _internal, _purpose):
        step(frame)
    return frame


def _blank(frame: Frame, start: int, end: int, use: str, became: str, mark: str = " ") -> None:
    frame.taken.append((start, end, use, became))
    frame.body = frame.body[:start] + mark + " " * (end - start - 1) + frame.body[end:]


def _find(tokens: tuple[Token, ...], phrase: str, start: int = 0) -> tuple[int, int] | None:
    words = tuple(t.key for t in tokenise(phrase) if t.key != "-")
    size = len(words)
    for at in range(start, len(tokens) - size + 1):
        if all(tokens[at + n].key == word for n, word in enumerate(words)):
            return at, at + size
    return None


def _name(frame: Frame) -> None:
    tokens = tokenise(frame.body)
    keys = [t.key for t in tokens]
    for phrase in sorted(_NAMING, key=len, reverse=True):
        hit = _find(tokens, phrase)
        if hit is None or hit[1] >= len(tokens):
            continue
        at, end = hit
        single = len(phrase.split()) == 1
        if single and keys[max(at - 1, 0)] not in {
            "list",
            "segment",
            "audience",
            "it",
            "be",
            "and",
            "group",
        }:
            continue
        if (
            single
            and at >= 2
            and keys[at - 1] == "list"
            and keys[at - 2] == "the"
            and ("on" in keys[max(0, at - 4) : at] or "in" in keys[max(0, at - 4) : at])
        ):
            continue
        while (
            end < len(tokens)
            and tokens[end].key in {":", "the", "it"}
            and tokens[end].kind != "quote"
        ):
            if tokens[end].key == "the" and tokens[end].text[0].isupper():
                break
            end += 1
        if end >= len(tokens):
            return
        if tokens[end].kind == "quote":
            name, stop = tokens[end].text[1:-1], end + 1
        else:
            stop = end
            ends = {"with", "containing", "of", "for", "who", "that", "from"} if single else set()
            while (
                stop < len(tokens)
                and tokens[stop].text not in {".", ",", "!", "?", ";", ":"}
                and (tokens[stop].key not in ends)
            ):
                stop += 1
            if stop == end:
                return
            name = frame.body[tokens[end].start : tokens[stop - 1].end]
        frame.name = name.strip()[:120]
        begin = tokens[at].start
        if at and keys[at - 1] in {"and", ","}:
            begin = tokens[at - 1].start
        _blank(frame, begin, tokens[stop - 1].end, "name", f"the list is called {frame.name}", ",")
        return


def _counting(frame: Frame) -> None:
    tokens = tokenise(frame.body)
    for phrase in sorted(_COUNTS, key=len, reverse=True):
        hit = _find(tokens[:14], phrase)
        if hit is None:
            continue
        if (phrase == "count" and hit[0] > 3) or (phrase == "number of" and hit[0] > 6):
            continue
        after = tokens[hit[1]].key if hit[1] < len(tokens) else ""
        if phrase == "number of" and after == "employees":
            continue
        frame.counting = True
        frame.use = "internal"
        _blank(frame, tokens[hit[0]].start, tokens[hit[1] - 1].end, "filler", "asks for a count")
        return


def _anyway(frame: Frame) -> None:
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
        frame.anyway = tuple(dict.fromkeys((*frame.anyway, *reasons)))
        said = ", ".join(reason.replace("_", " ") for reason in frame.anyway)
        _blank(
            frame,
            tokens[begin].start,
            tokens[last - 1].end,
            "use_policy",
            f"includes people the use policy leaves out ({said}); a second person must agree",
        )
        return


def _too(keys: list[str], at: int) -> bool:
    near = keys[at : at + 14]
    words = " ".join(near)
    return (
        "too" in near
        or "as well" in words
        or "anyway" in near
        or (keys[at] == "add" and False)
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


def _internal(frame: Frame) -> None:
    tokens = tokenise(frame.body)
    for phrase in sorted(_INTERNAL, key=len, reverse=True):
        hit = _find(tokens, phrase)
        if hit is not None:
            frame.use = "internal"
            _blank(
                frame,
                tokens[hit[0]].start,
                tokens[hit[1] - 1].end,
                "use_policy",
                "for internal use: nobody is mailed, the use policy does not apply",
            )
            return


def _purpose(frame: Frame) -> None:
    """Take out "for our spring campaign": what the list is for is no condition."""
    tokens = tokenise(frame.body)
    for at, token in enumerate(tokens):
        if token.key != "for" or at + 1 >= len(tokens):
            continue
        if tokens[at + 1].key not in {"the", "our", "a", "an", "my", "this", "next", "tomorrow"}:
            continue
        if at and tokens[at - 1].key in {"registered", "register", "signed", "up", "attended"}:
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
                _blank(
                    frame, token.start, tokens[end].end, "filler", f"says what it is for: {said}"
                )
                return
