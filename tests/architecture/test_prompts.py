"""Prompts change through the gate alone: who may write what serves, and who may not."""

import ast
import inspect
from pathlib import Path

from tools.prompts.port import PromptReader, PromptShelf

ROOT = Path(__file__).parents[2]


def test_writing_a_prompt_takes_a_permit() -> None:
    reading = {name for name in vars(PromptReader) if not name.startswith("_")}
    writing = {name for name in vars(PromptShelf) if not name.startswith("_")} - reading
    assert writing == {"promote"}, "a new method: say here whether it writes"
    assert "permit" in inspect.signature(PromptShelf.promote).parameters


def test_agents_and_evals_never_hold_the_writing_side() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for room in ("agents", "evals", "prompts")
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
        and {alias.name for alias in node.names} & {"PromptShelf", "ChangePromptHandler"}
    ]
    assert found == []


def test_what_serves_is_written_in_one_place() -> None:
    found = {
        str(path.relative_to(ROOT))
        for room in ("placet", "tools", "evals")
        for path in (ROOT / room).rglob("*.py")
        if "migrations" not in path.parts
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in ("prompt_serving", "prompt_history")
        and node.attr in ("insert", "update", "delete")
    }
    assert found == {"placet/store/prompt_rows.py"}
