"""Tokens as the grammar wants them: "C-level" joined, "w/o" spelt out, "and/or" read as "or"."""

from __future__ import annotations

from collections.abc import Sequence

from .text import Token, tokenise

__all__ = ["join_tokens"]


def join_tokens(text: str) -> tuple[Token, ...]:
    """Cut the text; join what people hyphenate ("C-level") and spell out "w/o" and "and/or"."""
    tokens = tokenise(text)
    kept: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        near = tokens[at + 1] if at + 1 < len(tokens) else None
        glued = near is not None and near.start == token.end
        if token.key == "w" and glued and near is not None and near.key == "/":
            after = tokens[at + 2] if at + 2 < len(tokens) else None
            no = after is not None and after.key == "o" and after.start == near.end
            last = after if no and after is not None else near
            word = "without" if no else "with"
            kept.append(Token(text[token.start : last.end], word, "word", token.start, last.end))
            at += 3 if no else 2
            continue
        if (shown := _no_show(tokens, at)) is not None:
            end = tokens[shown].end
            kept.append(Token(text[token.start : end], "noshow", "word", token.start, end))
            at = shown + 1
            continue
        if token.key == "-" and _hyphen(tokens, at):
            at += 1
            continue
        if token.key == "/":
            if kept and near is not None and _spaced(kept[-1], token, near):
                kept.append(token)  # "Munich / Hamburg": joins what is of one kind, nothing else
                at += 1
                continue
            path = not (kept and kept[-1].end == token.start)  # "/pricing" names a page
            if path or near is None:
                at += 1
                continue
            if not (kept and kept[-1].key in {"and", "or"}) and not (
                near is not None and near.key in {"and", "or"}
            ):
                kept.append(Token("/", "or", "mark", token.start, token.end))
            at += 1
            continue
        if token.key == "or" and len(kept) and kept[-1].key == "and":
            kept.pop()
        kept.append(token)
        at += 1
    return tuple(kept)


def _no_show(tokens: Sequence[Token], at: int) -> int | None:
    """Return the last token of "no-shows", "no shows", "noshow", or None."""
    if tokens[at].key in {"noshow", "noshows"}:
        return at
    if tokens[at].key != "no":
        return None
    after = at + 1 + (at + 1 < len(tokens) and tokens[at + 1].key == "-")
    return after if after < len(tokens) and tokens[after].key in {"show", "shows"} else None


def _spaced(before: Token, slash: Token, after: Token) -> bool:
    joints = {"and", "or", "/"}
    apart = before.end < slash.start and slash.end < after.start
    return apart and before.kind == after.kind == "word" and not {before.key, after.key} & joints


def _hyphen(tokens: Sequence[Token], at: int) -> bool:
    if not 0 < at < len(tokens) - 1:
        return False
    before, here, after = tokens[at - 1], tokens[at], tokens[at + 1]
    glued = before.end == here.start and here.end == after.start
    return glued and "word" in {before.kind, after.kind} and before.kind in {"word", "number"}
