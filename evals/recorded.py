"""Which digest each published version of a suite has: `suites/digests.json`.

A result names a version; this file is what makes the name mean one set of cases. `placet
eval lint --record` adds the versions that are new and changes none: to change a case, raise the
version.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from placet.errors import BadInput

from .suite import SUITES, load_suite, suite_names

__all__ = ["record", "recorded_digests"]


def recorded_digests(suite: str, *, root: Path = SUITES) -> Mapping[str, str]:
    """Return the digest of each recorded version of a suite; empty where there is no such file."""
    return _read(root).get(suite, {})


def record(*, root: Path = SUITES) -> Mapping[str, str]:
    """Write down every suite's current version and return the new ones, `name version: digest`.

    Raises:
        BadInput: a recorded version has other cases now; its version must be raised.
    """
    known = _read(root)
    new: dict[str, str] = {}
    for name in suite_names(root):
        suite = load_suite(name, root=root)
        versions = known.setdefault(name, {})
        if suite.spec.version not in versions:
            new[f"{name} {suite.spec.version}"] = versions[suite.spec.version] = suite.digest
        if versions[suite.spec.version] != suite.digest:
            raise BadInput(
                f"{name} {suite.spec.version} is recorded with other cases; raise `version` in "
                f"suites/{name}/suite.yaml and say in its README what changed."
            )
    text = json.dumps(known, indent=1, sort_keys=True) + "\n"
    (root / "digests.json").write_text(text, encoding="utf-8")
    return new


def _read(root: Path) -> dict[str, dict[str, str]]:
    file = root / "digests.json"
    if not file.exists():
        return {}
    try:
        read: dict[str, dict[str, str]] = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadInput(f"suites/digests.json is no JSON: {error}. Take it from git.") from error
    return read
