"""House rules that would otherwise be repeated in review."""

import ast
import importlib
import importlib.metadata
import inspect
import pkgutil
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("placet", "agents", "tools", "gates", "prompts", "evals")
SOURCES = [
    path
    for room in ROOMS
    for path in (ROOT / room).rglob("*.py")
    if "__pycache__" not in path.parts
]


def calls(path: Path) -> list[ast.Call]:
    return [n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)]


def name_of(call: ast.Call) -> str:
    return ast.unparse(call.func)


def where(found: list[tuple[Path, int]]) -> list[str]:
    return [f"{path.relative_to(ROOT)}:{line}" for path, line in found]


def test_permits_are_built_in_one_place() -> None:
    found = [
        (path, call.lineno)
        for path in SOURCES
        for call in calls(path)
        if name_of(call).split(".")[-1] == "Permit" and path != ROOT / "gates" / "permit.py"
    ]
    assert where(found) == []


def test_nobody_commits_by_hand() -> None:
    found = [
        (path, call.lineno)
        for path in SOURCES
        for call in calls(path)
        if name_of(call).endswith(".commit") and name_of(call) != "super().commit"
    ]
    assert where(found) == [], "use `with engine.begin()`: one job, one transaction, at the edge"


def test_every_port_method_that_writes_takes_a_permit() -> None:
    from tools.crm.port import ListWriter
    from tools.execution import Handler

    writers = {"create_list", "add_members", "archive_list"}
    for name in writers:
        assert "permit" in inspect.signature(getattr(ListWriter, name)).parameters, name
    assert "permit" in inspect.signature(Handler.run).parameters
    reading = {"list_by_key", "members_of"}
    public = {name for name in vars(ListWriter) if not name.startswith("_")}
    assert public == writers | reading, "a new method: say here whether it writes"


def test_agents_are_handed_readers_only() -> None:
    found = [
        (path, node.lineno)
        for path in (ROOT / "agents").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
        and {alias.name for alias in node.names} & {"ListWriter", "Permit", "LocalCrm", "Handler"}
    ]
    assert where(found) == []


def test_the_environment_is_read_in_settings_alone() -> None:
    pattern = re.compile(r"os\.(environ|getenv)")
    found = [
        str(path.relative_to(ROOT)) for path in SOURCES if pattern.search(path.read_text("utf-8"))
    ]
    assert found == ["placet/settings.py"]


def test_only_one_module_knows_dbos() -> None:
    found = {
        str(path.relative_to(ROOT))
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "dbos")
        or (
            isinstance(node, ast.Import) and any(a.name.split(".")[0] == "dbos" for a in node.names)
        )
    }
    assert found == {"placet/store/durable.py"}


def packages() -> list[str]:
    found = []
    for room in ROOMS:
        found.append(room)
        module = importlib.import_module(room)
        found += [
            info.name
            for info in pkgutil.walk_packages(module.__path__, f"{room}.")
            if info.ispkg and ".versions" not in info.name
        ]
    return found


def _constants_then_classes_then_functions(name: str) -> tuple[int, str]:
    return (0 if name.isupper() else 1 if name[0].isupper() else 2), name  # as ruff's RUF022


@pytest.mark.parametrize("package", packages())
def test_every_front_desk_says_what_it_is_and_shows_a_sorted_list(package: str) -> None:
    module = importlib.import_module(package)
    assert module.__doc__, f"{package} has no docstring"
    if package.endswith(".migrations") or not hasattr(module, "__all__"):
        return
    names = list(module.__all__)
    assert names == sorted(names, key=_constants_then_classes_then_functions)
    assert all(hasattr(module, name) for name in names)


def test_no_other_distribution_provides_our_top_level_names() -> None:
    clash = {
        name: sorted(set(owners) - {"placet"})
        for name, owners in importlib.metadata.packages_distributions().items()
        if name in ROOMS and set(owners) - {"placet"}
    }
    assert clash == {}, "openai-agents and evals on PyPI clash: Placet needs its own environment"


def test_no_committed_line_names_a_registry_or_this_machine() -> None:
    pattern = re.compile(
        r"py[p]i\.org|python[h]osted|[n]pmjs\.|(^|[^a-z./])/(work|farm)/", re.MULTILINE
    )
    found = [
        str(path.relative_to(ROOT))
        for path in [*SOURCES, ROOT / "requirements.lock", ROOT / "pyproject.toml"]
        if pattern.search(path.read_text("utf-8"))
    ]
    assert found == []
