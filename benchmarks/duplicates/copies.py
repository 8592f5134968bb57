"""How one person or company comes to stand in a CRM twice: the ways, and what each leaves behind.

Ways and slips are drawn with weights of their own for each seed, so that a model trained on one
mixture is examined on another.
"""

from __future__ import annotations

import random
import unicodedata
from dataclasses import replace

from .world import (
    Firm,
    Human,
    Maker,
    Record,
    World,
    calling_of,
    cities_of,
    country_of,
    humans,
    slug,
)

_SHORT = {
    "William": "Bill", "Robert": "Bob", "Richard": "Rick", "James": "Jim", "John": "Jack",
    "Michael": "Mike", "Elizabeth": "Liz", "Jennifer": "Jenny", "Patricia": "Pat",
    "Thomas": "Tom", "Charles": "Chuck", "Joseph": "Joe", "David": "Dave", "Susan": "Sue",
    "Katharina": "Kathi", "Andreas": "Andi", "Stefan": "Steff", "Maximilian": "Max",
    "Francisco": "Paco", "José": "Pepe", "Giuseppe": "Peppe", "Alessandro": "Sandro",
    "Krzysztof": "Krzysiek", "Małgorzata": "Gosia", "Jessica": "Jess", "Abigail": "Abby",
    "Matteo": "Teo", "Manuel": "Manolo", "Isabel": "Isa", "Barbara": "Barb", "Daniel": "Dan",
    "Olivia": "Liv", "Nicholas": "Nick", "Benoît": "Ben", "Ioana": "Ana", "Samuel": "Sam",
    "Anthony": "Tony", "Christopher": "Chris", "Alexander": "Alex", "Thibault": "Tibo",
    "Dmitry": "Dima", "Наталья": "Natasha", "Lukas": "Luke", "Guadalupe": "Lupe",
}  # fmt: skip
_RUSSIAN = {
    "Ольга": "Olga", "Иван": "Ivan", "Дмитрий": "Dmitry", "Наталья": "Natalia",
    "Сергій": "Serhii", "Оксана": "Oksana", "Олександр": "Oleksandr", "Елена": "Elena",
    "Стоян": "Stoyan", "Иванов": "Ivanov", "Смирнова": "Smirnova", "Кузнецов": "Kuznetsov",
    "Попов": "Popov", "Шевченко": "Shevchenko", "Коваленко": "Kovalenko",
    "Бондаренко": "Bondarenko", "Ковальчук": "Kovalchuk", "Петровић": "Petrovic",
    "Γιώργος": "Giorgos", "Μαρία": "Maria", "Δημήτρης": "Dimitris", "Ελένη": "Eleni",
    "Κώστας": "Kostas", "Αικατερίνη": "Ekaterini", "Παπαδόπουλος": "Papadopoulos",
    "Νικολάου": "Nikolaou", "Γεωργίου": "Georgiou", "Οικονόμου": "Oikonomou",
}  # fmt: skip
_WAYS = {
    "again": 24, "badge": 18, "private": 14, "moved": 3, "typo": 12, "initial": 6, "married": 2,
    "tag": 5, "import": 9,
}  # fmt: skip
_TYPED = {"gmail.com": "gmial.com", "outlook.com": "outlok.com", "yahoo.com": "yaho.com",
          "hotmail.com": "hotmial.com", "gmx.de": "gmx.ed", "web.de": "wed.de"}  # fmt: skip
_NEAR = dict(zip("qwertyuiopasdfghjklzxcvbnm", "wqretuyipoasfdgjhklxzvcnbm", strict=True))
_SALUTED = ("Dr. ", "Mr ", "Mrs. ", "Frau ", "Prof. ")


class Copies:
    """Turns people and companies into records, some of them several times."""

    def __init__(self, maker: Maker, world: World, twice: float) -> None:
        self.maker, self.world, self.dice = maker, world, maker.dice
        self.twice = twice
        self.ways = {
            way: weight * self.dice.lognormvariate(0, 0.35) for way, weight in _WAYS.items()
        }
        self.noise = {
            name: self.dice.uniform(0.7, 1.4) * share
            for name, share in {"gap": 0.08, "slip": 0.02, "case": 0.04, "accent": 0.5}.items()
        }

    # -- people

    def person(self, made: Human, firms: list[Firm]) -> None:
        """Write a person down, once or several times."""
        self._contact(made, made.first, made.last, made.email, made.phone, made.firm)
        if self.dice.random() >= self.twice:
            return
        for _ in range(self.dice.choices((1, 2, 3, 4), (76, 17, 5, 2))[0]):
            (way,) = self.dice.choices(list(self.ways), list(self.ways.values()))
            getattr(self, f"_{way}")(made, firms)

    def _again(self, made: Human, _: list[Firm]) -> None:
        """The same form filled in another day, another address of the same company."""
        first, last = self._called(made)
        self._contact(made, first, last, self._work(made), self._reached(made), made.firm)

    def _badge(self, made: Human, _: list[Firm]) -> None:
        """A badge scanned at a fair: capitals, no phone."""
        first, last = made.first, made.last
        if self.dice.random() < 0.3:
            first, last = first.upper(), last.upper()
        if self.dice.random() < 0.1:
            first, last = last, first
        phone = self._reached(made) if self.dice.random() < 0.3 else None
        self._contact(made, first, last, self._work(made), phone, made.firm)

    def _private(self, made: Human, _: list[Firm]) -> None:
        """A download with the private address."""
        first, last = self._called(made)
        email = self.maker.free(self.maker.private_local(made), made.private.partition("@")[2])
        firm = made.firm if self.dice.random() < 0.7 else None
        phone = made.mobile if self.dice.random() < 0.5 else None
        self._contact(made, first, last, email, phone, firm)

    def _moved(self, made: Human, firms: list[Firm]) -> None:
        """A new employer; the mobile number came along in half the cases."""
        firm = self.dice.choice(firms)
        city = made.city if self.dice.random() < 0.5 else firm.city
        country = made.country if city == made.city else firm.country
        moved = replace(made, firm=firm, country=country, city=city)
        email = self.maker.free(self.maker.work_local(moved), firm.host)
        phone = made.mobile if self.dice.random() < 0.6 else None
        self._contact(moved, made.first, made.last, email, phone, firm)

    def _typo(self, made: Human, _: list[Firm]) -> None:
        """The same address with a slip of the hand."""
        local, _at, host = made.email.partition("@")
        if self.dice.random() < 0.5 and len(local) > 3:
            local = self._slip(local)
        else:
            host = (
                _TYPED.get(host)
                or self._slip(host.partition(".")[0]) + "." + host.partition(".")[2]
            )
        first, last = self._called(made)
        self._contact(
            made, first, last, self.maker.free(local, host), self._reached(made), made.firm
        )

    def _initial(self, made: Human, _: list[Firm]) -> None:
        """A list that somebody typed: an initial, no phone or the switchboard."""
        board = made.firm.board if made.firm and self.dice.random() < 0.4 else None
        self._contact(made, made.first[:1] + self.dice.choice(("", ".")), made.last,
                      self._work(made), board, made.firm)  # fmt: skip

    def _married(self, made: Human, _: list[Firm]) -> None:
        """Another family name, or a double one."""
        new = self.maker.name(made.country)[1]
        last = self.dice.choice((new, f"{made.last}-{new}"))
        later = replace(made, last=last, latin=(made.latin[0], self.maker.spelt(last)))
        self._contact(made, made.first, last, self._work(later), self._reached(made), made.firm)

    def _tag(self, made: Human, _: list[Firm]) -> None:
        """The same mailbox, written another way."""
        local, _at, host = made.email.partition("@")
        if host == "gmail.com" and self.dice.random() < 0.5 and len(local) > 4:
            local = f"{local[:3]}.{local[3:]}".replace("..", ".")
            host = self.dice.choice(("gmail.com", "googlemail.com"))
        else:
            local = f"{local}+{self.dice.choice(('news', 'web', 'events', 'test'))}"
        first, last = self._called(made)
        self._contact(
            made,
            first,
            last,
            self.maker.free(local, host, again=True),
            self._reached(made),
            made.firm,
        )

    def _import(self, made: Human, _: list[Firm]) -> None:
        """An export from another tool: everything there, spelt its way."""
        plain = made.first, made.last
        spelt = tuple(self._spelt(name) for name in plain)
        self._contact(
            made, spelt[0], spelt[1], self._work(made), made.phone or made.mobile, made.firm
        )

    def _called(self, made: Human) -> tuple[str, str]:
        roll = self.dice.random()
        first = _SHORT.get(made.first, made.first) if roll < 0.5 else made.first
        if roll > 0.97:
            first = self.dice.choice(_SALUTED) + first
        return self._spelt(first), self._spelt(made.last)

    def _spelt(self, name: str) -> str:
        if name in _RUSSIAN and self.dice.random() < 0.7:
            return _RUSSIAN[name]
        if self.dice.random() < self.noise["accent"]:
            if self.dice.random() < 0.5:
                for one, two in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("ø", "oe")):
                    name = name.replace(one, two)
            name = "".join(
                c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)
            )
        return name

    def _work(self, made: Human) -> str:
        if made.firm is None:
            return self.maker.free(self.maker.private_local(made), made.private.partition("@")[2])
        pattern = self.dice.randrange(4)
        return self.maker.free(self.maker.work_local(made, pattern), made.firm.host)

    def _reached(self, made: Human) -> str | None:
        roll = self.dice.random()
        if roll < 0.45:
            return made.phone
        return made.mobile if roll < 0.6 else None

    def _slip(self, text: str) -> str:
        """Return the text with one slip: a letter left out, doubled, swapped or missed."""
        if len(text) < 4:
            return text
        at = self.dice.randrange(1, len(text) - 1)
        before, char, after = text[:at], text[at], text[at + 1 :]
        return self.dice.choice((
            before + after, before + char + char + after,
            before + after[:1] + char + after[1:], before + _NEAR.get(char, char) + after,
        ))  # fmt: skip

    def _contact(
        self, made: Human, first: str, last: str, email: str, phone: str | None, firm: Firm | None
    ) -> None:
        dice, noise = self.dice, self.noise
        if dice.random() < noise["slip"]:
            first = self._slip(first)
        if dice.random() < noise["slip"]:
            last = self._slip(last)
        if dice.random() < noise["case"]:
            first, last = first.lower(), last.lower()
        title = made.title if dice.random() < 0.8 else None
        if dice.random() < 0.2:
            title = dice.choice(("Manager", "Director", made.title.lower(), "Sales", None))
        number = len(self.world.contacts)
        record = f"c{number:08}"
        city = made.city if dice.random() > 2 * noise["gap"] else None
        if city and dice.random() < 0.06:  # the branch, the home, the conference
            city = dice.choice(cities_of(made.country))
        self.world.contacts.append({
            "id": record, "email": email,
            "first_name": first if dice.random() > noise["gap"] / 4 else None,
            "last_name": last if dice.random() > noise["gap"] / 8 else None,
            "job_title": title, "phone": self._written(phone, made.country),
            "country": country_of(made.country) if dice.random() > noise["gap"] else None,
            "city": city,
            "company_name": self._named(firm) if firm and dice.random() < 0.9 else None,
            "company_id": firm.record if firm and firm.record and dice.random() < 0.8 else None,
        })  # fmt: skip
        self.world.contact_truth[record] = made.number

    def _written(self, phone: str | None, country: int) -> str | None:
        if phone is None:
            return None
        if self.dice.random() < self.noise["slip"] / 2:
            at = self.dice.randrange(5, len(phone) - 1)
            phone = phone[:at] + self.dice.choice("0123456789") + phone[at + 1 :]
        calling = calling_of(country)
        local = phone.removeprefix(f"+{calling}")
        if local == phone:
            return phone
        return self.dice.choice((phone, phone, f"+{calling} {local[:3]} {local[3:]}",
                                 f"00{calling}{local}", f"0{local}", f"+{calling} (0) {local}",
                                 f"+{calling}-{local[:2]}-{local[2:]}"))  # fmt: skip

    def _named(self, firm: Firm) -> str:
        dice = self.dice
        name = f"{firm.core} {firm.legal}" if dice.random() < 0.6 else firm.core
        roll = dice.random()
        if roll < 0.05:
            return name.upper()
        if roll < 0.10:
            return self._slip(name)
        return name.partition(" ")[0] if roll < 0.13 else name

    # -- companies

    def company(self, firm: Firm) -> None:
        """Write a company down, once or several times."""
        firm.record = self._company(firm, f"{firm.core} {firm.legal}", firm.host, firm.board)
        if self.dice.random() >= self.twice * 0.7:
            return
        for _ in range(self.dice.choices((1, 2, 3), (85, 12, 3))[0]):
            host = firm.host if self.dice.random() < 0.55 else None
            if self.dice.random() < 0.12:
                host = firm.host.partition(".")[0] + self.dice.choice((".com", ".net", ".eu"))
            board = firm.board if self.dice.random() < 0.5 else None
            self._company(firm, self._renamed(firm), host, board)

    def _renamed(self, firm: Firm) -> str:
        dice = self.dice
        head, _, kind = firm.core.partition(" ")
        kinds = {"Systems": "Sys", "Solutions": "Sol.", "Technologies": "Tech", "Group": "Grp"}
        name = dice.choice((
            firm.core, firm.core, f"{firm.core} {firm.legal}", firm.core.upper(),
            f"{head} {kinds.get(kind, kind)}".strip(), head, f"The {firm.core}",
            f"{firm.core}, {firm.legal.replace('.', '')}", firm.core.replace(" ", ""),
            f"{firm.core} {country_of(firm.country)}",
        ))  # fmt: skip
        return self._slip(name) if dice.random() < 2 * self.noise["slip"] else name

    def _company(self, firm: Firm, name: str, host: str | None, board: str | None) -> str:
        dice, gap = self.dice, self.noise["gap"]
        record = f"f{len(self.world.companies):08}"
        if host and dice.random() < 0.1:
            host = f"www.{host}"
        self.world.companies.append({
            "id": record, "name": name, "domain": host if dice.random() > gap / 3 else None,
            "phone": self._written(board, firm.country) if dice.random() > gap else None,
            "city": firm.city if dice.random() > gap else None,
            "country": country_of(firm.country) if dice.random() > gap / 2 else None,
        })  # fmt: skip
        self.world.company_truth[record] = firm.number
        return record


def make(size: int, seed: int) -> World:
    """Return a CRM of about `size` contacts (exactly that many) and a sixth as many companies."""
    maker, world = Maker(seed), World()
    copies = Copies(maker, world, twice=maker.dice.uniform(0.10, 0.14))
    firms: list[Firm] = []
    count = max(8, size // 6)
    while len(firms) < count:
        sister = firms and maker.dice.random() < 0.03
        source = maker.dice.choice(firms) if sister else None
        made = maker.sister(source, len(firms)) if source else maker.firm(len(firms))
        firms.append(made)
        copies.company(made)
    for human in humans(maker, firms, size):
        copies.person(human, firms)
        if len(world.contacts) >= size:
            break
    _shuffle(maker.dice, world, size)
    return world


def _shuffle(dice: random.Random, world: World, size: int) -> None:
    """Mix the records: in a CRM the second copy does not follow the first."""
    del world.contacts[size:]
    dice.shuffle(world.contacts)
    dice.shuffle(world.companies)
    kept = {one["id"] for one in world.contacts}
    world.contact_truth = {key: who for key, who in world.contact_truth.items() if key in kept}


__all__ = ["Record", "make", "slug"]
