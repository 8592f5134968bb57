"""Emails as files: YAML, or MJML with YAML before it; and the approved templates that ship.

Errors name the place in the file, so that whoever wrote it knows where to look.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from placet.errors import BadInput

from .brand import Brand
from .model import Email

__all__ = ["load_email", "read_email", "templates"]

_FRONT = re.compile(r"\A---[ \t]*\r?\n(.*?)^---[ \t]*\r?$\n?(.*)\Z", re.DOTALL | re.MULTILINE)


def load_email(path: Path, brand: Brand) -> Email:
    """Read an email from a `.yaml` or `.mjml` file.

    Raises:
        BadInput: it cannot be read, or is no email; the message says where.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise BadInput(f"{path} is not UTF-8; save it as UTF-8.") from None
    return read_email(text, brand, where=str(path), mjml=path.suffix.lower() == ".mjml")


def read_email(text: str, brand: Brand, *, where: str = "the email", mjml: bool = False) -> Email:
    """Read an email from the text of its file.

    What the file leaves out comes from the brand: the sender, the language.

    Args:
        text: YAML; or, with `mjml`, YAML between two lines of `---`, then MJML sections.
        brand: gives defaults.
        where: names the file in errors.
        mjml: whether the body is MJML.

    Raises:
        BadInput: it is no email; the message says where.
    """
    head, body, offset = (*_parted(text, where), 1) if mjml else (text, None, 0)
    values = _yaml(head, where, offset)
    if body is not None:
        if "body" in values:
            raise BadInput(
                f"{where}: body: the MJML below the second --- is the body; remove this."
            )
        values["body"] = [{"type": "mjml", "source": body}]
    values.setdefault("sender", brand.senders[0].model_dump())
    values.setdefault("language", brand.languages[0])
    try:
        return Email.model_validate(values)
    except ValidationError as error:
        raise BadInput(f"{where}: {_said(error)}.") from None


@cache
def templates() -> Mapping[str, str]:
    """Return the text of each approved template that ships with Placet, by name."""
    folder = resources.files("tools.email").joinpath("templates")
    files = sorted((one for one in folder.iterdir() if one.name.endswith(".yaml")),
                   key=lambda one: one.name)  # fmt: skip
    return {one.name.removesuffix(".yaml"): one.read_text(encoding="utf-8") for one in files}


def _parted(text: str, where: str) -> tuple[str, str]:
    found = _FRONT.match(text)
    if found is None:
        raise BadInput(
            f"{where}: begin an .mjml file with the subject and the like as YAML between two lines "
            "of ---."
        )
    return found[1], found[2].strip()


def _yaml(text: str, where: str, offset: int) -> dict[str, Any]:
    try:
        loaded: Any = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = f" line {mark.line + 1 + offset}, column {mark.column + 1}" if mark else ""
        raise BadInput(f"{where}{line}: {error.problem or 'this is no YAML'}.") from None
    except yaml.YAMLError as error:
        raise BadInput(f"{where} is no YAML: {' '.join(str(error).split())}.") from None
    if not isinstance(loaded, dict) or not all(isinstance(name, str) for name in loaded):
        raise BadInput(f"{where} must hold names and values, as in `subject: Hello`.")
    return loaded


def _said(error: ValidationError) -> str:
    first = error.errors()[0]
    parts = list(first["loc"])
    if parts[:1] == ["body"]:
        del parts[2:3]  # the block's type, which pydantic names too
    place = "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in parts)
    said = first["msg"].removeprefix("Value error, ").rstrip(".")
    return f"{place.lstrip('.')}: {said}" if place else said
