"""Examples: answered requests that stand in a prompt, the best few, unlike each other.

They come from drafts that were approved just as they were drafted and from cases that a person
accepted, always with personal data replaced, and never from or near a case that is held out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from prompts.cards import Example as Line

from .forms import form_of
from .normal import HeldOut, cluster_of, normal_form, words_of

__all__ = ["MOST", "Example", "answer_of", "choose", "is_short", "prompt_of"]

MOST = 8
"""Examples that a prompt holds beside those that ship; it shows a request the best few of all."""
_TOO_ALIKE = 0.6  # two such examples teach the same
_LONGEST_REQUEST, _LONGEST_ANSWER = 600, 4_000

_PROMPTS: Mapping[str, str] = {
    "segments": "segments/draft", "emails": "emails/draft", "records": "records/draft",
}  # fmt: skip


class Example(BaseModel):
    """An answered request with where it is from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    trade: str
    request: str
    answer: Mapping[str, Any]
    source: str
    """The draft or the case."""
    liked: int = 0
    """Thumbs up; more come first."""

    def line(self) -> Mapping[str, Any]:
        """Return it as it stands in a prompt's examples."""
        return Line(request=self.request, answer=dict(self.answer)).model_dump(mode="json")


def prompt_of(trade: str) -> str | None:
    """Return the prompt that shows a trade's examples."""
    return _PROMPTS.get(trade)


def choose(
    candidates: Iterable[Example],
    trade: str,
    *,
    held_out: HeldOut,
    known: Sequence[str] = (),
    most: int = MOST,
) -> tuple[Example, ...]:
    """Return the best examples of a trade: liked first, each unlike those before it.

    Args:
        candidates: any number, of any trade.
        trade: which ones.
        held_out: requests that no example may be like.
        known: requests that the prompt answers already.
        most: how many at most.
    """
    taken, clusters = [_words(one) for one in known], {cluster_of(one) for one in known}
    chosen: list[Example] = []
    ranked = sorted(
        (one for one in candidates if one.trade == trade),
        key=lambda one: (-one.liked, -len(normal_form(one.request)), one.source),
    )
    for one in ranked:
        mine = _words(one.request)
        if len(chosen) == most:
            break
        if held_out.holds(one.request) or held_out.copied(one.request):
            continue
        if cluster_of(one.request) in clusters or any(_alike(mine, other) for other in taken):
            continue
        chosen.append(one)
        taken.append(mine)
        clusters.add(cluster_of(one.request))
    return tuple(chosen)


def answer_of(
    kind: str, action: Mapping[str, Any], words: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any] | None:
    """Return an approved action in the form in which its trade's model answers, or None.

    Args:
        kind: the action's.
        action: its arguments as JSON values.
        words: which words of the request became what; a segment's answer must say so.
    """
    match kind:
        case "build_segment":
            return _segment(action.get("segment") or {}, words)
        case "send_email":
            return _email(action.get("email") or {})
        case "fix_records" | "merge_records":
            return _records(action.get("order") or {})
        case _:
            return None


def is_short(example: Example) -> bool:
    """Return whether an example is short enough to stand in a prompt."""
    answer = Line(request="x", answer=dict(example.answer)).words()
    return len(example.request) <= _LONGEST_REQUEST and len(answer) <= _LONGEST_ANSWER


def _segment(
    segment: Mapping[str, Any], words: Sequence[Mapping[str, Any]]
) -> dict[str, Any] | None:
    form = form_of(segment["filter"]) if segment.get("filter") else None
    if form is None or not words:
        return None
    return {
        "type": "proposal",
        "name": segment.get("name"),
        "use": segment.get("use", "marketing"),
        "include_anyway": list(segment.get("include_anyway") or ()),
        "filter": form,
        "words": [{key: one.get(key, "") for key in ("words", "use", "became")} for one in words],
    }


def _email(email: Mapping[str, Any]) -> dict[str, Any] | None:
    blocks = [_block(one) for one in email.get("body") or ()]
    if not blocks or None in blocks:
        return None
    return {
        "subject": email.get("subject", ""),
        "preheader": email.get("preheader", ""),
        "blocks": blocks,
        "variants": [one.get("subject") for one in email.get("variants") or ()],
    }


def _block(block: Mapping[str, Any]) -> dict[str, Any] | None:
    keys = {
        "heading": ("text",), "text": ("text",), "bullets": ("items",), "quote": ("text", "by"),
        "button": ("label", "url"), "divider": (),
    }  # fmt: skip
    kind = str(block.get("type"))
    if kind not in keys:
        return None
    return {"type": kind, **{key: block.get(key) for key in keys[kind]}}


def _records(order: Mapping[str, Any]) -> dict[str, Any] | None:
    if not order or order.get("segment"):  # whose records, in the person's words, is not kept
        return None
    said: dict[str, Any] = {
        "type": "work",
        "work": order.get("work"),
        "subjects": list(order.get("subjects") or ("contact",)),
        "level": order.get("level", "all"),
    }
    if order.get("work") == "set":
        said |= {key: order[key] for key in ("field", "value", "holds") if order.get(key)}
        said["work"] = "set" if order.get("value") is not None else "clear"
    else:
        said |= {key: list(order[key]) for key in ("detectors", "fields") if order.get(key)}
    return said


def _words(request: str) -> frozenset[str]:
    return frozenset(words_of(request))


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) / max(1, len(one | other)) >= _TOO_ALIKE
