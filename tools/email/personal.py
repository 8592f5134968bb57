"""Personalisation: Liquid as authors may write it, read once per email, worked out per recipient.

An email's strings are split into static text and Liquid. Each piece of Liquid is replaced by a
mark of private-use characters, which survives markup, MJML and HTML untouched; `surface` puts the
values back where the marks ended up, escaped for that place. So no value of a recipient ever meets
a parser: it is data on every surface.

What is allowed: `contact.*` and `company.*` fields, a few filters, `if`, `unless`. There are no
loops, because there is no list to go through, and nothing that reads a file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from liquid import Environment, RenderContext
from liquid.builtin.expressions import FilteredExpression, StringLiteral
from liquid.builtin.output import OutputNode
from liquid.builtin.tags.if_tag import IfNode
from liquid.exceptions import LiquidError
from liquid.expression import Expression
from liquid.undefined import StrictUndefined

from placet.errors import BadInput

from .fields import TOKENS
from .marks import END, PRIVATE, TAG, TEXT, Condition, Link, LinkPiece, Output, Piece, Tag, Token

__all__ = ["FILTERS", "Condition", "Pieces", "Tag", "Token", "context_of"]

FILTERS = frozenset({
    "append", "capitalize", "default", "downcase", "first", "last", "lstrip", "prepend", "remove",
    "replace", "rstrip", "split", "strip", "truncate", "truncatewords", "upcase",
})  # fmt: skip
_LIQUID = re.compile(r"\{\{-?(.*?)-?\}\}|\{%-?\s*(\w*)(.*?)-?%\}", re.DOTALL)


def _environment() -> Environment:
    environment = Environment(undefined=StrictUndefined, strict_filters=True, autoescape=False)
    for name in set(environment.filters) - FILTERS:
        del environment.filters[name]
    for name in set(environment.tags) - {"if", "output", "content", "literal", "illegal"}:
        if name.islower():
            environment.tags.pop(name, None)
    return environment


_ENVIRONMENT = _environment()


@dataclass
class Pieces:
    """The Liquid of one email, numbered; filled while it is built, only read afterwards."""

    items: list[Piece] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    _numbers: dict[object, int] = field(default_factory=dict)

    def mark(self, text: str, place: str) -> str:
        """Return the text with a mark in the place of each piece of Liquid.

        Raises:
            BadInput: it is no Liquid, or not what an email may say; with the place.
        """
        if PRIVATE.search(text):
            raise BadInput(f"{place}: remove the private-use characters U+E000 to U+E003.")
        parts: list[str] = []
        asked: list[str] = []
        at = 0
        for found in _LIQUID.finditer(text):
            parts.append(_static(text[at : found.start()], found, parts, place))
            at = found.end()
            if found[1] is not None:
                parts.append(self._output(found[0], place, asked))
            else:
                parts.append(self._tag(found[2], found[3].strip(), place, asked))
            if found[0].endswith(("-}}", "-%}")):
                at += len(text[at:]) - len(text[at:].lstrip())
        parts.append(_static(text[at:], None, parts, place))
        if asked:
            raise BadInput(f"{place}: an {{% if %}} is never closed; add {{% endif %}}.")
        return "".join(parts)

    def link(self, link: Link, target: str = "") -> str:
        """Return the mark of something of ours."""
        piece = LinkPiece(link=link, target=target)
        return f"{TEXT}{self._number((link, target), piece)}{END}"

    @property
    def names(self) -> tuple[str, ...]:
        """Every variable that is used, sorted."""
        return tuple(sorted({token.name for token in self.tokens}))

    def _output(self, source: str, place: str, asked: list[str]) -> str:
        nodes, names = self._parse(source, place)
        if len(nodes) != 1 or not isinstance(nodes[0], OutputNode):
            raise BadInput(f"{place}: {source} is empty; name a field such as contact.first_name.")
        expression = nodes[0].expression
        fallback = _fallback(expression)
        for name in names:
            self.tokens.append(
                Token(name=name, place=place, fallback=fallback, guarded=name in asked)
            )
        piece = Output(expression=expression, names=names, fallback=fallback, place=place)
        try:
            piece.value(context_of({}))
        except LiquidError as error:
            raise BadInput(f"{place}: {source} cannot be worked out: {error.message}.") from None
        return f"{TEXT}{self._number(('output', source), piece)}{END}"

    def _tag(self, name: str, rest: str, place: str, asked: list[str]) -> str:
        match name:
            case "if" | "unless":
                condition = self._condition(rest, place, negated=name == "unless")
                asked.append(condition.asks_for)
                tag = Tag(name=name, condition=condition)
            case "elsif" if asked:
                condition = self._condition(rest, place)
                asked[-1] = condition.asks_for
                tag = Tag(name="elsif", condition=condition)
            case "else" if asked:
                asked[-1] = ""
                tag = Tag(name="else")
            case "endif" | "endunless" if asked:
                asked.pop()
                tag = Tag(name="end")
            case "elsif" | "else" | "endif" | "endunless":
                raise BadInput(f"{place}: {{% {name} %}} has no {{% if %}} before it.")
            case _:
                raise BadInput(
                    f"{place}: the tag {{% {name} %}} is not available; "
                    "emails know if, elsif, else and unless."
                )
        self.items.append(tag)
        return f"{TAG}{len(self.items) - 1}{END}"

    def _condition(self, rest: str, place: str, *, negated: bool = False) -> Condition:
        nodes, names = self._parse(f"{{% if {rest} %}}{{% endif %}}", place)
        if len(nodes) != 1 or not isinstance(nodes[0], IfNode):
            raise BadInput(f"{place}: the condition {rest!r} cannot be read.")
        self.tokens.extend(Token(name=name, place=place, condition=True) for name in names)
        alone = not negated and len(names) == 1 and rest == names[0]
        expression = nodes[0].condition
        return Condition(expression=expression, negated=negated, asks_for=names[0] if alone else "")

    def _parse(self, source: str, place: str) -> tuple[list[Any], tuple[str, ...]]:
        """Return what Liquid makes of one piece, and the variables in it."""
        shown = " ".join(source.split())[:80]
        try:
            template = _ENVIRONMENT.from_string(source)
            found = template.analyze()
        except LiquidError as error:
            said = " ".join(str(error.message).split())
            raise BadInput(f"{place}: {shown} cannot be read: {said}.") from None
        for name in found.filters:
            if name not in FILTERS:
                raise BadInput(
                    f"{place}: there is no filter {name!r}; there are {', '.join(sorted(FILTERS))}."
                )
        variables = (one for many in found.variables.values() for one in many)
        uses = [".".join(map(str, one.segments)) for one in variables]
        for name in uses:
            if name not in TOKENS:
                raise BadInput(f"{place}: there is no field {name}; {_near(name)}.")
        return list(template.nodes), tuple(dict.fromkeys(uses))

    def _number(self, key: object, piece: Piece) -> int:
        if key not in self._numbers:
            self._numbers[key] = len(self.items)
            self.items.append(piece)
        return self._numbers[key]


def context_of(values: Mapping[str, str]) -> RenderContext:
    """Return what expressions are worked out against: every known name, missing ones as nil."""
    scope: dict[str, dict[str, str | None]] = {"contact": {}, "company": {}}
    for token in TOKENS:
        of, _, name = token.partition(".")
        scope[of][name] = values.get(token)
    return RenderContext(_EMPTY, globals=scope)


_EMPTY = _ENVIRONMENT.from_string("")


def _static(text: str, following: re.Match[str] | None, parts: list[str], place: str) -> str:
    for brace in ("{{", "}}", "{%", "%}"):
        if brace in text:
            raise BadInput(f"{place}: {brace} has no counterpart; close or remove it.")
    if following is not None and following[0].startswith(("{{-", "{%-")):
        return text.rstrip()
    return text


def _fallback(expression: Expression) -> str | None:
    """Return the literal text of the last `default`, or None."""
    if not isinstance(expression, FilteredExpression):
        return None
    if isinstance(expression.left, StringLiteral):
        return str(expression.left.value)
    for one in reversed(expression.filters or []):
        if one.name == "default" and one.args and isinstance(one.args[0].value, StringLiteral):
            return str(one.args[0].value.value)
    return None


def _near(name: str) -> str:
    close = get_close_matches(name, TOKENS, n=1, cutoff=0.5)
    return f"did you mean {close[0]}" if close else f"known are {', '.join(TOKENS[:4])}, ..."
