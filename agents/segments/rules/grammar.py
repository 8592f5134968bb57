"""The grammar: how noun phrases and clauses compose into one filter.

    description := noun phrases, then clauses          "VPs of marketing | in Germany | who ..."
    clause      := in PLACE | at COMPANY | with FIELD | who VERB | whose FIELD | created DATE | ...
    exclusion   := except / excluding / but not DESCRIPTION

What stands side by side must all hold; "or" joins what is of one kind; where grouping would change
who is meant, it asks.
"""

from __future__ import annotations

from tools.segments.tree import Filter, Not

from .asking import Asking
from .companies import company_set_at, read_company_set
from .composing import Composing
from .cursor import Cursor
from .deals import deal_ahead, read_deals
from .doubts import Unclear
from .emails import read_addresses
from .excluding import Excluding
from .logic import fields_of, is_in, prop_of
from .no_shows import read_no_shows
from .people import NounPhrase, atom_at, read_noun_phrase
from .reader import ARTICLES, Clause, Item
from .text import fold
from .verbs import Verbs

__all__ = ["Grammar"]


class Grammar(Verbs, Excluding, Composing, Asking):
    """Reads one description of people from a cursor."""

    def description(self, *, nested: bool = False) -> Filter | None:
        """Read to the end (or to where a nested description ends): the filter, None for all."""
        self.depth += 1
        if self.depth > 12:
            raise Unclear("deep", "This nests too many conditions. Could you say it in fewer?")
        items: list[Item] = []
        while not self.c.done:
            item = self._item(items, nested=nested)
            if item is None:
                break
            if item.kind:
                items.append(item)
        self.depth -= 1
        return self._combine(items)

    def _joint(self) -> tuple[str, bool, int]:
        """Pass ",", "and", "or", "but" and filler; say how what follows is joined."""
        c, joint, comma = self.c, "", False
        start = c.at
        while not c.done:
            lex = c.lex()
            if c.mark(",", ";") or c.mark(".", "!", "?", ":", "-", "(", ")"):
                comma = comma or c.mark(",", ";")
                c.at += 1
            elif lex is not None and lex.has("but") and not c.has("except"):
                joint = joint or "but"
                c.pass_lex(lex)
            elif lex is not None and lex.has("or", "and") and not lex.has("except"):
                joint = "or" if lex.has("or") else joint or "and"
                c.pass_lex(lex)
            elif (end := self._reason_end()) is not None:
                before, c.at = c.at, end
                c.note(before, "filler", "a reason, no condition")
            elif (lex is not None and lex.has("list") and self._just_a_list(lex.end)) or (
                lex is not None
                and lex.has("filler")
                and not lex.read_as
                and c.date() is None
                and (
                    lex.meanings.keys() <= {"filler", "ever", "it", "only"}
                    or c.keys[c.at] in {"i", "get"}
                )
            ):
                before = c.at
                c.pass_lex(lex)
                c.note(before, "filler")
            elif self.shared and (end := self._drawn_end()) is not None:
                c.at = end
            elif lex is not None and lex.has("ever", "only") and not lex.has("field", "value"):
                c.pass_lex(lex)
            elif c.tokens[c.at].kind in {"mark", "under"} and not _compares(c):
                c.at += 1
            else:
                break
        return joint, comma, start

    def _drawn_end(self) -> int | None:
        """Return where ", chosen at random" ends: the share was read before."""
        c, at = self.c, self.c.at
        while at < len(c.keys) and c.keys[at] in {
            "chosen", "picked", "selected", "drawn", "at", "please", "only",
        }:  # fmt: skip
            at += 1
        lex = c.lex(at)
        return lex.end if lex is not None and lex.has("random") else None

    def _item(self, items: list[Item], *, nested: bool) -> Item | None:
        c = self.c
        joint, comma, before = self._joint()
        if c.done:
            return None
        start = c.at
        if (lex := c.lex()) is not None and self._excludes(lex.start, joint):
            return self._exclusion(joint, comma, start)
        if joint == "but" and self._all_but(items, before):
            return self._exclusion("", comma, start, passed=True)
        tree, kind, negated, dims = self._clause(items, joint)
        if kind == "":
            self._unplaced(start)
        if tree is not None and not negated and kind in {"place", "np"} and self._left_out():
            tree, kind, negated, joint = Not(of=tree), "except", True, ""
        if tree is not None:
            c.note(start, "condition", self.describe(tree))
        if joint == "" and comma:
            joint = ","
        restarts = kind in {"np", "people"} and c.has("people", at=_skip_articles(c, start))
        return Item(joint, tree, kind, start, c.at, comma, negated, dims, restarts)

    def _titled(self) -> Filter | None:
        return self._word_in_title()

    def _just_a_list(self, at: int) -> bool:
        """Whether "list" is what is asked for, not one that exists: no name follows it."""
        c = self.c
        if at < len(c.tokens) and (
            c.tokens[at].kind == "quote" or c.known_name(c.vocabulary.lists(), at)
        ):
            return False
        return (
            at >= len(c.tokens)
            or c.mark(",", ":", ".", "?", "!", at=at)
            or c.has("with", "of", at=at)
        )

    def _reason_end(self) -> int | None:
        """Return where "it's a notice about ..." ends: a reason, if it names no condition."""
        c = self.c
        opening = [fold(token.text) for token in c.tokens[c.at : c.at + 2]]
        if not (
            opening[:1] in (["it's"], ["because"], ["since"])
            or opening
            in (
                ["it", "is"],
                ["this", "is"],
                ["so", "that"],
                ["so", "we"],
                ["these", "are"],
                ["as", "we"],
                ["in", "order"],
                ["they", "are"],
                ["they", "will"],
            )
        ):
            return None
        if c.date() is not None:
            return None
        end = c.at + 1
        while end < len(c.tokens) and not c.mark(".", "!", "?", ";", at=end):
            lex = c.lex(end)
            if (
                c.date(end) is not None
                or c.quantity(end) is not None
                or (
                    lex is not None
                    and lex.has(
                        "value",
                        "title",
                        "place",
                        "field",
                        "event_verb",
                        "not",
                        "except",
                        "vague",
                        "deal",
                        "without",
                        "who",
                        "state",
                    )
                )
            ):
                return None
            end += 1
        return end

    def _clause(self, items: list[Item], joint: str) -> Clause:
        """Read one clause: the condition, its kind, whether it is negated, what it speaks of."""
        c = self.c
        lex = c.lex()
        if (found := self._share()) is not None:
            return found, "share", False, ()
        if c.keys[c.at] in {"among", "amongst"} or (c.keys[c.at] == "of" and items):
            here = c.at
            c.at += 1
            while not c.done and c.keys[c.at] in ARTICLES:
                c.at += 1
            if (firms := self._companies_by_kind()) is not None:
                return firms, "company", False, ()
            if (np := self._noun()) is not None:
                tree = np.filter()
                return tree, "people" if tree is None else "with", np.negated, tuple(np.dims)
            c.at = here
        if (addresses := read_addresses(c)) is not None:
            return addresses, "with", False, ()
        if (absent := read_no_shows(c)) is not None:
            return absent, "np", False, ("no_show",)
        if lex is not None and lex.has("where") and not lex.has("whose"):
            c.pass_lex(lex)
            lex = c.lex()
        if c.has("deal") or (deal_ahead(c, c.at) and not c.has("value")):
            here = c.at
            if (deals := read_deals(c, None, "")) is not None:
                return deals, "with", False, ()
            c.at = here
        if company_set_at(c, c.at):
            tree = read_company_set(c, self._people_inside)
            if tree is not None:
                return tree, "company", False, ()
            return None, "people", False, ()
        if c.has("language") and (found := self._language()) is not None:
            return found, "np", False, ()
        if (np := self._noun()) is not None:
            tree = np.filter()
            return tree, "people" if tree is None else "np", np.negated, tuple(np.dims)
        for read, kind in (
            (self._language, "np"),
            (self._last, "vp"),
            (self._membership, "with"),
            (self._at, "company"),
            (self._in, "place"),
            (self._made, "with"),
            (self._whose, "with"),
            (self._who, "vp"),
            (self._without, "with"),
            (self._having, "with"),
            (self._verb, "vp"),
            (self._negation, "vp"),
            (self._named_field, "with"),
            (self._bare_place, "place"),
        ):
            start = c.at
            found = read()
            if found is not None:
                if kind == "place" and not _speaks_of_place(found):
                    kind = "company" if not isinstance(found, Not) else "with"
                return found, kind, isinstance(found, Not), ()
            c.at = start
        return None, "", False, ()

    def _noun(self) -> NounPhrase | None:
        c = self.c
        lex = c.lex()
        if (
            lex is not None
            and lex.has("field")
            and c.has("contains", "is", "be", at=lex.end)
            and (not lex.has("value", "title"))
        ):
            return None
        quantity = c.quantity()
        if (
            quantity is not None
            and not quantity.percent
            and c.date() is None
            and (c.has("people", at=quantity.end) or atom_at(c, quantity.end) is not None)
            and not company_set_at(c, c.at)
        ):
            words = c.words(c.at, quantity.end)
            raise Unclear(
                f"size:{fold(words)}",
                f'I cannot pick a fixed number ("{words}") of people. Should I '
                f"take all of them, "
                "or a random share?",
                ("all of them", "a random 10%"),
                about=words,
                rewrites=("", "a random 10% of"),
            )
        start = c.at
        owners = self._owners()
        np = read_noun_phrase(c)
        if owners is None or np is None:
            c.at = start if np is None else c.at
            return np
        if np.negated:
            c.at = start
            return None
        np.parts.insert(0, owners)
        np.dims.append("contact.owner")
        return np

    def _owners(self) -> Filter | None:
        """Read "Tom Becker's (leads)", "Tom Becker's or Mia Fox's": owners, by their full names."""
        c, names = self.c, list[str]()
        start = at = c.at
        known = c.vocabulary.values("contact", "owner")
        while (hit := c.known_name(known, at)) is not None:
            if not fold(c.tokens[hit[1] - 1].text).endswith(("'s", "s'")):
                break
            names.append(hit[0])
            c.at = at = hit[1]
            joint = c.lex(at)
            if joint is not None and joint.has("or", "and"):
                at = joint.end
        if not names or not (c.has("people") or atom_at(c, c.at) is not None):
            c.at = start
            return None
        return prop_of("owner", is_in(names))


def _skip_articles(c: Cursor, at: int) -> int:
    while at < len(c.keys) and c.keys[at] in ARTICLES:
        at += 1
    return at


def _compares(c: Cursor) -> bool:
    return c.tokens[c.at].text in {">", "<", ">=", "<=", "=", "==", "!="}


def _speaks_of_place(tree: Filter) -> bool:
    return bool(fields_of(tree) & {"country", "city", "state"})
