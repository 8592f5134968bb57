"""A change of a prompt as an action, every part of it computed from the texts and what serves."""

from __future__ import annotations

from collections.abc import Mapping

from gates.files import Attachment, file_of
from gates.targets import targets_of
from placet.errors import BadInput
from prompts import Prompt, load_prompt, parse_prompt

from .action import ChangePrompt
from .port import Standing

__all__ = ["as_file", "change_of", "check_fits", "headline", "reason_of", "unlocked"]

_MEDIA = "text/markdown"
_LONGEST_WHY = 500


def as_file(prompt: Prompt) -> Attachment:
    """Return a text as a file beside a draft: `segments-draft.md`."""
    return file_of(prompt.data, name=f"{prompt.name.replace('/', '-')}.md", media_type=_MEDIA)


def change_of(
    standing: Standing,
    before: Prompt,
    after: Prompt,
    *,
    share: float,
    why: str,
    receipt_id: str | None = None,
) -> ChangePrompt:
    """Return the change from what serves to a text.

    Args:
        standing: what serves now.
        before: its approved text, which locked parts are compared with.
        after: the text that is to serve.
        share: of the requests, above 0 and at most 1.
        why: one line for the history.
        receipt_id: the receipt that this takes back.

    Raises:
        BadInput: the text is for another prompt, does not fit the code, or changes nothing.
    """
    check_fits(standing.name, after)
    if not 0 < share <= 1:
        raise BadInput(f"A share is above 0 and at most 1; {share:g} is not.")
    ends_canary = standing.canary is not None and receipt_id is not None
    if after.sha256 == standing.stable and not ends_canary:
        raise BadInput(
            f"{standing.name} is served by {after.sha256[:12]} already; there is nothing to change."
        )
    if after.sha256 == standing.canary and share <= standing.share and receipt_id is None:
        raise BadInput(
            f"{after.sha256[:12]} serves {standing.share:.0%} of requests already; give a larger "
            f"share, or end it with `placet prompts rollback {standing.name}`."
        )
    return ChangePrompt(
        targets=targets_of([standing.name]),
        name=standing.name,
        scope=standing.scope,
        before=standing.stable,
        canary=standing.canary,
        canary_share=standing.share,
        after=as_file(after).ref,
        share=share,
        why=reason_of(why),
        unlocked=() if receipt_id else unlocked(before.locked, after.locked),
        receipt_id=receipt_id,
    )


def reason_of(words: str) -> str:
    """Return a reason as one line that every database can hold: no NUL, no lone surrogates."""
    clean = words.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")
    return " ".join(clean.split())[:_LONGEST_WHY]


def unlocked(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of the locked parts that are not word for word the same any more."""
    return tuple(sorted(name for name, text in before.items() if after.get(name) != text))


def check_fits(name: str, text: Prompt) -> None:
    """Refuse a text that the code of this version could not render as it should be.

    It may leave an input out; it may add none, and text from outside stays fenced.

    Raises:
        BadInput: it has another name or role than the one that ships, or inputs besides.
        NotFound: no prompt of that name ships.
    """
    shipped = load_prompt(name)
    if text.name != name:
        raise BadInput(f"The text says it is {text.name}, not {name}; correct `name` in it.")
    if text.role != shipped.role:
        raise BadInput(f"The role of {name} is {shipped.role}, not {text.role}; correct it.")
    for what in ("inputs", "untrusted"):
        odd = sorted(set(getattr(text, what)) - set(getattr(shipped, what)))
        if odd:
            raise BadInput(f"The code gives {name} no {what} called {', '.join(odd)}; take it out.")
    if parse_prompt(text.data) != text:
        raise BadInput(f"The text of {name} is not whole; read it with `parse_prompt` first.")


def headline(change: ChangePrompt) -> str:
    """Return in one line what pressing Approve does."""
    where = "" if change.scope == "default" else f" in workspace {change.scope}"
    if change.after.sha256 == change.before:
        return f"End the canary of {change.name}{where}; {change.before[:12]} serves every request"
    who = "every request" if change.share >= 1 else f"{change.share:.0%} of requests"
    return f"Let {change.after.sha256[:12]} serve {who} of {change.name}{where}"
