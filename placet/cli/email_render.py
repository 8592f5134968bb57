"""`placet email render`: a file as one person would get it; needs no home and sends nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from placet.errors import BadInput, NotFound

from .email import email
from .options import json_option
from .output import emit, say
from .session import opened, settings_of

if TYPE_CHECKING:
    from tools.email.brand import Brand
    from tools.email.port import Recipient, Rendered
    from tools.email.render import Renderer

__all__ = ["brand_of", "email_of", "recipient_of", "render", "renderer_of"]

_OUT = click.Path(path_type=Path, allow_dash=True)


@email.command()
@click.argument("file")
@click.option("--brand", "brand_file", type=click.Path(path_type=Path), metavar="FILE",
              help="The brand file; default: the home's, else the sample brand.")  # fmt: skip
@click.option("--as", "address", metavar="EMAIL", help="Render for this contact of the CRM.")
@click.option("--sample", is_flag=True, help="Render for a made-up person; the default.")
@click.option("--variant", metavar="KEY", help="The subject line to show, for example B.")
@click.option("--html", type=_OUT, metavar="OUT", help="Write the HTML part; - is the screen.")
@click.option("--text", type=_OUT, metavar="OUT", help="Write the plain-text part.")
@click.option("--eml", type=_OUT, metavar="OUT", help="Write the whole message.")
@json_option
def render(
    *,
    file: str,
    brand_file: Path | None,
    address: str | None,
    sample: bool,
    variant: str | None,
    html: Path | None,
    text: Path | None,
    eml: Path | None,
    as_json: bool,
) -> None:
    """Build the email in FILE and show it as one person would get it.

    FILE is YAML, or MJML with YAML before it (.mjml), or the name of a template that ships with
    Placet, such as `newsletter`. Nothing is sent; the links of a preview lead nowhere.
    """
    if sample and address:
        raise BadInput("--as and --sample exclude each other; choose one.")
    outs = {"html": html, "text": text, "eml": eml}
    if [str(out) for out in outs.values()].count("-") + as_json > 1:
        raise BadInput("Only one thing can be printed; give the others a file.")
    brand = brand_of(brand_file)
    renderer = renderer_of(file, brand)
    rendered = renderer.render(recipient_of(address), variant=variant)
    _write(rendered, outs)
    if as_json:
        emit(_document(renderer, rendered, outs))
    elif not any(outs.values()):
        _print(rendered)
    _warn(renderer, rendered)


def brand_of(file: Path | None) -> Brand:
    """Return the brand that is meant: this file's, else the home's, else the sample's."""
    from tools.email.brand import load_brand, sample_brand

    if file is not None:
        return load_brand(file)
    own = settings_of().brand_file
    return load_brand(own) if own.exists() else sample_brand()


def email_of(file: str, brand: Brand) -> Any:
    """Return the email in a file, or the shipped template of that name."""
    from tools.email.reading import load_email, read_email, templates

    shipped = templates().get(file)
    if shipped is not None and not Path(file).exists():
        return read_email(shipped, brand, where=f"the template {file}")
    return load_email(Path(file), brand)


def recipient_of(address: str | None) -> Recipient:
    """Return the contact with this address, or a made-up person."""
    from tools.email.fields import sample_recipient
    from tools.email.recipients import SqlRecipients

    if address is None:
        return sample_recipient()
    with opened() as placet:
        found = SqlRecipients(placet.crm_engine, placet.clock).by_email(address)
    if found is None:
        raise NotFound(f"The CRM has no contact {address}; leave --as out for a made-up person.")
    return found


def renderer_of(file: str, brand: Brand) -> Renderer:
    """Return the email in a file, built; its links lead nowhere."""
    from tools.email.links import Links
    from tools.email.render import open_renderer

    # Not the home's key: a preview that is passed on must not unsubscribe anybody.
    links = Links(settings_of().public_url, b"links of a preview lead nowhere")
    try:
        return open_renderer(
            email_of(file, brand), brand, campaign="cp_preview", links=links, missing="show"
        )
    except BadInput as error:
        raise BadInput(str(error) if file in str(error) else f"{file}: {error}") from None


def _write(rendered: Rendered, outs: dict[str, Path | None]) -> None:
    data = {"html": rendered.html.encode(), "text": rendered.text.encode(),
            "eml": rendered.message}  # fmt: skip
    for part, out in outs.items():
        if out is None:
            continue
        if str(out) == "-":
            click.echo(data[part], nl=False)
        else:
            out.write_bytes(data[part])


def _document(
    renderer: Renderer, rendered: Rendered, outs: dict[str, Path | None]
) -> dict[str, Any]:
    said = rendered.model_dump(exclude={"message"})
    return said | {
        "bytes": {"html": len(rendered.html.encode()), "message": len(rendered.message)},
        "tokens": [
            {"name": one.name, "place": one.place, "fallback": one.fallback,
             "has_fallback": one.has_fallback}
            for one in renderer.tokens
        ],
        "files": {part: str(out) for part, out in outs.items() if out is not None},
    }  # fmt: skip


def _print(rendered: Rendered) -> None:
    say(f"To:        {rendered.to}")
    say(f"Subject:   {rendered.subject}")
    say(f"Preheader: {rendered.preheader}")
    say(f"Size:      {len(rendered.html.encode()):,} bytes of HTML")
    say()
    say(rendered.text)


def _warn(renderer: Renderer, rendered: Rendered) -> None:
    for token in renderer.tokens:
        if not token.has_fallback:
            click.echo(
                f"placet: {token.place}: {token.name} has no fallback; add one, as in "
                '`| default: "there"`.',
                err=True,
            )
