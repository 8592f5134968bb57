"""Text fields: "job title contains growth", "first name Anna", "email at acme.com"."""

from __future__ import annotations

from tools.crm.port import FieldSpec
from tools.segments.tree import Contains, Equals, Filter, Not, StartsWith, Subject, ValueTest

from .cursor import Cursor
from .doubts import Unclear
from .emails import read_addresses
from .logic import any_of, prop
from .picklists import BOUNDARY
from .text import fold

__all__ = ["read_text"]


def read_text(c: Cursor, spec: FieldSpec, subject: Subject, kind: str) -> Filter | None:
    """Read the text a field is compared with: quoted, an address, a known value, or words."""
    if spec.name == "email" and kind in {"", "is", "ends", "contains"}:
        found = _domains(c, spec, kind)
        if found is not None:
            return found
    parts: list[str] = []
    known = False
    while (token := c.token()) is not None:
        if token.kind in {"quote", "domain"}:
            parts.append(token.text[1:-1] if token.kind == "quote" else token.text)
            c.at += 1
        elif kind in {"", "is"} and (
            hit := c.known_name(c.vocabulary.values(spec.subject, spec.name))
        ):
            parts.append(hit[0])
            known = True
            c.at = hit[1]
        elif kind in {"contains", "starts", "ends"} and not c.has(*BOUNDARY):
            start = c.at
            if token.text in {".", "@", "/"}:
                c.at += 1
            while (
                not c.done
                and not c.has(*BOUNDARY)
                and not c.mark(",", ".", "?", "!")
                and (c.date() is None and c.token() is not None and c.tokens[c.at].kind != "quote")
            ):
                c.at += 1
            if c.at == start:
                break
            parts.append(c.words(start, c.at))
        else:
            break
        ahead = c.at + c.mark(",")
        lex = c.lex(ahead)
        if lex is not None and lex.has("or") and _text_follows(c, lex.end, spec, kind):
            c.at = lex.end
            if c.has("contains"):
                c.take("contains")
            continue
        break
    if not parts:
        return None
    if kind == "ends":
        raise Unclear(
            f"ends:{fold(parts[0])}",
            f'I can test whether the {spec.label.lower()} contains or starts with "{parts[0]}", '
            "not how it ends. Should it contain it?",
            (f"{spec.label.lower()} contains {parts[0]}",),
            about="",
        )
    tests: list[Filter] = [
        prop(spec.subject, spec.name, _text_test(spec, part, kind, known), subject)
        for part in parts
    ]
    return any_of(tests)


def _domains(c: Cursor, spec: FieldSpec, kind: str) -> Filter | None:
    """Read "on gmail", "at acme.com", "@gmx.de or yahoo" after the email field's name."""
    token = c.token()
    if token is None or (kind in {"contains", "ends"} and token.kind != "domain"):
        return None
    other = c.lex() is not None and c.has("except") and kind != "contains"
    if other:
        c.take("except")
    found = read_addresses(c, named=True)
    return Not(of=found) if found is not None and other else found


def _text_follows(c: Cursor, at: int, spec: FieldSpec, kind: str) -> bool:
    if at >= len(c.tokens):
        return False
    if c.has("contains", at=at):
        return True
    if c.tokens[at].kind in {"quote", "domain"}:
        return True
    if kind in {"contains", "starts"}:
        lex = c.lex(at)
        return lex is None or lex.has("value", "vague", "title", "place")
    return c.known_name(c.vocabulary.values(spec.subject, spec.name), at) is not None


def _text_test(spec: FieldSpec, text: str, kind: str, known: bool) -> ValueTest:
    if kind == "starts":
        return StartsWith(text=text)
    if kind == "contains" or spec.name == "job_title":
        return Contains(text=text)
    if spec.name == "email" and text.startswith("@"):
        return Contains(text=text.lower())
    if spec.name == "email" and "@" not in text:
        return Contains(text=f"@{text.lower()}" if "." in text else text)
    if spec.name in {"job_title", "company_name"} and not known:
        return Contains(text=text)
    return Equals(value=text)
