"""The grammar: how noun phrases and clauses compose into one filter.

    description := noun phrases, then clauses          "VPs of marketing | in Germany | who ..."
    clause      := in PLACE | at COMPANY | with FIELD | who VERB | whose FIELD | created DATE | ...
    exclusion   := except / excluding / but not DESCRIPTION

What stands side by side must all hold; "or" joins what is of one kind; where grouping would change
who is meant, it asks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import gcd

from tools.segments.tree import Bucket, Company, Contains, Equals, Filter, InList, Not

from tools.crm.port import FieldSpec

from .companies import company_set_at, read_company_name, read_company_set
from .cursor import Cursor, Unclear
from .dates import read_day
from .deals import deal_ahead, read_deals
from .events import EventPhrase, read_event_noun, read_event_verb, read_last_event
from .fields import (
    choose,
    field_at,
    has_value,
    read_field,
    read_picklist,
    read_window,
    unknown_value,
)
from .logic import all_of, any_of, fields_of, prop, prop_of
from .numbers import widened
from .people import NounPhrase, atom_at, read_noun_phrase
from .text import fold
from .where import nearest_places, place_at, read_places

__all__ = ["Grammar"]

_ARTICLES = {"a", "an", "the", "any", "all", "our", "their", "also", "both", "either", "some", "my"}


@dataclass(slots=True)
class Item:
    """One clause, how it was joined to what came before, and what kind of clause it is."""

    joint: str
    tree: Filter | None
    kind: str
    start: int
    end: int
    comma: bool = False
    negated: bool = False
    dims: tuple[str, ...] = ()
    restarts: bool = False
    """It begins with "everyone", "people", ...: a new group of people."""


class Grammar:
    """Reads one description of people from a cursor."""

    def __init__(self, c: Cursor, describe: Callable[[Filter], str]) -> None:
        self.c = c
        self.describe = describe
        c.describe = describe
        self.last_event: EventPhrase | None = None
        self.depth = 0
        self.shared = False

    # --- descriptions -----------------------------------------------------------------------

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
            elif lex is not None and lex.has("list") and self._just_a_list(lex.end):
                before = c.at
                c.pass_lex(lex)
                c.note(before, "filler")
            elif lex is not None and lex.has("filler") and not lex.read_as and c.date() is None and (
                lex.meanings.keys() <= {"filler", "ever", "it", "only"}
                or c.keys[c.at] in {"i", "get"}
            ):  # fmt: skip
                before = c.at
                c.pass_lex(lex)
                c.note(before, "filler")
            elif self.shared and c.keys[c.at : c.at + 2] == ["at", "random"]:
                c.at += 2
            elif lex is not None and lex.has("ever", "only") and not lex.has("field", "value"):
                c.pass_lex(lex)
            elif c.tokens[c.at].kind in {"mark", "under"} and not _compares(c):
                c.at += 1
            else:
                break
        return joint, comma, start

    def _item(self, items: list[Item], *, nested: bool) -> Item | None:
        c = self.c
        joint, comma, before = self._joint()
        if c.done:
            return None
        start = c.at
        if nested and self._ends_nested(items, comma):
            c.at = before
            return None
        if (lex := c.lex()) is not None and self._excludes(lex.start, joint):
            return self._exclusion(joint, comma, start)
        if joint == "but" and self._all_but(items, before):
            return self._exclusion("", comma, start, passed=True)
        tree, kind, negated, dims = self._clause(items, joint)
        if kind == "":
            self._unplaced(start)
        if tree is not None:
            c.note(start, "condition", self.describe(tree))
        if joint == "" and comma:
            joint = ","
        restarts = kind in {"np", "people"} and c.has("people", at=_skip_articles(c, start))
        return Item(joint, tree, kind, start, c.at, comma, negated, dims, restarts)

    def _just_a_list(self, at: int) -> bool:
        """Whether "list" is what is asked for, not one that exists: no name follows it."""
        c = self.c
        if at < len(c.tokens) and (c.tokens[at].kind == "quote" or c.known_name(
            c.vocabulary.lists(), at)):  # fmt: skip
            return False
        return at >= len(c.tokens) or c.mark(",", ":", ".", at=at) or c.has("with", "of", at=at)

    def _reason_end(self) -> int | None:
        """Return where "it's a notice about their contract" ends: a reason, if it names no condition."""
        c = self.c
        opening = [fold(token.text) for token in c.tokens[c.at : c.at + 2]]
        if not (opening[:1] in (["it's"], ["because"], ["since"]) or opening in (
            ["it", "is"], ["this", "is"], ["so", "that"], ["so", "we"], ["these", "are"],
            ["as", "we"], ["in", "order"], ["they", "are"], ["they", "will"])):  # fmt: skip
            return None
        if c.date() is not None:
            return None
        end = c.at + 1
        while end < len(c.tokens) and not c.mark(".", "!", "?", ";", at=end):
            lex = c.lex(end)
            if c.date(end) is not None or c.quantity(end) is not None or (lex is not None and lex.has(
                "value", "title", "place", "field", "event_verb", "not", "except", "vague", "deal",
                "without", "who", "state")):  # fmt: skip
                return None
            end += 1
        return end

    def _excludes(self, at: int, joint: str) -> bool:
        c = self.c
        lex = c.lex(at)
        if lex is None:
            return False
        if lex.has("except") and not (lex.has("event_verb", "value")):
            return True
        if joint == "but" and lex.has("not") and c.keys[at] in {"not", "no", "none"}:
            after = lex.end
            while after < len(c.keys) and c.keys[after] in _ARTICLES:
                after += 1
            thing = c.has("field", "event_noun", at=after) and not c.has("value", at=after)
            return not (c.has("event_verb", at=after) or thing or deal_ahead(c, after))
        if lex.has("not") and c.keys[at] == "no" and atom_at(c, lex.end) is not None:
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
        noun = c.has("people") or atom_at(c, c.at) is not None or place_at(c, c.at) is not None
        if not noun or c.has("who", "in", "with", "have", "not"):
            return False
        if items and all(item.kind == "people" for item in items):
            return True
        words = c.words(before, c.at + 1)
        raise Unclear(f"but:{fold(words)}", f'Does "{words}" leave people out, or narrow it down?',
                      (f"leave out: {c.words(c.at, c.at + 1)}", f"only: {c.words(c.at, c.at + 1)}"),
                      about=c.words(before, c.at), rewrites=("except", "who are"))  # fmt: skip

    def _exclusion(self, joint: str, comma: bool, start: int, *, passed: bool = False) -> Item:
        c = self.c
        lex = c.lex()
        assert lex is not None  # noqa: S101 - the caller has looked
        if not passed:
            c.pass_lex(lex)
        while not c.done and (c.keys[c.at] in _ARTICLES or c.keys[c.at] in {"for", "of"}):
            c.at += 1
        c.take("not") if c.keys[c.at : c.at + 1] == ["any"] else None
        inner = self._excluded()
        if inner is None:
            raise Unclear(f"except:{start}", "Who should be left out?",
                          about=c.words(start, c.at), takes_words=True)  # fmt: skip
        tree = Not(of=inner)
        c.note(start, "condition", self.describe(tree))
        return Item(joint, tree, "except", start, c.at, comma, True)

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
            turned = set(c.keys[before : c.at]) & {"only", "just", "but", "please"}
            if groups and (joint == "but" or turned and comma or self._excludes(c.at, joint)):
                c.at = before
                break
            lex = c.lex()
            clause_word = lex is not None and lex.has("who", "with", "at", "whose", "have")
            if groups and kinds[-1] == "place" and clause_word and joint in {"", "and"}:
                c.at = before
                break
            if groups and comma and joint == "" and lex is not None and lex.has(
                "who", "with", "at", "in", "created", "have"):  # fmt: skip
                c.at = before
                break
            start = c.at
            tree, kind, _, _ = self._clause([], joint)
            if kind == "":
                if not groups:
                    place = read_places(c, "contact")
                    if place is not None:
                        tree, kind = place, "place"
                if kind == "":
                    c.at = start
                    self._unplaced(start)
            if groups and comma and joint == "" and kind in {"np", "people"}:
                self._ask_excluded(start)
            if groups and joint == "and" and kind not in {"np", "people"} and kinds[-1] == "np" and (
                len(groups[-1]) == 1):  # fmt: skip
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

    def _ask_excluded(self, start: int) -> None:
        c = self.c
        words = c.words(start, c.at)
        raise Unclear(f"excluded:{fold(words)}", f'Is "{words}" left out as well, or is it who you want?',
                      (f"left out as well: {words}", f"who I want: {words}"),
                      about=words, rewrites=(f"or {words}", f"but only {words}"))  # fmt: skip

    def _ends_nested(self, items: list[Item], comma: bool) -> bool:
        return False

    def _unplaced(self, at: int) -> None:
        """Ask about the word here: nothing takes it."""
        c = self.c
        at = self._culprit(at)
        lex = c.lex(at)
        words = c.words(at, lex.end if lex is not None else at + 1)
        if lex is not None and lex.has("vague") and not lex.read_as:
            options = lex.meanings["vague"]
            raise Unclear(f"vague:{fold(words)}", f'What do you mean by "{words}"?', options,
                          about=words, rewrites=tuple(f"\x00{option}" for option in options))  # fmt: skip
        end = at + 1
        while end < len(c.tokens) and end - at < 4 and c.lex(end) is None and (
            c.tokens[end].kind == "word" and c.date(end) is None):  # fmt: skip
            end += 1
        words = c.words(at, end)
        near = self._near(words)
        if c.date(at) is not None:
            hit = c.date(at)
            assert hit is not None  # noqa: S101 - just seen
            words = c.words(at, hit.end)
            raise Unclear(f"when:{fold(words)}", f'What happened "{words}"?',
                          (f"created {words}", f"opened an email {words}", f"clicked an email {words}"),
                          about=words, rewrites=(f"created {words}", f"who opened an email {words}",
                          f"who clicked an email {words}"))  # fmt: skip
        text = f'I could not place "{words}": it is no field or value of this CRM.'
        text += " Did you mean one of these?" if near else " What does it mean?"
        raise Unclear(f"unknown:{fold(words)}", text, (*near, "leave it out"), about=words,
                      rewrites=(*near, ""))  # fmt: skip

    def _culprit(self, at: int) -> int:
        """Return the word to ask about: the first one without a place, not the "who" before it."""
        c = self.c
        where = at
        for _ in range(8):
            if c.date(where) is not None:
                return where
            lex = c.lex(where)
            if where >= len(c.tokens) or (
                where > at and (c.mark(",", ".", at=where) or c.has("and", "or", at=where))
            ):
                return at
            if lex is None or (lex.has("vague") and not lex.has("value", "field", "event_verb")):
                return where
            if where > at and lex.has("place", "title"):
                return at
            where = lex.end
        return at

    def _near(self, words: str) -> tuple[str, ...]:
        from rapidfuzz import process

        names = [" ".join(key) for key, entry in self.c.lexicon.entries.items()
                 if entry.keys() & {"value", "field", "place", "title"}]  # fmt: skip
        hits = process.extract(fold(words[:60]), names, limit=3, score_cutoff=72)
        return tuple(name for name, _, _ in hits)

    # --- composing --------------------------------------------------------------------------

    def _combine(self, items: list[Item]) -> Filter | None:
        every = [item for item in items if item.tree is not None]
        if not every:
            return None
        split = next((n for n, item in enumerate(items) if n and item.joint == "or" and (
            item.comma or item.kind in {"np", "people"}) and item.kind != "except"), None)  # fmt: skip
        if split is None:
            split = next((n for n, item in enumerate(items) if n and item.joint == "and"
                          and item.kind in {"np", "people"} and any(
                              i.kind in {"np", "people"} for i in items[:n])
                          and self._same_kind(items, n)), None)  # fmt: skip
        if split is not None and self._can_split(items, split):
            return self._split(items, split)
        parts: list[Filter] = []
        kinds: list[Item] = []
        for number, item in enumerate(items):
            if item.tree is None:
                continue
            if item.joint == "or" and parts:
                self._check_or(items, number)
                parts[-1] = any_of([parts[-1], item.tree])
            elif item.joint in {"and", ","} and kinds and self._union(kinds[-1], item):
                parts[-1] = any_of([parts[-1], item.tree])
            elif item.joint == "and" and item.kind == "np" and kinds and kinds[-1].kind == "np":
                self._ask_and(kinds[-1], item)
            else:
                parts.append(item.tree)
            kinds.append(item)
        return all_of(parts)

    def _same_kind(self, items: list[Item], at: int) -> bool:
        first = next(i for i in items if i.kind in {"np", "people"})
        clauses = [i for i in items[:at] if i.kind not in {"np", "people"}]
        again = (
            items[at].kind == "people"
            or items[at].restarts
            or bool(set(first.dims) & set(items[at].dims))
        )
        return again and bool(clauses or items[at].restarts or first.dims != items[at].dims)

    def _can_split(self, items: list[Item], at: int) -> bool:
        """Whether "X ..., or Y ..." ends a group here."""
        return at > 0 and any(item.tree is not None for item in items[:at])

    def _split(self, items: list[Item], at: int) -> Filter | None:
        """Join what stands before a group-ending "or" with what stands after it."""
        head, left, right = [], items[:at], items[at:]
        restarts = right[0].kind in {"np", "people"}
        if not restarts and left and left[0].kind in {"np", "people"}:
            head, left = left[:1], left[1:]
        right = [Item("", right[0].tree, right[0].kind, right[0].start, right[0].end), *right[1:]]
        if restarts and not right[0].tree and len(right) == 1:
            return self._combine(left)
        trailing = [i for i in right[1:] if i.kind in {"vp", "place", "with", "company"}]
        bare = all(i.kind in {"np", "people"} for i in left)
        if restarts and bare and trailing and not items[at].comma:
            return self._distributed(left, right)
        if restarts and not bare and trailing and not items[at].comma and len(
            [i for i in left if i.kind not in {"np", "people"}]) and len(trailing) > 1:  # fmt: skip
            self._ask_grouping(items, at)
        one, two = self._combine(left), self._combine(right)
        if one is None or two is None:
            return None
        both = any_of([one, two])
        top = head[0].tree if head else None
        return all_of([top, both]) if top is not None else both

    def _distributed(self, left: list[Item], right: list[Item]) -> Filter | None:
        """Read "CMOs or marketing directors in Spain": the clause holds for both."""
        nouns = [i.tree for i in (*left, right[0]) if i.tree is not None]
        dims = {d for i in left for d in i.dims}
        if len(nouns) > 1 and dims and right[0].dims and not (dims & set(right[0].dims)) and not (
            _roles(dims) and _roles(set(right[0].dims))):  # fmt: skip
            self._ask_grouping([*left, *right], len(left))
        rest = self._combine(right[1:])
        union = any_of(nouns)
        return all_of([union, rest]) if rest is not None else union

    def _ask_grouping(self, items: list[Item], at: int) -> None:
        c = self.c
        left = c.words(items[0].start, items[at - 1].end)
        first = c.words(items[at].start, items[at].end)
        tail = c.words(items[at].end, items[-1].end).strip(" ,")
        if not tail:
            raise Unclear(f"group:{fold(first)}",
                          f'How do "{left}" and "{first}" belong together? Please say it with commas '
                          'or in two sentences.', about=first)  # fmt: skip
        raise Unclear(
            f"group:{fold(first)}",
            f'Does "{tail.strip()}" go with "{left}" too, or only with "{first}"?',
            (f"with both: ({left} or {first}) {tail}", f"only with the last: {first} {tail}"),
            about=c.words(items[0].start, items[-1].end),
            rewrites=(f"{left} {tail}, or {first} {tail}", f"{left}, or {first} {tail}"),
        )

    def _check_or(self, items: list[Item], number: int) -> None:
        """Ask where an "or" between clauses has more conditions after it."""
        item, before = items[number], items[number - 1]
        after = [i for i in items[number + 1 :] if i.tree is not None and i.joint == ""
                 and i.kind in {"with", "place", "company"}]  # fmt: skip
        earlier = [i for i in items[:number] if i.kind not in {"np", "people"} and i.tree]
        if before.kind == item.kind == "vp" and not after:
            return
        if (before.kind != item.kind and len(earlier) > 1) or after:
            self._ask_grouping(items, number)

    def _union(self, first: Item, second: Item) -> bool:
        """Whether "in Germany and in France" is a union: nobody could be in both."""
        if first.tree is None or second.tree is None or first.negated or second.negated:
            return False
        if first.kind != second.kind or first.kind not in {"place", "np"}:
            return False
        one, two = fields_of(first.tree), fields_of(second.tree)
        if any(":" in name for name in one | two):
            return False
        if first.kind == "np":
            return bool(set(first.dims) & set(second.dims)) or (
                _roles(set(first.dims)) and _roles(set(second.dims)))  # fmt: skip
        return one == two

    def _ask_and(self, first: Item, second: Item) -> None:
        c = self.c
        a, b = c.words(first.start, first.end), c.words(second.start, second.end)
        raise Unclear(
            f"and:{fold(a)}:{fold(b)}",
            f'"{a} and {b}": people who are both, or everyone who is at least one of them?',
            (f"both {a} and {b}", f"{a} or {b}"),
            about=c.words(first.start, second.end),
            rewrites=(f"{a} who are {b}", f"{a} or {b}"),
        )

    # --- clauses ----------------------------------------------------------------------------

    def _clause(
        self, items: list[Item], joint: str
    ) -> tuple[Filter | None, str, bool, tuple[str, ...]]:
        """Read one clause: the condition, its kind, whether it is negated, what it speaks of."""
        c = self.c
        lex = c.lex()
        if (found := self._share()) is not None:
            return found, "share", False, ()
        if c.keys[c.at] in {"among", "amongst"} or (c.keys[c.at] == "of" and items):
            here = c.at
            c.at += 1
            while not c.done and c.keys[c.at] in _ARTICLES:
                c.at += 1
            if (np := self._noun()) is not None:
                tree = np.filter()
                return tree, "people" if tree is None else "with", np.negated, tuple(np.dims)
            c.at = here
        if c.tokens[c.at].kind == "domain":
            return self._address(), "with", False, ()
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
        if (np := self._noun()) is not None:
            tree = np.filter()
            return tree, "people" if tree is None else "np", np.negated, tuple(np.dims)
        for read, kind in (
            (self._language, "np"), (self._last, "vp"), (self._membership, "with"),
            (self._at, "company"), (self._in, "place"), (self._made, "with"),
            (self._whose, "with"), (self._who, "vp"), (self._without, "with"),
            (self._having, "with"), (self._verb, "vp"), (self._negation, "vp"),
            (self._named_field, "with"), (self._bare_place, "place"),
        ):  # fmt: skip
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
        if lex is not None and lex.has("field") and c.has("contains", "is", "be", at=lex.end) and (
            not lex.has("value", "title")):  # fmt: skip
            return None
        quantity = c.quantity()
        if quantity is not None and not quantity.percent and c.date() is None and (
            c.has("people", at=quantity.end) or atom_at(c, quantity.end) is not None
        ) and not company_set_at(c, c.at):  # fmt: skip
            words = c.words(c.at, quantity.end)
            raise Unclear(f"size:{fold(words)}",
                          f'I cannot pick a fixed number ("{words}") of people. Should I take all of them, '
                          "or a random share?", ("all of them", "a random 10%"), about=words,
                          rewrites=("", "a random 10% of"))  # fmt: skip
        return read_noun_phrase(c)

    def _people_inside(self, c: Cursor) -> Filter | None:
        return self.description(nested=True)

    def _share(self) -> Filter | None:
        """Read "a random 10% of", "random half of"."""
        c = self.c
        start = c.at
        seen = False
        while not c.done and (
            c.has("random", "sample") or c.keys[c.at] in {"a", "an", "of", "one"}
        ):
            seen = seen or c.has("random")
            c.at += 1
        percent = self._percent()
        if percent is None:
            if seen:
                words = c.words(start, c.at + 1) if not c.done else c.words(start, c.at)
                number = c.quantity()
                if number is not None:
                    words = c.words(start, number.end)
                raise Unclear("share", "How big should the random share be? I can take a percentage.",
                              ("a random 10% of", "a random 50% of"), about=words,
                              rewrites=("a random 10% of", "a random 50% of"))  # fmt: skip
            c.at = start
            return None
        while not c.done and (
            c.has("random", "sample") or c.keys[c.at] in {"of", "the", "all", "our", "chosen"}
        ):
            c.at += 1
        self.shared = True
        step = gcd(percent, 100)
        return Bucket(of=100 // step, take=tuple(range(percent // step)))

    def _percent(self) -> int | None:
        c = self.c
        if c.done:
            return None
        shares = {"half": 50, "quarter": 25, "tenth": 10, "fifth": 20}
        if c.keys[c.at] in shares and c.date() is None and (
            (c.at and c.has("random", at=c.at - 1)) or c.keys[c.at + 1 : c.at + 2] == ["of"]):  # fmt: skip
            c.at += 1
            return shares[c.keys[c.at - 1]]
        quantity = c.quantity()
        if quantity is None or not quantity.percent:
            return None
        value = getattr(quantity.test, "value", 0)
        if not isinstance(value, int) or not 0 < value < 100:
            raise Unclear("percent", "What share should it be? Whole per cents from 1 to 99.",
                          ("10%", "50%"), about=c.words(c.at, quantity.end),
                          rewrites=("10%", "50%"))  # fmt: skip
        c.at = quantity.end
        return value

    def _address(self) -> Filter:
        c = self.c
        text = c.tokens[c.at].text.lower()
        c.at += 1
        while c.has("field", "object") and not c.done:
            c.at += 1
        if text.startswith("@"):
            return prop_of("email", Contains(text=text))
        from tools.segments.tree import Equals

        return prop_of("email", Equals(value=text))

    def _language(self) -> Filter | None:
        c = self.c
        codes: list[str] = []
        lex = c.lex()
        if lex is not None and lex.has("speak"):
            c.pass_lex(lex)
            while (lang := c.lex()) is not None and lang.has("language"):
                codes.append(lang.meanings["language"])
                c.pass_lex(lang)
                if (
                    (j := c.lex()) is not None
                    and j.has("or", "and")
                    and c.has("language", at=j.end)
                ):
                    c.pass_lex(j)
        else:
            at = c.at
            while (lang := c.lex(at)) is not None and lang.has("language"):
                codes.append(lang.meanings["language"])
                at = lang.end
                j = c.lex(at)
                if j is not None and j.has("or", "and") and c.has("language", at=j.end):
                    at = j.end
            if not codes or not c.has("speaking", at=at):
                return None
            c.at = at
            c.take("speaking")
        if not codes:
            return None
        from .logic import is_in

        return prop_of("language", is_in(dict.fromkeys(codes)))

    def _last(self) -> Filter | None:
        return read_last_event(self.c) if self.c.has("last") else None

    def _membership(self) -> Filter | None:
        """Read "on the list X", "in the Newsletter list"."""
        c = self.c
        start = c.at
        if c.take("on", "in", "from", "at") is None:
            if not c.has("list"):
                return None
        while not c.done and c.keys[c.at] in _ARTICLES:
            c.at += 1
        names = c.vocabulary.lists()
        on = c.keys[start] == "on"
        before = c.take("list") is not None
        while before and not c.done and c.keys[c.at] in {"called", "named"}:
            c.at += 1
        found: list[Filter] = []
        joined = "or"
        while (hit := c.known_name(names)) is not None:
            after = c.has("list", at=hit[1])
            if not (before or after or on or c.tokens[c.at].kind == "quote" or found):
                break
            c.at = hit[1]
            c.take("list")
            found.append(InList(list=hit[0]))
            joint = c.lex(c.at + c.mark(","))
            if joint is None or not joint.has("or", "and"):
                break
            at = joint.end
            while at < len(c.keys) and c.keys[at] in {*_ARTICLES, "on", "list"}:
                at += 1
            if c.known_name(names, at) is None or (
                len(found) > 1 and joint.has("or") != (joined == "or")
            ):
                break
            joined, c.at = "or" if joint.has("or") else "and", at
        if found:
            return any_of(found) if joined == "or" else all_of(found)
        if before or self._list_ahead():
            self._ask_list(start, names)
        c.at = start
        return None

    def _list_ahead(self) -> bool:
        c = self.c
        for at in range(c.at, min(c.at + 6, len(c.tokens))):
            if c.keys[at] == "list":
                return at > c.at
            if c.has("who", "with", "and", "or", "people", "but", at=at):
                return False
        return False

    def _ask_list(self, start: int, names: tuple[str, ...]) -> None:
        from rapidfuzz import process

        c = self.c
        end = c.at
        while (
            end < len(c.tokens)
            and not c.has("who", "and", "or", "but", at=end)
            and not c.mark(",", at=end)
        ):
            end += 1
        said = c.words(c.at, end)
        near = (
            process.extract(said, names, limit=4, score_cutoff=40, processor=fold) if said else []
        )
        options = tuple(name for name, _, _ in near) or tuple(names[:4])
        raise Unclear(f"list:{fold(said)}", f'Which list do you mean by "{said}"?' if said else
                      "Which list do you mean?", options, about=c.words(start, end),
                      rewrites=tuple(f'on the list "{name}"' for name in options))  # fmt: skip

    def _at(self) -> Filter | None:
        """Read "at Acme", "at software companies", "working in finance"."""
        c = self.c
        lex = c.lex()
        if lex is None or not lex.has("at", "from", "in", "for"):
            return None
        start = c.at
        strict = lex.has("at") and c.keys[start] not in {"in"} and not lex.has("in", "from")
        c.pass_lex(lex)
        if company_set_at(c, c.at):
            return read_company_set(c, self._people_inside)
        if (kind := self._companies_by_kind()) is not None:
            return kind
        working_in = c.keys[c.at - 1] == "in"
        if not strict or working_in:
            c.at = start
            return None
        return read_company_name(c)

    def _companies_by_kind(self) -> Filter | None:
        """Read "at competitors", "at banks or insurers": the kind of company without the noun."""
        c = self.c
        here = c.at
        while not c.done and c.keys[c.at] in _ARTICLES:
            c.at += 1
        atom = atom_at(c, c.at)
        if atom is not None and atom.dim.startswith("company."):
            np = read_noun_phrase(c)
            if np is not None and all(dim.startswith("company.") for dim in np.dims):
                c.take("sector")
                return np.filter()
        c.at = here
        return None

    def _in(self) -> Filter | None:
        """Read "in Germany", "in marketing", "in healthcare", "from Spain"."""
        c = self.c
        lex = c.lex()
        if lex is None or not (lex.has("in", "from", "at", "of", "for", "hq")):
            return None
        if c.date() is not None and not lex.has("hq"):
            return None
        start = c.at
        c.pass_lex(lex)
        if c.has("not"):
            c.at = start
            return None
        if lex.has("hq"):
            found = read_places(c, "company")
            from tools.segments.tree import Company

            return Company(where=found) if found is not None else None
        if (found := self._function_or_industry()) is not None:
            return found
        spec = c.lexicon.fields.get(("contact", "lead_source"))
        if lex.has("from") and c.keys[start] in {"from", "coming"} and spec is not None and (
            found := read_picklist(c, spec, "contact")) is not None:  # fmt: skip
            return found
        if (found := read_places(c, "contact")) is not None:
            return found
        if (field := self._field_at_articles()) is not None and lex.has("in"):
            return field
        if lex.has("from", "of", "for") and (found := self._company_or_none()) is not None:
            return found
        if lex.has("in", "from") and not c.done and (
            c.lex() is None or bool(c.lex() and c.lex().read_as)  # type: ignore[union-attr]
        ):  # fmt: skip
            end = c.at + 1
            while end < len(c.tokens) and c.lex(end) is None and c.tokens[end].kind == "word":
                end += 1
            words = c.words(c.at, end)
            near = nearest_places(c, words)
            raise Unclear(f"place:{fold(words)}", f'I know no place called "{words}" here.'
                          + (" Did you mean one of these?" if near else " Which place do you mean?"),
                          near, about=words, rewrites=near)  # fmt: skip
        c.at = start
        return None

    def _function_or_industry(self) -> Filter | None:
        c = self.c
        while not c.done and c.keys[c.at] in {"the", "a", "an", "any"}:
            c.at += 1
        atom = atom_at(c, c.at)
        if (
            atom is None
            or atom.value is None
            or not atom.dim.endswith(("job_function", "industry", "lifecycle_stage", "seniority"))
        ):
            return None
        np = read_noun_phrase(c)
        if np is None:
            return None
        c.take("department")
        c.take("sector")
        if c.has("company"):
            c.take("company")
        return np.filter()

    def _company_or_none(self) -> Filter | None:
        c = self.c
        hit = c.known_name(c.vocabulary.values("company", "name"))
        if hit is None:
            return None
        c.at = hit[1]
        return prop_of("company_name", Contains(text=hit[0]))

    def _field_at_articles(self) -> Filter | None:
        """Read "in lifecycle stage MQL", "in the stage opportunity", "in the contract sent stage"."""
        c = self.c
        spec = field_at(c, "contact")
        if spec is not None and spec.type == "picklist":
            return self._field(spec)
        return None

    def _made(self) -> Filter | None:
        """Read "created in the last 30 days", "came from paid search", "owned by Ana"."""
        c = self.c
        lex = c.lex()
        if lex is None:
            return None
        if lex.has("created", "updated"):
            name = "created_at" if lex.has("created") else "updated_at"
            c.pass_lex(lex)
            while not c.done and c.keys[c.at] in {"to", "our", "the", "crm", "database", "on"} and (
                c.date() is None):  # fmt: skip
                c.at += 1
            window = read_window(c)
            if window is None and (day := read_day(c.tokens, c.at, c.today)) is not None:
                window, c.at = day.test, day.end
            return prop_of(name, window) if window is not None else None
        if lex.has("sourced"):
            spec = c.lexicon.fields.get(("contact", "lead_source"))
            if spec is None:
                return None
            start = c.at
            c.pass_lex(lex)
            while not c.done and c.keys[c.at] in _ARTICLES:
                c.at += 1
            found = read_picklist(c, spec, "contact")
            if found is None:
                if c.keys[start] in {"via", "through"} and c.lex() is not None:
                    return None
                if place_at(c, c.at) is not None or company_set_at(c, c.at):
                    return None
                raise unknown_value(c, spec, c.at)
            return found
        if lex.has("owned"):
            spec = c.lexicon.fields.get(("contact", "owner"))
            c.pass_lex(lex)
            if spec is None:
                return None
            found = read_field(c, spec, "contact")
            if found is None:
                raise unknown_person(c)
            return found
        return None

    def _whose(self) -> Filter | None:
        c = self.c
        if c.take("whose") is None:
            return None
        while not c.done and c.keys[c.at] in _ARTICLES:
            c.at += 1
        return self._subject_is()

    def _subject_is(self) -> Filter | None:
        c = self.c
        if (found := self._last()) is not None:
            return found
        if deal_ahead(c, c.at):
            return read_deals(c, None, "")
        lex = c.lex()
        if lex is not None and lex.has("company"):
            start = c.at
            c.pass_lex(lex)
            spec = field_at(c, "company")
            if spec is not None and spec.subject == "company":
                taken = c.lex()
                assert taken is not None  # noqa: S101 - `field_at` has just seen it
                c.pass_lex(taken)
                from tools.segments.tree import Company

                found = read_field(c, spec, "company")
                return Company(where=found) if found is not None else None
            c.at = start
            name_is = c.lex(lex.end)
            if name_is is not None and name_is.has("field") and c.keys[lex.end] == "name":
                c.at = name_is.end
            found = read_company_set(c, self._people_inside)
            if found is not None:
                return found
            c.at = start
        spec = field_at(c, "contact")
        return self._field(spec) if spec is not None else None

    def _field(self, spec: FieldSpec) -> Filter | None:
        """Read a field's name and what is said of it."""
        from tools.crm.port import FieldSpec

        c = self.c
        lex = c.lex()
        assert lex is not None  # noqa: S101 - the field stands here
        start = c.at
        c.pass_lex(lex)
        found = read_field(c, spec, "contact")
        if found is None:
            if spec.type == "picklist" and not c.done and c.has("be", "is", at=c.at):
                c.take("be", "is")
                raise unknown_value(c, spec, c.at)
            c.at = start
        return found

    def _named_field(self) -> Filter | None:
        """Read a field's name without an introducing word: "lead score over 50"."""
        c = self.c
        if (found := self._sized()) is not None:
            return found
        lex = c.lex()
        if lex is None or not lex.has("field"):
            return self._value_then_field()
        spec = choose(lex.meanings["field"], "contact")
        return self._field(spec) if spec is not None else None

    def _value_then_field(self) -> Filter | None:
        """Read "status new", "gmail addresses", "contract sent stage"."""
        c = self.c
        if c.done:
            return None
        providers = {"gmail", "hotmail", "yahoo", "outlook", "gmx", "icloud", "aol"}
        if c.keys[c.at] in providers:
            name = c.keys[c.at]
            at = c.at + 1
            if c.keys[at : at + 2] == [".", "com"]:
                at += 2
            if c.has("field", "object", "people", at=at) or at == len(c.tokens):
                c.at = at
                if c.has("field", "object"):
                    c.take("field", "object")
                ending = "." if name in {"gmx", "yahoo", "hotmail", "outlook"} else ".com"
                return prop_of("email", Contains(text=f"@{name}{ending}"))
        for key in (
            ("contact", "lead_status"),
            ("contact", "lifecycle_stage"),
            ("contact", "lead_source"),
        ):
            spec = c.lexicon.fields.get(key)
            if spec is None:
                continue
            start = c.at
            found = read_picklist(c, spec, "contact")
            if found is not None and (lex := c.lex()) is not None and lex.has("field") and (
                spec in lex.meanings["field"]):  # fmt: skip
                c.pass_lex(lex)
                return found
            c.at = start
        return None

    def _sized(self) -> Filter | None:
        """Read "50+ employees", "more than 1m revenue", "3 email opens", "2 open deals"."""
        c = self.c
        quantity = c.quantity()
        if quantity is None or quantity.percent or c.date() is not None:
            return None
        start = c.at
        said = c.words(c.at, quantity.end)
        if deal_ahead(c, quantity.end) and not c.has("field", at=quantity.end):
            c.at = quantity.end
            return read_deals(c, quantity, said)
        if c.has("event_noun", at=quantity.end) or c.keys[quantity.end : quantity.end + 1] in (
            ["recorded"],
            ["different"],
        ):
            c.at = quantity.end
            phrase = read_event_noun(c, quantity, said)
            if phrase is not None:
                self.last_event = phrase
                return phrase.filter()
        c.at = quantity.end
        while not c.done and c.keys[c.at] in {"in", "of", "total", "annual", "for", "points", "as"} and (
            not c.has("field")):  # fmt: skip
            c.at += 1
        while not c.done and c.keys[c.at] in {"a", "the", "their"}:
            c.at += 1
        lex = c.lex()
        if lex is not None and lex.has("field"):
            spec = choose([s for s in lex.meanings["field"] if s.type == "number"], "contact")
            if spec is not None:
                c.pass_lex(lex)
                test, c.at = widened(c.tokens, c.at, quantity)
                return prop(spec.subject, spec.name, test, "contact")
        c.at = start
        return None

    def _without(self) -> Filter | None:
        c = self.c
        start = c.at
        if c.take("without") is None:
            if not (c.has("not") and c.keys[c.at] == "no"):
                return None
            c.take("not")
        while not c.done and c.keys[c.at] in {
            "a",
            "an",
            "any",
            "the",
            "known",
            "their",
            "valid",
            "single",
            "recorded",
        }:
            c.at += 1
        found = self._thing(negated=True)
        if found is None:
            c.at = start
            return None
        return found

    def _thing(self, *, negated: bool) -> Filter | None:
        """Read what someone has or lacks: a field's value, deals, events."""
        c = self.c
        found: Filter | None = None
        if deal_ahead(c, c.at):
            found = read_deals(c, None, "")
        elif (phrase := read_event_noun(c, None, "")) is not None:
            self.last_event = phrase
            found = phrase.filter()
        elif (lex := c.lex()) is not None and lex.has("company") and not c.has("field", at=lex.end) and (
            not company_set_at(c, lex.end)) and not lex.has("field"):  # fmt: skip
            spec = c.lexicon.fields.get(("contact", "company_name"))
            if spec is not None:
                c.pass_lex(lex)
                return has_value(spec, "contact", there=not negated)
        elif (spec := field_at(c, "contact")) is not None:
            found = self._possessed(spec, negated=negated)
            if found is not None:
                return found
        elif (found := self._sized()) is not None:
            pass
        if found is None:
            return None
        return Not(of=found) if negated else found

    def _possessed(self, spec: FieldSpec, *, negated: bool) -> Filter | None:
        from tools.crm.port import FieldSpec

        c = self.c
        found = self._field(spec)
        if found is not None:
            return Not(of=found) if negated else found
        lex = c.lex()
        assert lex is not None  # noqa: S101 - the field stands here
        c.pass_lex(lex)
        if spec.name == "consent":
            from tools.segments.tree import Equals

            leaf = prop_of("consent", Equals(value="granted"))
            return Not(of=leaf) if negated else leaf
        if c.has("set") and not c.has("value"):
            c.take("set")
        first = has_value(spec, "contact", there=not negated)
        parts = [first]
        while (joint := c.lex(c.at)) is not None and joint.has("or", "and"):
            after = joint.end
            while after < len(c.keys) and c.keys[after] in {"a", "an", "any", "no", "the"}:
                after += 1
            name = c.lex(after)
            if name is None or not name.has("field") or c.has("contains", "is", at=name.end) or (
                c.quantity(name.end) is not None):  # fmt: skip
                break
            other = choose(name.meanings["field"], "contact")
            if other is None:
                break
            c.at = name.end
            parts.append(has_value(other, "contact", there=not negated))
            both = joint.has("and") != (negated and joint.has("or"))
            if negated and joint.has("and"):
                words = c.words(lex.start, c.at)
                raise Unclear(f"lack:{fold(words)}", f'Without "{words}": is either missing enough, or '
                              "must both be missing?", ("both missing", "either missing"), about=words,
                              rewrites=(words.replace(" and ", " or "),
                                        words.replace(" and ", " \x01 ")))  # fmt: skip
            parts = [all_of(parts) if both else any_of(parts)]
        return parts[0]

    def _having(self) -> Filter | None:
        """Read "with an open deal", "with a lead score over 50", "who have no phone"."""
        c = self.c
        lex = c.lex()
        if lex is None or not lex.has("with", "have"):
            return None
        start = c.at
        c.pass_lex(lex)
        negated = False
        while not c.done and (c.keys[c.at] in _ARTICLES | {"known", "valid", "had"} or (
            c.has("not") and c.keys[c.at] in {"no", "not", "never"})):  # fmt: skip
            if c.quantity() is not None:
                break
            negated = negated or c.has("not")
            c.at += 1
        if (found := self._last()) is not None:
            return found
        if c.has("unset") and not c.done:
            here = c.at
            c.take("unset")
            spec = field_at(c, "contact")
            if spec is not None:
                name = c.lex()
                assert name is not None  # noqa: S101 - the field stands here
                c.pass_lex(name)
                return has_value(spec, "contact", there=negated)
            c.at = here
        found = self._thing(negated=negated)
        if found is None and not negated and (found := self._sized()) is None:
            found = self._value_then_field()
            if found is None and c.tokens[c.at : c.at + 1] and c.tokens[c.at].kind == "domain":
                found = self._address()
            if found is None and (np := read_noun_phrase(c)) is not None and np.dims:
                found = np.filter()
                c.take("department")
                if c.has("field"):
                    c.take("field")
        if found is None:
            c.at = start
        return found

    # --- verb phrases -----------------------------------------------------------------------

    def _who(self) -> Filter | None:
        """Read "who are not customers and opened an email"."""
        c = self.c
        if c.take("who") is None:
            return None
        return self._verbs()

    def _verbs(self) -> Filter | None:
        c = self.c
        first_at = c.at
        first = self._one_verb(None)
        if first is None:
            return None
        parts: list[list[tuple[Filter, int, int]]] = [[(first[0], first_at, c.at)]]
        negated, words, series = first[1], {""}, 0
        while not c.done:
            before = c.at
            earlier = self.last_event
            comma = c.mark(",")
            if comma:
                c.at += 1
            lex = c.lex()
            joint = ""
            if lex is not None and lex.has("or", "and", "but"):
                joint = "or" if lex.has("or") else "and" if lex.has("and") else "but"
                c.pass_lex(lex)
            if not joint and not comma:
                break
            if lex is not None and c.keys[lex.start] == "nor":
                start = c.at
                following = self._one_verb(self.last_event) or self._bare_predicate()
                if following is None:
                    c.at = before
                    break
                tree = following[0] if following[1] else Not(of=following[0])
                parts.append([(tree, start, c.at)])
                words.add("nor")
                continue
            again = c.take("who") is not None
            if not self._verb_ahead() or (comma and not joint and not self._verb_ahead()):
                c.at = before
                break
            start = c.at
            bare = c.has("event_verb") and not c.has("have", "be", "not", "did")
            carried = negated if bare and joint == "or" and not again else False
            if bare and negated and joint == "and" and not again:
                c.at = before
                self._ask_negation(first_at, before, start)
            following = self._one_verb(self.last_event)
            if following is None:
                c.at = before
                break
            tree = Not(of=following[0]) if carried else following[0]
            if carried and following[1]:
                tree = following[0]
            now = self.last_event
            if carried and earlier is not None and now is not None and now is not earlier and (
                earlier.window is None):  # fmt: skip
                # "have not opened an email or clicked one in 60 days": one "not", one window.
                earlier.window = now.window
                _, begin, end = parts[-1][-1]
                parts[-1][-1] = (Not(of=earlier.filter()), begin, end)
            if joint == "or" and carried:
                parts.append([(tree, start, c.at)])
            elif joint == "or":
                while series and len(parts) > 1:  # "unsubscribed, bounced or complained"
                    parts[-2].extend(parts.pop())
                    series -= 1
                    words.discard(",")
                parts[-1].append((tree, start, c.at))
            else:
                parts.append([(tree, start, c.at)])
                bare_comma = joint == "" and bare and not negated
                series = series + 1 if bare_comma else 0
            negated = following[1] or carried
            words.add(joint or ",")
        if "or" in words and len(parts) > 1 and any(len(p) > 1 for p in parts):
            self._check_mixed(parts)
        return all_of([any_of([tree for tree, _, _ in group]) for group in parts])

    def _bare_predicate(self) -> tuple[Filter, bool] | None:
        """Read "(nor) in Hamburg", "(nor) customers"."""
        found = self._predicate("be", negated=False, start=self.c.at)
        return (found, False) if found is not None else None

    def _check_mixed(self, parts: list[list[tuple[Filter, int, int]]]) -> None:
        c = self.c
        first, last = parts[0][0], parts[-1][-1]
        words = c.words(first[1], last[2])
        said = [[c.words(s, e) for _, s, e in group] for group in parts]
        one = " and ".join("(" + " or ".join(g) + ")" if len(g) > 1 else g[0] for g in said)
        raise Unclear(f"mixed:{fold(words)}", "How do the conditions with \"and\" and \"or\" belong together?",
                      (one,), about=words, takes_words=True,
                      rewrites=(" who ".join(" or ".join(g) for g in said),))  # fmt: skip

    def _ask_negation(self, first: int, before: int, start: int) -> None:
        c = self.c
        words = c.words(start, start + 1)
        raise Unclear(f"negated:{fold(c.words(first, start + 1))}",
                      f'Does the "not" cover "{words}" as well?',
                      (f"yes: not {words} either", f"no: they {words}"),
                      about=c.words(before, start + 1),
                      rewrites=(f"or {words}", f"but who {words}"))  # fmt: skip

    def _verb_ahead(self) -> bool:
        c = self.c
        lex = c.lex()
        if lex is None:
            return False
        if lex.has(
            "event_verb",
            "have",
            "be",
            "did",
            "created",
            "sourced",
            "owned",
            "updated",
            "last",
            "speak",
        ):
            return not (lex.has("people"))
        if lex.has("not"):
            return True
        return lex.has("at", "in") and c.keys[lex.start] in {
            "work",
            "works",
            "live",
            "lives",
            "working",
        }

    def _one_verb(self, before: EventPhrase | None) -> tuple[Filter, bool] | None:
        """Read one verb phrase: the condition with its negation applied, and whether negated."""
        c = self.c
        start = c.at
        negated, helped = False, ""
        while (lex := c.lex()) is not None and lex.has("have", "be", "did", "not", "ever", "only"):
            if lex.has("event_verb") and not lex.has("have", "be", "did", "not"):
                break
            if lex.has("without"):
                break
            negated = negated or lex.has("not")
            helped = "have" if lex.has("have") else "be" if lex.has("be") else helped
            if c.keys[lex.start] in {"isn't", "aren't", "wasn't", "weren't", "arent", "isnt"}:
                helped = "be"
            if c.keys[lex.start] in {"haven't", "hasn't", "havent", "hasnt"}:
                helped = "have"
            c.pass_lex(lex)
            self.c.skip_filler()
        if (found := self._last()) is not None:
            return (Not(of=found), True) if negated else (found, False)
        if c.take("consented") is not None:
            leaf: Filter = prop_of("consent", Equals(value="granted"))
            return (Not(of=leaf), True) if negated else (leaf, False)
        phrase = None
        if not deal_ahead(c, c.at):
            phrase = read_event_verb(c, negated=negated, before=before or self.last_event)
        if phrase is not None:
            self.last_event = phrase
            tree = phrase.filter()
            negated = negated != phrase.denied
            return (Not(of=tree), True) if negated else (tree, False)
        found = self._predicate(helped, negated=negated, start=start)
        if found is None:
            c.at = start
            return None
        return (Not(of=found), True) if negated else (found, False)

    def _predicate(self, helped: str, *, negated: bool, start: int) -> Filter | None:
        c = self.c
        if c.done:
            return None
        if helped == "have" or c.has("quantity"):
            while not c.done and c.keys[c.at] in _ARTICLES and c.quantity() is None:
                c.at += 1
            if (found := self._thing(negated=False)) is not None:
                return found
            if (found := self._sized()) is not None:
                return found
            if (found := self._value_then_field()) is not None:
                return found
            if c.has("with", "without") or helped == "have":
                return None
        if company_set_at(c, c.at) and not c.has("people"):
            return None
        for read in (self._language, self._membership, self._at, self._in, self._made,
                     self._without, self._having, self._named_field):  # fmt: skip
            at = c.at
            found = read()
            if found is not None:
                return found
            c.at = at
        np = read_noun_phrase(c)
        if np is not None and (tree := np.filter()) is not None:
            if negated:
                self._check_scope(start, tree)
            return tree
        at = c.at
        if helped == "be" and (place := read_places(c, "contact")) is not None:
            return place
        c.at = at
        return None

    def _check_scope(self, start: int, tree: Filter) -> None:
        """Ask whether "not customers in Germany" means not customers, or customers elsewhere."""
        c = self.c
        lex = c.lex()
        if lex is None or not lex.has("in", "from", "at") or c.date() is not None:
            return
        here = c.at
        try:
            found = self._in() or self._at()
        except Unclear:
            found = None
        end, c.at = c.at, here
        if found is None:
            return
        noun, place = c.words(start, here), c.words(here, end)
        raise Unclear(
            f"scope:{fold(c.words(start, end))}",
            f'"{noun} {place}": does "{place}" say who is meant, or who is left out?',
            (f"people {place} who {noun}", f"everyone except those {place}"),
            about=c.words(start, end),
            rewrites=(f"{noun}, {place}", f"\x02{noun} {place}"),
        )

    def _without_who(self) -> Filter | None:
        return self._verbs()

    def _verb(self) -> Filter | None:
        """Read a verb phrase without "who": "opened an email", "not customers", "based in"."""
        c = self.c
        lex = c.lex()
        if lex is None or not lex.has("event_verb", "have", "be", "did", "consented"):
            return None
        return self._verbs()

    def _negation(self) -> Filter | None:
        c = self.c
        lex = c.lex()
        if lex is None or not lex.has("not"):
            return None
        start = c.at
        if (found := self._verbs()) is not None:
            return found
        c.at = start
        c.pass_lex(lex)
        at = c.at
        while not c.done and c.keys[c.at] in _ARTICLES:
            c.at += 1
        for read in (
            self._membership,
            self._at,
            self._in,
            self._made,
            self._having,
            self._named_field,
        ):
            here = c.at
            found = read()
            if found is not None:
                return Not(of=found)
            c.at = here
        np = read_noun_phrase(c)
        if np is not None and (tree := np.filter()) is not None:
            self._check_scope(start, tree)
            return Not(of=tree)
        c.at = at
        phrase = read_event_verb(c, negated=True)
        if phrase is not None:
            self.last_event = phrase
            c.at = start
            return self._verbs()
        place = read_places(c, "contact")
        if place is not None:
            return Not(of=place)
        c.at = start
        return None

    def _bare_place(self) -> Filter | None:
        return read_places(self.c, "contact")


def unknown_person(c: Cursor) -> Unclear:
    """Return the question for an owner this CRM does not have."""
    end = min(c.at + 2, len(c.tokens))
    words = c.words(c.at, end)
    names = c.vocabulary.values("contact", "owner")
    return Unclear(f"owner:{fold(words)}", f'No owner here is called "{words}". Who do you mean?',
                   names[:5], about=words, rewrites=tuple(f'"{n}"' for n in names[:5]))  # fmt: skip


def _skip_articles(c: Cursor, at: int) -> int:
    while at < len(c.keys) and c.keys[at] in _ARTICLES:
        at += 1
    return at


def _compares(c: Cursor) -> bool:
    return c.tokens[c.at].text in {">", "<", ">=", "<=", "=", "==", "!="}


def _roles(dims: set[str]) -> bool:
    return dims <= {"title", "contact.seniority", "contact.job_function", "country"} and bool(dims)


def _speaks_of_place(tree: Filter) -> bool:
    return bool(fields_of(tree) & {"country", "city", "state"})
