"""An email's draft in a terminal: its sections whole and inert, its files written out."""

from __future__ import annotations

from pathlib import Path

import pytest

from gates.files import FileRef, file_of
from gates.sections import Fact, Picture, Section, Table, as_evidence
from placet.cli.card import Facts, card
from placet.cli.files import write_files
from placet.cli.output import draw
from placet.errors import BadInput
from tests.scenario.test_cli_card import _RAW, POISON, _view

PNG = FileRef(sha256="a" * 64, name="email.png", media_type="image/png", size=9)


def shown(capsys: pytest.CaptureFixture[str], section: Section, **changes: object) -> str:
    view = _view("fine") | {"evidence": {"sections": as_evidence([section])}} | changes
    draw(card(Facts(draft=view, headline="Send to 1,204 people via smtp, on Fri 12 Dec 2026")))
    return capsys.readouterr().out


def test_a_section_is_drawn_whole_and_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    section = Section(
        name="content", title="Content", text="Hi,\n\n  welcome.",
        facts=(Fact(label="Subject", value="Join us"),),
        table=Table(columns=("Link", "To"), rows=(("Join", "https://x.example"),), total=7),
        pictures=(Picture(file=PNG, alt="As Ana sees it", width=640, height=900),),
        files=(PNG,),
    )  # fmt: skip
    checks = [
        {"name": "fine", "status": "ok", "message": "yes", "fix": ""},
        {"name": "links", "status": "error", "message": "One is broken", "fix": "Mend it."},
    ]
    out = shown(capsys, section, checks=checks)
    order = ["Send to 1,204 people", "This must be put right first", "Fix: Mend it.", "Content",
             "welcome.", "Subject", "https://x.example", "1 of 7 are shown", "As Ana sees it",
             "Checks"]  # fmt: skip
    places = [out.index(one) for one in order]
    assert places == sorted(places)


def test_poison_in_a_section_moves_no_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    section = Section(
        name=POISON, title=POISON, text=POISON, facts=(Fact(label=POISON, value=POISON),),
        table=Table(columns=(POISON,), rows=((POISON,),), total=1),
        pictures=(Picture(file=PNG, alt=POISON, width=1, height=1),),
        files=(PNG.model_copy(update={"name": POISON}),),
    )  # fmt: skip
    assert _RAW.search(shown(capsys, section)) is None


class _Draft:
    """What `write_files` reads of a draft."""

    def __init__(self, *files: FileRef) -> None:
        self.revision = self
        self.evidence = {"files": [one.model_dump() for one in files]}
        self.action: dict[str, object] = {}


class _Kept:
    """What it reads of Placet: the files."""

    def __init__(self, held: dict[str, bytes]) -> None:
        self.files, self._held = self, held

    def read(self, sha256: str) -> bytes:
        return self._held[sha256]


def test_files_stay_in_their_folder_whatever_their_names(tmp_path: Path) -> None:
    names = [
        "../../etc/passwd",
        ".hidden",
        "-rf",
        "a/b\\c.html",
        "same.txt",
        "same.txt",
        "",
        "é.png",
    ]
    files = [
        file_of(f"{number}".encode(), name=name, media_type="text/plain")
        for number, name in enumerate(names)
    ]
    placet = _Kept({one.ref.sha256: one.data for one in files})
    folder = tmp_path / "deep" / "out"
    draft = _Draft(*(one.ref for one in files))
    written = write_files(placet, draft, folder)  # type: ignore[arg-type]
    assert len({*written}) == len(names)
    assert {path.parent for path in written} == {folder}
    assert sorted(path.read_bytes() for path in written) == [f"{n}".encode() for n in range(8)]
    assert not [path for path in written if path.name.startswith((".", "-"))]
    assert write_files(placet, draft, folder) == written  # type: ignore[arg-type]


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(BadInput, match="cannot be written to"):
        write_files(_Kept({}), _Draft(), tmp_path / "file")  # type: ignore[arg-type]
