"""How far a "not", a window and an "or" reach; where two readings remain, it asks."""

from __future__ import annotations

from dataclasses import replace

from tools.segments.tree import Filter, Not

from .belonging import Belonging
from .cursor import Cursor
from .dated import read_window
from .doubts import Unclear
from .often import EventPhrase
from .text import fold

__all__ = ["Scopes"]


class Scopes(Belonging):
    """Settles the scope of negations and windows among joined verbs."""

    def _not_then(self, earlier: EventPhrase | None) -> Filter | None:
        """Read "(opened in the last 90 days) but not in the last 30": the verb is said once."""
        c = self.c
        only = c.keys[c.at : c.at + 1] in (["just"], ["only"])
        if earlier is None or c.keys[c.at + only : c.at + only + 1] != ["not"]:
            return None
        if c.date(c.at + only + 1) is None or (earlier.at_least, earlier.at_most) != (1, None):
            return None
        c.at += 1 + only
        window = read_window(c, negated=True)
        return Not(of=replace(earlier, window=window, windows=[]).filter())

    def _check_window(self, earlier: EventPhrase | None, first: int, before: int, at: int) -> None:
        """Ask whether the window of "opened but not clicked in 14 days" holds for both."""
        c, now = self.c, self.last_event
        if earlier is None or now is None or now is earlier or earlier.window is not None:
            return
        when = next((n for n in range(at, c.at) if _ends_at(c, n)), None)
        if now.window is None or when is None:
            return
        one, two, window = c.words(first, before), c.words(at, when), c.words(when, c.at)
        raise Unclear(
            f"window:{fold(c.words(first, c.at))}",
            f'Does "{window}" hold for "{one}" too, or only for "{two}"?',
            (f"both {window}", f"only {two} {window}"),
            about=c.words(first, c.at),
            rewrites=(f"{one} {window} but {two} {window}", f"{one} and who have {two} {window}"),
        )

    def _or_ahead(self) -> bool:
        """Whether an "or" still follows: "have not opened, clicked or registered"."""
        c = self.c
        for at in range(c.at, min(c.at + 14, len(c.tokens))):
            if c.has("or", at=at):
                return True
            if c.has("and", "but", "who", "have", "not", "be", at=at) or c.mark(".", ";", at=at):
                return False
        return False

    def _share_window(
        self, run: list[EventPhrase | None], parts: list[list[tuple[Filter, int, int]]]
    ) -> None:
        """Give the window at the end of "not opened, clicked or ... in 90 days" to each of them."""
        last = run[-1]
        if last is None or last.window is None:
            return
        earlier = [one for one in run[:-1] if one is not None]
        if len(earlier) != len(run) - 1 or any(one.window is not None for one in earlier):
            return
        for phrase, group in zip(reversed(earlier), reversed(parts), strict=False):
            phrase.window, phrase.windows = last.window, list(last.windows)
            _, begin, end = group[-1]
            group[-1] = (Not(of=phrase.filter()), begin, end)

    def _check_mixed(self, parts: list[list[tuple[Filter, int, int]]]) -> None:
        c = self.c
        first, last = parts[0][0], parts[-1][-1]
        words = c.words(first[1], last[2])
        said = [[c.words(s, e) for _, s, e in group] for group in parts]
        one = " and ".join("(" + " or ".join(g) + ")" if len(g) > 1 else g[0] for g in said)
        raise Unclear(
            f"mixed:{fold(words)}",
            'How do the conditions with "and" and "or" belong together?',
            (one,),
            about=words,
            takes_words=True,
            rewrites=(" who ".join(" or ".join(g) for g in said),),
        )

    def _ask_negation(self, first: int, before: int, start: int) -> None:
        c = self.c
        words = c.words(start, start + 1)
        raise Unclear(
            f"negated:{fold(c.words(first, start + 1))}",
            f'Does the "not" cover "{words}" as well?',
            (f"yes: not {words} either", f"no: they {words}"),
            about=c.words(before, start + 1),
            rewrites=(f"or {words}", f"but who {words}"),
        )

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


def _ends_at(c: Cursor, start: int) -> bool:
    """Whether a date phrase fills the words from `start` to the cursor."""
    hit = c.date(start)
    return hit is not None and hit.end == c.at
