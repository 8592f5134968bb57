"""Personal data in what is learned from, replaced by made-up values that stay the same.

What is personal is found by what the CRM holds (names, companies, owners) and by how it looks
(addresses, telephone numbers, mentions, links). The same value gets the same stand-in wherever it
occurs, in the request and in the gold, so that a case keeps its meaning; without the key nobody
can tell whose stand-in it is.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal

from tools.crm.port import CrmReader

from .normal import words_of

__all__ = ["PERSONAL", "Kind", "Pseudonyms", "Surfaces", "crm_surfaces"]

Kind = Literal["first", "last", "person", "company", "email", "phone", "handle", "host", "id"]
"""What a personal value is, and so what its stand-in looks like."""
Surfaces = Mapping[str, Kind]
"""Values that are personal, folded, each with what it is."""

PERSONAL: Mapping[str, Kind] = {
    "first_name": "first", "last_name": "last", "owner": "person", "email": "email",
    "phone": "phone", "company_name": "company", "name": "company", "domain": "host",
}  # fmt: skip
"""Fields whose values are about one person or one company."""

_MOST_VALUES = 50_000
_READ: tuple[tuple[Literal["contact", "company"], str], ...] = (
    ("contact", "first_name"), ("contact", "last_name"), ("contact", "owner"),
    ("contact", "company_name"), ("company", "name"),
)  # fmt: skip
_KEPT_FIELDS: tuple[tuple[Literal["contact", "company"], str], ...] = (
    ("contact", "city"), ("contact", "country"), ("contact", "state"), ("company", "industry"),
    ("company", "city"), ("company", "country"),
)  # fmt: skip
_ORDINARY = frozenset(
    words_of(
        """
        january february march april may june july august september october november december
        monday tuesday wednesday thursday friday saturday sunday januar februar märz mai juni juli
        oktober dezember montag dienstag mittwoch donnerstag freitag samstag sonntag will mark
        rose grant page art bill chase dean drew frank gene hope iris jay joy max miles norm pat
        ray rich rob skip sue summer sunny angel faith grace dawn star young long short best price
        field people person customer customers lead leads sales marketing finance media group
        global first target data cloud digital the and for with not all
        """
    )
)
"""Words that are names as well: alone they stay, or "since May" would lose its month."""

_ROLES = frozenset({
    "events", "hello", "help", "info", "kontakt", "mail", "marketing", "news", "newsletter",
    "no-reply", "noreply", "office", "press", "sales", "service", "support", "team", "webinar",
})  # fmt: skip
"""Mailboxes that are nobody's own."""
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_AT_HOST = re.compile(r"(?<!\w)@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}\b")
_PHONE = re.compile(r"(?<![\w.+])(?:\+|00)?\(?\d[\d\s()./-]{6,18}\d(?!\w)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{2,4}")
_MENTION = re.compile(r"<@[A-Z0-9]+(?:\|[^>]*)?>|(?<![\w.@])@[a-z][a-z0-9._-]{1,30}(?![\w.]*\.\w)")
_URL = re.compile(r"https?://[^\s)\]>\"']+")
_RECORD = re.compile(r"\b(?:c|ct|co|crm|contact|company|deal)_[a-z0-9]{6,}\b")
_LEAST_PHONE = 7

_FIRST = (
    "Alma", "Bruno", "Carla", "Dario", "Edda", "Fabio", "Greta", "Hugo", "Ines", "Jonas", "Karla",
    "Levin", "Mira", "Nils", "Olga", "Pavel", "Quirin", "Rhea", "Sven", "Tilda", "Ugo", "Vera",
    "Wanda", "Xenia", "Yara", "Zeno", "Arne", "Britta", "Cosmo", "Dunja", "Elio", "Frida",
)  # fmt: skip
_LAST = (
    "Abendrot", "Birkental", "Cederlund", "Dornhain", "Eschbach", "Falkner", "Grauwald", "Heidfeld",
    "Immergrün", "Jaspersen", "Kornfeld", "Lindhain", "Moosgard", "Nordquell", "Ostbruck",
    "Pappelreuth", "Quellmann", "Rabenau", "Sandholm", "Tannhof", "Ulmenried", "Vogtsen",
    "Weidenau", "Ypsander", "Zirbelmann", "Ahornsen", "Buchwald", "Distelkamp", "Erlenhof",
    "Farnbach", "Ginsterau", "Haselund",
)  # fmt: skip
_FIRM = (
    "Amberlux", "Brightmoor", "Corvella", "Dunmere", "Elmstead", "Fenwick", "Galdera", "Harrowby",
    "Isenthal", "Juniperly", "Kestrelway", "Lumenfield", "Marrowdale", "Northolm", "Orbitane",
    "Pellucid", "Quarrystone", "Ravenmark", "Silverfen", "Thornbury", "Umbraline", "Valemont",
    "Westerlow", "Yarrowby", "Zephyrine", "Alderwick", "Basaltine", "Cindermoor", "Driftwell",
    "Everlane", "Foxglove", "Granary",
)  # fmt: skip


def crm_surfaces(crm: CrmReader) -> tuple[Surfaces, frozenset[str]]:
    """Return what the CRM holds of people and companies, and the words that must stay.

    Reads at most 50,000 distinct values of a field, the most frequent ones; what is rarer is found
    by how it looks, or by the filter that names it.
    """
    found: dict[str, Kind] = {}
    for subject, field in _READ:
        for value in crm.values(subject, field, limit=_MOST_VALUES):
            key = " ".join(str(value).casefold().split())
            if len(key) > 1:
                found.setdefault(key, PERSONAL[field])
    return found, frozenset(_kept(crm))


def _kept(crm: CrmReader) -> Iterator[str]:
    """Yield words of the CRM's own vocabulary: picklist values, places, labels."""
    for spec in crm.catalogue().fields:
        for value in (*spec.values, *spec.value_labels, spec.label, spec.name):
            yield from words_of(value.replace("_", " "))
    for subject, field in _KEPT_FIELDS:
        for value in crm.values(subject, field, limit=_MOST_VALUES):
            yield from words_of(str(value))


class Pseudonyms:
    """Replaces personal data, always in the same way for the same key."""

    def __init__(
        self, key: bytes, *, known: Surfaces | None = None, kept: Iterable[str] = ()
    ) -> None:
        """Take the key that stand-ins are drawn with, what is personal, and words that stay."""
        self._key = key
        self._known: dict[str, Kind] = dict(known or {})
        self._kept = frozenset(kept) | _ORDINARY
        self._longest = max((len(key.split()) for key in self._known), default=1)

    def alias(self, kind: Kind, value: str) -> str:
        """Return the stand-in of a value: made up, stable, and of the same kind."""
        folded = " ".join(value.casefold().split())
        match kind:
            case "first" | "last" | "company":
                names = {"first": _FIRST, "last": _LAST, "company": _FIRM}[kind]
                drawn = self._draw(kind, folded)
                extra = drawn // len(names) % 90 + 10 if kind == "company" else 0
                return names[drawn % len(names)] + (f" {extra}" if extra else "")
            case "person":
                parts = folded.split()
                first = self.alias("first", parts[0]) if parts else _FIRST[0]
                return f"{first} {self.alias('last', ' '.join(parts[1:]))}" if parts[1:] else first
            case "email":
                local = folded.partition("@")[0]
                if local in _ROLES:
                    return f"{local}@{self._host(folded)}"
                stand_in = self.alias("first", local).casefold()
                return f"{stand_in}.{self._draw(kind, folded) % 10_000:04}@{self._host(folded)}"
            case "phone":
                digits = re.sub(r"\D", "", folded)
                return f"+1 202 555 {100 + self._draw(kind, digits) % 100:04}"
            case "host":
                return self._host(f"x@{folded}")
            case "handle":
                return "@" + self.alias("first", folded.strip("<@>")).casefold()
            case "id":
                return f"{folded.partition('_')[0]}_x{self._draw(kind, folded) % 100_000:05}"

    def text(self, text: str, also: Surfaces | None = None) -> str:
        """Return a text with every personal value in it replaced.

        Args:
            text: what a person wrote, or a value of the gold.
            also: values that are personal in this case, beside what is known.
        """
        said, done = text, list[str]()

        def hold(stand_in: str) -> str:  # so that nothing looks at it again
            done.append(stand_in)
            return f"\x00{len(done) - 1}\x00"

        for pattern, stand_in in (
            (_URL, self._link), (_EMAIL, self._email), (_AT_HOST, self._at_host),
            (_MENTION, lambda found: self.alias("handle", found)),
            (_RECORD, lambda found: self.alias("id", found)), (_PHONE, self._phone),
        ):  # fmt: skip
            said = _each(pattern, said, stand_in, hold)
        said = self._names(said, also or {}, hold)
        return re.sub(r"\x00(\d+)\x00", lambda hit: done[int(hit[1])], said)

    def value(
        self, value: Any, also: Surfaces | None = None, *, fixed: frozenset[str] = frozenset()
    ) -> Any:
        """Return a JSON value with each text in it replaced, but what stands under `fixed` keys."""
        match value:
            case str():
                return self.text(value, also)
            case Mapping():
                return {
                    key: inner if key in fixed else self.value(inner, also, fixed=fixed)
                    for key, inner in value.items()
                }
            case list() | tuple():
                return [self.value(inner, also, fixed=fixed) for inner in value]
            case _:
                return value

    # --- finding -------------------------------------------------------------------------------

    def _link(self, found: str) -> str:
        """Return a link with another host and without its query, which may carry anything."""
        scheme, _, rest = found.partition("://")
        host, slash, path = rest.partition("/")
        bare = host.casefold().partition(":")[0]
        stand_in = host if bare.endswith(".example") else f"www.{self._host('x@' + bare)}"
        return f"{scheme}://{stand_in}{slash}{re.split(r'[?#]', path)[0]}"

    def _email(self, found: str) -> str:
        return self.alias("email", found)

    def _at_host(self, found: str) -> str:
        return "@" + self.alias("host", found[1:])

    def _phone(self, found: str) -> str:
        digits = sum(one.isdigit() for one in found)
        if digits < _LEAST_PHONE or _DATE.search(found):
            return found
        return self.alias("phone", found)

    def _names(self, text: str, also: Surfaces, hold: Callable[[str], str]) -> str:
        """Replace known values, the longest first, as whole words."""
        words = list(re.finditer(r"[^\W_]+(?:['’.&-][^\W_]+)*\.?", text))
        longest = max([self._longest, *(len(key.split()) for key in also)])
        out, at, index = list[str](), 0, 0
        while index < len(words):
            hit = self._longest_hit(text, words, index, min(longest, 8), also)
            if hit is None:
                index += 1
                continue
            kind, end = hit
            start = words[index].start()
            stop = words[end - 1].end()
            out += [text[at:start], hold(self.alias(kind, text[start:stop]))]
            at, index = stop, end
        return "".join([*out, text[at:]])

    def _longest_hit(
        self, text: str, words: list[re.Match[str]], index: int, most: int, also: Surfaces
    ) -> tuple[Kind, int] | None:
        for end in range(min(len(words), index + most), index, -1):
            said = text[words[index].start() : words[end - 1].end()]
            for form in (said, said.removesuffix("."), said.removesuffix("'s").removesuffix("’s")):
                key = " ".join(form.casefold().split())
                kind: Kind | None = also.get(key) or self._known.get(key)
                if kind is not None and (key in also or self._is_name(kind, form, key, text)):
                    return kind, end
        return None

    def _is_name(self, kind: Kind, said: str, key: str, text: str) -> bool:
        """Return whether a known value is meant as such: ordinary words alone are not."""
        if " " in key:
            return any(word not in self._kept for word in words_of(key))
        if key in self._kept:
            return False
        return kind == "company" or not said[:1].islower() or text == text.lower()

    # --- drawing -------------------------------------------------------------------------------

    def _host(self, address: str) -> str:
        host = address.partition("@")[2]
        if host.endswith(".example"):
            return host
        drawn = self._draw("host", host)
        return f"{_FIRM[drawn % len(_FIRM)].casefold()}{drawn // len(_FIRM) % 900 + 100}.example"

    def _draw(self, kind: str, value: str) -> int:
        digest = hmac.new(self._key, f"{kind}\0{value}".encode(), hashlib.sha256).digest()
        return int.from_bytes(digest[:6], "big")


def _each(
    pattern: re.Pattern[str],
    text: str,
    stand_in: Callable[[str], str],
    hold: Callable[[str], str],
) -> str:
    """Replace what the pattern finds; what is its own stand-in stays in the text."""

    def put(hit: re.Match[str]) -> str:
        made = stand_in(hit[0])
        return hit[0] if made == hit[0] and pattern is _PHONE else hold(made)

    return pattern.sub(put, text)
