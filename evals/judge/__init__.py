"""Judges where only judgement helps: the tone, clarity and faithfulness of an email, a list's name.

It may import `agents.models`, `prompts`, the figures of `evals.quality` and the ground floor; never
a graph or SQL. Start at `Judge`, then `calibrate` and `power`: without it a judge decides nothing.
"""

from .calibration import Calibration, Label, calibrate, label_of
from .guard import speaks_to_its_judge
from .judge import Judge, JudgeId, Verdict
from .opinion import Opinion, opinion
from .power import Power, power
from .subject import ABOUT, PROMPTS, About, Subject, subject_of

__all__ = [
    "ABOUT",
    "PROMPTS",
    "About",
    "Calibration",
    "Judge",
    "JudgeId",
    "Label",
    "Opinion",
    "Power",
    "Subject",
    "Verdict",
    "calibrate",
    "label_of",
    "opinion",
    "power",
    "speaks_to_its_judge",
    "subject_of",
]
