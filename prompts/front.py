"""The front matter of a prompt text: its name, its role, what is put into it, how a model is set.

It stands as YAML between two `---` lines at the top of the file.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from placet.errors import BadInput

__all__ = ["Front", "ModelSettings", "Role", "read_front"]

Role = Literal["drafter", "judge", "proposer"]
_FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_RESERVED = frozenset({"rules", "examples"})
_Slot = Annotated[str, StringConstraints(pattern=r"^[a-z_]+$")]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ModelSettings(_Value):
    """How the model is asked; what is None is left to the model's server."""

    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, gt=0, le=1)
    max_tokens: int | None = Field(default=None, ge=1)
    """The most tokens of one answer."""
    seed: int | None = None


class Front(_Value):
    """The front matter, read."""

    name: str = Field(pattern=r"^[a-z_]+(?:/[a-z_]+)*$", max_length=80)
    """What it is asked for by, for example `segments/draft`."""
    about: str = ""
    """What it is for, in one line."""
    role: Role = "drafter"
    """Which of the models in the settings it is for."""
    changed: str = Field(default="", max_length=500)
    """What this version changed, in one line."""
    model: ModelSettings = ModelSettings()
    inputs: tuple[_Slot, ...] = ()
    """Values our code provides: numbers it enforces, today's date."""
    untrusted: tuple[_Slot, ...] = ()
    """Text from people, the CRM or a model: fenced as data when rendered."""


def read_front(text: str) -> tuple[Front, int]:
    """Return the front matter of a text and where the body starts.

    Raises:
        BadInput: it is missing or wrong; the message names the key.
    """
    found = _FRONT.match(text)
    if found is None:
        raise BadInput("A prompt file starts with its front matter between two --- lines.")
    try:
        front = Front.model_validate(yaml.safe_load(found[1]))
    except yaml.YAMLError:
        raise BadInput("The front matter of the prompt is no valid YAML; mend it.") from None
    except ValidationError as error:
        raise BadInput(f"The front matter of the prompt is wrong: {_first(error)}") from None
    slots = [*front.inputs, *front.untrusted]
    if len(set(slots)) < len(slots) or _RESERVED & set(slots):
        raise BadInput(
            "The inputs of a prompt are named once each, and none of them `rules` or `examples`."
        )
    return front, found.end()


def _first(error: ValidationError) -> str:
    one = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(map(str, one["loc"])) or "the whole"
    known = ", ".join(Front.model_fields)
    return f"{place}: {one['msg']}. It may have {known}."
