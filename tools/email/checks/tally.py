"""What is counted over all members, one message at a time: counts and worst examples, no copies.

The part that runs for each of 100,000 messages; everything here is a comparison, a counter or a
search for a few bytes. What needs parsing is done later, on the samples that are kept.
"""

from __future__ import annotations

import hashlib
import heapq
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tools.email.marks import Condition
from tools.email.personal import context_of
from tools.email.port import Recipient, Rendered

from .wordlists import words_of

__all__ = ["CLIP_BYTES", "SKETCH", "Tally", "Worst", "mark_of", "overlap", "sketch_of"]

CLIP_BYTES = 102 * 1024
"""Where Gmail cuts an HTML part off, in bytes."""
NEAR_BYTES = int(CLIP_BYTES * 0.9)
"""From here on a longer name or another block cuts it off."""
SUBJECT_LONGEST = 70
"""Characters of a subject that most inboxes on a desktop still show."""
SKETCH = 1024
"""How many hashes stand for an audience: overlap is known to within some 3 %."""
SAMPLES = 48
"""Messages kept for a close look, at most."""

ROLES = frozenset(
    words_of(
        "abuse admin billing careers contact customerservice datenschutz einkauf feedback "
        "finance hello "
        "help hr info jobs kontakt legal mail marketing no-reply noreply office orders "
        "postmaster presse "
        "press privacy rechnung sales security service support team vertrieb webmaster"
    )
)
_JUNK = re.compile(
    r"^(?:n/?a|none|null|nil|undefined|unknown|unbekannt|test\d*|asdf\w*|xxx+|tbd|todo|-+|\.+|\?+|"
    r"(?:first|last|full)?[ _]?name|vorname|nachname|keine?r?|\d+|string|nan|#ref!|\[.*\]|<.*>|"
    r"\{.*\}|%.*%|\*\|.*\|\*|mr\.?|mrs\.?|herr|frau|customer|kunde|user|lead|contact)$|"
    r"https?://|www\.|\{\{|[<>{}\[\]|\\]|@",
    re.IGNORECASE,
)
_GARBLED = re.compile("\ufffd|[ÃÂ][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€")
"""UTF-8 that was read as Latin-1: `JÃ¼rgen`. The case counts: `João` is a name."""
_GREETING_NAMES = frozenset({"contact.first_name", "contact.last_name"})
_DANGLING = re.compile(r"(?<=\w) [,!?.:;](?=\s|$)|^\s*[,!?.:;]|\(\s*\)|  +")


@dataclass(kw_only=True)
class Worst:
    """How often something happened, and one example: the worst."""

    count: int = 0
    size: int = 0
    example: str = ""

    def add(self, example: str, size: int = 0) -> None:
        """Count one; keep it as the example where it is the worst so far."""
        self.count += 1
        if self.count == 1 or size > self.size:
            self.size, self.example = size, example


@dataclass(kw_only=True)
class Tally:
    """The counts. Filled by `see`, only read afterwards."""

    shown: tuple[str, ...] = ()
    """Tokens that are printed: their values are looked at."""
    conditions: tuple[Condition, ...] = ()
    """What decides between branches: members who differ in one see another email."""
    members: int = 0
    fallbacks: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    """Tokens without a value and without a fallback."""
    fell_back: int = 0
    domains: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    countries: Counter[str] = field(default_factory=Counter)
    variants: Counter[str] = field(default_factory=Counter)
    roles: Worst = field(default_factory=Worst)
    repeated: Worst = field(default_factory=Worst)
    malformed: Worst = field(default_factory=Worst)
    clipped: Worst = field(default_factory=Worst)
    near_clipping: Worst = field(default_factory=Worst)
    clipped_domains: Counter[str] = field(default_factory=Counter)
    html_bytes: Worst = field(default_factory=Worst)
    message_bytes: Worst = field(default_factory=Worst)
    long_subjects: Worst = field(default_factory=Worst)
    bad_subjects: Worst = field(default_factory=Worst)
    raw: Worst = field(default_factory=Worst)
    junk: dict[str, Worst] = field(default_factory=dict)
    shouted: Worst = field(default_factory=Worst)
    no_header: Worst = field(default_factory=Worst)
    no_one_click: Worst = field(default_factory=Worst)
    no_text: Worst = field(default_factory=Worst)
    misaddressed: Worst = field(default_factory=Worst)
    kept: dict[object, tuple[Rendered, Recipient]] = field(default_factory=dict)
    shapes_left: int = 0
    """Members whose message looked different from all kept ones, when no more could be kept."""
    _addresses: set[int] = field(default_factory=set)
    _heap: list[int] = field(default_factory=list)
    _looked: dict[tuple[str, str], str] = field(default_factory=dict)

    def see(self, rendered: Rendered, recipient: Recipient) -> None:
        """Count one member's message."""
        self.members += 1
        self.variants[rendered.variant] += 1
        self._person(rendered, recipient)
        self._values(rendered, recipient)
        self._message(rendered)
        self._keep(rendered, recipient)

    @property
    def sketch(self) -> tuple[int, ...]:
        """Return what stands for the members: the smallest hashes of their ids."""
        return tuple(sorted(-one for one in self._heap))

    def _person(self, rendered: Rendered, recipient: Recipient) -> None:
        address = rendered.to.casefold()
        local, _, domain = address.rpartition("@")
        self.domains[domain] += 1
        if local.partition("+")[0] in ROLES:
            self.roles.add(address)
        if not local or "." not in domain or " " in address:
            self.malformed.add(rendered.contact_id)
        if recipient.email.casefold() != address:
            self.misaddressed.add(rendered.contact_id)
        known = hash(address)
        if known in self._addresses:
            self.repeated.add(rendered.contact_id)
        self._addresses.add(known)
        if language := recipient.fields.get("contact.language"):
            self.languages[language.casefold()[:2]] += 1
        if country := recipient.fields.get("contact.country"):
            self.countries[country] += 1
        _push(self._heap, mark_of(rendered.contact_id))

    def _values(self, rendered: Rendered, recipient: Recipient) -> None:
        for token in rendered.fallbacks:
            self.fallbacks[token] += 1
        for token in rendered.missing:
            self.missing[token] += 1
        self.fell_back += bool(rendered.fallbacks)
        for token in self.shown:
            value = recipient.fields.get(token)
            if value is None or token == "contact.email":  # noqa: S105 - a field, not a secret
                continue
            match self._verdict(token, value):
                case "junk":
                    self.junk.setdefault(token, Worst()).add(value)
                case "shouted":
                    self.shouted.add(value)

    def _verdict(self, token: str, value: str) -> str:
        """Return what is wrong with a value; remembered, because names repeat."""
        key = (token, value)
        if key not in self._looked:
            if len(self._looked) > 20_000:
                self._looked.clear()
            self._looked[key] = _verdict(token, value)
        return self._looked[key]

    def _message(self, rendered: Rendered) -> None:
        html, contact = rendered.html, rendered.contact_id
        size = len(html) if html.isascii() else len(html.encode())
        self.html_bytes.add(contact, size)
        self.message_bytes.add(contact, len(rendered.message))
        if size > CLIP_BYTES:
            self.clipped.add(contact, size)
            self.clipped_domains[rendered.to.rpartition("@")[2].casefold()] += 1
        elif size > NEAR_BYTES:
            self.near_clipping.add(contact, size)
        self._subject(rendered)
        if not rendered.text.strip():
            self.no_text.add(contact)
        if "{{" in html or "{%" in html or "{{" in rendered.text or "{%" in rendered.text:
            self.raw.add(contact)
        end = rendered.message.find(b"\r\n\r\n")
        if rendered.message.find(b"\nList-Unsubscribe: ", 0, end) < 0:
            self.no_header.add(contact)
        if (
            rendered.message.find(b"\nList-Unsubscribe-Post: List-Unsubscribe=One-Click", 0, end)
            < 0
        ):
            self.no_one_click.add(contact)

    def _subject(self, rendered: Rendered) -> None:
        subject = rendered.subject
        if len(subject) > SUBJECT_LONGEST:
            self.long_subjects.add(subject, len(subject))
        if "{{" in subject or "{%" in subject:
            self.raw.add(rendered.contact_id)
        if not subject.strip() or (rendered.fallbacks and _DANGLING.search(subject)):
            self.bad_subjects.add(subject)

    def _keep(self, rendered: Rendered, recipient: Recipient) -> None:
        """Keep one message of each shape: which variant, what fell back, which branches."""
        branches: tuple[bool, ...] = ()
        if self.conditions:
            context = context_of(recipient.fields)
            branches = tuple(one.holds(context) for one in self.conditions)
        shape = (rendered.variant, rendered.fallbacks, branches)
        if shape in self.kept:
            return
        if len(self.kept) < SAMPLES:
            self.kept[shape] = (rendered, recipient)
        else:
            self.shapes_left += 1


def _verdict(token: str, value: str) -> str:
    if _JUNK.search(value.strip()) or _GARBLED.search(value):
        return "junk"
    if token in _GREETING_NAMES and len(value) > 2 and (value.isupper() or value.islower()):
        return "shouted" if value[0].isascii() or value.isupper() else ""
    return ""


def mark_of(contact_id: str) -> int:
    """Return the hash by which a contact counts in a sketch."""
    return int.from_bytes(hashlib.blake2b(contact_id.encode(), digest_size=7).digest(), "big")


def _push(heap: list[int], mark: int) -> None:
    if len(heap) < SKETCH:
        heapq.heappush(heap, -mark)
    elif -mark > heap[0]:
        heapq.heapreplace(heap, -mark)


def sketch_of(contact_ids: Iterable[str]) -> tuple[int, ...]:
    """Return what stands for an audience: keep it beside a sent campaign, for `SentBefore`."""
    return tuple(sorted({mark_of(one) for one in contact_ids})[:SKETCH])


def overlap(one: Sequence[int], size: int, other: Sequence[int], other_size: int) -> float:
    """Return which share of the smaller audience is in the other, estimated from the sketches.

    Both are looked at below the mark up to which both are complete: there they are samples of the
    same kind, and whoever is in both audiences is in both samples.
    """
    if not one or not other:
        return 0.0
    reach = min(marks[-1] if len(marks) >= SKETCH else 1 << 63 for marks in (one, other))
    small, large = (one, other) if size <= other_size else (other, one)
    sample = {mark for mark in small if mark <= reach}
    return len(sample & set(large)) / len(sample) if sample else 0.0
