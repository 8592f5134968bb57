"""`placet email preview`: pictures of an email, as one person would see it; sends nothing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from placet.errors import BadInput, OperatorError

from .email import email
from .email_render import brand_of, recipient_of, renderer_of
from .options import json_option
from .output import emit, say

if TYPE_CHECKING:
    from tools.email.port import Rendered
    from tools.email.preview import Shot

__all__ = ["preview"]

_FOLDER = click.Path(path_type=Path, file_okay=False)


@email.command(short_help="Take pictures of an email: desktop and mobile.")
@click.argument("file")
@click.option("--brand", "brand_file", type=click.Path(path_type=Path), metavar="FILE",
              help="The brand file; default: the home's, else the sample brand.")  # fmt: skip
@click.option("--as", "address", metavar="EMAIL", help="As this contact of the CRM sees it.")
@click.option("--variant", metavar="KEY", help="The subject line to show, for example B.")
@click.option("--out", type=_FOLDER, metavar="DIR", default=Path(),
              help="Where the pictures go; default: here.")  # fmt: skip
@click.option("--chromium", metavar="PATH", help="The browser; default: one that is installed.")
@json_option
def preview(
    *,
    file: str,
    brand_file: Path | None,
    address: str | None,
    variant: str | None,
    out: Path,
    chromium: str | None,
    as_json: bool,
) -> None:
    """Take pictures of the email in FILE at desktop (640 px) and mobile (375 px) width.

    Nothing is loaded: pictures of the email are placeholders that say their alt text and size.
    Exits 1 where no browser is installed or it fails.
    """
    from tools.email.preview import Screenshots

    renderer = renderer_of(file, brand_of(brand_file))
    rendered = renderer.render(recipient_of(address), variant=variant)
    taken = Screenshots(chromium).take(rendered.html)
    if not taken.shots:
        raise OperatorError(taken.why)
    paths = _write(taken.shots, out, _stem(file))
    if as_json:
        emit(_document(rendered, taken.shots, paths))
        return
    say(f"As {rendered.to} sees it: {rendered.subject}")
    for shot, path in zip(taken.shots, paths, strict=True):
        more = "; the email goes on below" if shot.cut else ""
        say(f"Wrote {path} ({shot.name}, {shot.width} x {shot.height} pixels{more})")


def _stem(file: str) -> str:
    return re.sub(r"[^\w-]+", "-", Path(file).stem).strip("-") or "email"


def _write(shots: tuple[Shot, ...], out: Path, stem: str) -> list[Path]:
    paths = [out / f"{stem}-{shot.name}.png" for shot in shots]
    try:
        out.mkdir(parents=True, exist_ok=True)
        for shot, path in zip(shots, paths, strict=True):
            path.write_bytes(shot.png)
    except OSError as error:
        raise BadInput(f"--out: {out} cannot be written to: {error.strerror}.") from None
    return paths


def _document(rendered: Rendered, shots: tuple[Shot, ...], paths: list[Path]) -> dict[str, Any]:
    return {
        "to": rendered.to,
        "subject": rendered.subject,
        "pictures": [
            shot.model_dump(exclude={"png"}) | {"file": str(path)}
            for shot, path in zip(shots, paths, strict=True)
        ],
    }
