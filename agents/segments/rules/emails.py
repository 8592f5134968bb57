"""Email addresses and domains: "gmail or yahoo addresses", "on outlook.com", "@acme.com"."""

from __future__ import annotations

from tools.segments.tree import Contains, Equals, Filter

from .cursor import Cursor
from .doubts import Unclear
from .logic import any_of, prop_of
from .text import fold

__all__ = ["read_addresses"]

_PROVIDERS = {
    "gmail": "@gmail.com", "googlemail": "@googlemail.com", "icloud": "@icloud.com",
    "aol": "@aol.com", "hotmail": "@hotmail.", "yahoo": "@yahoo.", "outlook": "@outlook.",
    "gmx": "@gmx.", "protonmail": "@protonmail.",
}  # fmt: skip
"""Mail providers by name; one with domains in many countries is matched up to its dot."""
_LEADS = {"on", "w", "using", "use", "uses", "at", "from", "with", "having", "via", "have", "has"}
_NOUNS = {
    "address", "addresses", "account", "accounts", "email", "emails", "e", "mail", "mails",
    "domain", "domains", "inbox", "inboxes", "mailbox", "mailboxes", "user", "users", "id", "ids",
}  # fmt: skip
_ARTICLES = {"a", "an", "the", "any", "either", "their", "only", "email", "emails", "is", "in"}
_KINDS = {
    "business", "company", "corporate", "work", "professional", "personal", "private", "free",
    "freemail", "webmail", "generic", "disposable", "role", "non-business", "consumer",
}  # fmt: skip
"""Kinds of address that no field tells apart."""


def read_addresses(c: Cursor, *, named: bool = False) -> Filter | None:
    """Read the domains or addresses that stand here and pass them; None where none do.

    `named`: the email field was named before, so that a provider's name alone is enough.
    """
    start = c.at
    led = _pass_leads(c)
    _ask_kind(c)
    found: list[Filter] = []
    sure = named
    while (one := _one(c)) is not None:
        tree, exact = one
        found.append(tree)
        sure = sure or exact
        at = c.at
        if not _pass_joint(c):
            break
        if _one(c, peek=True) is None:
            c.at = at
            break
    noun = bool(found) and _pass_nouns(c)
    site = bool(found) and led and c.keys[start] in {"from", "at"} and not (noun or named)
    if site and c.tokens[c.at - 1].kind == "domain" and "@" not in c.tokens[c.at - 1].text:
        sure = led = c.tokens[c.at - 1].key.split(".")[0] in _PROVIDERS  # or it is a company
    if not found or not (sure or noun or led or c.has("people", "value", "title")):
        c.at = start
        return None
    return any_of(found)


def _pass_leads(c: Cursor) -> bool:
    start = c.at
    while not c.done and c.keys[c.at] in _LEADS:
        c.at += 1
    led = c.at > start
    while not c.done and c.keys[c.at] in _ARTICLES and (led or c.keys[c.at] != "email"):
        c.at += 1
    return led


def _pass_joint(c: Cursor) -> bool:
    """Pass "," and "or" and "and" between two domains: nobody has both, so it is a union."""
    start = c.at
    c.at += c.mark(",")
    lex = c.lex()
    if lex is not None and lex.has("or", "and"):
        c.pass_lex(lex)
    while c.at > start and not c.done and c.keys[c.at] in {"a", "an", "the", "on"}:
        c.at += 1
    return c.at > start


def _pass_nouns(c: Cursor) -> bool:
    start = c.at
    while not c.done and c.keys[c.at] in _NOUNS:
        c.at += 1
    return c.at > start


def _one(c: Cursor, *, peek: bool = False) -> tuple[Filter, bool] | None:
    """Read one address or domain: its condition, and whether it can be nothing else."""
    if c.done:
        return None
    token, start = c.tokens[c.at], c.at
    if token.kind == "domain":
        c.at = start if peek else start + 1
        return _condition(token.text.lower()), token.text.startswith("@") or "@" in token.text
    provider = _PROVIDERS.get(token.key)
    if provider is None:
        return None
    c.at = start if peek else start + 1
    return prop_of("email", Contains(text=provider)), False


def _condition(text: str) -> Filter:
    if "@" in text and not text.startswith("@"):
        return prop_of("email", Equals(value=text))
    return prop_of("email", Contains(text=text if text.startswith("@") else f"@{text}"))


def _ask_kind(c: Cursor) -> None:
    """Ask about "a business email" and ".edu addresses": no field says what kind it is."""
    at = c.at
    while c.mark("-", at=at) or (at < len(c.keys) and c.keys[at] == "non"):
        at += 1
    if at >= len(c.keys) or c.keys[at] not in _KINDS:
        return
    end = at + 1
    while end < len(c.keys) and c.keys[end] in _NOUNS:
        end += 1
    if end == at + 1 and c.keys[at] not in {"freemail", "webmail"}:
        return
    words = c.words(at, end)
    raise Unclear(
        f"address:{fold(words)}",
        f'No field says what a "{words}" is. Which addresses do you mean? '
        "I can test whether the address contains a domain.",
        ("gmail addresses", "yahoo addresses", "addresses at a domain that you name"),
        about=words,
        rewrites=("gmail address", "yahoo address", None),
    )
