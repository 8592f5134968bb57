"""Weight: what Gmail cuts off, what phones wait for, and pictures without words."""

from __future__ import annotations

from collections.abc import Iterator

from .case import Case
from .port import EmailCheck, Hit
from .providers import mix_of
from .tally import CLIP_BYTES, NEAR_BYTES

__all__ = ["CHECKS"]

_HEAVY = 500_000
_FEW_WORDS = 20


def _clipped(case: Case) -> Iterator[Hit]:
    clipped = case.tally.clipped
    if not clipped.count:
        return
    at_gmail = sum(
        count * sum(share for client, share in mix_of(domain).items() if client.startswith("gmail"))
        for domain, count in case.tally.clipped_domains.items()
    )
    yield Hit(
        message=f"Gmail would cut off {clipped.count} of {case.tally.members} messages, the "
        "way out "
        f"of the list with them; about {at_gmail:.0f} of their readers use it.",
        evidence=f"contact {clipped.example}: {clipped.size / 1024:.0f} kB of HTML, limit "
        f"{CLIP_BYTES // 1024} kB",
    )


def _near(case: Case) -> Iterator[Hit]:
    near = case.tally.near_clipping
    if near.count:
        yield Hit(
            message=f"{near.count} messages are within 10 % of Gmail's limit of "
            f"{CLIP_BYTES // 1024} kB.",
            evidence=f"contact {near.example}: {near.size / 1024:.0f} kB, from "
            f"{NEAR_BYTES // 1024} kB on",
        )


def _heavy(case: Case) -> Iterator[Hit]:
    most = case.tally.message_bytes
    if most.size > _HEAVY:
        yield Hit(
            message=f"The largest message weighs {most.size / 1000:.0f} kB.",
            evidence=f"contact {most.example}",
        )


def _pictures(case: Case) -> Iterator[Hit]:
    for sample in case.samples[:1]:
        words = sum(
            len(piece.text.split())
            for piece in case.pieces
            if piece.kind in {"heading", "text", "mjml", "quote"}
        )
        logo = case.brand.logo.src if case.brand.logo else ""
        shown = [
            one
            for one in sample.page.images
            if not sample.ours(one.src) and one.src != logo and not one.hidden
        ]
        if shown and words < _FEW_WORDS:
            yield Hit(
                message=f"The email is pictures with {words} words: where pictures are off it "
                "says nothing."
            )


CHECKS = (
    EmailCheck(
        name="size.clipped",
        severity="error",
        look=_clipped,
        about="HTML below Gmail's 102 kB, weighed for every member",
        fix="Shorten the email, or drop designed parts with much markup.",
    ),
    EmailCheck(
        name="size.near_clipping",
        severity="warn",
        look=_near,
        about="HTML close to Gmail's limit",
        fix="Leave room: shorten it by a block.",
    ),
    EmailCheck(
        name="size.heavy",
        severity="warn",
        look=_heavy,
        about="messages above 500 kB",
        fix="Link to pictures and files instead of carrying them.",
    ),
    EmailCheck(
        name="size.only_pictures",
        severity="warn",
        look=_pictures,
        about="pictures with hardly a word",
        fix="Say in text what the pictures say.",
    ),
)
