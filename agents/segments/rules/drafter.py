"""The rules drafter: reads a request with a grammar, no model, no network, the same every time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast
from zoneinfo import ZoneInfo

from agents.port import Answer, Question, Refusal
from agents.segments.port import Ask, Count, Proposal, Reading, WordUse
from prompts.glossary import Term
from tools.crm.port import Catalogue, CrmReader
from tools.segments.port import SegmentReader
from tools.segments.tree import All, Event, Filter, Segment

from . import answers, changes, help_text, safety
from .clash import find_clash
from .crm_names import Vocabulary
from .cursor import Cursor, Note, Use
from .doubts import Unclear
from .frame import Frame, read_frame
from .glossary import Glossary, intact, told
from .grammar import Grammar
from .lexicon import Lexicon, build
from .names import list_name
from .text import clean, tokenise

__all__ = ["RulesDrafter"]

_LONGEST = 12_000
"""Characters of a request that are read; nobody describes an audience in more."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A request as understood: the filter, its frame, and what became of every word."""

    tree: Filter
    frame: Frame
    words: tuple[WordUse, ...]


class RulesDrafter:
    """The deterministic drafter: knows the schema, accounts for every word, asks, never guesses."""

    def __init__(self, crm: CrmReader, segments: SegmentReader) -> None:
        self._crm = crm
        self._segments = segments
        self._known: tuple[Catalogue, Lexicon] | None = None

    @property
    def name(self) -> str:
        """`rules`."""
        return "rules"

    @property
    def prompt(self) -> str | None:
        """None: it sends no prompt."""
        return None

    def read(self, ask: Ask) -> Reading:
        """Return what the request means; ask where a word has no place or two."""
        text = clean(ask.text)
        if not text:
            return Question(
                text="The request is empty. Which people do you want?",
                options=help_text.examples(self._crm),
            )
        if (reason := safety.refusal(text)) is not None:
            return Refusal(text=reason)
        if len(text) > _LONGEST:
            return Question(
                text="The request is too long to be read safely. Please say in a few "
                "sentences which people you want.",
                about=text[:80],
            )
        if ask.question is None and safety.is_help(text):
            return Answer(text=help_text.answer(self._crm))
        lexicon = self._lexicon()
        vocabulary = Vocabulary(self._crm)
        ask, used = _in_plain_words(ask, text, lexicon, vocabulary)
        text = clean(ask.text)
        if used and (reason := safety.refusal(text)) is not None:
            return Refusal(text=reason)  # no term makes a request out of what is never done
        return told(self._plain(ask, text, lexicon, vocabulary), used)

    def _plain(self, ask: Ask, text: str, lexicon: Lexicon, vocabulary: Vocabulary) -> Reading:
        try:
            if ask.question is not None:
                text, previous = self._answered(ask, text, lexicon, vocabulary)
                if previous is None:
                    return self._understand(ask, text, lexicon, vocabulary)
            if ask.previous is not None:
                return self._changed(ask, text, lexicon, vocabulary)
            return self._understand(ask, text, lexicon, vocabulary)
        except Unclear as doubt:
            if ask.question is None and ask.previous is None and safety.may_be_help(text):
                return Answer(text=help_text.answer(self._crm))
            return _question(doubt)
        except RecursionError:
            # Thousands of nested pieces: no person means that, so it is a question, not a crash.
            return Question(
                text="This nests too many conditions to be read. Could you say it in "
                "a few sentences?",
                about=text[:80],
            )

    def _lexicon(self) -> Lexicon:
        """Return the lexicon of the catalogue as it is now; built again only when that changes."""
        catalogue = self._crm.catalogue()
        if self._known is None or (self._known[0] is not catalogue and self._known[0] != catalogue):
            self._known = (catalogue, build(catalogue))
        return self._known[1]

    # --- one request ------------------------------------------------------------------------

    def _understand(self, ask: Ask, text: str, lexicon: Lexicon, vocabulary: Vocabulary) -> Reading:
        read = self._read(ask, text, lexicon, vocabulary)
        segment = self._segment(ask, read)
        if read.frame.counting:
            label = self._segments.describe(read.tree)
            return Count(segment=segment, label=label, words=read.words)
        return Proposal(segment=segment, words=read.words)

    def _segment(self, ask: Ask, read: _Read) -> Segment:
        return Segment(
            name=read.frame.name or list_name(read.tree),
            filter=read.tree,
            as_of=ask.as_of,
            timezone=ask.timezone,
            use=read.frame.use,
            include_anyway=read.frame.anyway,
        )

    def _read(self, ask: Ask, text: str, lexicon: Lexicon, vocabulary: Vocabulary) -> _Read:
        frame = read_frame(text)
        today = ask.as_of.astimezone(ZoneInfo(ask.timezone)).date()
        cursor = Cursor(frame.body, lexicon, vocabulary, today)
        cursor.happened = lambda kinds, asset: self._happened(ask, kinds, asset)
        tree = Grammar(cursor, self._segments.describe).description()
        if tree is None:
            if not _says_everyone(cursor):
                raise Unclear(
                    "nobody",
                    "Which people do you want? I found no condition in that.",
                    help_text.examples(self._crm),
                    about=text[:120],
                )
            tree = All(of=())
        self._check(tree, text)
        self._keep_together(ask, tree, text, lexicon, vocabulary)
        return _Read(tree, frame, _account(text, cursor, frame))

    def _keep_together(
        self, ask: Ask, tree: Filter, text: str, lexicon: Lexicon, vocabulary: Vocabulary
    ) -> None:
        """Ask where the conditions of one of the team's own words were torn apart."""
        bare = ask.model_copy(update={"terms": ()})
        for term in ask.terms:
            meaning = clean(term.meaning)
            if meaning not in text or meaning == text:
                continue
            alone = self._read(bare, meaning, lexicon, vocabulary).tree
            if not intact(tree, alone):
                raise Unclear(
                    f"glossary:{term.phrase}",
                    f"I cannot tell how “{term.phrase}” ({meaning}) goes with the rest. Which "
                    "people do you want, in other words?",
                    about=meaning,
                )

    def _happened(self, ask: Ask, kinds: Sequence[str], asset: str) -> bool:
        leaf = Event.model_validate(
            {"types": tuple(kinds), "asset": {"test": "equals", "value": asset}}
        )
        return (
            self._segments.count(
                Segment(
                    name="asset",
                    filter=leaf,
                    as_of=ask.as_of,
                    timezone=ask.timezone,
                    use="internal",
                )
            )
            > 0
        )

    def _check(self, tree: Filter, text: str) -> None:
        if (clash := find_clash(tree)) is not None:
            raise Unclear("clash", clash, about=text[:120])
        for problem in self._segments.check(tree):
            raise Unclear(f"check:{problem.path}", problem.message, about=text[:120])

    # --- the conversation -------------------------------------------------------------------

    def _answered(
        self, ask: Ask, reply: str, lexicon: Lexicon, vocabulary: Vocabulary
    ) -> tuple[str, Segment | None]:
        """Replay the conversation since the request, then settle the open doubt with the reply.

        The grammar is deterministic, so the doubts come up again in the same order and each gets
        the answer it got.
        """
        said = [clean(turn.text) for turn in ask.history if turn.who == "person"]
        if not said:
            return reply, ask.previous
        text, doubt = "", None
        for turn in [*said, reply]:
            if doubt is None or _starts_anew(turn, doubt):
                text = turn
            else:
                text = answers.apply(text, doubt, turn)
            doubt = self._doubt(ask, text, lexicon, vocabulary)
        if doubt is None and text == reply and len(said) >= 1 and ask.question is not None:
            asked = ask.question
            stand_in = Unclear("asked", asked.text, asked.options, about=asked.about)
            text = answers.apply(said[-1], stand_in, reply)
        return text, ask.previous

    def _doubt(
        self, ask: Ask, text: str, lexicon: Lexicon, vocabulary: Vocabulary
    ) -> Unclear | None:
        try:
            if ask.previous is not None:
                changes.change(self._reader(ask, lexicon, vocabulary), ask.previous, text)
            else:
                self._read(ask, text, lexicon, vocabulary)
        except Unclear as doubt:
            return doubt
        return None

    def _reader(self, ask: Ask, lexicon: Lexicon, vocabulary: Vocabulary) -> changes.Reader:
        def read(text: str) -> tuple[Filter, tuple[WordUse, ...]]:
            found = self._read(ask, text, lexicon, vocabulary)
            return found.tree, found.words

        today = ask.as_of.astimezone(ZoneInfo(ask.timezone)).date()
        return changes.Reader(read=read, describe=self._segments.describe, today=today)

    def _changed(self, ask: Ask, text: str, lexicon: Lexicon, vocabulary: Vocabulary) -> Reading:
        assert ask.previous is not None  # noqa: S101 - the caller has looked
        changed = changes.change(self._reader(ask, lexicon, vocabulary), ask.previous, text)
        self._check(changed.filter, text)
        old = list_name(ask.previous.filter)
        name = changed.name
        if (
            changed.filter != ask.previous.filter
            and ask.previous.name == old
            and (changed.name == ask.previous.name)
        ):
            name = list_name(changed.filter)
        segment = changed.model_copy(update={"as_of": ask.as_of, "name": name})
        use = WordUse(
            words=text,
            use="condition",
            became=f"changes it to: {self._segments.describe(segment.filter)}",
        )
        return Proposal(segment=segment, words=(use,))


def _in_plain_words(
    ask: Ask, text: str, lexicon: Lexicon, vocabulary: Vocabulary
) -> tuple[Ask, tuple[Term, ...]]:
    """Return what was asked with this team's own words read as what they mean."""
    if not ask.terms:
        return ask, ()
    glossary = Glossary(ask.terms, lexicon, vocabulary)
    plain, used = glossary.read(text)
    turns = []
    for turn in ask.history:
        said, more = glossary.read(clean(turn.text)) if turn.who == "person" else (turn.text, ())
        turns.append(turn.model_copy(update={"text": said}))
        used = used if ask.question is None else tuple(dict.fromkeys((*used, *more)))
    read = {"text": plain, "history": tuple(turns), "terms": used}
    return ask.model_copy(update=read), used


def _starts_anew(turn: str, doubt: Unclear) -> bool:
    if answers.chosen(turn, doubt.options) is not None:
        return False
    folded = turn.lower()
    openings = (
        "make ",
        "create ",
        "build ",
        "all ",
        "everyone",
        "people ",
        "contacts ",
        "how many",
        "forget it",
        "new request",
        "instead,",
        "never mind",
        "show me",
        "give me",
        "find ",
        "list ",
    )
    return folded.startswith(openings) and len(folded.split()) >= 4


def _question(doubt: Unclear) -> Question:
    options = tuple(option.strip("\x00 ") for option in doubt.options if option.strip("\x00 "))
    return Question(text=doubt.text, options=options[:8], about=doubt.about)


def _says_everyone(cursor: Cursor) -> bool:
    """Whether the request names everybody ("all contacts"): then no condition is meant."""
    return (
        any(cursor.has("people", "company", at=at) for at in range(len(cursor.tokens)))
        and len(cursor.tokens) > 0
    )


def _account(text: str, cursor: Cursor, frame: Frame) -> tuple[WordUse, ...]:
    """Return every word of the request with its use, in order."""
    spans: list[tuple[int, int, str, str]] = list(frame.taken)
    owner: dict[int, Note] = {}
    for note in sorted(cursor.notes, key=lambda n: n.end - n.start, reverse=True):
        for at in range(note.start, note.end):
            if note.use == "condition" or at not in owner:
                owner[at] = note
    at = 0
    while at < len(cursor.tokens):
        found_note = owner.get(at)
        end = at + 1
        while end < len(cursor.tokens) and owner.get(end) is found_note:
            end += 1
        start_char, end_char = cursor.tokens[at].start, cursor.tokens[end - 1].end
        if cursor.body_has(at, end):
            said = found_note.use if found_note is not None else "filler"
            became = found_note.became if found_note is not None else ""
            spans.append((start_char, end_char, said, became))
        at = end
    found = []
    for start, stop, use, became in sorted(spans):
        words = text[start:stop].strip()
        if words and any(token.kind != "mark" for token in tokenise(words)):
            found.append(WordUse(words=words, use=cast("Use", use), became=became))
    for typed, read_as in cursor.mended:
        found.append(WordUse(words=typed, use="condition", became=f'read "{typed}" as {read_as}'))
    return tuple(found)
