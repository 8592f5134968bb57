"""What the records agent says in the thread, where a draft is not the whole answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from agents.port import Proposed
from tools.hygiene.catalogue import detector_named
from tools.hygiene.change import FieldChange
from tools.records.order import Order
from tools.segments.port import SegmentReader

from .finding import Found
from .words import MANY, counted, scope_in_words

__all__ = ["counted_reply", "drafted_reply", "nothing_reply", "report_reply"]

_MOST = 12


def drafted_reply(drafts: Sequence[Proposed]) -> str:
    """Return what is said beside the drafts."""
    if len(drafts) == 1:
        return f"Here is a draft for your approval. {drafts[0].summary}"
    lines = [f"{number}. {one.title}: {one.summary}" for number, one in enumerate(drafts, 1)]
    return "\n".join([f"Here are {len(drafts)} drafts, each approved on its own:", *lines])


def nothing_reply(order: Order, found: Found, segments: SegmentReader) -> str:
    """Return why there is no draft."""
    subject = order.subjects[0]
    where = scope_in_words(order, segments, subject)
    count = found.scoped.count(subject)
    if count == 0:
        return f"No {MANY[subject]} are in scope ({where}), so there is nothing to change."
    other = _other_level(found)
    head = {
        "merge": "I found no duplicates",
        "set": "There is nothing to change",
        "fill": "No source knows a value for what is empty",
    }.get(order.work, "I found nothing to repair with confidence")
    tail = " ".join(found.notes)
    return " ".join(f"{head} among {counted(count, subject)} ({where}).{other} {tail}".split())


def _other_level(found: Found) -> str:
    if found.order.level == "certain" and found.others:
        return f" There are {len(found.others):,} repairs that are less than certain."
    if found.order.level == "others" and found.certain:
        return f" There are {len(found.certain):,} certain repairs."
    return ""


def counted_reply(order: Order, found: Found, segments: SegmentReader) -> str:
    """Return how many duplicates there are; nothing is drafted."""
    subject = order.subjects[0]
    where = scope_in_words(order, segments, subject)
    bulk = sum(one.tier != "review" for one in found.merges)
    review = len(found.merges) - bulk
    extra = sum(len(one.losers) for one in found.merges)
    if not found.merges:
        return f"I found no duplicates among {counted(found.scoped.count(subject), subject)}."
    return (
        f"{counted(extra, subject)} too many, in {len(found.merges):,} groups ({where}): {bulk:,} "
        f"nearly certain, {review:,} to be looked at. Ask me to merge them for a draft."
    )


def report_reply(order: Order, found: Found, segments: SegmentReader) -> str:
    """Return what is wrong with the records in scope, and what to ask for."""
    scoped = " and ".join(counted(found.scoped.count(one), one) for one in order.subjects)
    where = scope_in_words(order, segments, order.subjects[0]) if order.segment else "everybody"
    if not found.counts:
        return f"I looked at {scoped} ({where}) and found nothing wrong."
    lines = [f"I looked at {scoped} ({where}). In how many records what is wrong:"]
    ranked = sorted(found.counts.items(), key=lambda one: (-one[1], one[0]))
    lines += [f"- {_title(name)}: {count:,}" for name, count in ranked[:_MOST]]
    if len(ranked) > _MOST:
        lines.append(f"- and {len(ranked) - _MOST} kinds more")
    sure, rest = _records(found.certain), _records(found.others)
    if sure or rest:
        lines.append(
            f"I can repair {sure:,} records with certainty and {rest:,} that a person should look "
            f"through. Ask for it: “{_request(order, found)}”."
        )
    else:
        lines.append("Only a person or another source can tell the right values, so there is no "
                     "draft. I can draft a list of them, or set a field for them.")  # fmt: skip
    return "\n".join(lines)


def _title(name: str) -> str:
    found = detector_named(name)
    return found.title if found else name


def _records(changes: Sequence[FieldChange]) -> int:
    return len({(one.subject, one.record) for one in changes})


def _request(order: Order, found: Found) -> str:
    names = Counter(one.field for one in [*found.certain, *found.others])
    field = names.most_common(1)[0][0]
    words = {"phone": "phone numbers", "country": "countries", "email": "email addresses",
             "lifecycle_stage": "lifecycle stages", "first_name": "names",
             "last_name": "names"}.get(field, f"{field.replace('_', ' ')}s")  # fmt: skip
    return f"fix the {words}"
