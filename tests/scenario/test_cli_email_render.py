"""`placet email render`: alone, without a home; and for somebody in the CRM."""

from email import message_from_bytes, policy
from pathlib import Path

import pytest
import sqlalchemy as sa

from placet.settings import load_settings
from tests.scenario.conftest import Cli
from tools.crm.local import schema
from tools.email.reading import templates
from tools.sql import create_engine

YAML = """
name: Hello
subject: 'Hi {{ contact.first_name | default: "there" }}'
topic: product
body:
  - {type: text, text: 'Dear {{ contact.last_name }}, see [this](https://www.halden.example/x).'}
"""
MJML = """---
name: Designed
subject: A page
---
<mj-section><mj-column><mj-text>Words of a designer</mj-text></mj-column></mj-section>
"""


@pytest.mark.parametrize("name", sorted(templates()))
def test_every_template_that_ships_renders_without_a_home(empty: Cli, name: str) -> None:
    found = empty("email", "render", name, "--json").json
    assert found["missing"] == []
    assert all(one["has_fallback"] for one in found["tokens"])
    assert "Lindenweg 14" in found["text"]
    assert found["bytes"]["html"] < 102_000
    assert not empty.home.exists()


def test_a_file_is_shown_and_a_missing_fallback_is_said(empty: Cli, tmp_path: Path) -> None:
    file = tmp_path / "hello.yaml"
    file.write_text(YAML, encoding="utf-8")
    ran = empty("email", "render", str(file))
    assert ran.code == 0
    assert "Subject:   Hi Ana" in ran.out
    assert "Dear Schmidt, see this (https://www.halden.example/x)." in ran.out
    assert ran.err == (
        "placet: body[0].text: contact.last_name has no fallback; add one, as in "
        '`| default: "there"`.\n'
    )


def test_parts_are_written_to_files(empty: Cli, tmp_path: Path) -> None:
    file = tmp_path / "page.mjml"
    file.write_text(MJML, encoding="utf-8")
    out = {part: tmp_path / f"out.{part}" for part in ("html", "text", "eml")}
    options = [word for part, path in out.items() for word in (f"--{part}", str(path))]
    found = empty("email", "render", str(file), "--json", *options).json
    assert found["files"] == {part: str(path) for part, path in out.items()}
    assert "Words of a designer" in out["html"].read_text(encoding="utf-8")
    assert found["text"] == out["text"].read_text(encoding="utf-8")
    message = message_from_bytes(out["eml"].read_bytes(), policy=policy.SMTP)
    assert message["subject"] == "A page"
    assert empty("email", "render", str(file), "--html", "-").out.startswith("<!doctype html>")


def test_a_contact_of_the_crm_is_rendered_for(cli: Cli) -> None:
    engine = create_engine(load_settings().crm_url)
    with engine.connect() as connection:
        address = connection.scalars(sa.select(schema.contacts.c.email).limit(1)).one()
    engine.dispose()
    found = cli("email", "render", "plain_note", "--as", address.upper(), "--json").json
    assert found["to"] == address
    assert cli("email", "render", "plain_note", "--as", "nobody@x.example").code == 1


def test_another_brand_is_used(empty: Cli, tmp_path: Path) -> None:
    brand = tmp_path / "brand.yaml"
    text = (Path(__file__).parents[2] / "placet" / "brand.yaml").read_text(encoding="utf-8")
    brand.write_text(text.replace("Lindenweg 14", "Other Road 1"), encoding="utf-8")
    ran = empty("email", "render", "newsletter", "--brand", str(brand))
    assert "Other Road 1" in ran.out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("subject: [", "line 1, column 11"),
        ("- a", "must hold names and values"),
        ("name: x\nsubject: s\nbody: []", "body: "),
        ("name: x\nsubject: s\nbody: [{type: button, label: a}]", "body[0].url: Field required"),
        ("name: x\nsubject: s\nbody: [{type: video}]", "body[0]: "),
        ("name: x\nsubject: '{{ contact.x }}'\nbody: [{type: divider}]",
         "subject: there is no field"),
        ("name: x\nsubject: s\ntext: t\nbody: [{type: divider}]", "text: Extra inputs"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_one_line_that_says_where(
    empty: Cli, tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(text, encoding="utf-8")
    ran = empty("email", "render", str(file))
    assert ran.code == 2
    assert ran.err.startswith(f"placet: {file}")
    assert said in ran.err
    assert ran.err.count("\n") == 1
    assert ran.out == ""


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("nope.yaml",), "cannot be read"),
        (("newsletter", "--as", "a@x.example", "--sample"), "exclude each other"),
        (("newsletter", "--html", "-", "--json"), "Only one thing"),
        (("newsletter", "--variant", "Z"), "no variant 'Z'"),
        (("newsletter", "--brand", "nope.yaml"), "cannot be read"),
    ],
)
def test_wrong_use_is_one_line(empty: Cli, argv: tuple[str, ...], said: str) -> None:
    ran = empty("email", "render", *argv)
    assert ran.code == 2
    assert said in ran.err


def test_a_file_that_is_not_utf8_is_refused(empty: Cli, tmp_path: Path) -> None:
    for name, data in (("a.yaml", b"name: \xff"), ("b.mjml", b"no front matter")):
        (tmp_path / name).write_bytes(data)
        assert empty("email", "render", str(tmp_path / name)).code == 2
