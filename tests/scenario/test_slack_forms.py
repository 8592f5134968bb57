"""The forms: edit, ask for changes, reject, the full view and feedback."""

import json

import sqlalchemy as sa

from gates.draft import State
from placet.slack.names import Act, Form, Seen
from placet.store.slack_schema import feedback
from tests.slacks import Run, SlackWorld, buttons, field, run, words
from tools.segments.tree import All, AnyOf, Company, Event, Greater, In, Not, Property, Within

__all__ = ["run"]

TREE = All(
    of=(
        Property(field="seniority", is_=In(values=("vp", "director"))),
        Event(types=("email_open",), window=Within(amount=30)),
    )
)


async def form(world: SlackWorld, act: Act, user: str = "UBEN") -> dict:
    await world.press(world.card("DUBEN"), act, user, value(world))
    return world.last_view()


def value(world: SlackWorld) -> str:
    return Seen.of(world.placet.desk.drafts()[0]).pack()


def _all(world: SlackWorld, channel: str) -> list:
    return [block for m in world.slack.in_channel(channel) for block in m["blocks"]]


def fields(view: dict) -> dict[str, dict]:
    return {b["block_id"]: b for b in view["blocks"] if b["type"] == "input"}


def test_edit_by_fields_says_what_is_wrong_and_makes_the_next_revision(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        draft = world.open_draft(tree=TREE, name="Openers")
        await world.sender.drain()
        view = await form(world, Act.EDIT)
        assert view["callback_id"] == Form.EDIT
        held = fields(view)
        assert list(held) == ["name", "use", "slot:0", "slot:1", "slot:2"]
        chosen = held["slot:0"]["element"]["initial_options"]
        assert [one["value"] for one in chosen] == ["vp", "director"]
        assert held["slot:1"]["element"]["initial_value"] == "30"
        good = {
            "name": field("plain_text_input", "Openers"),
            "use": field("static_select", "internal"),
            "slot:0": field("multi_static_select", ["vp"]),
            "slot:1": field("number_input", "30"),
            "slot:2": field("number_input", "1"),
        }
        wrong = good | {
            "name": field("plain_text_input", "  "), "slot:1": field("number_input", "0"),
        }  # fmt: skip
        response = await world.submit(view, "UBEN", wrong)
        said = json.loads(response.body)
        assert said["response_action"] == "errors"
        assert set(said["errors"]) == {"name", "slot:1"}
        assert world.placet.desk.draft(draft.revision.draft_id).revision.revision == 1

        response = await world.submit(view, "UBEN", good | {"slot:1": field("number_input", "60")})
        assert json.loads(response.body)["response_action"] == "update"
        now = world.placet.desk.draft(draft.revision.draft_id)
        assert now.revision.revision == 2
        assert now.revision.editors[0].user == "UBEN"
        first, second = now.revision.action["segment"]["filter"]["of"]
        assert first["is"] == {"test": "equals", "value": "vp"}
        assert second["window"]["amount"] == 60
        assert "Revision 2 has your edit" in words(world.last_view()["blocks"])
        await world.sender.drain()
        card = world.card("DUBEN")
        assert "revision 2" in words(card["blocks"])
        assert Act.APPROVE not in dict(buttons(card)), "the editor's own copy has no Approve"
        assert Act.APPROVE in dict(buttons(world.card("DUCLEO")))

    run(scenario)


def test_edit_refuses_invented_values_beneath_their_field(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        tree = Property(field="job_title", is_=In(values=("a" * 5, "b")))
        world.open_draft(tree=All(of=(tree, Property(field="country", is_=In(values=("Spain",))))))
        await world.sender.drain()
        view = await form(world, Act.EDIT)
        values = {
            "name": field("plain_text_input", "X"),
            "use": field("static_select", "internal"),
            "slot:0": field("plain_text_input", "CMO\nVP"),
            "slot:1": field("plain_text_input", "Spain\nAtlantis"),
        }
        response = await world.submit(view, "UBEN", values)
        errors = json.loads(response.body)["errors"]
        assert list(errors) == ["slot:1"]
        assert "Atlantis" in errors["slot:1"]

    run(scenario)


def test_a_filter_without_fields_is_edited_as_json(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        draft = world.open_draft()
        await world.sender.drain()
        view = await form(world, Act.EDIT)
        assert "filter" in fields(view)
        base = {
            "name": field("plain_text_input", "Everybody"),
            "use": field("static_select", "internal"),
        }
        bad = [
            "{",
            "[]",
            '{"op": "or", "of": []}',
            '{"op": "property", "field": "shoe_size", "is": {"test": "is_set"}}',
        ]
        for text in bad:
            response = await world.submit(
                view, "UBEN", base | {"filter": field("plain_text_input", text)}
            )
            assert list(json.loads(response.body)["errors"]) == ["filter"], text
        good = '{"op": "property", "field": "country", "is": {"test": "equals", "value": "Spain"}}'
        await world.submit(view, "UBEN", base | {"filter": field("plain_text_input", good)})
        assert world.placet.desk.draft(draft.revision.draft_id).revision.revision == 2

    run(scenario)


def test_an_edit_that_changes_nothing_says_so(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        tree = AnyOf(
            of=(
                Not(of=Company(where=Property(field="employees", is_=Greater(value=50)))),
                Property(field="country", is_=In(values=("Germany", "France"))),
            )
        )
        world.open_draft(tree=tree, name="Same")
        await world.sender.drain()
        view = await form(world, Act.EDIT)
        values = {
            "name": field("plain_text_input", "Same"),
            "use": field("static_select", "internal"),
            "slot:0": field("number_input", "50"),
            "slot:1": field("plain_text_input", "Germany\nFrance"),
        }
        await world.submit(view, "UBEN", values)
        assert "The edit changes nothing." in words(world.last_view()["blocks"])

    run(scenario)


def test_reject_with_a_ticket_and_without(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        from tools.tickets.local import tickets

        for wants in (["ticket"], []):
            draft = world.open_draft(name=f"List {len(wants)}")
            await world.sender.drain()
            card = world.card("DUBEN")
            await world.press(card, Act.REJECT, "UBEN", Seen.of(draft).pack())
            view = world.last_view()
            assert view["callback_id"] == Form.REJECT
            values = {
                "reason": field("plain_text_input", "wrong quarter"),
                "ticket": field("checkboxes", wants),
            }
            response = await world.submit(view, "UBEN", values)
            assert not response.body, "the modal closes"
            await world.sender.drain()
            now = world.placet.desk.draft(draft.revision.draft_id)
            assert now.state is State.REJECTED
            assert ("A ticket was logged" in world.whispered()[-1]) is bool(wants)
            assert "wrong quarter" in words(world.card("DUBEN")["blocks"] + _all(world, "DUBEN"))
        with world.placet.engine.connect() as connection:
            logged = connection.scalar(sa.select(sa.func.count()).select_from(tickets))
        assert logged == 1

    run(scenario)


def test_changes_asked_for_make_the_next_revision_in_the_same_thread(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        draft = await world.asked("everybody in Germany for internal analysis")
        card = world.card("DUANA")
        await world.press(world.card("DUBEN"), Act.REVISE, "UBEN", Seen.of(draft).pack())
        values = {"comment": field("plain_text_input", "only in France instead")}
        await world.submit(world.last_view(), "UBEN", values)
        await world.settle()
        now = world.placet.desk.draft(draft.revision.draft_id)
        assert (now.state, now.revision.revision) == (State.PENDING, 2)
        again = world.card("DUANA")
        assert (again["ts"], again["thread_ts"]) == (card["ts"], card["thread_ts"])
        assert "France" in words(again["blocks"])

    run(scenario)


def test_a_draft_that_no_card_can_hold_is_read_before_it_is_approved(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        draft = world.open_draft(
            tree=TREE, evidence={"warnings": [f"warning {n}" for n in range(40)]}
        )
        await world.sender.drain()
        card = world.card("DUBEN")
        assert "press View all before you approve" in words(card["blocks"])
        assert "warning 39" not in words(card["blocks"])
        await world.press(card, Act.APPROVE, "UBEN")
        await world.sender.drain()
        assert "press View all" in world.whispered()[-1]
        assert world.placet.desk.draft(draft.revision.draft_id).state is State.PENDING
        await world.press(card, Act.VIEW, "UCLEO")
        await world.press(card, Act.APPROVE, "UBEN")
        assert world.placet.desk.draft(draft.revision.draft_id).state is State.PENDING, (
            "Cleo read it"
        )
        await world.press(card, Act.VIEW, "UBEN")
        assert "warning 39" in words(world.last_view()["blocks"])
        await world.press(card, Act.APPROVE, "UBEN")
        assert world.placet.desk.draft(draft.revision.draft_id).state is State.APPROVED

    run(scenario)


def test_the_full_view_has_every_member_and_sends_them_as_a_file(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        draft = world.open_draft()
        await world.sender.drain()
        view = await form(world, Act.VIEW)
        total = draft.revision.action["targets"]["count"]
        emails = {row.email for row in world.placet.segments.rows(world.placet.desk.members(draft))}
        assert len(emails) == total > 200
        shown = words(view["blocks"])
        assert all(email in shown for email in emails)
        await world.interact(
            {
                "type": "block_actions", "team": {"id": "T1"},
                "user": {"id": "UBEN", "team_id": "T1"}, "trigger_id": "t",
                "container": {"type": "view", "view_id": view["id"]}, "view": view,
                "actions": [{"action_id": Act.MEMBERS, "block_id": "members", "type": "button",
                             "value": dict(buttons(view))[Act.MEMBERS]}],
            }
        )  # fmt: skip
        ((channel, sent),) = world.slack.files
        assert channel == "DUBEN"
        assert all(email in sent for email in emails)
        await world.sender.drain()
        assert "as a file" in world.whispered()[-1]

    run(scenario)


def test_thumbs_are_kept_with_the_draft(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        draft = world.open_draft()
        await world.sender.drain()
        card = world.card("DUBEN")
        seen = Seen.of(draft).pack()
        await world.press(card, Act.FEEDBACK, "UBEN", f"down:{seen}")
        view = world.last_view()
        assert view["callback_id"] == Form.FEEDBACK
        await world.submit(view, "UBEN", {"reason": field("plain_text_input", "too wide")})
        await world.press(card, Act.FEEDBACK, "UCLEO", f"up:{seen}")
        await world.press(card, Act.FEEDBACK, "UCLEO", f"up:{seen}")
        with world.placet.engine.connect() as connection:
            rows = (
                connection.execute(sa.select(feedback).order_by(feedback.c.person)).mappings().all()
            )
        kept = [(row["person"], row["value"], row["reason"], row["revision"]) for row in rows]
        assert kept == [("T1/UBEN", "down", "too wide", 1), ("T1/UCLEO", "up", None, 1)]

    run(scenario)


def test_a_trigger_that_ran_out_is_told(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        world.open_draft()
        await world.sender.drain()
        payload = world.pressing(world.card("DUBEN"), Act.REJECT, "UBEN", value(world))
        await world.interact(payload | {"trigger_id": "long gone"})
        await world.sender.drain()
        assert "press the button again" in world.whispered()[-1]

    run(scenario)


def test_undo_of_what_was_carried_out_is_a_draft_in_the_same_thread(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        draft = world.open_draft(tree=TREE)
        await world.sender.drain()
        await world.press(world.card("DUBEN"), Act.APPROVE, "UBEN")
        await world.settle()
        card = world.card("DUBEN")
        await world.press(card, Act.UNDO, "UANA")
        await world.settle()
        assert "waits for approval" in world.whispered()[-1]
        undo = world.placet.desk.drafts()[-1]
        assert undo.revision.kind == "archive_list"
        theirs = world.card("DUBEN")
        assert Seen.unpack(dict(buttons(theirs))[Act.APPROVE]) == Seen.of(undo)
        assert Act.EDIT not in dict(buttons(theirs))
        await world.press(theirs, Act.APPROVE, "UBEN")
        await world.settle()
        assert world.placet.desk.draft(undo.revision.draft_id).state is State.EXECUTED
        await world.press(card, Act.UNDO, "UANA", Seen.of(draft).pack())
        await world.sender.drain()
        assert "is undone already" in world.whispered()[-1]

    run(scenario)
