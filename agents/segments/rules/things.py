"""What people have or lack: fields, sizes, deals, event counts, languages, a random share."""

from __future__ import annotations

from collections.abc import Sequence

from tools.crm.port import FieldSpec
from tools.segments.tree import Equals, Filter, Not

from .bounds import choose
from .companies import company_set_at
from .deals import deal_ahead, read_deals
from .described import Described
from .doubts import Unclear
from .emails import read_addresses
from .events import read_event_noun, read_event_verb
from .fields import field_at, has_value
from .logic import all_of, any_of, prop_of
from .people import read_noun_phrase
from .reader import ARTICLES
from .text import fold

__all__ = ["Things"]


class Things(Described):
    """Reads what someone has: "with a phone", "lead score over 50", "no open deals"."""

    lacks = ""
    """How the "or" after a word of lacking is meant: "either", "unclear", or neither."""

    def _without(self) -> Filter | None:
        c = self.c
        start = c.at
        if c.take("without") is None:
            none = c.keys[c.at : c.at + 1] == ["no"] or bool(
                {"single", "one"} & set(c.keys[c.at : c.at + 3])
            )
            if not (c.has("not") and none):
                return None
            c.take("not")
        while not c.done and c.keys[c.at] in {
            "a",
            "an",
            "any",
            "the",
            "known",
            "their",
            "both",
            "either",
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
        self.lacks = "" if c.at == start else _which_lack(c.keys[start : c.at])
        found = self._thing(negated=True)
        self.lacks = ""
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
        found: Filter | None = self._word_in_title()
        if found is not None:
            return Not(of=found) if negated else found
        if (addresses := read_addresses(c)) is not None:
            return Not(of=addresses) if negated else addresses
        if deal_ahead(c, c.at):
            found = read_deals(c, None, "")
        elif (phrase := read_event_noun(c, None, "", self.last_event)) is not None:
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
            again = "no" in c.keys[joint.end : after]  # "no phone or no city": either will do
            both = joint.has("and") or (negated and not again and self.lacks != "either")
            unclear = joint.has("and") != (self.lacks == "both") or self.lacks == "unclear"
            if negated and not again and unclear:
                one = c.words(lex.start, joint.start)
                self._ask_lack(one, c.words(after, c.at), c.words(lex.start, c.at))
            parts = [all_of(parts) if both else any_of(parts)]
        return parts[0]

    def _ask_lack(self, one: str, two: str, words: str) -> None:
        raise Unclear(
            f"lack:{fold(one)}:{fold(two)}",
            f'Without "{one}" and "{two}": is either missing enough, or must both be missing?',
            ("both missing", "either missing"),
            about=words,
            rewrites=(f"{one} and no {two}", f"{one} or no {two}"),
        )

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
            lex = c.lex() if c.has("not") else None
            c.at = lex.end if lex is not None else c.at + 1
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


def _which_lack(keys: Sequence[str]) -> str:
    """Say how "missing a phone or a city" is meant: either will do; "lacking" may be both."""
    if "both" in keys:
        return "both"
    if {"either", "missing", "blank", "empty", "unknown"} & set(keys):
        return "either"
    return "unclear" if any(key.startswith(("lack", "miss")) for key in keys) else ""
