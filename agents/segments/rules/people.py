"""Noun phrases: "marketing or sales directors", "German customers", "VPs and above"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tools.segments.tree import Event, Filter, Not

from .cursor import Cursor
from .doubts import Unclear
from .lexicon import Lex, Place, Value
from .logic import RANKS, all_of, any_of, is_in, place_filter, prop_of, values_filter
from .text import fold

__all__ = ["NounPhrase", "atom_at", "read_noun_phrase"]


@dataclass(frozen=True, slots=True)
class Atom:
    """One word or phrase of a noun phrase and the dimension it speaks of."""

    dim: str
    end: int
    value: Value | None = None
    place: Place | None = None
    title: tuple[Value, Value] | None = None
    event: str = ""


@dataclass(slots=True)
class NounPhrase:
    """A noun phrase as read: its condition (None for plain "people") and what it speaks of."""

    parts: list[Filter] = field(default_factory=list)
    dims: list[str] = field(default_factory=list)
    people: bool = False
    negated: bool = False

    def filter(self) -> Filter | None:
        """Return the condition; None where the phrase is just "people"."""
        return all_of(self.parts) if self.parts else None


def atom_at(c: Cursor, at: int) -> Atom | None:
    """Return the atom that stands at a token."""
    lex = c.lex(at)
    if lex is None:
        return None
    if lex.has("title"):
        return Atom("title", lex.end, title=lex.meanings["title"])
    if lex.has("value") and not _other_sense(c, lex):
        value: Value = lex.meanings["value"][0]
        return Atom(f"{value.spec.subject}.{value.spec.name}", lex.end, value=value)
    if lex.has("place") and lex.meanings["place"].adjective and not _speaks(c, lex):
        return Atom("country", lex.end, place=lex.meanings["place"])
    if lex.has("place") and _region_adjective(c, lex):
        return Atom("country", lex.end, place=lex.meanings["place"])
    if lex.has("event_verb") and c.has("people", at=lex.end):
        kinds = lex.meanings["event_verb"]
        if kinds[0] in {"unsubscribed", "bounced", "complaint"}:
            return Atom("event", lex.end, event=kinds[0])
    return None


def _speaks(c: Cursor, lex: Lex) -> bool:
    return c.has("speaking", at=lex.end)


def _region_adjective(c: Cursor, lex: Lex) -> bool:
    """Whether a region or country stands before a noun: "DACH customers", "UK marketing leads"."""
    after = c.lex(lex.end)
    return after is not None and after.has("people", "value", "title", "company")


def _other_sense(c: Cursor, lex: Lex) -> bool:
    """Whether a word like "it" is no value here: "IT" is a department, "it" is a pronoun."""
    token = c.tokens[lex.start]
    if token.key in {"it", "cs", "ic", "sql", "personal"} and lex.end == lex.start + 1:
        return not (token.text.isupper() or token.text in {"MQLs", "SQLs"} or token.key == "sql")
    return False


def _group(c: Cursor, atoms: Sequence[Atom]) -> Filter:
    parts: list[Filter] = []
    values = [atom.value for atom in atoms if atom.value is not None]
    if values:
        parts.append(values_filter(values, "contact"))
    places = [atom.place for atom in atoms if atom.place is not None]
    if places:
        parts.append(place_filter(c.lexicon, places, "contact"))
    for atom in atoms:
        if atom.title is not None:
            parts.append(all_of([values_filter([value], "contact") for value in atom.title]))
        if atom.event:
            parts.append(Event.model_validate({"types": (atom.event,)}))
    return any_of(parts)


def _article(c: Cursor) -> None:
    while not c.done and c.keys[c.at] in {
        "the",
        "a",
        "an",
        "all",
        "any",
        "our",
        "every",
        "both",
        "either",
        "also",
        "their",
        "each",
    }:
        c.at += 1


def _joint(c: Cursor, dim: str, *, of: bool = False) -> int | None:
    """Return where the next atom of the same dimension starts after "," or "or", or None.

    With `of`, the preposition may stand again: "directors of sales or of marketing".
    """
    at = c.at
    if c.mark(",", "/"):
        at += 1
    lex = c.lex(at)
    if lex is not None and lex.has("or", "and"):
        at = lex.end
    if at == c.at:
        return None
    at += of and c.keys[at : at + 1] == ["of"]
    while at < len(c.keys) and c.keys[at] in {"the", "a", "an", "all", "any", "our"}:
        at += 1
    atom = atom_at(c, at)
    return at if atom is not None and atom.dim == dim and dim != "event" else None


def _read_group(c: Cursor, first: Atom, *, of: bool = False) -> list[Atom]:
    """Pass an atom and all that are joined to it ("marketing, sales or product")."""
    atoms = [first]
    _pass(c, first)
    while (at := _joint(c, first.dim, of=of)) is not None:
        atom = atom_at(c, at)
        if atom is None:
            break
        after = atom_at(c, atom.end)
        starts_new = of and after is not None and after.dim == "contact.seniority"
        if starts_new:
            break
        c.at = at
        _pass(c, atom)
        atoms.append(atom)
    return atoms


def _pass(c: Cursor, atom: Atom) -> None:
    lex = c.lex(c.at)
    if lex is not None and lex.end == atom.end:
        c.pass_lex(lex)
    c.at = atom.end


def _above(c: Cursor, atoms: list[Atom]) -> Filter | None:
    """Widen "directors and above" to every rank from there up."""
    if atoms[0].dim != "contact.seniority":
        return None
    if c.keys[c.at : c.at + 1] == ["+"]:
        c.at += 1  # "directors+"
    elif c.take("above") is None:
        return None
    value = atoms[-1].value
    if value is None or value.value not in RANKS:
        word = value.value if value else ""
        raise Unclear(
            f"above:{word}",
            "From which level up?",
            ("manager and above", "director and above", "VP and above"),
            takes_words=False,
        )
    ranks = RANKS[RANKS.index(value.value) :]
    return prop_of("seniority", is_in([r for r in ranks if r in value.spec.values]))


def _refuse_clash(np: NounPhrase, dim: str, said: str) -> None:
    if dim in np.dims:
        raise Unclear(
            f"clash:{fold(said)}",
            f'"{said}" names two values of one field. Do you mean people with either of them?',
            (f"either: {said.replace(' ', ' or ', 1)}",),
            about=said,
            rewrites=(said.replace(" ", " or ", 1),),
        )


def _of_functions(c: Cursor) -> list[Atom] | None:
    """Read "of marketing", "in sales or finance" after a rank, and pass it."""
    start = c.at
    lex = c.lex()
    if lex is None or not (lex.has("of", "in", "for") or c.keys[c.at] in {"of", "in", "for"}):
        return None
    c.at = lex.end
    _article(c)
    atom = atom_at(c, c.at)
    if atom is None or atom.dim != "contact.job_function":
        c.at = start
        return None
    atoms = _read_group(c, atom, of=True)
    if c.has("sector", "company") and not c.has("department"):
        c.at = start
        return None
    return atoms


def read_noun_phrase(c: Cursor) -> NounPhrase | None:
    """Read one noun phrase and pass it; None where none stands here."""
    start = c.at
    _article(c)
    np = NounPhrase()
    if (
        (lex := c.lex()) is not None
        and lex.has("not")
        and c.keys[c.at] == "non"
        and (c.keys[c.at + 1 : c.at + 2] != ["non"])
    ):
        c.pass_lex(lex)
        inner = read_noun_phrase(c)
        if inner is None or (found := inner.filter()) is None:
            c.at = start
            return None
        return NounPhrase(parts=[Not(of=found)], dims=inner.dims, people=inner.people, negated=True)
    first = c.at
    while not c.done:
        atom = atom_at(c, c.at)
        if atom is not None:
            if np.people:
                break
            if atom.dim in np.dims:
                _refuse_clash(np, atom.dim, c.words(first, atom.end))
            before = c.at
            atoms = _read_group(c, atom)
            wide = _above(c, atoms)
            np.parts.append(wide if wide is not None else _group(c, atoms))
            np.dims.append(atom.dim)
            c.note(before, "condition", _became(c, np.parts[-1]))
            c.take("department")
            continue
        if c.keys[c.at] in {"employees", "staff"} and c.has("of", "at", "from", "in", at=c.at + 1):
            c.at += 1  # "employees of Swiss banks"
            np.people = True
            break
        if c.has("people") and not np.people:
            c.take("people")
            np.people = True
            break
        if np.dims and c.keys[c.at] == "level":
            c.at += 1
            continue
        break
    if not np.dims and not np.people:
        c.at = start
        return None
    if "contact.job_function" not in np.dims and "title" not in np.dims:
        before = c.at
        atoms_of = _of_functions(c)
        if atoms_of is not None:
            np.parts.append(_group(c, atoms_of))
            np.dims.append("contact.job_function")
            c.take("department")
            c.note(before, "condition", _became(c, np.parts[-1]))
    if not np.people and np.dims and c.take("people") is None:
        c.at += c.keys[c.at : c.at + 1] == ["staff"]  # "IT staff"
    return np


def _became(c: Cursor, tree: Filter) -> str:
    return c.describe(tree)
