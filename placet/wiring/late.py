"""Parts that are loaded when they are first used: deciding on a draft needs no model, no graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from agents.port import Agent, Drafted, Proposed
from placet.store.port import Job

if TYPE_CHECKING:
    import sqlalchemy as sa

    from gates.draft import Revision
    from gates.transition import Transition
    from placet.store.durable import DbosExecutor

__all__ = ["LateAgent", "LateJobs"]


class LateJobs:
    """Durable execution as the book sees it, loaded with the first job."""

    def __init__(self, load: Callable[[], DbosExecutor]) -> None:
        self._load = load

    def enqueue(self, connection: sa.Connection, job: Job) -> None:
        """Enqueue a job in the caller's transaction."""
        self._load().enqueue(connection, job)

    def cancel(self, job_id: str) -> None:
        """Stop a job after the step it is in."""
        self._load().cancel(job_id)

    def enqueue_for(
        self, connection: sa.Connection, transition: Transition, current: Revision
    ) -> None:
        """Enqueue what a transition asks for."""
        self._load().enqueue_for(connection, transition, current)


class LateAgent(Agent):
    """An agent that is loaded when it is first called: deciding on a draft needs none."""

    def __init__(self, load: Callable[[], Agent]) -> None:
        self._load = load

    def run(
        self,
        *,
        thread_id: str,
        run_id: str,
        text: str,
        previous: Mapping[str, Any] | None = None,
    ) -> Drafted:
        """Draft what `text` asks for."""
        return self._load().run(thread_id=thread_id, run_id=run_id, text=text, previous=previous)

    def compose(
        self, action: Mapping[str, Any], *, drafter: str, prompt: str | None = None
    ) -> Proposed:
        """Return a person's own version of an action as a draft."""
        return self._load().compose(action, drafter=drafter, prompt=prompt)

    def refresh(self, action: Mapping[str, Any], *, why: str) -> Proposed:
        """Return the same action as of now."""
        return self._load().refresh(action, why=why)

    def forget(self, thread_id: str) -> None:
        """Forget a conversation."""
        self._load().forget(thread_id)
