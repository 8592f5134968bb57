"""Verb phrases: "who are not customers and opened an email", and how far a "not" reaches."""

from __future__ import annotations

from tools.segments.tree import Equals, Filter, In, Not, Property

from .companies import company_set_at
from .deals import deal_ahead
from .emails import read_addresses
from .events import read_event_verb
from .logic import all_of, any_of, prop_of
from .no_shows import read_no_shows
from .often import EventPhrase
from .people import read_noun_phrase
from .picklists import read_picklist
from .reader import ARTICLES
from .scopes import Scopes
from .where import read_places

__all__ = ["Verbs"]


class Verbs(Scopes):
    """Reads verbs joined by and, or, but, nor, each with its negation."""

    def _who(self) -> Filter | None:
        """Read "who are not customers and opened an email"."""
        c = self.c
        if c.take("who") is None:
            return None
        return self._verbs()

    def _verbs(self) -> Filter | None:
        c = self.c
        c.at += c.keys[c.at : c.at + 1] == ["either"]  # "who either opened ... or ..."
        first_at = c.at
        first = self._one_verb(None)
        if first is None:
            return None
        parts: list[list[tuple[Filter, int, int]]] = [[(first[0], first_at, c.at)]]
        negated, words, series = first[1], {""}, 0
        run: list[EventPhrase | None] = []
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
            if (elsewhen := self._not_then(earlier)) is not None:
                parts.append([(elsewhen, before, c.at)])
                words.add(joint)
                continue
            again = c.take("who") is not None
            if not self._verb_ahead() or (comma and not joint and not self._verb_ahead()):
                c.at = before
                break
            start = c.at
            bare = c.has("event_verb") and not c.has("have", "be", "not", "did")
            listed = joint == "" and comma and bare and negated and self._or_ahead()
            carried = negated if bare and (joint == "or" or listed) and not again else False
            if bare and negated and joint == "and" and not again:
                c.at = before
                self._ask_negation(first_at, before, start)
            following = self._one_verb(self.last_event)
            if following is None:
                c.at = before
                break
            if c.keys[start] == "not":
                self._check_window(earlier, first_at, before, start)
            tree = Not(of=following[0]) if carried else following[0]
            if carried and following[1]:
                tree = following[0]
            now = self.last_event
            if carried and now is not None:
                run = [*(run or [earlier]), now]
                self._share_window(run, parts)
            if carried:
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
            if not carried:
                run = []
                words.add(joint or ",")
        if words <= {"", "or", "but"}:
            words.discard("or")  # "opened or clicked, but never submitted": "but" ends the "or"
        if "or" in words and len(parts) > 1 and any(len(p) > 1 for p in parts):
            self._check_mixed(parts)
        return all_of([any_of([tree for tree, _, _ in group]) for group in parts])

    def _bare_predicate(self) -> tuple[Filter, bool] | None:
        """Read "(nor) in Hamburg", "(nor) customers"."""
        found = self._predicate("be", negated=False, start=self.c.at)
        return (found, False) if found is not None else None

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
            while not c.done and c.keys[c.at] in ARTICLES and c.quantity() is None:
                c.at += 1
            if (found := self._thing(negated=False)) is not None:
                return found
            if (found := self._sized()) is not None:
                return found
            if (found := self._value_then_field()) is not None:
                return found
            if c.has("with", "without") or helped == "have":
                return None
        if (absent := read_no_shows(c)) is not None:
            return absent
        if helped == "be" and (status := self._in_status()) is not None:
            return status
        if company_set_at(c, c.at) and not c.has("people"):
            return None
        if (addresses := read_addresses(c)) is not None:
            return addresses
        for read in (
            self._language,
            self._membership,
            self._at,
            self._in,
            self._made,
            self._without,
            self._having,
            self._named_field,
        ):
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

    def _in_status(self) -> Filter | None:
        """Read "(are) in progress or connected": the lead status, where a value is clearly one."""
        c, start = self.c, self.c.at
        spec = c.lexicon.fields.get(("contact", "lead_status"))
        found = read_picklist(c, spec, "contact") if spec is not None else None
        if not isinstance(found, Property):
            return None
        said: set[object] = set()
        match found.is_:
            case In(values=values):
                said = set(values)
            case Equals(value=value):
                said = {value}
        if not said & {"in_progress", "attempted_to_contact", "bad_timing", "unqualified"}:
            c.at = start
            return None
        return found

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
        while not c.done and c.keys[c.at] in ARTICLES:
            c.at += 1
        if (addresses := read_addresses(c)) is not None:
            return Not(of=addresses)
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
