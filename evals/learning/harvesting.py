"""From decisions to candidate cases: one draft, one candidate, always the same one.

What was approved is gold, after an edit the edited version. What was rejected has no gold: it says
what was wrong and not what is right, so that a person must write that before it can be a case.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from placet.errors import BadInput
from tools.segments.tree import Filter

from .candidate import Candidate, case_values, read_case
from .changes import changes_of
from .examples import Example, answer_of, is_short
from .fixture import cut_down
from .normal import HeldOut, cluster_of, part_of
from .past import Past
from .pseudonyms import PERSONAL, Pseudonyms

__all__ = ["examples_from", "harvest"]

_MOST_REQUEST = 2_000
_HARM = {"segments": 3, "emails": 4, "records": 4}
_SPREAD = 0.4  # an email of other words is about as long, give or take so much
_LEAST_FACT = 2  # "10" is in any email somewhere
_FILTER: TypeAdapter[Filter] = TypeAdapter(Filter)
_NO_ACTION = frozenset({
    "targets", "manifest", "brand", "campaign", "tracking", "tolerance", "destination", "changes",
    "plan", "left_out", "rules", "fields", "doubtful", "merges", "removed", "review",
})  # fmt: skip
"""Parts of an action that name members, files or this installation: no gold."""
_FIXED = frozenset({
    "op", "test", "kind", "unit", "types", "use", "include_anyway", "type", "language", "work",
    "subjects", "detectors", "level", "as_of", "timezone", "unknown", "at", "send_at", "field",
})  # fmt: skip
"""Keys whose values are the forms' own words: no person writes them."""


def harvest(
    pasts: Sequence[Past], names: Pseudonyms, *, held_out: HeldOut, timezone: str = "UTC"
) -> tuple[tuple[Candidate, ...], tuple[tuple[str, str], ...]]:
    """Return the candidates of these decisions, and which drafts gave none and why.

    Args:
        pasts: decided drafts.
        names: replaces personal data.
        held_out: the test parts; a request that is in them, or one reworded, is left out.
        timezone: the operator's.
    """
    found, left = list[Candidate](), list[tuple[str, str]]()
    for past in pasts:
        if past.trade is None or not past.decisions:
            continue
        if held_out.holds(past.request):
            left.append((past.draft_id, "a case that is held out holds this request"))
            continue
        found.append(_candidate(past, names, timezone))
    return tuple(found), tuple(left)


def examples_from(candidates: Sequence[Candidate]) -> tuple[Example, ...]:
    """Return the examples that candidates give: approved unchanged, or accepted by a reviewer.

    The caller passes accepted ones, and waiting ones that were approved as they were drafted.
    """
    found = [
        Example(trade=one.trade, request=one.request, answer=one.example,
                source=one.draft_id, liked=one.up)
        for one in candidates
        if one.example is not None and one.down == 0
    ]  # fmt: skip
    return tuple(one for one in found if is_short(one))


# --- one decision --------------------------------------------------------------------------------


def _candidate(past: Past, names: Pseudonyms, timezone: str) -> Candidate:
    trade = str(past.trade)
    action = past.revisions.get(past.final, past.drafted)
    also = dict(_personal(action)) | dict(_personal(past.drafted))
    request = names.text(past.request[:_MOST_REQUEST], also)
    gold = names.value(_essence(action), also, fixed=_FIXED) if past.approved else None
    cluster = cluster_of(request)
    case, missing = _case(past, trade, request, gold, cluster)
    words = names.value([dict(one) for one in past.words], also) if past.unchanged else []
    as_of = past.as_of
    return Candidate(
        id=_id(past.draft_id), draft_id=past.draft_id, trade=trade, verb=_verb(past),
        request=request, gold=gold, edit=_edit(past),
        reason=names.text(_said(past), also)[:1_000],
        up=sum(one.value == "up" for one in past.thumbs),
        down=sum(one.value == "down" for one in past.thumbs),
        case=case, missing=missing,
        fixture=cut_down(_tree(gold), as_of=as_of, timezone=timezone) if gold else None,
        cluster=cluster, part=_part(cluster),
        example=answer_of(past.kind, gold, words) if gold else None, unchanged=past.unchanged,
    )  # fmt: skip


def _id(draft_id: str) -> str:
    return f"h-{hashlib.sha256(draft_id.encode()).hexdigest()[:12]}"


def _part(cluster: str) -> Literal["train", "dev"]:
    return "train" if part_of(cluster) == "train" else "dev"


def _verb(past: Past) -> Literal["approve", "edit", "revise", "reject"]:
    verbs = [one.verb for one in past.decisions]
    if past.approved and "edit" in verbs:
        return "edit"
    if past.approved and "revise" in verbs:
        return "revise"
    last: Literal["approve", "edit", "revise", "reject"] = past.decisions[-1].verb
    return last


def _edit(past: Past) -> tuple[str, ...]:
    after = past.revisions.get(past.final, past.drafted)
    return tuple(one.text for one in changes_of(past.kind, past.drafted, after))


def _said(past: Past) -> str:
    reasons = [one.reason for one in past.decisions] + [one.reason for one in past.thumbs]
    return "\n".join(dict.fromkeys(filter(None, reasons)))


def _essence(action: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of an action a case can be about."""
    kept = {key: value for key, value in action.items() if key not in _NO_ACTION}
    if isinstance(email := kept.get("email"), Mapping):
        kept["email"] = {k: v for k, v in email.items() if k not in {"sender", "reply_to"}}
    return kept


def _personal(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the values that a filter or an order compares personal fields with."""
    if isinstance(value, Mapping):
        if isinstance(sender := value.get("sender"), Mapping):
            yield from _signed(str(sender.get("name") or ""))
        kind = PERSONAL.get(str(value.get("field")))
        if kind is not None:
            for text in _strings([value.get(key) for key in ("is", "value", "holds")]):
                yield " ".join(text.casefold().split()), kind
        for inner in value.values():
            yield from _personal(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _personal(inner)


def _signed(name: str) -> Iterator[tuple[str, Any]]:
    """Yield the name that an email is signed with, whole and in its parts."""
    parts = name.casefold().split()
    if parts:
        yield " ".join(parts), "person"
        yield parts[0], "first"
        yield parts[-1], "last" if len(parts) > 1 else "first"


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if key not in {"test", "kind", "unit", "op"}:
                yield from _strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)


# --- the case ------------------------------------------------------------------------------------


def _case(
    past: Past, trade: str, request: str, gold: Mapping[str, Any] | None, cluster: str
) -> tuple[dict[str, Any] | None, str]:
    if gold is None:
        return None, "nothing was approved: write what is right with --case"
    values, missing = _OF_TRADE[trade](request, gold)
    if missing:
        return None, missing
    head = {
        "id": _id(past.draft_id), "request": request, "expect": "draft", "cluster": cluster,
        "source": "harvested", "harm": _HARM[trade],
        "tags": ["harvested", "as_drafted" if past.unchanged else "corrected"],
    }  # fmt: skip
    try:
        case = read_case(trade, head | values, part_of(cluster))
    except BadInput as error:
        return None, str(error)
    return case_values(case), ""


def _tree(gold: Mapping[str, Any]) -> Filter | None:
    segment = gold.get("segment") or (gold.get("order") or {}).get("segment") or {}
    try:
        return _FILTER.validate_python(segment["filter"]) if segment.get("filter") else None
    except ValidationError:
        return None


def _segment_case(request: str, gold: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    segment = gold.get("segment") or {}
    values: dict[str, Any] = {
        "filter": segment.get("filter"),
        "use": segment.get("use", "marketing"),
        "include_anyway": segment.get("include_anyway") or (),
    }
    name = str(segment.get("name") or "")
    if name and name.casefold() in request.casefold():  # the person gave it
        values["name"] = name
    return values, ""


def _email_case(request: str, gold: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    segment, email = gold.get("segment") or {}, gold.get("email") or {}
    copy = "\n".join(_copy(email))
    count = len(re.findall(r"\w+", copy))
    links = [block["url"] for block in email.get("body") or () if block.get("url")]
    links += re.findall(r"\]\((https?://[^)\s]+)\)", copy)
    values: dict[str, Any] = {
        "filter": segment.get("filter"),
        "include_anyway": segment.get("include_anyway") or (),
        "facts": _facts(request, f"{email.get('subject') or ''}\n{copy}"),
        "links": sorted(set(links)),
        "words": (round((1 - _SPREAD) * count), round((1 + _SPREAD) * count) + 10),
        "language": str(email.get("language") or "en").partition("-")[0],
        "variants": len(email.get("variants") or ()),
        "send_at": (gold.get("schedule") or {}).get("send_at"),
    }
    subject = str(email.get("subject") or "")
    if subject and subject.casefold() in request.casefold():
        values["subject"] = subject
    return values, ""


def _copy(email: Mapping[str, Any]) -> Iterator[str]:
    for block in email.get("body") or ():
        for key in ("text", "label"):
            if block.get(key):
                yield str(block[key])
        yield from map(str, block.get("items") or ())


def _facts(request: str, copy: str) -> list[str]:
    """Return what was asked to be said and is: quoted words, figures, capitalised names."""
    said = " ".join(copy.casefold().split())
    asked = re.findall(r"[\"“„«]([^\"”“»]{3,60})[\"”“»]", request)
    bare = re.sub(r"https?://\S+", " ", request)
    asked += re.findall(r"\d[\d.,:]*(?: ?(?:%|€|EUR|USD))?(?<![.,:])", bare)
    kept = [" ".join(one.casefold().split()) for one in asked]
    telling = [one for one in dict.fromkeys(kept) if len(one) > _LEAST_FACT]
    return [one for one in telling if one in said and "|" not in one][:8]


def _records_case(request: str, gold: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    order = gold.get("order") or {}
    segment = order.get("segment") or {}
    subjects = list(order.get("subjects") or ("contact",))
    if order.get("work") != "set" or subjects != ["contact"] or not order.get("field"):
        return {}, (
            "repairs, merges and fills rest on the CRM's own rows, which are not copied: write "
            "cells over the suite's fixture with --case"
        )
    if order["field"] in PERSONAL and order["field"] != "owner":
        return {}, "it sets a personal field; write the case with --case"
    return {
        "set": {
            "filter": segment.get("filter") or {"op": "and", "of": []},
            "field": order["field"],
            "value": order.get("value"),
            "holds": order.get("holds"),
        }
    }, ""


_OF_TRADE: Mapping[str, Callable[[str, Mapping[str, Any]], tuple[dict[str, Any], str]]] = {
    "segments": _segment_case,
    "emails": _email_case,
    "records": _records_case,
}
