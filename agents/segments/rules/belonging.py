"""Where people are and belong: places, companies, lists, owners, sources, dates of creation."""

from __future__ import annotations

from collections.abc import Sequence

from tools.segments.tree import Company, Contains, Equals, Filter, Not, Property

from .companies import company_set_at, read_company_set
from .company_names import read_company_name
from .doubts import Unclear
from .fields import field_at
from .logic import all_of, prop_of
from .origins import Origins
from .people import atom_at, read_noun_phrase
from .picklists import read_picklist
from .reader import ARTICLES
from .text import fold
from .where import nearest_places, read_places

__all__ = ["Belonging"]


class Belonging(Origins):
    """Reads "in Germany", "at Acme", "on the list X", "created in May", "whose company ..."."""

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
        if atom is not None and (atom.dim.startswith("company.") or atom.dim == "country"):
            np = read_noun_phrase(c)
            if np is not None and _of_companies(np.dims):
                c.take("sector")
                return all_of([_as_company(part) for part in np.parts])
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
        owner = c.known_name(c.vocabulary.values("contact", "owner"))
        if c.keys[start] == "of" and owner is not None:  # "leads of Tom Becker"
            c.at = owner[1]
            return prop_of("owner", Equals(value=owner[0]))
        if lex.has("hq"):
            found = read_places(c, "company")
            return Company(where=found) if found is not None else None
        here = c.at
        if (found := self._function_or_industry()) is not None:
            return found
        after, c.at = c.at, here
        if c.has("place") and (found := read_places(c, "contact")) is not None:
            return found  # "the States" is a place with its article
        c.at = after
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


def _of_companies(dims: Sequence[str]) -> bool:
    """Whether "Swiss banks" stands here: a kind of company, and at most its country besides."""
    kinds = [dim for dim in dims if dim.startswith("company.")]
    return bool(kinds) and all(dim in kinds or dim == "country" for dim in dims)


def _as_company(part: Filter) -> Filter:
    return Company(where=part) if isinstance(part, Property) and part.field == "country" else part
