"""The glossary: one term a line, read strictly; the one that ships holds none."""

import pytest

from placet.errors import BadInput
from prompts import Prompt, load_prompt, parse_prompt, read_glossary

HEAD = b"---\nname: glossary\n---\n"


def glossary(text: str) -> Prompt:
    return parse_prompt(HEAD + text.encode())


def test_the_one_that_ships_explains_itself_and_holds_no_terms() -> None:
    shipped = load_prompt("glossary")
    assert read_glossary(shipped) == ()
    assert "phrase: meaning" in shipped.body


def test_terms_are_read_in_order() -> None:
    terms = read_glossary(
        glossary("# ours\n\nhot leads: leads with a score over 80\nHQ: the office at 9:00\n")
    )
    assert [(one.phrase, one.meaning) for one in terms] == [
        ("hot leads", "leads with a score over 80"),
        ("HQ", "the office at 9:00"),
    ]


@pytest.mark.parametrize(
    "text", ["no colon", ": nothing", "hot:", "Hot: a\nhot: b", "a: " + "b" * 301]
)
def test_a_line_that_is_no_term_is_an_error(text: str) -> None:
    with pytest.raises(BadInput):
        read_glossary(glossary(text))


def test_a_term_cannot_reach_what_is_put_into_prompts() -> None:
    with pytest.raises(BadInput, match="differ"):
        glossary("hot: {{ request }}")
