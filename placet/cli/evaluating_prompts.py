"""Which versions of the prompts a run takes: those that serve in this home, or those it is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from placet.errors import BadInput

from .session import opened

if TYPE_CHECKING:
    from placet.settings import Settings
    from prompts import Prompt, PromptSource

__all__ = ["prompts_of"]


@contextmanager
def prompts_of(settings: Settings, chosen: Sequence[str]) -> Iterator[PromptSource]:
    """Yield the prompts of a run: what serves in the home, or ships, and what is named instead.

    They stand still for as long as the run takes: a promotion meanwhile does not change it. A
    canary is no version that serves; name it by its hash.

    Raises:
        BadInput: a name or a text is not valid.
        NotFound: no text of that hash is kept in the home.
    """
    from placet.wiring.promoting import serving_texts
    from prompts import ShippedPrompts, parse_prompt

    pairs = [_pair(one) for one in chosen]
    files = {name: Path(where) for name, where in pairs if Path(where).is_file()}
    named = [_of(name, parse_prompt(file.read_bytes()), str(file)) for name, file in files.items()]
    hashes = {name: where for name, where in pairs if name not in files}
    if not settings.home.is_dir():
        if hashes:
            raise BadInput(
                f"{next(iter(hashes.values()))} is no file, and there is no Placet home whose "
                "prompts it could be; name a file."
            )
        yield ShippedPrompts(*named)
        return
    with opened() as placet:
        kept = [_of(name, placet.prompts.find(where), where) for name, where in hashes.items()]
        yield ShippedPrompts(*serving_texts(placet), *named, *kept)


def _pair(chosen: str) -> tuple[str, str]:
    name, equals, where = chosen.partition("=")
    if not (name and equals and where):
        raise BadInput(
            f"--prompt {chosen}: write NAME=FILE or NAME=HASH, as `placet prompts list`."
        )
    return name, where


def _of(name: str, prompt: Prompt, where: str) -> Prompt:
    if prompt.name != name:
        raise BadInput(f"{where} is a text of {prompt.name}, not of {name}; correct --prompt.")
    return prompt
