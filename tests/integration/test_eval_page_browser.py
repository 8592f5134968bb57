"""The page of a run in a real browser: filters work, its own policy refuses nothing."""

from __future__ import annotations

from pathlib import Path

from evals import Plan, as_html, run
from tests.browser import browser
from tests.evaluations import RoteModel, RoteTask, suite_of

_SHOWN = "[...document.querySelectorAll('tr[data-tags]')].filter(row => !row.hidden).length"


def _choose(name: str, value: str) -> str:
    return (
        f"(() => {{ const e = document.getElementById('{name}'); e.value = '{value}';"
        " e.dispatchEvent(new Event('change')); e.dispatchEvent(new Event('input')); })()"
    )


def test_cases_are_filtered_by_tag_ending_and_words(tmp_path: Path) -> None:
    result = run(suite_of(9), RoteTask(RoteModel(wrong=0.5)), "dev", plan=Plan(epochs=2),
                 model="rote")  # fmt: skip
    file = tmp_path / "run.html"
    file.write_text(as_html(result), encoding="utf-8")
    right = sum(case.right for case in result.cases)
    with browser(tmp_path) as page:
        page.go(file.as_uri())
        assert page.run(_SHOWN) == 18
        page.run(_choose("tag", "odd"))
        assert page.run(_SHOWN) == 8
        page.has("8 of 18 shown")
        page.run(_choose("tag", ""))
        page.run(_choose("how", "right"))
        assert page.run(_SHOWN) == right
        page.run(_choose("how", ""))
        page.run(_choose("words", "what is 3?"))
        assert page.run(_SHOWN) == 2
        wide = page.run("document.documentElement.scrollWidth <= window.innerWidth")
        assert wide, "the page scrolls sideways"
        assert page.trouble == []
