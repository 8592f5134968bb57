"""`placet eval judge`: a judge judges drafts, people label them, and both are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import click

from placet.errors import BadInput, BadSetting

from .options import as_option, json_option
from .output import emit, say, table
from .session import opened

if TYPE_CHECKING:
    from datetime import datetime

    from agents.models import ChatModel
    from evals.judge import About, Calibration, JudgeId
    from evals.statistics import Rate
    from placet.store.judging import Judging
    from placet.wiring import Placet

__all__ = ["judge"]

_SHOWN = 10
_about = click.option(
    "--about", type=click.Choice(["email", "segment_name"]), default="email",
    help="What is judged; email.",
)  # fmt: skip


@click.group(name="judge", short_help="Judges: let them judge, label drafts, calibrate.")
def judge() -> None:
    """A model that judges drafts, and how far people agree with it.

    A judge may block or support a prompt only while its calibration is good, large and young; until
    then it is shown as uncalibrated and decides nothing.
    """


@judge.command(short_help="Let the judge judge drafts that it has not judged yet.")
@_about
@click.option("--since", metavar="DATE", help="Only drafts opened since then (YYYY-MM-DD).")
@click.option("--limit", type=click.IntRange(1, 5_000), default=200, help="At most so many; 200.")
@json_option
def run(*, about: str, since: str | None, limit: int, as_json: bool) -> int:
    """Judge drafts, the newest first; each is the first revision, as it was drafted.

    A run that is stopped goes on where it was. Exits 3 where some could not be scored.
    """
    from evals.judge import PROMPTS, Judge

    with opened() as placet:
        prompt = placet.prompts.prompt(PROMPTS[_kind(about)])
        one = Judge(_model(placet), prompt, _kind(about))
        ran = _judging(placet).run(one, since=moment(since), limit=limit)
    if as_json:
        emit({
            "judge": one.id, "judged": ran.judged, "passed": ran.passed, "unscored": ran.unscored,
            "reasons": list(ran.reasons), "tokens": ran.tokens,
        })  # fmt: skip
    else:
        say(
            f"Judged {ran.judged}: {ran.passed} pass, {ran.judged - ran.passed - ran.unscored} "
            f"fail, {ran.unscored} could not be scored; {ran.tokens:,} tokens."
        )
        for reason in ran.reasons[:_SHOWN]:
            say(f"  {reason}")
    return 3 if ran.unscored else 0


@judge.command(short_help="Say what a draft deserves: pass or fail.")
@click.argument("draft", metavar="DRAFT_ID")
@click.argument("verdict", type=click.Choice(["pass", "fail"]))
@click.option("--reason", metavar="TEXT", default="", help="Why, for whoever reads it later.")
@as_option()
@json_option
def label(*, draft: str, verdict: str, reason: str, person: str | None, as_json: bool) -> None:
    """Label a draft as it was first drafted; it outweighs what the decision on it says."""
    with opened() as placet:
        who = placet.person(person)
        _judging(placet).label(draft, cast("Any", verdict), person=who, reason=reason)
    if as_json:
        emit({"draft": draft, "verdict": verdict, "person": who.key})
    else:
        say(f"{draft} is labelled {verdict}.")


@judge.command(short_help="Hold the judge against what people decided, and keep the result.")
@_about
@json_option
def calibrate(*, about: str, as_json: bool) -> int:
    """Compare what the judge said with what people did and how they labelled.

    Approved unchanged passes; rejected, or approved after a material edit, fails. Exits 4 where the
    judge may not decide with it.
    """
    with opened() as placet:
        judging = _judging(placet)
        found = judging.calibrate(_last(judging, about))
        power = judging.power(found.judge)
    if as_json:
        emit({"calibration": found, "power": power})
    else:
        _print(found)
        say(power.why)
    return 0 if power.may_decide else 4


@judge.command(short_help="Show the judges, their calibrations and whether they may decide.")
@_about
@json_option
def show(*, about: str, as_json: bool) -> None:
    """Show the last judge of a kind, its calibrations, and where it and people differ."""
    with opened() as placet:
        judging = _judging(placet)
        labels = judging.labels(_kind(about))
        found = judging.calibrations(_kind(about))
        judges = [(one, judging.power(one)) for one in judging.last_judges() if one.about == about]
    counts = {said: sum(one.verdict == said for one in labels) for said in ("pass", "fail")}
    if as_json:
        emit({
            "labels": counts, "judges": [{"judge": one, "power": p} for one, p in judges],
            "calibrations": list(found),
        })  # fmt: skip
        return
    say(f"Labels about {about}: {counts['pass']} pass, {counts['fail']} fail.")
    for one, power in judges:
        say(f"Judge {one.prompt[:12]}, {one.model}, {power.said}: {power.why}")
    if not found:
        say("Never calibrated; run `placet eval judge run`, then `placet eval judge calibrate`.")
        return
    say()
    _print(found[0])


# --- pieces --------------------------------------------------------------------------------------


def _kind(about: str) -> About:
    return cast("About", about)


def _judging(placet: Placet) -> Judging:

    return placet.quality.judging


def _model(placet: Placet) -> ChatModel:
    from agents.models import open_model

    model = open_model(placet.settings, "judge")
    if model is None:
        raise BadSetting("A judge is a model; set PLACET_MODEL_JUDGE, or PLACET_MODEL for all.")
    return model


def _last(judging: Judging, about: str) -> JudgeId:
    found = next((one for one in judging.last_judges() if one.about == about), None)
    if found is None:
        raise BadInput(f"No judge judged yet; run `placet eval judge run --about {about}` first.")
    return found


def moment(date: str | None) -> datetime | None:
    """Return the midnight of a date in UTC.

    Raises:
        BadInput: it is no date.
    """
    from datetime import UTC, datetime

    if date is None:
        return None
    try:
        return datetime.strptime(date, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise BadInput(f"{date!r} is no date; write it as YYYY-MM-DD.") from None


def _print(found: Calibration) -> None:
    agreed = found.agreement
    kappa = "not to be told" if agreed.kappa.value is None else (
        f"{agreed.kappa.value:.2f} ({agreed.kappa.low:.2f} to {agreed.kappa.high:.2f})"
    )  # fmt: skip
    say(
        f"Calibrated on {found.at:%Y-%m-%d}: judge {found.judge.prompt[:12]}, {found.judge.model}, "
        f"against {found.passes} passes and {found.fails} fails, {found.by_hand} by hand; "
        f"{found.unscored} could not be scored."
    )
    table(
        ["figure", "value", "rests on"],
        [
            ["kappa", kappa, f"{agreed.table.cases} labels"],
            ["base rate of passes", *_rate(agreed.base_rate)],
            ["TPR: passes that it passes", *_rate(agreed.tpr)],
            ["TNR: fails that it fails", *_rate(agreed.tnr)],
        ],
        empty="",
    )
    if found.disagreed:
        more = len(found.disagreed) - _SHOWN
        end = f" and {more} more" if more > 0 else ""
        say(f"They differ on {', '.join(found.disagreed[:_SHOWN])}{end}.")


def _rate(rate: Rate) -> tuple[str, str]:
    if rate.value is None:
        return "-", "nothing"
    return f"{rate.value:.2f} ({rate.low:.2f} to {rate.high:.2f})", f"{rate.hits} of {rate.of}"
