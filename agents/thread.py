"""A conversation in a trade's graph: a killed run goes on, a finished one is not repeated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from prompts.serving import PromptSource

from .versions import pick

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.checkpoint.base import BaseCheckpointSaver

__all__ = ["Thread"]

Values = Mapping[str, Any]


class Thread:
    """One trade's threads, each under its own name so that trades never share one."""

    def __init__(
        self, trade: str, graph: Any, checkpointer: BaseCheckpointSaver[Any], *,
        prompts: PromptSource, names: Sequence[str],
    ) -> None:  # fmt: skip
        """Take the graph, and which prompts each of its runs picks when it begins."""
        self._trade, self._graph, self._checkpointer = trade, graph, checkpointer
        self._prompts, self._names = prompts, names

    def run(self, thread_id: str, run_id: str, entry: Callable[[Values], Any]) -> Values:
        """Return the state at the end of a run.

        Args:
            thread_id: the conversation.
            run_id: the run; one that was killed goes on, one that ended is not repeated.
            entry: makes what the run starts with of the conversation's state before it; the
                hashes of the prompts that it picked are put beside, as `prompts`.
        """
        config: RunnableConfig = {"configurable": {"thread_id": f"{self._trade}:{thread_id}"}}
        before = self._graph.get_state(config)
        values: Values = before.values or {}
        if values.get("run_id") != run_id:
            begun = entry(values) | {"prompts": pick(self._prompts, self._names, thread_id)}
            values = self._graph.invoke(begun, config, durability="sync")
        elif before.next:
            values = self._graph.invoke(None, config, durability="sync")
        return values

    def forget(self, thread_id: str) -> None:
        """Forget a conversation; its drafts and receipts are kept elsewhere."""
        self._checkpointer.delete_thread(f"{self._trade}:{thread_id}")
