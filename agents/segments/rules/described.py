"""What describes people: languages, named fields, sizes, the last event."""

from __future__ import annotations

from tools.crm.port import FieldSpec
from tools.segments.tree import Contains, Filter

from .bounds import choose, read_two_bounds
from .deals import deal_ahead, read_deals
from .emails import read_addresses
from .events import read_event_noun
from .fields import read_field
from .last_events import read_last_event
from .logic import any_of, is_in, prop, prop_of
from .numbers import widened
from .picklists import BOUNDARY, read_picklist, unknown_value
from .shares import Shares

__all__ = ["Described"]


class Described(Shares):
    """Reads "German-speaking", "lead score over 50", "50+ employees", "status new"."""

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

        return prop_of("language", is_in(dict.fromkeys(codes)))

    def _last(self) -> Filter | None:
        return read_last_event(self.c) if self.c.has("last") else None

    def _field(self, spec: FieldSpec) -> Filter | None:
        """Read a field's name and what is said of it."""
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
        if (found := read_addresses(c)) is not None:
            return found
        if (found := self._word_in_title()) is not None:
            return found
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
            if found is not None and c.keys[c.at : c.at + 1] == ["as"]:
                c.at += 1 + (c.keys[c.at + 1 : c.at + 2] in (["their"], ["the"], ["a"]))
            if (
                found is not None
                and (lex := c.lex()) is not None
                and lex.has("field")
                and (spec in lex.meanings["field"])
            ):
                c.pass_lex(lex)
                return found
            c.at = start
        return None

    def _word_in_title(self) -> Filter | None:
        """Read '"growth" in their job title', "Team Lead or Head of in the title"."""
        c, at = self.c, self.c.at
        spec = c.lexicon.fields.get(("contact", "job_title"))
        within = next((n for n in range(at + 1, min(at + 9, len(c.keys))) if c.keys[n] == "in"), at)
        here = within + 1
        while here < len(c.keys) and c.keys[here] in {"the", "their", "his", "her", "a"}:
            here += 1
        lex = c.lex(here)
        if within == at or lex is None or not lex.has("field") or spec not in lex.meanings["field"]:
            return None
        while c.keys[at] in {"the", "word", "words", "either"} and at + 1 < within:
            at += 1
        parts, start = [], at
        for n in range(at, within + 1):
            if n == within or (c.has("or", at=n) and c.tokens[n].kind in {"word", "mark"}):
                parts.append((start, n))
                start = n + 1
            elif c.tokens[n].kind not in {"word", "quote"} or c.has(*BOUNDARY, "not", at=n):
                return None
        if any(begin >= end for begin, end in parts):
            return None
        c.at = lex.end
        return any_of([prop_of("job_title", Contains(text=c.said(*part))) for part in parts])

    def _sized(self) -> Filter | None:
        """Read "50+ employees", "more than 1m revenue", "3 email opens", "2 open deals"."""
        c = self.c
        quantity = c.quantity()
        if quantity is None or quantity.percent or c.date() is not None:
            return None
        if (two := read_two_bounds(c, "contact")) is not None:
            return two
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
            phrase = read_event_noun(c, quantity, said, self.last_event)
            if phrase is not None:
                self.last_event = phrase
                return phrase.filter()
        c.at = quantity.end
        while (
            not c.done
            and c.keys[c.at] in {"in", "of", "total", "annual", "for", "points", "as"}
            and (not c.has("field"))
        ):
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
