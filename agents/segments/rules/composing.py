"""How clauses become one filter: side by side must all hold, "or" joins what is of one kind."""

from __future__ import annotations

from itertools import pairwise

from tools.segments.tree import Filter

from .doubts import Unclear
from .logic import all_of, any_of, fields_of
from .reader import Item, Reader
from .text import fold

__all__ = ["Composing"]


class Composing(Reader):
    """Puts clauses together, and asks where grouping would change who is meant."""

    def _combine(self, items: list[Item]) -> Filter | None:
        every = [item for item in items if item.tree is not None]
        if not every:
            return None
        split = next(
            (
                n
                for n, item in enumerate(items)
                if n
                and item.joint == "or"
                and (item.comma or item.kind in {"np", "people"})
                and item.kind != "except"
            ),
            None,
        )
        if split is None:
            split = next(
                (
                    n
                    for n, item in enumerate(items)
                    if n
                    and item.joint == "and"
                    and item.kind in {"np", "people"}
                    and any(i.kind in {"np", "people"} for i in items[:n])
                    and self._same_kind(items, n)
                ),
                None,
            )
        if split is not None and any(item.tree is not None for item in items[:split]):
            return self._split(items, split)
        self._check_both_joints(items)
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

    def _check_both_joints(self, items: list[Item]) -> None:
        """Ask where "and" and "or" join clauses on one level: "in Spain and ... or in France"."""
        joints = set()
        for before, item in pairwise(items):
            if item.tree is None or item.kind == "except":
                continue
            alike = before.tree is not None and fields_of(before.tree) == fields_of(item.tree)
            if not (item.joint == "or" and alike):  # "country = Spain or country = Italy" is tight
                joints.add(item.joint)
        if "or" in joints and "and" in joints:
            words = self.c.words(items[0].start, items[-1].end)
            raise Unclear(
                f"mixed:{fold(words)}",
                'I cannot tell how the conditions with "and" and "or" belong together. Please put '
                'a comma before the "or", or say it in two sentences.',
                about=words,
            )

    def _same_kind(self, items: list[Item], at: int) -> bool:
        first = next(i for i in items if i.kind in {"np", "people"})
        clauses = [i for i in items[:at] if i.kind not in {"np", "people"}]
        again = (
            items[at].kind == "people"
            or items[at].restarts
            or bool(set(first.dims) & set(items[at].dims))
        )
        return again and bool(clauses or items[at].restarts or first.dims != items[at].dims)

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
        if (
            restarts
            and not bare
            and trailing
            and not items[at].comma
            and len([i for i in left if i.kind not in {"np", "people"}])
            and len(trailing) > 1
        ):
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
        if (
            len(nouns) > 1
            and dims
            and right[0].dims
            and not (dims & set(right[0].dims))
            and not (_roles(dims) and _roles(set(right[0].dims)))
        ):
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
            raise Unclear(
                f"group:{fold(first)}",
                f'How do "{left}" and "{first}" belong together? Please say it '
                f"with commas "
                "or in two sentences.",
                about=first,
            )
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
        after = [
            i
            for i in items[number + 1 :]
            if i.tree is not None and i.joint == "" and i.kind in {"with", "place", "company"}
        ]
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
                _roles(set(first.dims)) and _roles(set(second.dims))
            )
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


def _roles(dims: set[str]) -> bool:
    return dims <= {"title", "contact.seniority", "contact.job_function", "country"} and bool(dims)
