"""Values that are on no list: labels, vendors' names and slips to the stored value."""

from collections.abc import Callable, Sequence
from typing import Any

from tools.crm.local.catalogue import build_catalogue
from tools.crm.port import FieldSpec
from tools.crm.values import function_of, picklist, seniority_of, squash
from tools.hygiene.columns import Columns
from tools.hygiene.rule import Judge, Rule, Sieve, Target, Verdict

from .places import one_slip

__all__ = ["FUNCTION", "PICKLIST", "SENIORITY"]

_BY_OTHERS = ("country", "language")
"""They have detectors of their own."""


def _specs() -> tuple[FieldSpec, ...]:
    return tuple(
        spec
        for spec in build_catalogue().fields
        if spec.type == "picklist" and spec.name not in _BY_OTHERS and spec.subject != "deal"
    )


def _open_picklist(_table: Columns, target: Target) -> Judge:
    spec = build_catalogue().field(target.subject, target.field)
    if spec is None:  # pragma: no cover - targets come from the catalogue
        return lambda _value: ()
    own = {squash(one): one for one in spec.values}
    own |= {squash(label): one for label, one in zip(spec.value_labels, spec.values, strict=True)}
    stored, folded = frozenset(spec.values), tuple(own)

    def judge(value: Any) -> Sequence[Verdict]:
        if not isinstance(value, str) or value in stored or not value.strip():
            return ()
        message = f"“{value}” is on no list of {spec.label.lower()} values."
        key = squash(value)
        if key in own:
            evidence = f"But for case and spacing it is “{own[key]}”."
            return (Verdict(message, evidence, 0.995, own[key]),)
        if (known := picklist(spec, value)) is not None:
            evidence = f"Other CRMs write “{value}” for “{known}”."
            return (Verdict(message, evidence, 0.9, known),)
        if (slip := one_slip(key, folded)) is not None:
            evidence = f"One slip of the finger from “{own[slip]}”, and nothing else within two."
            return (Verdict(message, evidence, 0.95, own[slip]),)
        return (Verdict(message, "No value, label or known name is like it.", 0.95),)

    return judge


PICKLIST = Rule(
    name="picklist_value",
    title="Picklist values outside the list",
    dimension="validity",
    severity="warn",
    finds="Labels, other case and spacing, other vendors' names and slips in place of a listed "
    "value; and values that are nothing of the kind.",
    never="Listed values. Other vendors' names and slips are proposed, never certain.",
    source="The field catalogue of this CRM; HubSpot's and Salesforce's standard values.",
    targets=tuple(Target(s.subject, s.name) for s in _specs() if s.subject != "deal"),
    open=_open_picklist,
    repairs=True,
)


def _from_title(what: str, tell: Callable[[str], str | None]) -> Callable[[Columns, Target], Sieve]:
    def judge(_stored: Any, title: Any) -> Sequence[Verdict]:
        if not isinstance(title, str) or not title.strip():
            return ()
        if (told := tell(title)) is None:
            return ()
        return (
            Verdict(f"The {what} is missing; the job title tells it.",
                    f"“{title}” is {told} by the rules that imports go by.", 0.95, told),
        )  # fmt: skip

    return lambda _table, _target: Sieve(judge, lambda stored: stored is None)


SENIORITY = Rule(
    name="title_seniority",
    title="Seniority missing where the job title tells it",
    dimension="completeness",
    severity="info",
    finds="Contacts with a job title that names a level, and no seniority.",
    never="A seniority somebody chose, even where the title says another.",
    source="Rules over job titles in seven languages (tools.crm.values.titles).",
    targets=(Target("contact", "seniority", ("job_title",)),),
    open=_from_title("seniority", seniority_of),
    repairs=True,
)

FUNCTION = Rule(
    name="title_function",
    title="Job function missing where the job title tells it",
    dimension="completeness",
    severity="info",
    finds="Contacts with a job title that names a function, and no job function.",
    never="A function somebody chose, even where the title says another.",
    source="Rules over job titles in seven languages (tools.crm.values.titles).",
    targets=(Target("contact", "job_function", ("job_title",)),),
    open=_from_title("job function", function_of),
    repairs=True,
)
