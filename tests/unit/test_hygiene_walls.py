"""The errors of the decay benchmark and the detectors know nothing of each other."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tools.hygiene.catalogue import DETECTORS, detector_named

ROOT = Path(__file__).parents[2]
ROOMS = ("placet", "agents", "tools", "gates", "prompts", "evals")


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add((node.module or "").split(".")[0])
    return found


@pytest.mark.parametrize("name", ["clean", "errors", "lands", "people"])
def test_what_damages_records_imports_nothing_of_placet(name: str) -> None:
    path = ROOT / "benchmarks" / "decay" / f"{name}.py"
    assert imported(path) & set(ROOMS) == set()
    text = path.read_text("utf-8")
    assert "importlib" not in text
    assert "__import__" not in text


def test_nothing_that_ships_imports_a_benchmark() -> None:
    found = [
        str(path.relative_to(ROOT))
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if "benchmarks" in imported(path)
    ]
    assert found == []


def test_the_detectors_load_without_the_benchmarks() -> None:
    code = (
        "import sys; import tools.hygiene.catalogue, tools.hygiene.plan; "
        "print([m for m in sys.modules if m.startswith(('benchmarks', 'tests'))])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert ran.stdout.strip() == "[]", ran.stderr


def test_no_detector_searches_fuzzily_or_asks_the_network() -> None:
    for path in (ROOT / "tools" / "hygiene").rglob("*.py"):
        calls = [n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)]
        names = {ast.unparse(call.func).split(".")[-1] for call in calls}
        assert not names & {"search_fuzzy", "urlopen", "gethostbyname", "getaddrinfo"}, path
        network = {"socket", "requests", "httpx", "aiohttp", "urllib"}
        assert not imported(path) & network, path


def test_each_detector_says_what_it_is() -> None:
    names = [one.name for one in DETECTORS]
    assert len(names) == len(set(names))
    for one in DETECTORS:
        assert all((one.title, one.finds, one.never, one.source, one.fields)), one.name
        assert one.finds.endswith("."), one.name
        assert one.never.endswith("."), one.name
        assert detector_named(one.name) is one
    assert detector_named("nonsense") is None
