"""Names of people: their case, a salutation among them, and which part stands where."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any

from tools.crm.values import country_code, fold
from tools.hygiene.columns import Columns
from tools.hygiene.data.names import (
    DOUBTFUL_SALUTATIONS,
    ELISIONS,
    FAMILY_FIRST,
    JOINED,
    PARTICLES,
    SALUTATIONS,
    TITLES,
)
from tools.hygiene.detector import Reference
from tools.hygiene.rule import Rule, Sieve, Target, Verdict

from .mail_domains import domain_of
from .name_book import NameBook, key_of

__all__ = ["NAME_CASE", "NAME_MERGED", "NAME_SALUTATION", "NAME_SWAPPED", "capitalised"]

_WORDS = re.compile(r"([\s\-‐–'’.]+)")
_WIDE = str.maketrans(dict(zip("äöüåø", ("ae", "oe", "ue", "aa", "oe"), strict=True)))


def _with_book(
    judge: Callable[..., Sequence[Verdict]], only: Callable[[Any], bool]
) -> Callable[[Columns, Target], Sieve]:
    """Return an `open` that hands the judge what the whole CRM says about names."""

    def _open(table: Columns, target: Target) -> Sieve:
        return Sieve(partial(judge, table.once(NameBook), target), only)

    return _open


_CONTEXT: tuple[Reference, ...] = (("contact", "first_name"), ("contact", "last_name"))
"""What a `NameBook` is made of."""


def _targets(*beside: str) -> tuple[Target, ...]:
    return (
        Target("contact", "first_name", ("last_name", *beside), _CONTEXT),
        Target("contact", "last_name", ("first_name", *beside), _CONTEXT),
    )


def capitalised(name: str) -> tuple[str, bool]:
    """Return a name with a capital at each part, and whether no other spelling is usual."""
    parts = _WORDS.split(name.lower())
    words, sure, previous, sign = [], True, "", ""
    for at, part in enumerate(parts):
        if at % 2:
            sign = part
            words.append(part)
            continue
        joined = sign.strip() in ("'", "’")
        if joined and previous not in ELISIONS:
            sure = False
        words.append(part[:1].upper() + part[1:] if len(part[:1].upper()) == 1 else part)
        sure = sure and not (part in PARTICLES and len(parts) > 1)
        previous = part
    return "".join(words), sure


def _one_case(name: Any) -> bool:
    if not isinstance(name, str) or (name[:1].isupper() and name[1:2].islower()):
        return False
    letters = [c for c in name if c.isalpha()]
    both = [c for c in letters if c.lower() != c.upper()]
    if len(both) < 2 or len(both) != len(letters):
        return False  # a script without case, or a mixture of scripts
    return all(c == c.upper() for c in both) or all(c == c.lower() for c in both)


def _judge_case(
    book: NameBook, target: Target, name: Any, other: Any, country: Any, language: Any
) -> Sequence[Verdict]:
    capitals = name == name.upper()
    message = "It is written in capitals." if capitals else "It has no capital."
    usual = book.usual(name)
    if usual and usual[1] >= 2:
        evidence = f"{usual[1]:,} other records write “{usual[0]}”."
        return (Verdict(message, evidence, 0.99 if usual[1] >= 3 else 0.95, usual[0]),)
    alike = isinstance(other, str) and _one_case(other) and capitals == (other == other.upper())
    if capitals and not alike and len(name) <= (3 if target.field == "first_name" else 2):
        return ()  # initials: JP, AJ
    after, plain = capitalised(name)
    if unicodedata.is_normalized("NFC", name):
        after = unicodedata.normalize("NFC", after)  # a small i with a dot above has no one sign
    if after.casefold() != name.casefold() or after == name:
        return ()
    reason = _why_unsure(name, plain, target, country, language)
    if reason is None and not capitals and not alike:
        reason = "Its first letter may be missing."
    if reason is None:
        return (Verdict(message, "No other spelling of this name is usual.", 0.99, after),)
    confidence = 0.6 if "may be" in reason else 0.85
    return (Verdict(message, f"{reason} No other record shows how.", confidence, after),)


def _why_unsure(name: str, plain: bool, target: Target, country: Any, language: Any) -> str | None:
    """Return why the capitals are not certain, or None."""
    low = name.lower()
    code = country_code(country) if isinstance(country, str) else None
    if not plain:
        return "Families write such names in several ways."
    if target.field == "first_name" and (len(name) <= 3 or "." in name):
        return "It may be initials."
    if len(name) <= 2:
        return "It may be an abbreviation."
    if any(word.startswith(start) and len(word) > len(start) + 1
           for word in re.split(r"[\s\-]", low) for start in JOINED):  # fmt: skip
        return "Some families write a second capital."
    if any("Ͱ" <= c <= "Ͽ" for c in name) and name == name.upper():
        return "Greek capitals carry no accents, small letters do."
    if code in ("TR", "AZ") or language in ("tr", "az") or any(c in name for c in "ŞşĞğıİÇ"):
        return "Turkish has two kinds of i." if re.search("[Iiıİ]", name) else None
    if code == "NL" and low.startswith("ij"):
        return "Dutch writes IJ with two capitals."
    if "SS" in name:
        return "It may be ß."
    return None


NAME_CASE = Rule(
    name="name_case",
    title="Names in capitals or without any",
    dimension="validity",
    severity="warn",
    finds="First and last names all in capitals or all in small letters.",
    never="Names in mixed case (McDonald, van der Berg, DeShawn), scripts without case, single "
    "letters, names that mix scripts.",
    source="How this CRM's other records write the name; else one capital for each part, certain "
    "only where no particle, Mc or De, apostrophe, Greek accent, Turkish i or ß leaves a choice.",
    targets=_targets("country", "language"),
    open=_with_book(_judge_case, _one_case),
    repairs=True,
)


def _judge_salutation(book: NameBook, target: Target, name: Any, _other: Any) -> Sequence[Verdict]:
    first, _, rest = name.strip().partition(" ")
    word = first.casefold()
    message = f"“{first}” is a form of address, no part of the name."
    if word in SALUTATIONS and not rest.strip():
        if "." in word or word in ("mr", "mrs", "mme", "mlle"):
            return (Verdict(message, "The name itself is missing.", 0.9, None),)
        return ()
    if word in SALUTATIONS:
        after = rest.strip()
        if word in DOUBTFUL_SALUTATIONS or _known(book, target, word):
            return (Verdict(message, f"“{first}” can be a name or something else.", 0.85, after),)
        return (Verdict(message, f"The name without it is “{after}”.", 0.99, after),)
    if word in TITLES and rest.strip():
        message = f"“{first}” is a title, kept in a name field."
        return (Verdict(message, "Taking it away loses the title.", 0.6, rest.strip()),)
    return ()


def _addressed(name: Any) -> bool:
    if not isinstance(name, str):
        return False
    word = name.strip().partition(" ")[0].casefold()
    return word in SALUTATIONS or word in TITLES


def _known(book: NameBook, target: Target, word: str) -> bool:
    here = book.first if target.field == "first_name" else book.last
    return here[key_of(word)] >= 3


NAME_SALUTATION = Rule(
    name="name_salutation",
    title="Salutations in a name",
    dimension="validity",
    severity="warn",
    finds="“Mr.”, “Frau”, “Mme” and the like before a name, and titles such as “Dr.”.",
    never="Words that are names here (three records have them alone), suffixes, what follows.",
    source="Forms of address in eleven languages (tools/hygiene/data/names.py).",
    targets=_targets(),
    open=_with_book(_judge_salutation, _addressed),
    repairs=True,
)


@lru_cache(maxsize=100_000)
def _spelt(name: str) -> frozenset[str]:
    """Return how a name may stand in an address: without accents, or ü as ue."""
    wide = name.lower().translate(_WIDE)
    return frozenset(plain for one in (name, wide) if len(plain := fold(one).replace(" ", "")) > 1)


def _says(email: Any, first: str, last: str) -> bool:
    """Tell whether an address reads first name (or its initial), then last name."""
    if not isinstance(email, str):
        return False
    local = email.partition("@")[0].partition("+")[0].rstrip("0123456789")
    for family in _spelt(last):
        if local.endswith(family):
            start = local[: -len(family)].rstrip("._-")
            if any(start in (given, given[0]) for given in _spelt(first)):
                return True
    return False


class _Orders:
    """Which domains write first name, then last name, as far as this CRM's fields tell.

    Only the domains of records that may be swapped are looked at.
    """

    def __init__(self, table: Columns) -> None:
        book = table.once(NameBook)
        self._forth: Counter[str] = Counter()
        self._back: Counter[str] = Counter()
        names = ("email", "email.domain", "first_name", "last_name")
        emails, domains, firsts, lasts = (table.column("contact", one) for one in names)
        odd_first = bytearray(isinstance(v, str) and book.likes_last(v) for v in firsts.values)
        odd_last = bytearray(isinstance(v, str) and book.likes_first(v) for v in lasts.values)
        asked = {
            domain
            for domain, first, last in zip(domains, firsts.codes, lasts.codes, strict=True)
            if odd_first[first] or odd_last[last]
        }
        for row, domain in enumerate(domains):
            first, last = (firsts[row], lasts[row]) if domain in asked else (None, None)
            if isinstance(first, str) and isinstance(last, str):
                forth, back = _says(emails[row], first, last), _says(emails[row], last, first)
                if forth != back:
                    (self._forth if forth else self._back)[domain] += 1

    def forth(self, email: Any) -> bool:
        """Tell whether the address's domain puts the first name first, three records to one."""
        domain = domain_of(email)
        return self._forth[domain] >= max(2, 3 * self._back[domain])


def _open_swapped(table: Columns, _target: Target) -> Sieve:
    book = table.once(NameBook)

    def only(first: Any) -> bool:
        return isinstance(first, str) and not book.likes_first(first)

    return Sieve(partial(_judge_swapped, book, table.once(_Orders)), only)


def _judge_swapped(
    book: NameBook, orders: _Orders, first: Any, last: Any, email: Any, country: Any
) -> Sequence[Verdict]:
    if not (isinstance(first, str) and isinstance(last, str)) or first == last:
        return ()
    signs = book.likes_last(first) + book.likes_first(last)
    if not signs or book.likes_first(first) or book.likes_last(last):
        return ()
    mail = _says(email, last, first) and not _says(email, first, last)
    ordered = mail and orders.forth(email)
    if signs == 1 and not mail:
        return ()
    code = country_code(country) if isinstance(country, str) else None
    sure = mail and (signs == 2 or ordered) and code not in FAMILY_FIRST
    message = "First and last name stand in each other's field."
    evidence = (
        f"“{last}” is the first name of {book.first[key_of(last)]:,} records and the last name of "
        f"{book.last[key_of(last)]:,}; “{first}” of {book.first[key_of(first)]:,} and "
        f"{book.last[key_of(first)]:,}." + (" The address agrees." if mail else "")
    )
    confidence = 0.99 if sure else 0.85
    return (
        Verdict(message, evidence, confidence, last, "first_name"),
        Verdict(message, evidence, confidence, first, "last_name"),
    )


NAME_SWAPPED = Rule(
    name="name_swapped",
    title="First and last name swapped",
    dimension="consistency",
    severity="warn",
    finds="Records whose first name is a last name in the rest of the CRM and the other way round.",
    never="Names used both ways (James, Martin), names the CRM does not know; certain only where "
    "the address agrees and the country does not write the family name first.",
    source="The use of both names in this CRM, and the email address.",
    targets=(Target("contact", "first_name", ("last_name", "email", "country")),),
    open=_open_swapped,
    repairs=True,
)


def _judge_merged(
    book: NameBook, _target: Target, first: Any, last: Any, email: Any, country: Any
) -> Sequence[Verdict]:
    if isinstance(first, str) and isinstance(last, str):
        return _repeated(first, last)
    whole = first if isinstance(first, str) else last
    if not isinstance(whole, str):
        return ()
    told = [
        (given, family, mail)
        for given, family in _parts(whole)
        if (mail := _says(email, given, family)) or _divides(book, given, family)
    ]
    message = "One field holds the whole name, the other is empty."
    if len(told) != 1:
        sure = "," in whole or " " in whole.strip()
        return (Verdict(message, "Nothing tells where it divides.", 0.6),) if sure else ()
    ((given, family, mail),) = told
    code = country_code(country) if isinstance(country, str) else None
    known = _divides(book, given, family)
    evidence = "The address reads so. " if mail else ""
    if known:
        evidence += (
            f"{book.first[key_of(given)]:,} records have the first name “{given}”, "
            f"{book.last[key_of(family)]:,} the last name “{family}”."
        )
    confidence = 0.99 if code not in FAMILY_FIRST or "," in whole else 0.85
    return (
        Verdict(message, evidence.strip(), confidence, given, "first_name"),
        Verdict(message, evidence.strip(), confidence, family, "last_name"),
    )


def _whole_or_missing(first: Any) -> bool:
    return first is None or (isinstance(first, str) and (" " in first or "," in first))


def _divides(book: NameBook, given: str, family: str) -> bool:
    return book.likes_first(given) and book.likes_last(family)


def _parts(whole: str) -> list[tuple[str, str]]:
    """Return the ways to divide "Ana Weber", "Jan van der Berg" or "Weber, Ana"."""
    if whole.count(",") == 1:
        family, given = (part.strip() for part in whole.split(","))
        return [(given, family)] if given and family else []
    words = whole.split() if "," not in whole else []
    return [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]


def _repeated(first: str, last: str) -> Sequence[Verdict]:
    """Judge "Ana Weber" beside "Weber": the first name holds the last name again."""
    given, _, family = first.strip().rpartition(" ")
    if not given or family.casefold() != last.strip().casefold() or len(last.strip()) < 2:
        return ()
    message = "The first name holds the last name again."
    return (Verdict(message, f"The last name is “{last}”.", 0.95, given, "first_name"),)


NAME_MERGED = Rule(
    name="name_merged",
    title="Whole name in one field",
    dimension="consistency",
    severity="warn",
    finds="“Ana Weber” or “Weber, Ana” in one name field while the other is empty, and last names "
    "repeated in the first name.",
    never="Names that neither the address nor the CRM's other records divide, or that they divide "
    "in more than one way: those it only reports.",
    source="The email address, and the use of both names in this CRM.",
    targets=(Target("contact", "first_name", ("last_name", "email", "country")),),
    open=_with_book(_judge_merged, _whole_or_missing),
    repairs=True,
)
