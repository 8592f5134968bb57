"""Names in running text: people, companies, products, places.

Where nouns are written small, a capital within a sentence is a name. In German every noun has one,
so there only signs count: a title, a first name, a company's form, letters in the middle. Headings
In Title Case are read like German. Chinese, Japanese and Arabic have no capitals; names there are
not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources

from pydantic import BaseModel, ConfigDict

from .wordlists import words_of

__all__ = ["Name", "first_names", "names"]


class Name(BaseModel):
    """A name as it was written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    words: tuple[str, ...]
    """Its words, casefolded, without titles."""
    at: int


_WORD = re.compile(r"(?<!\w)[^\W\d_][^\W_]*(?:['’.&-][^\W_]+)*(?:\+\+?|#)?")
_TITLES = frozenset(words_of("mr mrs ms miss dr prof professor sir herr herrn frau mme m sr sra"))
_FORMS = frozenset(
    words_of("gmbh ag se kg inc ltd llc corp plc co ohg ug bv sarl spa sa oy ab gbr")
)
_EVERYDAY = frozenset(
    # Words that English, or a polite you, writes with a capital and that name nobody.
    words_of(
        "i i'm i'll i'd i've i’m i’ll i’d i’ve ok faq faqs pdf rsvp ps p.s a.m p.m am pm ceo "
        "cfo coo cto "
        "cmo cio vp vps cfos ceos cmos hr it ai crm erp b2b b2c roi kpi kpis saas q&a q1 q2 "
        "q3 q4 eu us "
        "uk usa html url utc gmt cet cest est pst edt pdt bst am pm english german deutsch "
        "french germany "
        "lei loro usted ustedes u uw vous sie ihnen ihr ihre ihrem ihren ihrer ihres du dich "
        "dir dein deine "
        "dear hello hi hey hallo guten liebe lieber sehr geehrte geehrter yours best kind regards "
        "chief financial officer officers marketing sales team customer success "
        "christmas easter new year's eve weihnachten ostern internet web e-mail email gdpr dsgvo "
        "mwst vat agb st nd"
    )
)
_CALENDAR = frozenset(
    words_of(
        "january february march april may june july august september october november "
        "december jan feb "
        "mar apr jun jul aug sept sep oct nov dec monday tuesday wednesday thursday friday "
        "saturday "
        "sunday mon tue wed thu fri sat sun"
    )
)
_SENTENCE_END = re.compile(
    r"[.!?…:;\n\r•*–—(\"“”„«»‘’'\ufffc]\s*$|^\s*$|(?:^|\n)\s*[\d.)\-•*]+\s*$"
)


def names(text: str, language: str) -> tuple[Name, ...]:
    """Return the names in `text`, in order; U+FFFC stands for a token and is a border."""
    found: list[Name] = []
    for start, line in _lines(text):
        small = language.partition("-")[0] != "de" and not _title_case(line)
        found += (_moved(name, start) for name in _in_line(line, small=small))
    return tuple(found)


@cache
def first_names() -> frozenset[str]:
    """Return first names, casefolded, less those that are everyday words."""
    table = resources.files("tools.email.checks").joinpath("data/first_names.txt")
    return frozenset(table.read_text("utf-8").split())


def _lines(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for line in text.split("\n"):
        yield at, line
        at += len(line) + 1


def _moved(name: Name, by: int) -> Name:
    return name.model_copy(update={"at": name.at + by})


def _title_case(line: str) -> bool:
    """Return whether a line is a headline In Title Case: more than half of the longer words."""
    words = [word for word in _WORD.findall(line) if len(word) > 3]
    capitals = sum(1 for word in words if word[0].isupper())
    return len(words) > 1 and not line.rstrip().endswith((".", ",")) and capitals > len(words) * 0.6


def _in_line(line: str, *, small: bool) -> Iterator[Name]:
    run: list[re.Match[str]] = []
    for match in _WORD.finditer(line):
        if not _capital(match.group()):
            yield from _name(line, run, small=small)
            run = []
            continue
        if run and not _together(run[-1].group(), line[run[-1].end() : match.start()]):
            yield from _name(line, run, small=small)
            run = []
        run.append(match)
    yield from _name(line, run, small=small)


def _together(before: str, gap: str) -> bool:
    return gap in {" ", "\u00a0", " & "} or (gap == ". " and before.casefold() in _TITLES)


def _capital(word: str) -> bool:
    # "iPhone", "eBay": a capital in the middle.
    return word[0].isupper() or (len(word) > 2 and any(c.isupper() for c in word[1:]))


def _name(line: str, run: list[re.Match[str]], *, small: bool) -> Iterator[Name]:
    run = _trimmed(line, run, small=small)
    if not small:
        run = _core(line, run)
    words = tuple(_bare(match.group()) for match in run)
    if run and not _shouted(run):
        plain = tuple(word for word in words if word not in _TITLES and word not in _FORMS)
        if plain:
            text = line[run[0].start() : run[-1].end()]
            yield Name(text=text, words=plain, at=run[0].start())


def _trimmed(line: str, run: list[re.Match[str]], *, small: bool) -> list[re.Match[str]]:
    """Drop what has its capital for another reason: the head of a sentence, I, a month."""
    while run and _ordinary(line, run, small=small):
        run = run[1:]
    while run and _bare(run[-1].group()) in _EVERYDAY | _CALENDAR:
        run = run[:-1]
    return run


def _ordinary(line: str, run: list[re.Match[str]], *, small: bool) -> bool:
    word = _bare(run[0].group())
    if word in _EVERYDAY or word in _CALENDAR:
        return True
    if not small or word in first_names() or word in _TITLES or word in well_known():
        return False
    head = _SENTENCE_END.search(line[: run[0].start()]) is not None
    return head and not _inside(run[0].group())


def _inside(word: str) -> bool:
    """Return whether a word has letters of a name within: `SAP`, `HubSpot`, `X-Ray2`."""
    return len(word) > 1 and any(c.isupper() for c in word[1:])


def _bare(word: str) -> str:
    return re.sub(r"['’]s$|['’]$", "", word).casefold()


def _shouted(run: list[re.Match[str]]) -> bool:
    """Return whether a run is only loud: `YOUR ANSWERS DECIDE`."""
    words = [match.group() for match in run]
    return len(words) > 1 and all(map(str.isupper, words)) and any(len(word) > 4 for word in words)


def _core(line: str, run: list[re.Match[str]]) -> list[re.Match[str]]:
    """Return the part of a run that shows signs of a name, where capitals alone say nothing."""
    words = [_bare(match.group()) for match in run]
    for at, (match, word) in enumerate(zip(run, words, strict=True)):
        more = at + 1 < len(run)
        if word in _TITLES and more:
            return run[at:]
        if word in first_names() and more and words[at + 1] not in _EVERYDAY:
            return run[at : at + 3]
        if word in _FORMS and at:
            return run[max(0, at - 2) : at + 1]
        if word in well_known() or _mixed(match.group()):
            return run[at : at + 1]
    before = re.search(r"([^\W\d_]+)\.?\s*$", line[: run[0].start()]) if run else None
    return run[:2] if before and before[1].casefold() in _TITLES else []


def _mixed(word: str) -> bool:
    """Return whether small letters come before capitals: `HubSpot`; not `CFO-Runde` or `B2B`."""
    return re.search(r"[^\W\d_]*[a-zäöüß][A-Z]", word) is not None


@cache
def well_known() -> frozenset[str]:
    """Return companies and places that need no capital rule to be names; casefolded words."""
    return frozenset(
        words_of(
            "siemens bosch sap volkswagen bmw daimler audi porsche allianz lufthansa telekom "
            "bayer basf adidas google microsoft amazon facebook linkedin salesforce hubspot "
            "oracle ibm deloitte kpmg pwc accenture mckinsey gartner forrester tesla nvidia "
            "openai netflix spotify slack adobe intel cisco mailchimp marketo munich münchen "
            "berlin hamburg frankfurt köln cologne stuttgart düsseldorf leipzig dresden hannover "
            "nürnberg vienna wien zurich zürich geneva london manchester dublin amsterdam "
            "rotterdam brussels paris lyon madrid barcelona lisbon milan rome stockholm oslo "
            "copenhagen helsinki warsaw prague budapest athens chicago boston seattle toronto "
            "singapore tokyo dubai europe europa germany deutschland austria österreich salzburg "
            "graz linz innsbruck basel bern luzern lausanne bremen dortmund bonn mannheim "
            "karlsruhe augsburg wiesbaden mainz kiel lübeck rostock münster bielefeld aachen "
            "potsdam switzerland schweiz france frankreich harvard stanford oxford cambridge"
        )
    )
