"""Where people came from and whose they are: created, sourced, owned, "whose company ..."."""

from __future__ import annotations

from tools.segments.tree import Company, Filter

from .companies import company_set_at, read_company_set
from .cursor import Cursor
from .dated import or_window, read_window
from .dates import read_day
from .deals import deal_ahead, read_deals
from .doubts import Unclear
from .fields import field_at, read_field
from .listed import Listed
from .logic import any_of, prop_of
from .picklists import read_picklist, unknown_value
from .reader import ARTICLES
from .text import fold
from .where import place_at

__all__ = ["Origins"]


class Origins(Listed):
    """Reads "created in May", "came from paid search", "owned by Ana", "whose ..."."""

    def _made(self) -> Filter | None:
        """Read "created in the last 30 days", "came from paid search", "owned by Ana"."""
        c = self.c
        lex = c.lex()
        if lex is None:
            return None
        if lex.has("created", "updated"):
            name = "created_at" if lex.has("created") else "updated_at"
            c.pass_lex(lex)
            while (
                not c.done
                and c.keys[c.at] in {"to", "our", "the", "crm", "database", "on"}
                and (c.date() is None)
            ):
                c.at += 1
            window = read_window(c)
            if window is None and (day := read_day(c.tokens, c.at, c.today)) is not None:
                window, c.at = day.test, day.end
            if window is None:
                return None
            tests: list[Filter] = [prop_of(name, window)]
            while (other := or_window(c, window)) is not None:  # "this week or last week"
                tests.append(prop_of(name, other))
            return any_of(tests)
        if lex.has("sourced"):
            spec = c.lexicon.fields.get(("contact", "lead_source"))
            if spec is None:
                return None
            start = c.at
            c.pass_lex(lex)
            while not c.done and c.keys[c.at] in ARTICLES:
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
        while not c.done and c.keys[c.at] in ARTICLES:
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


def unknown_person(c: Cursor) -> Unclear:
    """Return the question for an owner this CRM does not have."""
    end = min(c.at + 2, len(c.tokens))
    words = c.words(c.at, end)
    names = c.vocabulary.values("contact", "owner")
    return Unclear(
        f"owner:{fold(words)}",
        f'No owner here is called "{words}". Who do you mean?',
        names[:5],
        about=words,
        rewrites=tuple(f'"{n}"' for n in names[:5]),
    )
