"""Exclusions: "except customers and people in Germany", "everyone but leads", "but not VPs"."""

from __future__ import annotations

from tools.segments.tree import Filter, Not

from .deals import deal_ahead
from .doubts import Unclear
from .logic import all_of, any_of
from .people import atom_at, read_noun_phrase
from .picklists import read_picklist
from .reader import ARTICLES, Item, Reader
from .text import fold
from .where import place_at, read_places

__all__ = ["Excluding"]


_TO_BE = {"should", "must", "to", "be", "are", "is", "being", "people", "contacts", "please", "can"}
_OUT = (
    ("excluded",), ("left", "out"), ("out", "please"), ("out",), ("not", "included"),
    ("not", "be", "included"), ("omitted",),
)  # fmt: skip


class Excluding(Reader):
    """Reads who is left out."""

    def _excludes(self, at: int, joint: str) -> bool:
        c = self.c
        lex = c.lex(at)
        if lex is None:
            return False
        if lex.has("except") and not (lex.has("event_verb", "value")):
            return True
        if joint == "but" and lex.has("not") and c.keys[at] in {"not", "no", "none"}:
            after = lex.end
            while after < len(c.keys) and c.keys[after] in ARTICLES:
                after += 1
            thing = c.has("field", "event_noun", at=after) and not c.has("value", at=after)
            return not (c.has("event_verb", at=after) or thing or deal_ahead(c, after))
        if lex.has("not") and c.keys[at] == "no" and atom_at(c, lex.end) is not None:
            return True
        if lex.has("without") and place_at(c, lex.end) is not None:
            return True
        if c.keys[at] == "ex" and place_at(c, at + 1) is not None:
            return True
        if lex.has("without") and (c.has("people", at=lex.end) or atom_at(c, lex.end)):
            atom = atom_at(c, lex.end)
            if c.has("field", at=lex.end):
                return False
            return (
                atom is None or atom.dim != "company.company_type" or not c.has("field", at=lex.end)
            )
        return False

    def _all_but(self, items: list[Item], before: int) -> bool:
        """Whether "everyone but customers" leaves them out; ask where "but" may mean "and"."""
        c = self.c
        if set(c.keys[before : c.at]) & {"only", "just", "also"}:
            return False
        if items and items[-1].kind == "place" and place_at(c, c.at) is not None:
            return True  # "in EMEA but the UK": nobody is in both
        noun = c.has("people") or atom_at(c, c.at) is not None or place_at(c, c.at) is not None
        if not noun or c.has("who", "in", "with", "have", "not"):
            return False
        if items and all(item.kind == "people" for item in items):
            return True
        if self._out_follows():
            return False  # "but customers out please"
        words = c.words(before, c.at + 1)
        raise Unclear(
            f"but:{fold(words)}",
            f'Does "{words}" leave people out, or narrow it down?',
            (f"leave out: {c.words(c.at, c.at + 1)}", f"only: {c.words(c.at, c.at + 1)}"),
            about=c.words(before, c.at),
            rewrites=("except", "who are"),
        )

    def _exclusion(self, joint: str, comma: bool, start: int, *, passed: bool = False) -> Item:
        c = self.c
        lex = c.lex()
        assert lex is not None  # noqa: S101 - the caller has looked
        if not passed:
            c.pass_lex(lex)
        while not c.done and (c.keys[c.at] in ARTICLES or c.keys[c.at] in {"for", "of"}):
            c.at += 1
        c.take("not") if c.keys[c.at : c.at + 1] == ["any"] else None
        inner = self._excluded()
        if inner is None:
            raise Unclear(
                f"except:{start}",
                "Who should be left out?",
                about=c.words(start, c.at),
                takes_words=True,
            )
        tree = Not(of=inner)
        c.note(start, "condition", self.describe(tree))
        return Item(joint, tree, "except", start, c.at, comma, True)

    def _out_follows(self) -> bool:
        """Whether "out", "should be left out" follows the noun phrase here."""
        c, start = self.c, self.c.at
        said = read_noun_phrase(c) is not None and self._left_out()
        c.at = start
        return said

    def _left_out(self) -> bool:
        """Pass "should be excluded", "left out" after who was named; say whether it stands here."""
        c, at = self.c, self.c.at
        while at < len(c.keys) and c.keys[at] in _TO_BE:
            at += 1
        for words in _OUT:
            if tuple(c.keys[at : at + len(words)]) == words:
                if words == ("out",) and c.keys[at + 1 : at + 2] == ["of"]:
                    continue
                c.at = at + len(words)
                return True
        return False

    def _excluded(self) -> Filter | None:
        """Read who is left out: alternatives joined by "and" or "or", each with its clauses."""
        c = self.c
        groups: list[list[Filter]] = []
        kinds: list[str] = []
        while not c.done:
            mark = c.at
            joint, comma, before = self._joint()
            if c.done:
                break
            if groups and ":" in c.keys[before : c.at]:  # "EMEA without the UK: VPs"
                c.at = before
                break
            turned = set(c.keys[before : c.at]) & {"only", "just", "but", "please"}
            if groups and (joint == "but" or (turned and comma) or self._excludes(c.at, joint)):
                c.at = before
                break
            lex = c.lex()
            clause_word = lex is not None and lex.has("who", "with", "at", "whose", "have")
            headed = "people" in kinds or "np" in kinds  # "those in Germany who are directors"
            if groups and kinds[-1] == "place" and clause_word and joint in {"", "and"}:
                if headed and joint == "" and not comma:
                    pass
                else:
                    c.at = before
                    break
            if (
                groups
                and comma
                and joint == ""
                and lex is not None
                and lex.has("who", "with", "at", "in", "created", "have")
            ):
                c.at = before
                break
            start = c.at
            titled = self._titled()
            tree, kind, _, _ = (titled, "with", True, ()) if titled else self._clause([], joint)
            if kind == "":
                if not groups:
                    source = c.lexicon.fields.get(("contact", "lead_source"))
                    tree = read_picklist(c, source, "contact") if source is not None else None
                    kind = "with" if tree is not None else ""
                    place = read_places(c, "contact") if tree is None else None
                    if place is not None:
                        tree, kind = place, "place"
                if kind == "":
                    c.at = start
                    self._unplaced(start)
            if groups and comma and joint == "" and kind in {"np", "people"}:
                self._ask_excluded(start)
            if (
                groups
                and joint == "and"
                and kind not in {"np", "people"}
                and kinds[-1] == "np"
                and (len(groups[-1]) == 1)
            ):
                self._ask_excluded(start)
            if kind == "people" and tree is None:
                groups.append([])
                kinds.append(kind)
                continue
            if tree is None:
                continue
            fresh = joint in {"and", "or"} or comma
            if groups and not groups[-1] and not fresh:
                groups[-1].append(tree)
            elif (
                groups
                and fresh
                and kind not in {"np", "place", "people"}
                and joint == "and"
                and (kinds[-1] in {"np", "people"} and len(groups[-1]) == 1 and kind == "vp")
            ):
                groups.append([tree])
            elif groups and not fresh:
                groups[-1].append(tree)
            else:
                groups.append([tree])
            kinds.append(kind)
            if mark == c.at:
                break
        groups = [group for group in groups if group]
        return any_of([all_of(group) for group in groups]) if groups else None

    def _titled(self) -> Filter | None:
        """Read "(without) Intern in the job title"; the part of the grammar below knows how."""
        return None

    def _ask_excluded(self, start: int) -> None:
        c = self.c
        words = c.words(start, c.at)
        raise Unclear(
            f"excluded:{fold(words)}",
            f'Is "{words}" left out as well, or is it who you want?',
            (f"left out as well: {words}", f"who I want: {words}"),
            about=words,
            rewrites=(f"or {words}", f"but only {words}"),
        )
