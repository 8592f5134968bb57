"""The graph: begin, brief, audience, draft, build and check, repair (bounded), opinion, finish."""

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
    graph.add_node("brief", nodes.brief)
    graph.add_node("audience", nodes.audience)
    graph.add_node("draft", nodes.draft)
    graph.add_node("check", nodes.check)
    graph.add_node("repair", nodes.repair)
    graph.add_node("opinion", nodes.opinion)
    graph.add_node("finish", nodes.finish)
    graph.add_edge(START, "begin")
    graph.add_edge("begin", "brief")
    graph.add_conditional_edges("brief", nodes.after_brief, ["brief", "audience", "finish"])
    graph.add_conditional_edges("audience", nodes.after_audience, ["draft", "finish"])
    graph.add_edge("draft", "check")
    graph.add_conditional_edges("check", nodes.after_check, ["draft", "repair", "opinion"])
    graph.add_edge("repair", "opinion")
    graph.add_edge("opinion", "finish")
    graph.add_edge("finish", END)
    return graph.compile(checkpointer=checkpointer, name="emails")
