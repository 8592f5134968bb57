"""Writes a result for programs (JSON), for CI (JUnit) and for people (one HTML file)."""

from __future__ import annotations

import json
from html import escape
from typing import Any
from xml.etree import ElementTree as Xml

from placet.errors import BadInput

from .result import FORMAT, CaseResult, Group, SuiteResult
from .statistics import Rate

__all__ = ["as_html", "as_json", "as_junit", "read_json"]


def as_json(result: SuiteResult) -> str:
    """Return the whole result, figures included; `read_json` reads it back."""
    return result.model_dump_json(indent=1) + "\n"


def read_json(text: str) -> SuiteResult:
    """Read what `as_json` wrote; the figures are computed anew from the cases.

    Raises:
        BadInput: this is no result of this format.

    """
    try:
        stored = json.loads(text)
        _check_format(stored)
        return SuiteResult.model_validate({key: value for key, value in stored.items()
                                           if key in SuiteResult.model_fields})  # fmt: skip
    except (ValueError, AttributeError) as error:
        raise BadInput("This is no eval result; make one with `placet eval run --json`.") from error


def _check_format(stored: Any) -> None:
    found = stored.get("format")
    if isinstance(found, int) and found != FORMAT:
        older = "an older" if found < FORMAT else "a newer"
        raise BadInput(
            f"This result was written by {older} version of Placet (format {found}; this one reads "
            f"{FORMAT}); run the suite again with this version."
        )


def as_junit(result: SuiteResult) -> str:
    """Return JUnit XML: a wrong case is a failure, an unscored one an error."""
    figures = result.summary
    suite = Xml.Element("testsuite", {
        "name": f"{result.suite} {result.suite_version} ({result.drafter})",
        "tests": str(figures.cases), "failures": str(figures.scored - figures.right.hits),
        "errors": str(figures.unscored), "time": f"{result.seconds:.3f}",
        "timestamp": result.started_at.isoformat(timespec="seconds"),
    })  # fmt: skip
    for case in result.cases:
        _junit_case(suite, result.suite, case)
    root = Xml.Element("testsuites")
    root.append(suite)
    return Xml.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _junit_case(suite: Xml.Element, name: str, case: CaseResult) -> None:
    node = Xml.SubElement(suite, "testcase", {
        "classname": f"{name}.{case.part}", "name": case.id,
        "time": f"{case.milliseconds / 1000:.3f}",
    })  # fmt: skip
    if case.score is None:
        Xml.SubElement(node, "error", {"message": _printable(case.error or "")})
    elif not case.right:
        message = _printable(f"{case.score.outcome}: {case.score.reason}")
        found = Xml.SubElement(node, "failure", {"message": message, "type": case.score.outcome})
        found.text = _printable(case.request)


def _printable(text: str) -> str:
    # XML 1.0 has no form for most control characters, and lone surrogates cannot be written.
    kept = (
        one if one in "\t\n" or one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text
    )
    return "".join(kept)


_STYLE = """
:root{color-scheme:light dark;--line:#8884;--good:#1a7f37;--bad:#cf222e;--soft:#9a6700}
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem}
table{border-collapse:collapse;width:100%;margin:1rem 0}
th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
.n{text-align:right;font-variant-numeric:tabular-nums}.right{color:var(--good)}
.silently_wrong{color:var(--bad);font-weight:600}.wrong,.unscored{color:var(--soft)}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:12px}select{font:inherit}
"""
_SCRIPT = """
const tag=document.getElementById("tag"),how=document.getElementById("how");
function show(){for(const row of document.querySelectorAll("tr[data-tags]")){
const tags=row.dataset.tags.split(" ");
row.hidden=(tag.value&&!tags.includes(tag.value))||(how.value&&row.dataset.how!==how.value);}}
tag.addEventListener("change",show);how.addEventListener("change",show);
"""


def as_html(result: SuiteResult) -> str:
    """Return one self-contained page: figures, groups, and the cases with a filter by tag.

    All text from cases and drafters is escaped, and the page loads nothing from anywhere.
    """
    title = escape(f"{result.suite} {result.suite_version}, {result.drafter}")
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none';style-src 'unsafe-inline';script-src 'unsafe-inline'">
<style>{_STYLE}</style></head><body>
<h1>{title}</h1>
<p><strong>{escape(result.verdict)}</strong>: {escape(result.reason)}</p>
{_figures(result)}
{_groups("What was due", result.summary.by_expect)}
{_groups("By tag", result.summary.by_tag)}
{_cases(result)}
<script>{_SCRIPT}</script></body></html>
"""


def _figures(result: SuiteResult) -> str:
    figures = result.summary
    rows = [
        ("Silently wrong", _rate(figures.silently_wrong)),
        ("Right", _rate(figures.right)),
        ("Harm-weighted silently wrong", f"{figures.harm:.1%}"),
        ("Not scored", f"{figures.unscored} of {figures.cases}"),
        ("Outcomes", ", ".join(f"{name} {n}" for name, n in figures.outcomes.items())),
        *((name.replace("_", " ").capitalize(), f"{value:.3g}")
          for name, value in figures.measures.items()),
        ("Time a case, median and 95 %",
         f"{figures.milliseconds_p50:.1f} ms, {figures.milliseconds_p95:.1f} ms"),
        ("Part", result.part),
        ("Prompt", result.prompt or "none"),
        ("World", result.world),
        ("Suite hash", result.suite_digest),
        ("Scorer", result.scorer),
        ("Started", result.started_at.isoformat(timespec="seconds")),
    ]  # fmt: skip
    cells = (f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in rows)
    return f"<table>{''.join(cells)}</table>"


def _groups(title: str, groups: tuple[Group, ...]) -> str:
    rows = (
        f"<tr><td>{escape(group.name)}</td><td class=n>{escape(_rate(group.right))}</td>"
        f"<td class=n>{escape(_rate(group.silently_wrong))}</td></tr>"
        for group in groups
    )
    head = f"<tr><th>{escape(title)}</th><th class=n>Right</th><th class=n>Silently wrong</th></tr>"
    return f"<table>{head}{''.join(rows)}</table>"


def _cases(result: SuiteResult) -> str:
    tags = [group.name for group in result.summary.by_tag]
    choices = _options("tag", "every tag", tags) + _options("how", "every ending", _HOW)
    rows = "".join(map(_case, result.cases))
    head = "<tr><th>Case</th><th>Request</th><th>Ending</th></tr>"
    return f"<h2>Cases</h2><p>{choices}</p><table>{head}{rows}</table>"


_HOW = ["right", "silently_wrong", "wrong", "unscored"]


def _options(name: str, everything: str, values: list[str]) -> str:
    listed = "".join(f"<option>{escape(value)}</option>" for value in values)
    every = f'<option value="">{everything}</option>'
    return f'<select id="{name}" aria-label="{name}">{every}{listed}</select> '


def _case(case: CaseResult) -> str:
    how = _how(case)
    ending = (
        case.error or "" if case.score is None else f"{case.score.outcome}: {case.score.reason}"
    )
    trees = _tree("gold", case.gold) + _tree("reading", case.reading)
    return (
        f'<tr data-tags="{escape(" ".join(case.tags))}" data-how="{how}"><td>{escape(case.id)}</td>'
        f"<td>{escape(case.request or 'held out')}</td>"
        f'<td><span class="{how}">{escape(ending)}</span>{trees}</td></tr>'
    )


def _tree(label: str, tree: dict[str, Any] | None) -> str:
    if tree is None:
        return ""
    text = escape(json.dumps(tree, indent=1, ensure_ascii=False))
    return f"<details><summary>{label}</summary><pre>{text}</pre></details>"


def _how(case: CaseResult) -> str:
    if case.score is None:
        return "unscored"
    if case.silently_wrong:
        return "silently_wrong"
    return "right" if case.right else "wrong"


def _rate(rate: Rate) -> str:
    if rate.value is None:
        return "none counted"
    return f"{rate.hits} of {rate.of} = {rate.value:.1%} ({rate.low:.1%} to {rate.high:.1%})"
