"""Each prompt gets exactly its inputs, and the numbers in it come from the code that enforces them.

What code hands to a prompt is read from the source: a call of `rendered(...)` or `.render(...)`
with keywords. A number that is written into a text, or into such a call, goes stale in silence.
"""

import ast
import importlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from prompts import Prompt, load_prompt, prompt_names

ROOT = Path(__file__).parents[2]
BESIDE = {"boundary", "today", "request"}
"""Arguments of `render` that any prompt takes."""
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
         "eleven", "twelve")  # fmt: skip


@dataclass(frozen=True)
class Call:
    """A place where a prompt is filled in."""

    where: str
    module: str
    values: Mapping[str, ast.expr]

    @property
    def names(self) -> set[str]:
        return set(self.values) - BESIDE


def calls() -> Iterator[Call]:
    for path in sorted([*(ROOT / "agents").rglob("*.py"), *(ROOT / "evals").rglob("*.py")]):
        source = path.read_text("utf-8")
        if "from prompts" not in source and "from agents.versions" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func).split(".")[-1]
            passed_on = any(one.arg is None for one in node.keywords)
            if name not in ("render", "rendered") or not node.keywords or passed_on:
                continue
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            values = {one.arg: one.value for one in node.keywords if one.arg is not None}
            yield Call(f"{path.relative_to(ROOT)}:{node.lineno}", module, values)


CALLS = list(calls())


def wanted(prompt: Prompt) -> set[str]:
    return {*prompt.inputs, *prompt.untrusted} - BESIDE


def of(prompt: Prompt) -> list[Call]:
    return [call for call in CALLS if call.names == wanted(prompt)]


def constants(call: Call, names: set[str]) -> Iterator[int]:
    """Yield the numbers that a call takes from constants of the code."""
    module = importlib.import_module(call.module)
    for name in names & call.names:
        for node in ast.walk(call.values[name]):
            if isinstance(node, ast.Name) and node.id.isupper() | node.id.startswith("_"):
                value = getattr(module, node.id, None)
                if isinstance(value, int):
                    yield value


def bare(body: str, limits: set[int]) -> list[str]:
    """Return the numbers in a text, in digits or in words, that are limits of the code."""
    text = re.sub(r"\{\{.*?\}\}", "", body)
    digits = [one for one in re.findall(r"(?<![\w-])\d+(?![\w-])", text) if int(one) in limits]
    spelt = {WORDS[limit] for limit in limits if 2 < limit < len(WORDS)}
    return digits + [one for one in re.findall(r"[a-z]+", text.lower()) if one in spelt]


FILLED = [name for name in prompt_names() if wanted(load_prompt(name))]


@pytest.mark.parametrize("name", FILLED)
def test_code_hands_each_prompt_exactly_its_inputs(name: str) -> None:
    assert of(load_prompt(name)), f"no call hands over exactly {sorted(wanted(load_prompt(name)))}"


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.where)
def test_every_call_is_for_a_prompt_that_ships(call: Call) -> None:
    assert [n for n in FILLED if wanted(load_prompt(n)) == call.names], sorted(call.names)


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.where)
def test_no_number_is_written_into_a_call(call: Call) -> None:
    numbers = [
        name
        for name, value in call.values.items()
        if isinstance(value, ast.Constant) and isinstance(value.value, int | float)
    ]
    assert numbers == [], "name the constant that enforces it"


@pytest.mark.parametrize("name", FILLED)
def test_no_limit_of_the_code_stands_in_a_text(name: str) -> None:
    prompt = load_prompt(name)
    limits = {one for call in of(prompt) for one in constants(call, set(prompt.inputs))}
    assert bare(prompt.body, limits) == []


def test_these_tests_can_fail() -> None:
    prompt = load_prompt("segments/draft")
    (call,) = of(prompt)
    limits = set(constants(call, set(prompt.inputs)))
    most = importlib.import_module(call.module).MOST_OPTIONS
    assert {most, importlib.import_module(call.module).ATTEMPTS} <= limits
    written = prompt.body.replace("{{ most_options }}", str(most))
    assert bare(written, limits) == [str(most)]
    spelt = prompt.body.replace("{{ attempts }} attempts", "three attempts")
    assert bare(spelt, {3}) == ["three"]
    assert Call("", call.module, {**call.values, "more": call.values["attempts"]}).names != wanted(
        prompt
    )
