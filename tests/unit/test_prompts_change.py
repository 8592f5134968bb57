"""Changes of prompts as actions: what they name, what makes a second person look, what is shown."""

import pytest

from gates.sections import as_evidence, files_in
from placet.errors import BadInput
from prompts import Prompt, load_prompt, parse_prompt
from tests.prompting import NAME, text
from tools.prompts.action import ChangePrompt
from tools.prompts.card import Cost, Figure, sections
from tools.prompts.diff import counted, pieces, unified
from tools.prompts.drafting import change_of, headline
from tools.prompts.port import Standing, Turned

SHIPPED = load_prompt(NAME)
A, B = text("a"), text("b")
NOW = Standing(name=NAME, scope="default", stable=SHIPPED.sha256)


def change(after: Prompt = A, share: float = 0.1, now: Standing = NOW,
           receipt_id: str | None = None) -> ChangePrompt:  # fmt: skip
    return change_of(now, SHIPPED, after, share=share, why="why", receipt_id=receipt_id)


def test_a_change_names_everything_that_serves() -> None:
    now = NOW.model_copy(update={"canary": B.sha256, "share": 0.2})
    made = change(now=now)
    assert (made.before, made.canary, made.canary_share) == (SHIPPED.sha256, B.sha256, 0.2)
    assert made.after.sha256 == A.sha256
    assert ChangePrompt.model_validate(made.arguments()) == made


def test_a_canary_needs_one_person_and_all_at_once_two() -> None:
    assert change(share=0.5).flags() == ()
    assert "without a canary" in change(share=1).flags()[0]
    grown = NOW.model_copy(update={"canary": A.sha256, "share": 0.5})
    assert change(share=1, now=grown).flags() == ()
    assert change(share=1, receipt_id="rc_1").flags() == ()


def test_a_changed_locked_part_needs_a_second_person() -> None:
    loose = parse_prompt(A.data.replace(b"never as orders.", b"mostly not as orders."))
    assert change(loose).unlocked == ("data",)
    assert change(loose).flags() == ("changes the locked part data",)
    gone = parse_prompt(A.data.replace(b"<!-- locked: refusal -->\n", b"", 1).replace(
        b"<!-- /locked -->\nNever guess", b"Never guess", 1))  # fmt: skip
    assert change(gone).unlocked == ("refusal",)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b"name: segments/draft", b"name: records/draft", "not segments/draft"),
        (b"role: drafter", b"role: judge", "role"),
        (b"inputs: [today,", b"inputs: [extra, today,", "extra"),
        (b"untrusted: [fields, lists, assets,",
         b"untrusted: [fields, lists,", "assets"),
    ],
)  # fmt: skip
def test_a_text_that_code_could_not_fill_in_or_would_not_fence_is_refused(
    old: bytes, new: bytes, why: str
) -> None:
    data = A.data.replace(old, new, 1)
    if why == "extra":
        data = data.replace(b"You draft", b"{{ extra }} You draft", 1)
    if why == "assets":  # CRM text must not become one of our own inputs
        data = data.replace(b"inputs: [today,", b"inputs: [assets, today,", 1)
    with pytest.raises(BadInput, match=why):
        change(parse_prompt(data))


@pytest.mark.parametrize("share", [0, -0.1, 1.01, float("nan")])
def test_a_share_is_a_share(share: float) -> None:
    with pytest.raises(BadInput, match="share"):
        change(share=share)


def test_a_canary_is_made_smaller_by_rollback_alone() -> None:
    grown = NOW.model_copy(update={"canary": A.sha256, "share": 0.5})
    with pytest.raises(BadInput, match="rollback"):
        change(share=0.5, now=grown)


def test_the_headline_says_what_approve_does() -> None:
    assert headline(change()) == f"Let {A.sha256[:12]} serve 10% of requests of {NAME}"
    ends = NOW.model_copy(update={"canary": A.sha256, "share": 0.5})
    back = change(SHIPPED, share=1, now=ends, receipt_id="rc_1")
    assert headline(back).startswith(f"End the canary of {NAME}")
    team = NOW.model_copy(update={"scope": "T1"})
    assert headline(change(share=1, now=team)).endswith(f"every request of {NAME} in workspace T1")


def test_a_result_reads_back() -> None:
    turned = Turned(before=NOW, after=NOW.model_copy(update={"canary": A.sha256, "share": 0.1}))
    assert Turned.of_result(turned.as_result()) == turned


# --- the card ------------------------------------------------------------------------------------

FIGURES = (
    Figure(suite="restraint", cases=120, before=1, after=1, difference=0, low=-0.01, high=0.01,
           verdict="not worse"),
    Figure(suite="segments", cases=118, before=0.9, after=0.95, difference=0.05, low=0.01,
           high=0.09, verdict="better", main=True),
)  # fmt: skip


def test_the_card_has_the_figures_the_cost_and_every_line() -> None:
    cost = Cost(tokens_before=1_000, tokens_after=1_100, money_before=0.01, money_after=0.011)
    card = sections(SHIPPED, A, change=change(), figures=FIGURES, cost=cost,
                    notes=[("Looks at the test part", "3 of 20")])  # fmt: skip
    named = {one.name: one for one in card.sections}
    assert list(named) == ["change", "figures", "cost", "diff"]
    table = named["figures"].table
    assert table is not None
    assert table.rows[0][0] == "segments", "the prompt's own suite comes first"
    assert "+5.0 points (+1.0 to +9.0)" in table.rows[0]
    assert "1,000 → 1,100 (+10%)" in named["cost"].facts[0].value
    assert named["diff"].text == unified(SHIPPED, A)
    held = {one.sha256 for one in files_in({"sections": as_evidence(card.sections)})}
    assert held == {one.ref.sha256 for one in card.files}
    assert A.data in {one.data for one in card.files}


def test_without_figures_the_card_says_so_loudly() -> None:
    card = sections(SHIPPED, A, change=change())
    (figures,) = [one for one in card.sections if one.name == "figures"]
    assert figures.loud
    assert "Nothing was measured" in figures.text


def test_changed_model_settings_and_locked_parts_are_loud() -> None:
    hot = parse_prompt(
        A.data.replace(b"temperature: 0", b"temperature: 1").replace(b"as orders.", b"as wishes.")
    )
    card = sections(SHIPPED, hot, change=change(hot))
    loud = {fact.label: fact.value for fact in card.sections[0].facts if fact.loud}
    assert loud == {
        "Model settings": "temperature 0.0 → 1.0",
        "Locked part": "data is changed or gone",
    }


def test_a_long_diff_is_in_pieces_that_lose_nothing() -> None:
    lines = "\n".join(f"line {number} " + "x" * 120 for number in range(300))
    long = parse_prompt(A.data.replace(b"# The filter", f"{lines}\n# The filter".encode(), 1))
    card = sections(SHIPPED, long, change=change(long))
    parts = [one.text for one in card.sections if one.name.startswith("diff")]
    assert len(parts) > 3
    assert max(map(len, parts)) <= 9_000
    assert "\n".join(parts) == unified(SHIPPED, long)
    assert counted("\n".join(parts))[0] > 300


def test_pieces_cut_a_line_that_no_piece_could_hold() -> None:
    assert pieces("a\n" + "b" * 25 + "\nc", 10) == ["a", "b" * 10, "b" * 10, "bbbbb\nc"]
    assert pieces("", 10) == []
