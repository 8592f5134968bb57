"""Lists that people are on: "on the Newsletter list", "on both A and B"."""

from __future__ import annotations

from rapidfuzz import process

from tools.segments.tree import Filter, InList

from .doubts import Unclear
from .logic import all_of, any_of
from .reader import ARTICLES
from .text import fold
from .things import Things

__all__ = ["Listed"]


class Listed(Things):
    """Reads which lists people are on, and asks where the CRM has no such list."""

    def _membership(self) -> Filter | None:
        """Read "on the list X", "in the Newsletter list"."""
        c = self.c
        start = c.at
        if c.take("on", "in", "from", "at") is None and not c.has("list"):
            return None
        while not c.done and c.keys[c.at] in ARTICLES:
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
            while at < len(c.keys) and c.keys[at] in {*ARTICLES, "on", "list"}:
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
            if c.has("who", "with", "and", "or", "people", "but", "not", at=at):
                return False
        return False

    def _ask_list(self, start: int, names: tuple[str, ...]) -> None:

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
        raise Unclear(
            f"list:{fold(said)}",
            f'Which list do you mean by "{said}"?' if said else "Which list do you mean?",
            options,
            about=c.words(start, end),
            rewrites=tuple(f'on the list "{name}"' for name in options),
        )
