"""Records as a task: the whole agent drafts, the cells that would differ decide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from agents.port import Agent, Answer, Drafted, Proposed, Refusal
from evals.case import Case
from evals.paraphrases import print_of
from evals.score import RIGHT, Score, judge_talk
from evals.spec import SuiteSpec
from evals.task import Scored
from evals.trial import conversation
from tools.hygiene.change import FieldChange
from tools.hygiene.duplicates import Merge
from tools.records.lines import read_changes, read_merges
from tools.segments.tree import Segment

from .applying import After, Key, apply, restores
from .case import RecordCase
from .score import VERSION, Gold, Verdict, judge, score_records
from .world import RecordsWorld

__all__ = ["RecordTask"]


class RecordTask:
    """The records agent as production runs it, detectors and checks included."""

    scorer = VERSION

    def __init__(
        self, agent: Agent, world: RecordsWorld, *, drafter: str, prompt: str | None
    ) -> None:
        self._agent, self._world = agent, world
        self.drafter, self.prompt = drafter, prompt

    @property
    def world(self) -> str:
        """Which population, and which version of it."""
        return self._world.name

    def read(self, case: Case, spec: SuiteSpec) -> Drafted:
        """Let the agent draft; each case is a conversation of its own."""
        name = conversation(case, spec)
        return self._agent.run(thread_id=name, run_id=name, text=case.request)

    def score(self, case: Case, spec: SuiteSpec, reading: Any) -> Scored:
        """Carry the drafts out on paper and compare the end state cell by cell."""
        case, drafted = _own(case), reading
        if not drafted.proposed:
            return Scored(
                score=_talk(case, drafted), reading={"reply": drafted.reply},
                measures=_asked(case, drafted), gold_print=self._gold_print(case, spec),
                made=print_of(drafted.refused or drafted.clarification is not None),
            )  # fmt: skip
        bulk, every, repeats = self._carried_out(drafted.proposed)
        changes = [change for one in drafted.proposed for change in _content(one)[0]]
        restored = restores(self._world.stored, changes, every)
        blocked = [f"{check.name}: {check.message}" for one in drafted.proposed
                   for check in one.checks if check.status == "error"]  # fmt: skip
        verdict = judge(self._gold(case, spec), bulk, every) if case.expect == "draft" else None
        return Scored(
            score=score_records(case, blocked, verdict, repeats=repeats, restores=restored),
            reading={"drafts": [one.title for one in drafted.proposed],
                     "changed": len(every.cells), "merged": len(every.merged)},
            gold=case.model_dump(mode="json", include={"certain", "look", "maybe", "merge", "set"}),
            measures={**_measures(verdict), **_asked(case, drafted), "restored": float(restored)},
            made=print_of([sorted([*key, value or ""] for key, value in every.cells.items()),
                           sorted(sorted(group) for group in every.merged)]),
            gold_print=self._gold_print(case, spec),
            details={"lines": list(verdict.lines[:20])} if verdict else {},
        )  # fmt: skip

    def lint(self, case: Case, spec: SuiteSpec) -> Iterable[str]:
        """Return which gold cells are no change in this world, or whom a filter does not find."""
        case = _own(case)
        gold = self._gold(case, spec)
        for key, value in {**gold.certain, **gold.look, **gold.maybe}.items():
            subject, record, field = key
            row = self._world.rows(case.subject, [record]).get(record)
            if row is None or field not in row:
                yield f"{case.id}: there is no {subject} {record} with a field {field}"
            elif row[field] == value:
                yield f"{case.id}: {record}.{field} already is {value!r}"
        for group in (*case.merge, *case.maybe_merge):
            if len(self._world.rows(case.subject, group)) != len(group):
                yield f"{case.id}: not all of {', '.join(group)} are there"
        if case.set is not None:
            yield from self._lint_set(case, spec, gold)

    def _lint_set(self, case: RecordCase, spec: SuiteSpec, gold: Gold) -> Iterator[str]:
        assert case.set is not None  # noqa: S101 - the caller has looked
        for problem in self._world.check(case.set.filter):
            yield f"{case.id}: gold is refused at {problem.path}: {problem.message}"
        if not gold.certain:
            yield f"{case.id}: the gold changes nobody"

    # --- within -----------------------------------------------------------------------------

    def _carried_out(self, drafts: Sequence[Proposed]) -> tuple[After, After, bool]:
        """Return the end state of the bulk drafts and of all, and whether twice is once."""
        stored = self._world.stored
        bulk, every = After(), After()
        for one in drafts:
            changes, merges = _content(one)
            every = apply(stored, changes, merges, every)
            if one.action["order"]["level"] == "certain":
                bulk = apply(stored, changes, merges, bulk)
        again = every
        for one in drafts:
            again = apply(stored, *_content(one), again)
        same = again.cells == every.cells and again.merged == every.merged
        return bulk, every, same

    def _gold(self, case: RecordCase, spec: SuiteSpec) -> Gold:
        def keys(cells: dict[str, str | None]) -> dict[Key, str | None]:
            return {(case.subject, *_split(cell)): value for cell, value in cells.items()}

        return Gold(
            certain=keys(case.certain) | self._set(case, spec), look=keys(case.look),
            maybe=keys(case.maybe), merged=frozenset(map(frozenset, case.merge)),
            maybe_merged=frozenset(map(frozenset, case.maybe_merge)),
        )  # fmt: skip

    def _gold_print(self, case: RecordCase, spec: SuiteSpec) -> str:
        """Return the hash of the end state that is due; empty where nothing is to change."""
        if case.expect != "draft":
            return ""
        gold = self._gold(case, spec)
        due = {**gold.certain, **gold.look}
        return print_of([sorted([*key, value or ""] for key, value in due.items()),
                         sorted(sorted(group) for group in gold.merged)])  # fmt: skip

    def _set(self, case: RecordCase, spec: SuiteSpec) -> dict[Key, str | None]:
        if case.set is None or self._world.check(case.set.filter):
            return {}
        one = case.set
        segment = Segment(name=case.id, filter=one.filter, as_of=spec.as_of,
                          timezone=spec.timezone, use="internal")  # fmt: skip
        rows = self._world.rows("contact", list(self._world.members(segment)))
        return {
            ("contact", record, one.field): one.value
            for record, row in rows.items()
            if row[one.field] != one.value and (one.holds is None or row[one.field] == one.holds)
        }


def _content(draft: Proposed) -> tuple[list[FieldChange], list[Merge]]:
    action = draft.action
    data = {one.ref.sha256: one.data for one in draft.files}
    if draft.kind == "merge_records":
        return [], list(read_merges(data[action["plan"]["sha256"]]).values())
    changes = read_changes(data[action["changes"]["sha256"]])
    return [one for mine in changes.values() for one in mine], []


def _split(cell: str) -> tuple[str, str]:
    record, _, field = cell.partition(".")
    return record, field


def _talk(case: RecordCase, drafted: Drafted) -> Score:
    ending = drafted.clarification or (
        Refusal(text=drafted.reply) if drafted.refused else Answer(text=drafted.reply)
    )
    outcome, reason = judge_talk(case, ending)
    return Score(value=float(outcome in RIGHT), outcome=outcome, reason=reason, version=VERSION)


def _asked(case: RecordCase, drafted: Drafted) -> dict[str, float]:
    if case.expect != "question":
        return {}
    return {"asked_when_needed": float(drafted.clarification is not None)}


def _measures(verdict: Verdict | None) -> dict[str, float]:
    if verdict is None:
        return {}
    due = verdict.right + len(verdict.missing)
    found = {"collateral": float(len(verdict.extra) + len(verdict.wrong)),
             "rash": float(len(verdict.rash))}  # fmt: skip
    return found | ({"recall": verdict.right / due} if due else {})


def _own(case: Case) -> RecordCase:
    assert isinstance(case, RecordCase)  # noqa: S101 - the suite's trade says so
    return case
