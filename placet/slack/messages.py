"""What Placet posts: cards, replies and answers, each as the arguments of `chat.postMessage`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gates.people import Person
from gates.policy import Policy
from placet.errors import PlacetError

from .blocks import Block, Pictures, card_blocks, context, paragraph
from .buttons import buttons_of, feedback_block, reply_feedback_block, unanswered
from .cards import Card, read_card
from .facts import Facts, overriders
from .text import fallback, inert, lines

__all__ = ["QUIET", "Message", "card_message", "plain_card", "reply_message", "words_message"]

QUIET: Mapping[str, Any] = {"mrkdwn": False, "unfurl_links": False, "unfurl_media": False}
"""How every message is posted: its text is no markup, and nothing in it is fetched or shown."""

Message = dict[str, Any]
"""`text` and `blocks`: what posting and updating have in common."""


def card_message(
    facts: Facts, policy: Policy, viewer: Person | None, *, pictures: Pictures | None = None
) -> Message:
    """Return a draft's card as `viewer`, or a channel, sees it, with the pictures Slack has."""
    card = read_card(facts)
    blocks = card_blocks(card, pictures=pictures)
    if not card.whole and card.state == "pending":
        blocks.append(context("Not everything fits here: press View all before you approve."))
    if card.state == "pending" and (failed := unanswered(facts.draft)):
        blocks.append(context(_blocked(facts, policy, len(failed))))
    blocks += [buttons_of(facts, policy, viewer), feedback_block(facts)]
    return _message(f"{card.title}: {card.status}", blocks)


def _blocked(facts: Facts, policy: Policy, failed: int) -> str:
    """Say why there is no Approve, and who may go ahead all the same."""
    try:
        may = overriders(policy, facts.draft.revision)
    except PlacetError:  # the policy has no rule for this kind any more
        may = ()
    names = " or ".join(f"@{inert(policy.name_of(person), 60)}" for person in may)
    checks = "1 check says" if failed == 1 else f"{failed} checks say"
    also = f" {names} may approve anyway, with a reason." if names else ""
    return f"Approve is blocked: {checks} no.{also}"


def plain_card(facts: Facts) -> Message:
    """Return the card as plain text, for where its blocks cannot be shown; no buttons."""
    card: Card = read_card(facts)
    told = "\n".join((card.title, card.status, card.asked, card.count, *card.outcome, card.foot))
    here = (
        f"This card cannot be shown whole here; see `placet show {facts.draft.revision.draft_id}`."
    )
    return _message(card.title, [paragraph(lines(told, 2_500)), context(here)])


def reply_message(
    reply: str, clarification: Mapping[str, Any] | None, *, request_id: str = ""
) -> Message:
    """Return what Placet answers to a request that made no draft, with thumbs if it has an id."""
    message = _reply(reply, clarification)
    if request_id:
        message["blocks"].append(reply_feedback_block(request_id))
    return message


def _reply(reply: str, clarification: Mapping[str, Any] | None) -> Message:
    if not clarification:
        return words_message(reply)
    options = [str(option) for option in clarification.get("options") or []]
    asked = [str(clarification["text"]), *(f"{n}. {one}" for n, one in enumerate(options, 1))]
    hint = "Answer in this thread, with a number or in your own words."
    return _message(asked[0], [paragraph(lines("\n".join(asked))), context(hint)])


def words_message(words: str) -> Message:
    """Return one answer in words."""
    return _message(words, [paragraph(lines(words))])


def _message(text: str, blocks: Sequence[Block]) -> Message:
    return {"text": fallback(text), "blocks": list(blocks)}
