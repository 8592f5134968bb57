"""The agents, wired: each trade's own, and the router over all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from agents.port import Agent, Proposed
from placet.clock import Clock
from placet.settings import Settings
from placet.store.desk import Tester
from prompts.serving import PromptSource, ShippedPrompts
from tools.crm.port import CrmReader
from tools.email.sending import recent_campaigns
from tools.files import Files
from tools.segments.port import SegmentReader

from .late import LateAgent
from .mail import Mail
from .records import Records

if TYPE_CHECKING:
    import sqlalchemy as sa

    from agents.emails import EmailAgent
    from agents.emails.recent import Pictures
    from agents.models import ChatModel
    from agents.records import RecordsAgent
    from agents.segments import SegmentAgent
    from tools.email.checks.port import SentBefore

__all__ = ["Agents"]

_RECENT = timedelta(days=60)
"""How far back a repeat of an email is noticed."""


class Agents:
    """What drafts; loaded with the first request, because langgraph takes a second to load."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        *,
        engine: sa.Engine,
        crm: CrmReader,
        segments: SegmentReader,
        mail: Mail,
        records: Records,
        files: Files,
        audit: Callable[[], str],
        checkpointer: Callable[[], Any],
        prompts: PromptSource | None = None,
    ) -> None:
        self._settings, self._clock, self._engine = settings, clock, engine
        self._crm, self._segments, self._mail = crm, segments, mail
        self._records, self._files, self._audit = records, files, audit
        self._checkpointer, self._prompts = checkpointer, prompts or ShippedPrompts()

    @cached_property
    def model(self) -> ChatModel | None:
        """The model that drafts: one for all trades, which remembers how its server is asked."""
        from agents.models import open_model  # late: deciding on a draft needs none

        return open_model(self._settings)

    @cached_property
    def segments(self) -> SegmentAgent:
        """Drafts segments, with whichever drafters the settings allow."""
        from agents.segments import build_agent  # late: loads langgraph

        return build_agent(
            settings=self._settings,
            crm=self._crm,
            segments=self._segments,
            checkpointer=self._checkpointer(),
            clock=self._clock,
            model=self.model,
            prompts=self._prompts,
        )

    @cached_property
    def emails(self) -> EmailAgent:
        """Drafts emails, with pictures on the card where there is a browser."""
        from tools.email.preview import Screenshots

        return self.build_emails(pictures=Screenshots(), model=self.model, prompts=self._prompts)

    def build_emails(
        self,
        *,
        pictures: Pictures | None,
        model: ChatModel | None = None,
        prompts: PromptSource | None = None,
    ) -> EmailAgent:
        """Return an email agent with these pictures, or without: an eval looks at none.

        `model` None is the rules alone, `prompts` None the files that ship: an eval brings both.
        """
        from agents.emails import build_email_agent  # late: loads langgraph

        return build_email_agent(
            settings=self._settings,
            crm=self._crm,
            segments=self._segments,
            recipients=self._mail.recipients,
            brand=self._mail.brand,
            links=self._mail.links,
            checkpointer=self._checkpointer(),
            clock=self._clock,
            recent=self._recent,
            pictures=pictures,
            model=model,
            prompts=prompts,
        )

    @cached_property
    def records(self) -> RecordsAgent:
        """Drafts corrections of records."""
        from agents.records import build_records_agent  # late: loads langgraph

        return build_records_agent(
            settings=self._settings,
            crm=self._crm,
            segments=self._segments,
            hygiene=self._records.hygiene,
            files=self._files,
            checkpointer=self._checkpointer(),
            clock=self._clock,
            gaps=self._records.gaps,
            enrichers=self._records.enrichers,
            budget=self._settings.enrichment_credits,
            audit=self._audit,
            model=self.model,
            prompts=self._prompts,
        )

    @cached_property
    def router(self) -> Agent:
        """Takes every request and hands it to the trade that it is for."""
        from agents.routing import Router  # late: loads langgraph

        trades: dict[str, Agent] = {
            "segments": self.segments,
            "emails": self.emails,
            "records": self.records,
        }
        return Router(trades, checkpointer=self._checkpointer())

    @property
    def late(self) -> Agent:
        """The router, loaded with its first request."""
        return LateAgent(lambda: self.router)

    def by_kind(self) -> Mapping[str, Agent]:
        """Return who composes edits of, and refreshes, drafts of which kind of action."""
        return {
            "build_segment": LateAgent(lambda: self.segments),
            "send_email": LateAgent(lambda: self.emails),
            "fix_records": LateAgent(lambda: self.records),
            "merge_records": LateAgent(lambda: self.records),
        }

    def testers(self) -> Mapping[str, Tester]:
        """Return what makes a try-out of drafts of which kind."""
        return {"send_email": _LateTester(lambda: self.emails)}

    def _recent(self) -> Sequence[SentBefore]:
        with self._engine.connect() as connection:
            return recent_campaigns(connection, self._clock.now() - _RECENT)


class _LateTester:
    def __init__(self, load: Callable[[], Tester]) -> None:
        self._load = load

    def test_of(self, action: Mapping[str, Any], *, draft_id: str, to: str) -> Proposed:
        return self._load().test_of(action, draft_id=draft_id, to=to)
