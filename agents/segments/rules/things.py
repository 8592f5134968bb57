"""What people have or lack: fields, sizes, deals, event counts, languages, a random share."""

from __future__ import annotations

from math import gcd

from tools.crm.port import FieldSpec
from tools.segments.tree import Bucket, Contains, Equals, Filter, Not

from .companies import company_set_at
from .cursor import Unclear
from .deals import deal_ahead, read_deals
from .emails import read_addresses
from .events import read_event_noun, read_event_verb, read_last_event
from .fields import (
    choose,
    field_at,
    has_value,
    read_field,
    read_picklist,
    read_two_bounds,
    unknown_value,
)
from .logic import all_of, any_of, is_in, prop, prop_of
from .numbers import read_number, widened
from .people import read_noun_phrase
from .reader import ARTICLES, Reader
from .text import fold

__all__ = ["Things"]


_DRAWN = {"chosen", "picked", "selected", "drawn", "sampled", "taken", "at"}
_PICK = {"pick", "choose", "select", "draw", "take", "sample"}
_PARTS = {"second": 2, "third": 3, "fourth": 4, "fifth": 5, "tenth": 10, "twentieth": 20}


class Things(Reader):
    """Reads what someone has: "with a phone", "lead score over 50", "no open deals"."""

    def _share(self) -> Filter | None:
        """Read "a random 10% of", "random half of"."""
        c = self.c
        start = c.at
        seen = False
        while not c.done and (
            c.has("random", "sample")
            or c.keys[c.at] in {"a", "an", "of", "(", *_DRAWN}
            or (c.keys[c.at] in _PICK and c.at + 1 < len(c.keys))
        ):
            seen = seen or c.has("random")
            c.at += 1
        share = self._portion()
        if share is None:
            if seen:
                words = c.words(start, c.at + 1) if not c.done else c.words(start, c.at)
                number = c.quantity()
                if number is not None:
                    words = c.words(start, number.end)
                raise Unclear(
                    "share",
                    "How big should the random share be? I can take a percentage.",
                    ("a random 10% of", "a random 50% of"),
                    about=words,
                    rewrites=("a random 10% of", "a random 50% of"),
                )
            c.at = start
            return None
        while not c.done and (
            c.has("random", "sample")
            or c.keys[c.at] in {"of", "the", "all", "our", ")", "slice", *_DRAWN}
        ):
            c.at += 1
        self.shared = True
        step = gcd(*share)
        return Bucket(of=share[1] // step, take=tuple(range(share[0] // step)))

    def _portion(self) -> tuple[int, int] | None:
        """Read "10%", "half", "a third", "one in five", "every tenth" as so many out of so many."""
        c = self.c
        at = c.at
        one = c.keys[at : at + 1] in (["1"], ["one"])
        if one and (c.keys[at + 1 : at + 2] == ["in"] or c.keys[at + 1 : at + 3] == ["out", "of"]):
            number = read_number(c.tokens, at + 2 + (c.keys[at + 1] == "out"))
            if number is not None and number[0].is_integer() and 2 <= number[0] <= 100:
                c.at = number[1]
                return 1, int(number[0])
        if c.keys[at : at + 1] == ["every"] and c.keys[at + 1 : at + 2]:
            part = _PARTS.get(c.keys[at + 1])
            if part is not None:
                c.at = at + 2
                return 1, part
        percent = self._percent()
        return None if percent is None else (percent, 100) if percent > 0 else (1, -percent)

    def _percent(self) -> int | None:
        c = self.c
        if c.done:
            return None
        shares = {"half": 50, "quarter": 25, "tenth": 10, "fifth": 20, "third": -3}
        if (
            c.keys[c.at] in shares
            and c.date() is None
            and ((c.at and c.has("random", at=c.at - 1)) or c.keys[c.at + 1 : c.at + 2] == ["of"])
        ):
            c.at += 1
            return shares[c.keys[c.at - 1]]
        quantity = c.quantity()
        if quantity is None or not quantity.percent:
            return None
        value = getattr(quantity.test, "value", 0)
        if not isinstance(value, int) or not 0 < value < 100:
            raise Unclear(
                "percent",
                "What share should it be? Whole per cents from 1 to 99.",
                ("10%", "50%"),
                about=c.words(c.at, quantity.end),
                rewrites=("10%", "50%"),
            )
        c.at = quantity.end
        return value

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
        """Read '"growth" in their job title'."""
        c, at = self.c, self.c.at
        if c.tokens[at].kind != "quote" or c.keys[at + 1 : at + 2] != ["in"]:
            return None
        here = at + 2
        while here < len(c.keys) and c.keys[here] in {"the", "their", "his", "her", "a"}:
            here += 1
        lex = c.lex(here)
        spec = c.lexicon.fields.get(("contact", "job_title"))
        if lex is None or not lex.has("field") or spec not in lex.meanings["field"]:
            return None
        c.at = lex.end
        return prop_of("job_title", Contains(text=c.tokens[at].text[1:-1]))

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
            phrase = read_event_noun(c, quantity, said)
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
            "ever",
        }:
            c.at += 1
        if (addresses := read_addresses(c)) is not None:
            return Not(of=addresses)
        if (
            c.has("event_verb")
            and not deal_ahead(c, c.at)
            and (undone := self._without_doing()) is not None
        ):
            return undone
        found = self._thing(negated=True)
        if found is None:
            c.at = start
            return None
        return found

    def _without_doing(self) -> Filter | None:
        """Read "without clicking", "without submitting a form"."""
        c, start, earlier = self.c, self.c.at, self.last_event
        phrase = read_event_verb(c, negated=True, before=earlier)
        if phrase is None:
            return None
        if earlier is not None and earlier.window is not None and phrase.window is None:
            words = c.words(start, c.at)
            raise Unclear(
                f"meanwhile:{fold(words)}",
                f'"without {words}": in that same time, or never at all?',
                ("in that same time", "never at all"),
                about=f"{words}",
                rewrites=(f"{words} in that time", f"ever {words}"),
            )
        self.last_event = phrase
        return Not(of=phrase.filter())

    def _thing(self, *, negated: bool) -> Filter | None:
        """Read what someone has or lacks: a field's value, deals, events."""
        c = self.c
        found: Filter | None = None
        if (addresses := read_addresses(c)) is not None:
            return Not(of=addresses) if negated else addresses
        if deal_ahead(c, c.at):
            found = read_deals(c, None, "")
        elif (phrase := read_event_noun(c, None, "")) is not None:
            self.last_event = phrase
            found = phrase.filter()
        elif (
            (lex := c.lex()) is not None
            and lex.has("company")
            and not c.has("field", at=lex.end)
            and (not company_set_at(c, lex.end))
            and not lex.has("field")
        ):
            spec = c.lexicon.fields.get(("contact", "company_name"))
            own = c.lex(lex.end)
            if own is not None and own.has("field"):
                return None
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

        c = self.c
        found = self._field(spec)
        if found is not None:
            return Not(of=found) if negated else found
        lex = c.lex()
        assert lex is not None  # noqa: S101 - the field stands here
        c.pass_lex(lex)
        own = field_at(c, "company") if spec.name == "company_name" else None
        if own is not None and own.subject == "company":  # "with company revenue over 1m"
            found = self._field(own)
            return Not(of=found) if found is not None and negated else found
        if spec.name == "consent":
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
            if (
                name is None
                or not name.has("field")
                or c.has("contains", "is", at=name.end)
                or (c.quantity(name.end) is not None)
            ):
                break
            other = choose(name.meanings["field"], "contact")
            if other is None:
                break
            c.at = name.end
            parts.append(has_value(other, "contact", there=not negated))
            both = joint.has("and") or negated
            if negated and joint.has("and") and "no" not in c.keys[joint.end : after]:
                words = c.words(lex.start, c.at)
                raise Unclear(
                    f"lack:{fold(words)}",
                    f'Without "{words}": is either missing enough, or must both be missing?',
                    ("both missing", "either missing"),
                    about=words,
                    rewrites=(words.replace(" and ", " or "), words.replace(" and ", " \x01 ")),
                )
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
        while not c.done and (
            c.keys[c.at] in ARTICLES | {"known", "valid", "had"}
            or (c.has("not") and c.keys[c.at] in {"no", "not", "never", "neither"})
        ):
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
            if found is None and (np := read_noun_phrase(c)) is not None and np.dims:
                found = np.filter()
                c.take("department")
                if c.has("field"):
                    c.take("field")
        if found is None:
            c.at = start
        return found
