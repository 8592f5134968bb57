"""What a team's own words mean, learned from three sources: told, answered and edited.

*Told*: "when we say hot leads we mean score over 80", in English or German. *Answered*: Placet
asked what a word means, the answer led to a draft that was approved. *Edited*: several people gave
the same condition the same other value on requests with the same word. What people disagree about
is not learned.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from prompts.glossary import Term
from prompts.teaching import QUOTES, parse_teaching, term_of

from .cards import Card
from .normal import words_of
from .past import Asked, Past
from .text import PromptText

__all__ = ["LEAST_ANSWERS", "Learned", "Learning", "learn_terms", "with_terms"]

LEAST_ANSWERS = 2
"""So many answers of one meaning make a term; one alone is an answer to one question."""
_NTH = {
    "1": 0, "first": 0, "the first": 0, "erste": 0, "das erste": 0, "a": 0,
    "2": 1, "second": 1, "the second": 1, "zweite": 1, "das zweite": 1, "b": 1,
    "3": 2, "third": 2, "the third": 2, "dritte": 2, "das dritte": 2, "c": 2,
}  # fmt: skip
_MOST_MEANING = 160
_BETWEEN = frozenset({
    "in", "at", "of", "from", "who", "that", "with", "and", "or", "for", "to", "not", "are", "is",
    "by", "on", "without", "im", "aus", "die", "der", "und", "oder", "mit", "ohne", "bei", "an",
})  # fmt: skip


class Learned(BaseModel):
    """A term with what it rests on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    phrase: str
    meaning: str
    source: Literal["told", "answers", "edits"]
    evidence: tuple[str, ...]
    """Ids of the requests, or of the decisions."""
    people: tuple[str, ...]

    def term(self) -> Term:
        """Return it as the glossary holds it."""
        return Term(phrase=self.phrase, meaning=self.meaning)


class Learning(BaseModel):
    """The terms that were learned, and why others were not."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    terms: tuple[Learned, ...]
    refused: tuple[tuple[str, str], ...]


def learn_terms(
    pasts: Sequence[Past],
    *,
    told: Iterable[Learned] = (),
    cards: Iterable[Card] = (),
    known: Iterable[Term] = (),
) -> Learning:
    """Return the terms that people's words and decisions call for.

    What was told outweighs what was answered, and both what was edited; a phrase that is in the
    glossary already with the same meaning is not learned again.
    """
    there = {term.phrase.casefold(): term for term in known}
    terms, refused = dict[str, Learned](), list[tuple[str, str]]()
    ranked = [*_latest(told), *_answered(pasts, refused), *_edited(cards)]
    for one in ranked:
        key, before = one.phrase.casefold(), there.get(one.phrase.casefold())
        if key in terms:
            continue
        if before is not None and words_of(before.meaning) == words_of(one.meaning):
            continue
        if before is not None and one.source != "told":
            refused.append((one.phrase, f"the glossary says: {before.meaning}"))
            continue
        terms[key] = one
    return Learning(terms=tuple(terms.values()), refused=tuple(refused))


def with_terms(glossary: PromptText, terms: Iterable[Term]) -> PromptText:
    """Return the glossary with these terms in it; a phrase that is there gets the new meaning."""
    new = {term.phrase.casefold(): term for term in terms}
    lines = []
    for line in glossary.body.splitlines():
        phrase = line.partition(":")[0].strip().casefold()
        term = None if line.lstrip().startswith("#") else new.pop(phrase, None)
        lines.append(line if term is None else f"{term.phrase}: {term.meaning}")
    lines += [f"{term.phrase}: {term.meaning}" for term in new.values()]
    return glossary.with_body("".join(f"{line}\n" for line in lines))


# --- where terms come from -----------------------------------------------------------------------


def _latest(told: Iterable[Learned]) -> Iterator[Learned]:
    """Yield what was told, of two about one phrase the later one."""
    yield from {one.phrase.casefold(): one for one in told}.values()


def _answered(pasts: Sequence[Past], refused: list[tuple[str, str]]) -> Iterator[Learned]:
    found: defaultdict[str, list[tuple[Term, Asked]]] = defaultdict(list)
    for past in pasts:
        if past.approved:
            for term, asked in _answers(past):
                found[term.phrase.casefold()].append((term, asked))
    for phrase, answers in sorted(found.items()):
        meanings = defaultdict[str, list[tuple[Term, Asked]]](list)
        for term, asked in answers:
            meanings[" ".join(words_of(term.meaning))].append((term, asked))
        if len(meanings) > 1:
            refused.append((phrase, f"it was answered in {len(meanings)} ways"))
            continue
        requests = {asked.request_id for _, asked in answers}
        if len(requests) < LEAST_ANSWERS:
            refused.append((phrase, f"{len(requests)} of {LEAST_ANSWERS} answers"))
            continue
        yield Learned(
            phrase=answers[0][0].phrase, meaning=answers[-1][0].meaning, source="answers",
            evidence=tuple(sorted(requests)),
            people=tuple(sorted({asked.person for _, asked in answers})),
        )  # fmt: skip


def _answers(past: Past) -> Iterator[tuple[Term, Asked]]:
    """Yield what the answers in a conversation said that words mean."""
    for asked, answer in zip(past.turns, past.turns[1:], strict=False):
        question = asked.question
        if question is None or not question.about.strip():
            continue
        said = _chosen(answer.text, question.options)
        phrase = _phrase(question.about, asked.text)
        if phrase is None or len(said) > _MOST_MEANING or parse_teaching(said) is not None:
            continue
        term = term_of(phrase, _whole(said, phrase, question.about))
        if term is not None:
            yield term, asked


def _chosen(answer: str, options: Sequence[str]) -> str:
    said = " ".join(answer.split()).rstrip(" .!")
    number = _NTH.get(said.casefold().removesuffix(" one").removesuffix(")"))
    return options[number] if number is not None and number < len(options) else said


def _phrase(about: str, request: str) -> str | None:
    """Return the words that were asked about, with the one that they describe: "hot leads"."""
    bare = " ".join(about.split()).strip(QUOTES)
    found = re.search(rf"(?i)(?<!\w){re.escape(bare)}(?:\s+([^\W\d_]+))?", request)
    if not bare or found is None:
        return None
    noun = (found[1] or "").casefold()
    return found[0] if noun and noun not in _BETWEEN and " " not in bare else bare


def _whole(meaning: str, phrase: str, about: str) -> str:
    """Return the meaning with the noun that the phrase has and the answer left out."""
    bare = " ".join(about.split()).strip(QUOTES)
    noun = phrase[len(bare) :].strip()
    head = re.escape(noun.rstrip("s"))
    starts = rf"(?i)(?:an?|the|all|only)?\s*{head}s?(?!\w)(?!\s+(?:score|sta|source))"
    if not noun or re.match(starts, meaning):
        return meaning
    return f"{noun} with {meaning}"


def _edited(cards: Iterable[Card]) -> Iterator[Learned]:
    """Yield the words that a card is scoped to, where the card gives one field one other value."""
    for card in cards:
        found = re.match(r"segments/test/(?!not )([a-z_]+)/.* -> (.+)\Z", card.key)
        if found is None or card.when is None or len(card.when) != 1:
            continue
        field = found[1].replace("_", " ")
        yield Learned(
            phrase=card.when[0], meaning=f"{field} {found[2].removeprefix('one of ')}",
            source="edits", evidence=card.evidence, people=card.people,
        )  # fmt: skip
