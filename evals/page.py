"""A run as one self-contained page: figures, and each case with its differences and its trace."""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape
from typing import Any

from .differing import side_by_side
from .result import Call, CaseResult, Group, SuiteResult
from .statistics import Rate

__all__ = ["as_html"]

_FEW_TAGS = 8
_STYLE = """
:root{color-scheme:light dark;--line:#8884;--good:#1a7f37;--bad:#cf222e;--soft:#9a6700;
--bad-back:#cf222e1f;--box:#8881}
@media (prefers-color-scheme:dark){:root{--good:#3fb950;--bad:#ff7b72;--soft:#d29922;
--bad-back:#ff7b7226}}
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:76rem;padding:0 1rem}
table{border-collapse:collapse;width:100%;margin:.6rem 0}
th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid var(--line);vertical-align:top;
overflow-wrap:anywhere}th{overflow-wrap:normal}
h1{margin-bottom:.2rem}h2{margin-top:2rem}.n{text-align:right;font-variant-numeric:tabular-nums}
.right{color:var(--good)}.silently_wrong{color:var(--bad);font-weight:600}
.wrong,.unscored{color:var(--soft)}.verdict{font-size:1.1rem}
.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(26rem,1fr));gap:0 2rem}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:12px;margin:.3rem 0;padding:.5rem;
background:var(--box);border-radius:6px}
details{margin:.3rem 0}summary{cursor:pointer}.bar{position:sticky;top:0;background:Canvas;
padding:.5rem 0;border-bottom:1px solid var(--line);z-index:1}
select,input{font:inherit;margin-right:.5rem}.diff td{font:12px/1.4 ui-monospace,monospace;
white-space:pre-wrap;overflow-wrap:anywhere;width:50%;padding:0 .5rem;border:0}
.diff tr.off td{background:var(--bad-back)}.diff{background:var(--box);table-layout:fixed}
.cases{table-layout:fixed}.cases th:first-child{width:12rem}.cases th:nth-child(2){width:30%}
.tags{color:GrayText;font-size:12px}
"""
_SCRIPT = """
const by=id=>document.getElementById(id),rows=[...document.querySelectorAll("tr[data-tags]")];
function show(){let n=0;const words=by("words").value.toLowerCase();for(const row of rows){
row.hidden=(by("tag").value&&!row.dataset.tags.split(" ").includes(by("tag").value))
||(by("how").value&&row.dataset.how!==by("how").value)
||(words&&!row.textContent.toLowerCase().includes(words));n+=!row.hidden;}
by("count").textContent=n+" of "+rows.length+" shown";}
for(const id of ["tag","how"])by(id).addEventListener("change",show);
by("words").addEventListener("input",show);show();
"""


def as_html(result: SuiteResult) -> str:
    """Return one page that loads nothing: figures, groups, and the cases with a filter by tag.

    All text from cases, drafters and models is escaped.
    """
    title = escape(f"{result.suite} {result.suite_version}, {_who(result)}")
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none';style-src 'unsafe-inline';script-src 'unsafe-inline'">
<style>{_STYLE}</style></head><body>
<h1>{title}</h1>
<p class="verdict"><strong>{escape(result.verdict)}</strong>: {escape(result.reason)}</p>
{_figures(result)}
<div class="two"><div>{_groups("What was due", result.summary.by_expect)}</div>
<div>{_by_tag(result)}</div></div>
{_cases(result)}
<script>{_SCRIPT}</script></body></html>
"""


def _who(result: SuiteResult) -> str:
    return result.drafter + (f" with {result.model}" if result.model else "")


def _figures(result: SuiteResult) -> str:
    figures = result.summary
    rows = [
        ("Right", _rate(figures.right)),
        ("Silently wrong", _rate(figures.silently_wrong)),
        ("Harm-weighted silently wrong", f"{figures.harm:.1%}"),
        ("Not scored", f"{figures.unscored} of {figures.cases}"),
        ("Outcomes", ", ".join(f"{name} {n}" for name, n in figures.outcomes.items())),
        *((name.replace("_", " ").capitalize(), f"{value:.3g}")
          for name, value in figures.measures.items()),
        ("Time a case, median and 95 %",
         f"{figures.milliseconds_p50:.1f} ms, {figures.milliseconds_p95:.1f} ms"),
    ]  # fmt: skip
    if result.epochs > 1:
        chances = (f"pass^{k} {p:.1%}" for k, p in enumerate(figures.pass_hat, start=1))
        rows.append((f"{result.epochs} epochs: k runs of a case all pass", ", ".join(chances)))
    if figures.read or figures.written:
        tokens = f"{figures.read:,} read, {figures.written:,} written; cost {figures.cost:.4g}"
        rows.append(("Tokens", tokens))
    about = [
        ("Part", result.part + (f", tags {', '.join(result.tags)}" if result.tags else "")),
        ("Model", result.model or "none"),
        ("Prompt", result.prompt or "none"),
        ("World", result.world),
        ("Suite hash", result.suite_digest),
        ("Scorer", result.scorer),
        ("Started", result.started_at.isoformat(timespec="seconds")),
        ("Took", f"{result.seconds:.1f} s"),
    ]
    return f'<div class="two"><div>{_table(rows)}</div><div>{_table(about)}</div></div>'


def _table(rows: Iterable[tuple[str, str]]) -> str:
    cells = (f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in rows)
    return f"<table>{''.join(cells)}</table>"


def _groups(title: str, groups: tuple[Group, ...]) -> str:
    rows = (
        f"<tr><td>{escape(group.name)}</td><td class=n>{escape(_rate(group.right))}</td>"
        f"<td class=n>{group.silently_wrong.hits}</td></tr>"
        for group in groups
    )
    head = f"<tr><th>{escape(title)}</th><th class=n>Right</th><th class=n>Silently wrong</th></tr>"
    return f"<table>{head}{''.join(rows)}</table>"


def _by_tag(result: SuiteResult) -> str:
    groups = result.summary.by_tag
    shown = " open" if len(groups) <= _FEW_TAGS else ""
    return (
        f"<details{shown}><summary>{len(groups)} tags</summary>{_groups('Tag', groups)}</details>"
    )


def _cases(result: SuiteResult) -> str:
    tags = [group.name for group in result.summary.by_tag]
    choices = _options("tag", "every tag", tags) + _options("how", "every ending", _HOW)
    words = '<input id="words" type="search" placeholder="words" aria-label="words">'
    several = result.epochs > 1
    rows = "".join(_case(case, several=several) for case in result.cases)
    head = "<tr><th>Case</th><th>Request</th><th>Ending</th></tr>"
    return (
        f'<h2>Cases</h2><p class="bar">{choices}{words}<span id="count"></span></p>'
        f'<table class="cases">{head}{rows}</table>'
    )


_HOW = ["right", "silently_wrong", "wrong", "unscored"]


def _options(name: str, everything: str, values: list[str]) -> str:
    listed = "".join(f"<option>{escape(value)}</option>" for value in values)
    every = f'<option value="">{everything}</option>'
    return f'<select id="{name}" aria-label="{name}">{every}{listed}</select> '


def _case(case: CaseResult, *, several: bool) -> str:
    how = _how(case)
    ending = (
        case.error or "" if case.score is None else f"{case.score.outcome}: {case.score.reason}"
    )
    epoch = f" <small>epoch {case.epoch}</small>" if several else ""
    return (
        f'<tr data-tags="{escape(" ".join(case.tags))}" data-how="{how}">'
        f"<td>{escape(case.id)}{epoch}</td>"
        f'<td>{escape(case.request or "held out")}<br><span class="tags">'
        f"{escape(', '.join(case.tags))}</span></td>"
        f'<td><span class="{how}">{escape(ending)}</span>'
        f"{_difference(case)}{_tree('how it was scored', case.details)}{_trace(case)}</td></tr>"
    )


def _difference(case: CaseResult) -> str:
    if case.reading is None and case.gold is None:
        return ""
    if case.gold is None:
        return _tree("reading", case.reading)
    rows = "".join(
        f"<tr{'' if line.same else ' class=off'}><td>{escape(line.gold or '')}</td>"
        f"<td>{escape(line.reading or '')}</td></tr>"
        for line in side_by_side(case.gold, case.reading)
    )
    table = f'<table class="diff"><tr><th>gold</th><th>reading</th></tr>{rows}</table>'
    # A part of the reading stands against the gold; the whole of it is one click away.
    whole = _tree("the whole reading", case.reading)
    shown = "" if case.right else " open"
    return f"<details{shown}><summary>gold and reading</summary>{table}{whole}</details>"


def _trace(case: CaseResult) -> str:
    if not case.calls:
        return ""
    calls = "".join(_call(number, call) for number, call in enumerate(case.calls, start=1))
    how_many = "1 model call" if len(case.calls) == 1 else f"{len(case.calls)} model calls"
    words = f"trace: {how_many}, {case.milliseconds:,.0f} ms"
    return f"<details><summary>{words}</summary>{calls}</details>"


def _call(number: int, call: Call) -> str:
    head = (
        f"{number}. {call.model}, {call.milliseconds:,.0f} ms, {call.read:,} tokens read, "
        f"{call.written:,} written"
    )
    parts = ((call.said, ""), (call.answered, ""), (call.error, ' class="silently_wrong"'))
    shown = "".join(f"<pre{mark}>{escape(text)}</pre>" for text, mark in parts if text)
    return f"<p>{escape(head)}</p>{shown}"


def _tree(label: str, tree: dict[str, Any] | None) -> str:
    if not tree:
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
