"""Where people are and belong: places, companies, lists, owners, sources, dates of creation."""

from __future__ import annotations

from rapidfuzz import process

from tools.segments.tree import Company, Contains, Filter, InList, Not

from .companies import company_set_at, read_company_name, read_company_set
from .cursor import Cursor, Unclear
from .dates import read_day
from .deals import deal_ahead, read_deals
from .fields import (
    field_at,
    read_field,
    read_picklist,
    read_window,
    unknown_value,
)
from .logic import all_of, any_of, prop_of
from .people import atom_at, read_noun_phrase
from .reader import ARTICLES
from .text import fold
from .things import Things
from .where import nearest_places, place_at, read_places

__all__ = ["Belonging"]


class Belonging(Things):
    """Reads "in Germany", "at Acme", "on the list X", "created in May", "whose company ..."."""

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
            if c.has("who", "with", "and", "or", "people", "but", at=at):
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

    def _at(self) -> Filter | None:
        """Read "at Acme", "at software companies", "working in finance"."""
        c = self.c
        lex = c.lex()
        if lex is None or not lex.has("at", "from", "in", "for"):
            return None
        start = c.at
        if c.keys[start] == "at" and c.keys[start + 1 : start + 2] in (["least"], ["most"]):
            return None
        if c.keys[start] == "at" and (level := self._at_level(lex.end)) is not None:
            return level
        strict = lex.has("at") and c.keys[start] != "in" and not lex.has("in", "from")
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

    def _at_level(self, at: int) -> Filter | None:
        """Read "at director level or higher": the rank, not a company of that name."""
        c, start = self.c, self.c.at
        while at < len(c.keys) and c.keys[at] in {"the", "a", "either"}:
            at += 1
        atom = atom_at(c, at)
        if atom is None or atom.dim != "contact.seniority":
            return None
        c.at = at
        np = read_noun_phrase(c)
        levelled = "level" in c.keys[at : c.at + 1] or "levels" in c.keys[at : c.at + 1]
        if np is None or not levelled:
            c.at = start
            return None
        c.take("department")
        return np.filter()

    def _companies_by_kind(self) -> Filter | None:
        """Read "at competitors", "at banks or insurers": the kind of company without the noun."""
        c = self.c
        here = c.at
        while not c.done and c.keys[c.at] in ARTICLES:
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
        if c.keys[c.at : c.at + 1] == ["neither"]:
            c.at += 1
            among = self._function_or_industry() or read_places(c, "contact")
            if among is not None:
                return Not(of=among)
        if c.has("not"):
            c.at = start
            return None
        if lex.has("hq"):
            found = read_places(c, "company")
            return Company(where=found) if found is not None else None
        if (found := self._function_or_industry()) is not None:
            return found
        spec = c.lexicon.fields.get(("contact", "lead_source"))
        if (
            lex.has("from")
            and c.keys[start] in {"from", "coming"}
            and spec is not None
            and (found := read_picklist(c, spec, "contact")) is not None
        ):
            return found
        if (found := read_places(c, "contact")) is not None:
            return found
        if (field := self._field_at_articles()) is not None and lex.has("in"):
            return field
        if lex.has("from", "of", "for") and (found := self._company_or_none()) is not None:
            return found
        if (
            lex.has("in", "from")
            and not c.done
            and (
                c.lex() is None or bool(c.lex() and c.lex().read_as)  # type: ignore[union-attr]
            )
        ):
            end = c.at + 1
            while end < len(c.tokens) and c.lex(end) is None and c.tokens[end].kind == "word":
                end += 1
            words = c.words(c.at, end)
            near = nearest_places(c, words)
            raise Unclear(
                f"place:{fold(words)}",
                f'I know no place called "{words}" here.'
                + (" Did you mean one of these?" if near else " Which place do you mean?"),
                near,
                about=words,
                rewrites=near,
            )
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
        """Read "in lifecycle stage MQL", "in the stage opportunity"."""
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
            while (
                not c.done
                and c.keys[c.at] in {"to", "our", "the", "crm", "database", "on"}
                and (c.date() is None)
            ):
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
