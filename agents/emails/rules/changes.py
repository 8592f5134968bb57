"""Changes to the last email: "shorter", "subject: ...", "send it on Friday at 10", "only Germany".

What changes settings alone keeps the words as they are. What changes the words writes them anew
from the brief; where a person has edited them by hand, it is asked first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from agents.emails.port import Brief, Last, Point, Proposal, Tone
from agents.port import Question
from tools.email.model import Email, Mailbox, Schedule

from .pieces import LEAST_WORDS, Pieces, take_all
from .reader import flat, occasion_in
from .words import count_words
from .writer import split_evenly

__all__ = ["ANEW", "change", "is_change"]

ANEW = ("write it anew", "leave the words as they are")


def _rx(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_PLEASE = (
    r"(?:(?:please|now|and|but|also|ok(?:ay)?,?|can you|could you|bitte|make it|make the email|"
    r"make the text|keep it|mach(?:e)? (?:sie|es|ihn)|a bit|a little|much|even|etwas|viel|noch|"
    r"rewrite it|write it|slightly|somewhat|i want it|it should be|the tone)\s+)*"
)
_SHORTER = _rx(rf"^\W*{_PLEASE}(?:shorter|shorten(?: it)?|more concise|more brief|briefer|tighter"
    rf"|trim "
               r"it|cut it(?: down)?|less text|too long|it(?:'s| is) too long|kürzer|kürze es|zu "
               r"lang)\b")  # fmt: skip
_LONGER = _rx(rf"^\W*{_PLEASE}(?:longer|more (?:detailed|detail|text)|extend it|expand it|länger|"
              r"ausführlicher)\b")  # fmt: skip
_TONES: tuple[tuple[re.Pattern[str], Tone], ...] = (
    (_rx(rf"^\W*{_PLEASE}(?:more |be )?(?:friendlier|friendly|warmer|warm|freundlicher"
            rf"|herzlicher)\b"),
     "friendly"),
    (_rx(rf"^\W*{_PLEASE}(?:more |be )?(?:formal|professional|polite|serious|förmlicher|formeller|"
         r"seriöser|less casual)\b"), "formal"),
    (_rx(rf"^\W*{_PLEASE}(?:more |be )?(?:informal|casual|less formal|lockerer|per "
            rf"du)\b"), "informal"),
    (_rx(rf"^\W*{_PLEASE}(?:more |be )?(?:neutral|plain|factual|sober|sachlicher|nüchterner)\b"),
     "plain"),
)  # fmt: skip
_AT_ONCE = _rx(r"\b(?:send|schick(?:e)?)\b.{0,20}\b(?:now|immediately|right away|as soon as (?:it "
    r"is |"
               r"it's )?approved|at once|sofort)\b|\b(?:unschedule|no schedule|do not schedule"
               r"|don't "
               r"schedule)\b")  # fmt: skip
_ONE_SUBJECT = _rx(r"\b(?:no a/?b|without (?:the )?a/?b|(?:only|just) one subject|no variants?"
    r"|drop the "
                   r"(?:variants?|a/?b(?: test)?)|remove the (?:variants?|a/?b(?: "
                   r"test)?))\b[^,;.]*")  # fmt: skip
_SENTENCE = _rx(r"^\W*(?:please )?(?:drop|remove|delete|leave out|take out|cut|lass)\s+(?:the )?"
                r"(?:sentence|line|part|bit|paragraph|point|satz|mention)s?\s*(?:about|on|with|of"
                r"|that "
                r"says|saying|über)\s+(?P<what>.+?)(?: weg)?\W*$")  # fmt: skip
_REPLACE = _rx(r"^\W*(?:please )?(?:replace|change|swap)\s+\"(?P<old>[^\"]+)\"\s+(?:with|by|to|for|"
               r"into)\s+\"(?P<new>[^\"]+)\"\W*$")  # fmt: skip
_DATE = _rx(r"\b(?:(?:the )?(?:date|event|webinar|it|dinner|workshop)\s*(?:is|takes place|was "
    r"moved|moved|"
            r"has moved|to|should be|:)|(?:change|move) (?:the )?(?:date|event|it) to|new date:?"
            r"|the "
            r"right date is|(?:der )?termin(?: ist)?)\b")  # fmt: skip
_ABOUT = _rx(
    r"^\W*(?:it(?:'s| is| should be) about|about|topic|thema)\s*:?\s+(?P<about>[^;]{3,200})$"
)
_REACH = _rx(
    r"^\W*(?:(?:please|now|and|but|ok(?:ay)?,?|actually,?|can you|could you|send it|it should go|"
    r"it goes|make it|make that|limit it|restrict it|narrow it|bitte|nur|schick es|change the "
    r"audience|the audience should be|audience:?)\s+)*(?P<who>(?:only|just|to|also|add|include|"
    r"exclude|excluding|except|without|not to|not|drop|remove|leave out|plus|limit|restrict"
    r"|instead|"
    r"for|nur|auch|ohne|an|nicht an)\b.*|.*\binstead\W*)$"
)
_CHANGE = _rx(
    rf"^\W*(?:{_PLEASE}(?:shorter|shorten|longer|friendl\w+|warm\w*|more|less|formal|informal"
    rf"|casual|"
    r"kürzer|länger|förmlicher|freundlicher|lockerer|tighter|trim|too long|concise)|(?:please "
    r"|and |"
    r"now |also |bitte )*(?:subject|betreff|preheader|button|link|send it|schedule|schick|send "
    r"(?:this|"
    r"that|the email)|only|just|also|exclude|without|except|drop|remove|delete|leave out|replace|"
    r"change|add|include|mention|say|use|make|call it|name it|rename|not|don't|do not|two|three|2"
    r"|3|"
    r"a/b|in (?:german|english)|auf deutsch|auf englisch|sign|from|reply|limit|move|the date|the "
    r"event|write it|rewrite|translate|nur|ohne|erwähne|tone|no |at most|different|another|new "
    r"subject|with|try))\b"
)


def is_change(text: str) -> bool:
    """Return whether a text reads as a change to what was drafted, not as a new request."""
    return bool(_CHANGE.match(flat(text)))


def change(
    last: Last, text: str, *, as_of: datetime, zone: str, suggest: Sequence[str]
) -> Proposal | Question:
    """Return the brief as changed, and the email itself where its words stay.

    `suggest` are further subject lines, for an A/B test.
    """
    today = as_of.astimezone(ZoneInfo(zone)).date()
    body = flat(text)
    if match := _REPLACE.match(body):
        return _replaced(last, match["old"], match["new"], text)
    if match := _SENTENCE.match(body):
        return _without(last, match["what"])
    pieces = Pieces(text=body, today=today, zone=zone)
    brief, keep = _relative(last, pieces)
    take_all(pieces)
    brief, keep = _settings(brief, keep, pieces, suggest)
    rest = re.sub(r"(?:\s*[,;]\s*)+", ", ", pieces.text).strip(" ,.;!?")
    brief, keep, reach = _rest(brief, keep, rest, today)
    points = tuple(Point(key="send_day", text=t, options=o) for t, o in pieces.doubts)
    brief = brief.model_copy(update={"said": f"{brief.said}\n{text.strip()}".strip()})
    words_change = _wording(brief) != _wording(last.brief)
    if (
        brief == last.brief.model_copy(update={"said": brief.said})
        and keep == last.email
        and not reach
    ):
        return Question(text="What should I change? For example: shorter, subject: ..., send it on "
                        "Friday at 10, only Germany.", about=body[:120])  # fmt: skip
    if words_change and last.edited:
        return Proposal(brief=brief, open=(_hand_edited(), *points), reach=reach)
    return Proposal(brief=brief, open=points, keep=None if words_change else keep, reach=reach)


def _hand_edited() -> Point:
    text = "Somebody edited the words by hand, and writing them anew would lose that. Shall I?"
    return Point(key="anew", text=text, options=ANEW)


_WORDS = ("purpose", "about", "occasion", "links", "reply_instead", "tone", "words", "language",
          "must_say", "must_not")  # fmt: skip


def _wording(brief: Brief) -> dict[str, Any]:
    return {name: getattr(brief, name) for name in _WORDS}


def _relative(last: Last, pieces: Pieces) -> tuple[Brief, Email]:
    """Take out what is said in comparison with the last email."""
    brief, email = last.brief, last.email
    now = _length_of(email)
    update: dict[str, Any] = {}
    for _ in range(3):
        text = pieces.text.strip(" ,")
        if match := _SHORTER.match(text):
            update["words"] = max(LEAST_WORDS, round(min(now, brief.words or now) * 0.65))
        elif match := _LONGER.match(text):
            update["words"] = round(now * 1.4)
        elif found := next(((m, tone) for p, tone in _TONES if (m := p.match(text))), None):
            match, update["tone"] = found
        else:
            break
        pieces.text = re.sub(r"^\W*(?:and|but|und|aber)?\s*", "", text[match.end() :])
    if match := _AT_ONCE.search(pieces.text):
        pieces.cut(match.start(), match.end())
        update["schedule"] = brief.schedule.model_copy(update={"send_at": None})
    if match := _ONE_SUBJECT.search(pieces.text):
        pieces.cut(match.start(), match.end())
        update["variants"] = 0
        email = email.model_copy(update={"variants": ()})
    return brief.model_copy(update=update), email


def _length_of(email: Email) -> int:
    parts = []
    for block in email.body:
        dumped = block.model_dump()
        parts += [dumped.get("text") or "", dumped.get("label") or "", *(dumped.get("items") or ())]
    return count_words(" ".join(parts))


def _settings(
    brief: Brief, email: Email, pieces: Pieces, suggest: Sequence[str]
) -> tuple[Brief, Email]:
    got = dict(pieces.got)
    got.pop("_assumed_time", None)
    for name in ("must_say", "must_not"):
        if name in got:
            got[name] = tuple(dict.fromkeys((*getattr(brief, name), *got[name])))
    if pieces.schedule:
        got["schedule"] = Schedule(**{**brief.schedule.model_dump(), **pieces.schedule})
    brief = Brief(**{**brief.model_dump(), **got})
    patch: dict[str, Any] = {}
    if "subject" in got:
        patch["subject"] = got["subject"]
        if email.variants:
            first = email.variants[0].model_copy(update={"subject": got["subject"]})
            patch["variants"] = (first, *email.variants[1:])
    if "preheader" in got:
        patch["preheader"] = got["preheader"]
    if "name" in got:
        patch["name"] = got["name"]
    if "sender" in got or "sender_address" in got:
        patch["sender"] = Mailbox(
            name=got.get("sender", email.sender.name),
            address=got.get("sender_address", email.sender.address),
        )
    if "reply_to" in got:
        patch["reply_to"] = Mailbox(address=got["reply_to"])
    if got.get("variants", 0) > 1:
        subjects = list(dict.fromkeys([patch.get("subject", email.subject), *suggest]))
        patch["variants"] = split_evenly(subjects[: got["variants"]])
    return brief, Email.model_validate({**email.model_dump(), **patch})


def _rest(brief: Brief, email: Email, rest: str, today: Any) -> tuple[Brief, Email, str]:
    """Read what is left: another date, another matter, another audience, or a fact to add."""
    if not rest or re.fullmatch(r"(?:\W|please|thanks|and|also|it|the|email|bitte|make|with|send"
        r"|use|"
                                r"to|write|try|add)*", rest, re.IGNORECASE):  # fmt: skip
        return brief, email, ""
    if match := _ABOUT.match(rest):
        return brief.model_copy(update={"about": match["about"]}), email, ""
    if _DATE.search(rest):
        occasion, _, when = occasion_in(rest, today)
        if when is not None or occasion.at:
            new = {k: v for k, v in occasion.model_dump().items() if v}
            merged = type(brief.occasion)(**{**brief.occasion.model_dump(), **new})
            return brief.model_copy(update={"occasion": merged}), email, ""
    if match := _REACH.match(rest):
        who = re.sub(r"^(?:to|for|an)\s+", "", match["who"], flags=re.IGNORECASE)
        who = re.sub(r"^nur\b", "only", re.sub(r"^(?:not to|nicht an)\b", "not", who))
        return brief, email, who
    if len(rest.split()) >= 4:
        return brief.model_copy(update={"must_say": (*brief.must_say, rest)}), email, ""
    return brief, email, rest


def _replaced(last: Last, old: str, new: str, text: str) -> Proposal | Question:
    before = last.email.model_dump()
    after = _swapped(before, old, new)
    if after == before:
        return Question(text=f"The email does not say “{old[:80]}”. Which words shall I replace?")
    brief = last.brief.model_copy(update={"said": f"{last.brief.said}\n{text.strip()}"})
    return Proposal(brief=brief, keep=Email.model_validate(after))


_COPY = frozenset({"subject", "preheader", "text", "label", "items", "body", "variants"})


def _swapped(value: Any, old: str, new: str) -> Any:
    """Return the email with one wording in place of another, wherever people read it."""
    if isinstance(value, str):
        return value.replace(old, new)
    if isinstance(value, dict):
        return {k: _swapped(v, old, new) if k in _COPY else v for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_swapped(one, old, new) for one in value]
    return value


def _without(last: Last, what: str) -> Proposal | Question:
    """Drop the sentences that speak of something, in the email and in the brief."""
    words = {
        word for word in re.findall(r"\w{3,}", what.lower()) if word not in {"the", "our", "that"}
    }

    def speaks(said: str) -> bool:
        return words <= set(re.findall(r"\w{3,}", said.lower()))

    body, dropped = [], 0
    for block in last.email.model_dump()["body"]:
        if block["type"] == "text":
            kept = []
            for paragraph in block["text"].split("\n\n"):
                sentences = re.split(r"(?<=[.!?])\s+", paragraph)
                left = [one for one in sentences if not speaks(one)]
                dropped += len(sentences) - len(left)
                kept.append(" ".join(left))
            block["text"] = "\n\n".join(one for one in kept if one)
        elif block["type"] == "bullets":
            left = [one for one in block["items"] if not speaks(one)]
            dropped += len(block["items"]) - len(left)
            block["items"] = left
        if block.get("text", "x") and block.get("items", ["x"]):
            body.append(block)
    if not dropped or not words:
        return Question(text=f"I found no sentence about “{what[:80]}”. Which one shall I drop?")
    email = Email.model_validate({**last.email.model_dump(), "body": body})
    facts = tuple(one for one in last.brief.must_say if not speaks(one))
    return Proposal(brief=last.brief.model_copy(update={"must_say": facts}), keep=email)
