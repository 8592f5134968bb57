"""The manifest: the same members give the same bytes, and every change shows."""

import pytest

from placet.errors import BadInput
from tests.emails import opened, person
from tools.email.manifest import ManifestLine, line_of, manifest_of, read_manifest

LINES = [ManifestLine(contact=f"c{n}", to=f"p{n}@x.example", sha256=f"{n:064x}") for n in range(12)]


def test_order_does_not_matter_and_reading_gives_it_back() -> None:
    one, two = manifest_of(LINES), manifest_of(reversed(LINES))
    assert one == two
    assert one.ref.name == "recipients.ndjson"
    assert read_manifest(one.data) == {line.contact: line for line in LINES}
    assert read_manifest(manifest_of([]).data) == {}


def test_one_changed_message_changes_the_hash() -> None:
    changed = [*LINES[:-1], LINES[-1].model_copy(update={"sha256": "f" * 64})]
    assert manifest_of(changed).ref.sha256 != manifest_of(LINES).ref.sha256


def test_a_line_says_what_was_rendered() -> None:
    made = opened().render(person())
    assert line_of(made) == ManifestLine(
        contact="c1", to="ana@kundin.example", variant="", sha256=made.sha256
    )


def test_a_contact_has_one_line() -> None:
    with pytest.raises(BadInput, match="c3 is in the manifest twice"):
        manifest_of([*LINES, LINES[3].model_copy()])


def test_ids_with_line_separators_are_one_line() -> None:
    odd = ManifestLine(contact="a\u2028b\x85c\nd", to="x@x.example", sha256="0" * 64)
    assert read_manifest(manifest_of([odd]).data) == {odd.contact: odd}


@pytest.mark.parametrize("data", [b"{}\n", b"x\n", b'{"contact": "a"}\n', b"[]\n", b"\xff\n"])
def test_what_is_no_line_is_named(data: bytes) -> None:
    with pytest.raises(BadInput, match="Line 2"):
        read_manifest(manifest_of(LINES[:1]).data + data)
