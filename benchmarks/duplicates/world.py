"""A CRM in which it is known who is who: companies, their people, and the traps of real ones.

Nothing here is shared with the detectors and comparisons: own short forms, own slips, own spelling.
Same size and seed, same rows. The traps: families at one company and in one household, colleagues
and strangers with one name, companies with one name in several countries, switchboards, shared
mailboxes, job changers, people who married.
"""

# ruff: noqa: E501, SIM905 - tables: one country, one line; lists of words

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from benchmarks.decay.people import CULTURES, person

Record = dict[str, Any]
_COUNTRIES = (
    # name, calling code, top-level domain, legal forms, cities, cultures
    ("United States", "1", "com", "Inc,LLC,Corp", "New York,Chicago,Austin,Boston,Denver,Seattle,Portland,Springfield,Columbus,Atlanta", "english,irish_scottish,spanish,indian,chinese"),
    ("Germany", "49", "de", "GmbH,AG,GmbH & Co. KG", "Berlin,München,Hamburg,Köln,Stuttgart,Frankfurt am Main,Düsseldorf,Leipzig", "german,turkish,polish_czech"),
    ("United Kingdom", "44", "co.uk", "Ltd,Limited,PLC", "London,Manchester,Leeds,Bristol,Glasgow,Edinburgh", "english,irish_scottish,indian,african"),
    ("France", "33", "fr", "SAS,SARL,SA", "Paris,Lyon,Marseille,Lille,Saint-Étienne,Nantes", "french,african,arabic"),
    ("Spain", "34", "es", "S.L.,S.A.", "Madrid,Barcelona,Valencia,Málaga,Sevilla", "spanish"),
    ("Italy", "39", "it", "S.r.l.,S.p.A.", "Milano,Roma,Torino,Bologna", "italian"),
    ("Netherlands", "31", "nl", "B.V.,N.V.", "Amsterdam,Rotterdam,Utrecht,'s-Hertogenbosch", "dutch,turkish"),
    ("Poland", "48", "pl", "Sp. z o.o.,S.A.", "Warszawa,Kraków,Łódź,Gdańsk", "polish_czech"),
    ("Sweden", "46", "se", "AB", "Stockholm,Malmö,Göteborg", "nordic"),
    ("Brazil", "55", "com.br", "Ltda,S.A.", "São Paulo,Rio de Janeiro,Curitiba", "portuguese,italian,japanese"),
    ("India", "91", "in", "Pvt Ltd,Ltd", "Mumbai,Bengaluru,Delhi,Pune", "indian"),
    ("Ukraine", "380", "ua", "LLC,TOV", "Kyiv,Lviv,Odesa", "slavic_cyrillic"),
    ("Japan", "81", "co.jp", "K.K.,Co., Ltd.", "Tokyo,Osaka,Kyoto", "japanese"),
)  # fmt: skip
_SHARE = (26, 16, 12, 8, 6, 5, 5, 4, 4, 4, 5, 2, 3)
_HEADS = "Acme Nord Blue Silver Prime Apex Delta Helio Vertex Terra Nova Quant Cedar Iron Lumen Atlas Orion Summit Harbor Pioneer Falcon Maple Granite Cobalt Aurora Zenith Polar Stellar Amber Crystal Echo Fusion Global United Metro Alpine Baltic Rhein Isar Elbe Loire Tiber Vistula Ganges Sakura Fuji Andes Sierra Pampa Coral".split()
_TAILS = "tech soft ware works data log net med bio chem form line point bridge field stone gate path mark view port craft lab sys dyn mat opt pharm energy motive".split()
_KINDS = "Systems Solutions Logistics Consulting Partners Group Industries Software Medical Foods Energy Capital Media Design Engineering Services Technologies Robotics Analytics Security Travel Textiles Packaging Print".split()
_TITLES = "CEO,CFO,CTO,Head of Marketing,Marketing Manager,Sales Director,Account Manager,Software Engineer,Product Manager,HR Manager,Office Manager,Purchasing Manager,IT Administrator,Data Analyst,VP Sales,VP Marketing,Consultant,Project Manager,Geschäftsführer,Vertriebsleiter,Directeur commercial,Responsable marketing,Director de ventas,Assistant,Student,Owner,Founder,Controller,Operations Manager,Customer Success Manager".split(
    ","
)
_FREE = ("gmail.com",) * 10 + ("outlook.com", "hotmail.com", "yahoo.com", "icloud.com") * 2 + ("gmx.de", "web.de", "orange.fr", "libero.it", "wp.pl", "qq.com")  # fmt: skip
_PARTS = (
    "ba be bel bo bran cal car da del dor fa fen gar ha hol ka kel kor la lan lo mal mar mor na nor o pal pen ra ren ro sal san sel ta tar tol u val ver vi wal wen zan"
).split()
_LASTS = "son sen mann er ski ez elli ard ton ley ova berg ström inen escu ić dze".split()


@dataclass
class World:
    """What was made, and which records are one: `truth` maps a record's id to who it is."""

    companies: list[Record] = field(default_factory=list)
    contacts: list[Record] = field(default_factory=list)
    company_truth: dict[str, int] = field(default_factory=dict)
    contact_truth: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Firm:
    """A real company."""

    number: int
    core: str
    legal: str
    host: str
    country: int
    city: str
    board: str
    pattern: int
    record: str = ""


@dataclass(slots=True)
class Human:
    """A real person."""

    number: int
    first: str
    last: str
    firm: Firm | None
    country: int
    city: str
    title: str
    email: str = ""
    phone: str | None = None
    mobile: str = ""
    private: str = ""
    latin: tuple[str, str] = ("", "")
    """How the names are spelt in addresses."""


def slug(text: str) -> str:
    """Return a name as it stands in an address."""
    swapped = text.lower().translate(
        str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ı": "i"})
    )
    plain = unicodedata.normalize("NFKD", swapped)
    return "".join(c for c in plain if c.isascii() and c.isalnum())


def dice_of(text: str) -> random.Random:
    """Return dice that fall the same for one text."""
    return random.Random(text)


def _reached(address: str) -> str:
    """Return the mailbox an address reaches, where its provider ignores dots."""
    local, _, host = address.partition("@")
    return f"{local.replace('.', '')}@{host}" if host == "gmail.com" else address


class Maker:
    """Draws companies and people; remembers which addresses are taken."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.taken: set[str] = set()
        self.hosts: set[str] = set()
        self._latin: dict[str, str] = {}
        self._names = {
            one: (first.split(), last.split()) for one, (_, first, last) in CULTURES.items()
        }

    def name(self, country: int) -> tuple[str, str]:
        """Draw a name: a third of the people share the frequent family names of their country.

        That is more than in most of Europe and America, where the hundred most frequent names
        cover 15 to 25 per cent, and less than in China or Korea.
        """
        dice = self.dice
        firsts, lasts = self._names[dice.choice(_COUNTRIES[country][5].split(","))]
        first = firsts[int(len(firsts) * dice.random() ** 1.3)]
        last = lasts[int(len(lasts) * dice.random() ** 1.3)].replace("_", " ")
        if dice.random() < 0.2:
            first = person(dice)[0]
        if dice.random() < 0.65:
            parts = "".join(dice.choices(_PARTS, k=dice.choice((1, 2, 2, 3))))
            last = (parts + dice.choice(_LASTS)).capitalize()
        return first, last

    def firm(self, number: int) -> Firm:
        """Draw a company; one in thirty has the name of another, in another country or trade."""
        dice = self.dice
        (country,) = dice.choices(range(len(_COUNTRIES)), _SHARE)
        _, calling, ending, legals, cities, _ = _COUNTRIES[country]
        core = dice.choice(_HEADS) + dice.choice(("", dice.choice(_TAILS)))
        if dice.random() < 0.35:
            core = self.name(country)[1].title()
        core = f"{core} {dice.choice(_KINDS)}" if dice.random() < 0.7 else core
        base = slug(core) or f"firm{number}"
        host = f"{base}.{ending if dice.random() < 0.6 else 'com'}"
        while host in self.hosts:
            host = f"{base}{dice.choice(('group', 'hq', 'online', '-' + slug(cities.split(',')[0]), str(number)))}.{ending}"
            base += "x" if host in self.hosts else ""
        self.hosts.add(host)
        return Firm(
            number, core, dice.choice(legals.split(",")), host, country,
            dice.choice(cities.split(",")), self.phone(calling), dice.choices(range(4), (55, 20, 10, 15))[0],
        )  # fmt: skip

    def sister(self, firm: Firm, number: int) -> Firm:
        """Return a company of the same name in another country: not the same company."""
        dice = self.dice
        country = (firm.country + dice.randrange(1, 5)) % len(_COUNTRIES)
        _, calling, ending, legals, cities, _ = _COUNTRIES[country]
        host = f"{firm.host.partition('.')[0]}.{ending}"
        if host in self.hosts:
            host = f"{firm.host.partition('.')[0]}-{number}.{ending}"
        self.hosts.add(host)
        return Firm(number, firm.core, dice.choice(legals.split(",")), host, country,
                    dice.choice(cities.split(",")), self.phone(calling), firm.pattern)  # fmt: skip

    def phone(self, calling: str) -> str:
        """Draw a number in the international way of writing."""
        digits = 9 if calling == "1" else 8
        return (
            f"+{calling}{self.dice.choice('23456789')}{self.dice.randrange(10**digits):0{digits}}"
        )

    def human(self, number: int, firm: Firm | None) -> Human:
        """Draw a person, at a company or at none."""
        dice = self.dice
        country = firm.country if firm else dice.choices(range(len(_COUNTRIES)), _SHARE)[0]
        first, last = self.name(country)
        city = (
            firm.city
            if firm and dice.random() < 0.75
            else dice.choice(_COUNTRIES[country][4].split(","))
        )
        made = Human(number, first, last, firm, country, city, dice.choice(_TITLES))
        self.reach(made)
        return made

    def reach(self, made: Human) -> None:
        """Give a person addresses and numbers."""
        dice = self.dice
        calling = _COUNTRIES[made.country][1]
        made.mobile = self.phone(calling)
        made.latin = self.spelt(made.first), self.spelt(made.last)
        roll = dice.random()
        if roll < 0.35:
            made.phone = made.mobile
        elif roll < 0.50 and made.firm:
            made.phone = made.firm.board[:-4] + f"{dice.randrange(10_000):04}"
        elif roll < 0.65 and made.firm:
            made.phone = made.firm.board
        made.private = self.free(self.private_local(made), dice.choice(_FREE))
        if made.firm and dice.random() < 0.9:
            made.email = self.free(self.work_local(made), made.firm.host)
        else:
            made.email = made.private

    def private_local(self, made: Human) -> str:
        """Return how somebody calls a mailbox at a provider."""
        dice, (first, last) = self.dice, made.latin
        year = dice.randrange(55, 100)
        nick = dice.choice(_PARTS) + dice.choice(_PARTS) + dice.choice(_PARTS)
        return dice.choice((f"{first}.{last}", f"{first}{last}", f"{first}{year}", f"{first[:1]}{last}{year}",
                            f"{nick}{year}", f"{last}.{first}", f"{first}.{last}{year}")) or f"{nick}{year}"  # fmt: skip

    def work_local(self, made: Human, pattern: int | None = None) -> str:
        """Return how a company builds its addresses."""
        first, last = made.latin
        kind = made.firm.pattern if pattern is None and made.firm else pattern or 0
        return (f"{first}.{last}", f"{first[:1]}{last}", f"{first[:1]}.{last}", first)[kind % 4]

    def spelt(self, name: str) -> str:
        """Return a name in Latin letters; for other scripts some spelling, always the same."""
        if name not in self._latin:
            other = dice_of(name)
            self._latin[name] = slug(name) or "".join(other.choices(_PARTS, k=2))
        return self._latin[name]

    def free(self, local: str, host: str, *, again: bool = False) -> str:
        """Return an address nobody has yet; `again`: another way to write a mailbox one has.

        Gmail takes no notice of dots, so that no two people have a.b@ and ab@.
        """
        found = f"{local}@{host}"
        while found in self.taken or (not again and _reached(found) in self.taken):
            found = f"{local}{self.dice.randrange(2, 10**5)}@{host}"
        self.taken |= {found, _reached(found)}
        return found

    def relatives(self, number: int, other: Human) -> Human:
        """Return somebody of the same family: at the same company, perhaps on the same line."""
        made = self.human(number, other.firm)
        made.last, made.city = other.last, other.city
        made.first = self.name(other.country)[0]
        while made.first == other.first:
            made.first = self.name(other.country)[0]
        self.reach(made)
        if self.dice.random() < 0.4:
            made.phone = other.phone
        if self.dice.random() < 0.15:  # one household, one mailbox, an address for each
            base = other.private.partition("@")
            made.email = self.free(f"{base[0]}+{made.latin[0]}", base[2])
        return made

    def namesake(self, number: int, other: Human, firm: Firm | None) -> Human:
        """Return somebody else of the same name."""
        made = self.human(number, firm)
        made.first, made.last = other.first, other.last
        self.reach(made)
        return made


def country_of(index: int) -> str:
    """Return a country's name."""
    return str(_COUNTRIES[index][0])


def calling_of(index: int) -> str:
    """Return a country's calling code."""
    return str(_COUNTRIES[index][1])


def cities_of(index: int) -> list[str]:
    """Return a country's cities."""
    return str(_COUNTRIES[index][4]).split(",")


def humans(maker: Maker, firms: list[Firm], size: int) -> Iterator[Human]:
    """Yield so many people, traps among them, neighbours at one company."""
    dice = maker.dice
    last: Human | None = None
    # Many small companies, few large ones, none with much more than its hundredth of the contacts.
    weights = [min(dice.paretovariate(1.3), 50.0) for _ in firms]
    homes = dice.choices(firms, weights, k=size)
    for number in range(size):
        roll = dice.random()
        firm = homes[number] if dice.random() < 0.92 else None
        if last is not None and roll < 0.01:
            made = maker.relatives(number, last)
        elif last is not None and roll < 0.02:
            made = maker.namesake(number, last, firm)
        elif last is not None and roll < 0.021:
            made = maker.namesake(number, last, last.firm)
        else:
            made = maker.human(number, firm)
        last = made
        yield made


def joined(world: World) -> list[Record]:
    """Return contacts with their company's fields beside, as the CRM's reader gives them."""
    firms = {one["id"]: one for one in world.companies}
    empty: Record = {}
    return [
        contact | {
            f"company.{name}": firms.get(contact["company_id"], empty).get(name)
            for name in ("name", "domain", "country")
        }
        for contact in world.contacts
    ]  # fmt: skip
