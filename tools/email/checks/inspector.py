"""The inspector: sees every member's message once, then says what is wrong with the email.

What runs per message is the tally alone. The checks run once, at the end, over the email as
written, the counts, and the few messages that differ from each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from gates.draft import Check
from placet.errors import BadInput
from tools.email.brand import Brand
from tools.email.marks import Condition, Tag, Token
from tools.email.model import Button, Email, Image, Schedule
from tools.email.personal import Pieces
from tools.email.port import Recipient, Rendered

from .case import Case, Sample
from .catalogue import CHECKS, FAMILIES
from .copytext import sources_of
from .facts import NO_FACTS, Facts
from .port import Finding, SentBefore
from .spamd import Spamd
from .tally import Tally

__all__ = ["Inspector", "Report"]

_ORDER = {"error": 0, "warn": 1, "info": 2}


class Report(BaseModel):
    """What the checks found."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    findings: tuple[Finding, ...]
    """Errors first, then warnings, then what is only told."""
    members: int
    """How many messages were seen."""

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Return what blocks Approve."""
        return tuple(one for one in self.findings if one.severity == "error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Return what should be looked at."""
        return tuple(one for one in self.findings if one.severity == "warn")

    def checks(self) -> tuple[Check, ...]:
        """Return the findings as a draft holds them: one line per check that found something.

        A family without an error or a warning is one line that says how many checks passed.
        """
        return (*self._failed(), *self._passed())

    def _failed(self) -> Iterator[Check]:
        names = dict.fromkeys(one.name for one in self.findings if one.severity != "info")
        for name in names:
            mine = [one for one in self.findings if one.name == name and one.severity != "info"]
            more = f" And {len(mine) - 1} more of its kind." if len(mine) > 1 else ""
            status: Literal["error", "warn"] = "error" if mine[0].severity == "error" else "warn"
            message = f"{mine[0].message}{_quoted(mine[0])}{more}"
            yield Check(name=name, status=status, message=message, fix=mine[0].fix)

    def _passed(self) -> Iterator[Check]:
        failed = {one.name.partition(".")[0] for one in self.findings if one.severity != "info"}
        for family in FAMILIES:
            if family not in failed and family != "spam":
                count = sum(1 for check in CHECKS if check.name.startswith(f"{family}."))
                told = [one.message for one in self.findings if one.name.startswith(f"{family}.")]
                yield Check(
                    name=family,
                    status="ok",
                    message=" ".join((f"{count} checks passed.", *told[:2])),
                )


def _quoted(finding: Finding) -> str:
    """Return the evidence where the message does not hold it already."""
    if not finding.evidence or finding.evidence in finding.message:
        return ""
    short = finding.evidence if len(finding.evidence) <= 120 else finding.evidence[:119] + "…"
    return f" [{short}]"


class Inspector:
    """Inspects one email; not for several threads at once."""

    def __init__(
        self,
        email: Email,
        brand: Brand,
        *,
        brief: str,
        schedule: Schedule,
        as_of: datetime,
        recent: Sequence[SentBefore] = (),
        facts: Facts = NO_FACTS,
        expected: int | None = None,
        timezone: str = "UTC",
        spamd: Spamd | None = None,
    ) -> None:
        """Take all that is known before the first message.

        Args:
            email: as written.
            brand: whose it is.
            brief: what was asked for, with every answer to a question; empty: nothing to hold the
                copy against, which is a warning.
            schedule: when it leaves.
            as_of: the present moment.
            recent: what was sent lately.
            facts: what the CRM knows and the copy may say: names of events, assets, companies.
            expected: how many people the CRM holds in all.
            timezone: whose calendar "today" is of, IANA.
            spamd: SpamAssassin's daemon, where one is to be asked.
        """
        self._given = (
            email,
            brand,
            brief,
            schedule,
            as_of,
            tuple(recent),
            facts,
            expected,
            timezone,
            spamd,
        )
        self._refused: list[str] = []
        self._tokens, conditions, self._broken = _liquid(email)
        shown = {token.name for token in self._tokens if not token.condition}
        self._tally = Tally(shown=tuple(sorted(shown)), conditions=conditions)

    def see(self, rendered: Rendered, recipient: Recipient) -> None:
        """Look at one member's message; once per member."""
        self._tally.see(rendered, recipient)

    def refused(self, why: str) -> None:
        """Take note that the build refuses the email, or a member's message, and why."""
        self._refused.append(why)

    def report(self) -> Report:
        """Run every check and return what they found."""
        case = self._case()
        found = [one for check in CHECKS for one in check.findings(case)]
        found.sort(key=lambda one: _ORDER[one.severity])
        return Report(findings=tuple(dict.fromkeys(found)), members=self._tally.members)

    def _case(self) -> Case:
        email, brand, brief, schedule, as_of, recent, facts, expected, timezone, spamd = self._given
        samples = [Sample(rendered=one, recipient=who) for one, who in self._tally.kept.values()]
        return Case(
            email=email, brand=brand, brief=brief, schedule=schedule, as_of=as_of, recent=recent,
            given=facts, tally=self._tally, samples=samples, tokens=self._tokens,
            broken=self._broken, refused=self._refused, expected=expected, timezone=timezone,
            spamd=spamd,
        )  # fmt: skip


def _liquid(email: Email) -> tuple[tuple[Token, ...], tuple[Condition, ...], tuple[str, ...]]:
    """Return the tokens and conditions of an email, and what its Liquid is refused for."""
    pieces, broken = Pieces(), []
    links = [
        (f"body[{at}].url", block.url)
        for at, block in enumerate(email.body)
        if isinstance(block, Button | Image)
    ]
    for where, source in (*((where, source) for where, _, source in sources_of(email)), *links):
        try:
            pieces.mark(source, where)
        except BadInput as error:
            broken.append(str(error))
    conditions = tuple(
        one.condition for one in pieces.items if isinstance(one, Tag) and one.condition
    )
    return tuple(pieces.tokens), conditions, tuple(broken)
