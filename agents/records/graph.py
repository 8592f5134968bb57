"""The graph: begin -> read (again, bounded) -> scope -> opinion -> finish."""

from __future__ import annotations

from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from .nodes import Nodes
from .state import State

__all__ = ["build_graph"]

Graph = CompiledStateGraph[State, None, State, State]


def build_graph(nodes: Nodes, checkpointer: BaseCheckpointSaver[Any]) -> Graph:
    """Return the compiled graph; a thread of the checkpointer is one conversation."""
    graph: StateGraph[State, None, State, State] = StateGraph(State)
    graph.add_node("begin", nodes.begin)
    graph.add_node("read", nodes.read)
    graph.add_node("scope", nodes.scope)
    graph.add_node("opinion", nodes.opinion)
    graph.add_node("finish", nodes.finish)
    graph.add_edge(START, "begin")
    graph.add_edge("begin", "read")
    graph.add_conditional_edges("read", nodes.after_read, ["read", "scope", "finish"])
    graph.add_conditional_edges("scope", nodes.after_scope, ["opinion", "finish"])
    graph.add_edge("opinion", "finish")
    graph.add_edge("finish", END)
    return graph.compile(checkpointer=checkpointer, name="records")
