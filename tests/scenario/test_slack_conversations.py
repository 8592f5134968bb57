"""What people say: direct messages, mentions, threads, the command, the shortcut, Stop and Home."""

import json
from urllib.parse import urlencode

from gates.draft import State
from placet.slack.names import Act, Seen
from tests.slacks import TEAM, Run, SlackWorld, buttons, run, signed, words

__all__ = ["run"]


async def command(world: SlackWorld, text: str, user: str = "UANA", channel: str = "C1") -> None:
    body = urlencode(
        {"command": "/placet", "text": text, "team_id": TEAM, "user_id": user,
         "channel_id": channel, "trigger_id": "t", "response_url": "https://example.invalid/r"}
    )  # fmt: skip
    await world.send(signed(body, "application/x-www-form-urlencoded"))
    await world.settle()


def test_a_question_is_answered_in_its_thread_and_nowhere_else(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        mention = {
            "type": "app_mention",
            "channel": "C1",
            "user": "UANA",
            "ts": "1600000001.000100",
        }
        await world.event(mention | {"text": "<@UBOT> people in Georgia"})
        await world.settle()
        (asked,) = world.slack.in_channel("C1")
        assert asked["thread_ts"] == mention["ts"]
        assert "Answer in this thread" in words(asked["blocks"])
        before = len(world.slack.messages)
        thread = mention["ts"]
        await world.say("I think the second one", "UBEN", channel="C1", thread=thread)
        await world.say("2", "UANA", channel="C1")
        await world.settle()
        assert len(world.slack.messages) == before, "others, and other threads, are not for Placet"
        await world.say("1", "UANA", channel="C1", thread=thread)
        await world.settle()
        newest = world.slack.in_channel("C1")[-1]
        assert newest["thread_ts"] == thread
        assert newest is not asked
        before = len(world.slack.messages)
        await world.say("thanks all", "UANA", channel="C1", thread=thread)
        await world.settle()
        assert len(world.slack.messages) == before, "no question is open any more"

    run(scenario)


def test_a_follow_up_in_a_direct_message_goes_on_with_the_conversation(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        ts = await world.say("everybody in Germany for internal analysis")
        await world.settle()
        await world.say("only those with an email opened in the last 90 days", thread=ts)
        await world.settle()
        first, second = world.placet.desk.drafts()
        assert "Germany" in second.revision.summary
        assert "90" in second.revision.summary
        assert first.revision.draft_id != second.revision.draft_id

    run(scenario)


def test_what_slack_escaped_is_read_as_it_was_typed(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        await world.say("companies with &gt; 50 employees &amp; in <https://x.example|Germany>")
        request = world.placet.desk
        await world.settle()
        del request
        from placet.store.cards import own_requests

        with world.placet.book.reader.connect() as connection:
            (row,) = own_requests(connection, world.placet.person("ana"))
        assert row["text"] == "companies with > 50 employees & in Germany"

    run(scenario)


def test_the_command_asks_in_the_channel_and_knows_a_few_words(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        await command(world, "everybody in Spain for internal analysis")
        root, card = world.slack.in_channel("C1")
        assert "@ana asked: everybody in Spain" in words(root["blocks"])
        assert card["thread_ts"] == root["ts"]
        assert {Act.APPROVE, Act.EDIT, Act.REVISE, Act.REJECT, Act.VIEW} <= set(dict(buttons(card)))
        await command(world, "")
        assert "/placet waiting" in world.whispered()[-1]
        await command(world, "waiting")
        assert world.placet.desk.drafts()[0].revision.draft_id in world.whispered()[-1]
        await command(world, "pause", "UBEN")
        assert "@ben is no admin" in world.whispered()[-1]
        await command(world, "pause", "UCLEO")
        assert world.whispered()[-1].startswith("Paused")
        await command(world, "resume", "UCLEO")
        assert world.whispered()[-1].startswith("Resumed")

    run(scenario)


def test_the_command_works_where_placet_is_no_member(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        world.slack.answers["chat.postMessage"] = ["not_in_channel"]
        await command(world, "everybody in Spain for internal analysis", channel="C9")
        root, card = world.slack.in_channel("DUANA")
        assert card["thread_ts"] == root["ts"]
        world.slack.answers["chat.postEphemeral"] = ["channel_not_found"]
        await command(world, "help", channel="C9")
        assert "/placet waiting" in words(world.slack.in_channel("DUANA")[-1]["blocks"])

    run(scenario)


def test_the_shortcut_drafts_from_somebody_elses_message(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        payload = {
            "type": "message_action", "callback_id": "placet_draft_from_message",
            "team": {"id": TEAM}, "user": {"id": "UANA", "team_id": TEAM},
            "channel": {"id": "C1"}, "trigger_id": "t", "message_ts": "1600000002.000100",
            "message": {"type": "message", "user": "UDORA", "ts": "1600000002.000100",
                        "text": "we need everybody in Spain for internal analysis"},
        }  # fmt: skip
        await world.interact(payload)
        await world.settle()
        (draft,) = world.placet.desk.drafts()
        assert draft.revision.requester.user == "UANA"
        assert world.slack.in_channel("C1")[-1]["thread_ts"] == "1600000002.000100"
        await world.interact(payload | {"message": {"ts": "1.1", "text": ""}})
        await world.settle()
        assert "There is no text in that message" in world.whispered()[-1]

    run(scenario)


def test_stop_ends_the_drafting_and_what_was_found_is_thrown_away(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        ts = await world.say("everybody in Spain for internal analysis")
        await world.event(
            {"type": "agent_session_stopped", "channel": "DUANA", "thread_ts": ts, "user": "UANA",
             "event_ts": "1.1", "streaming_message_ts": []}
        )  # fmt: skip
        await world.settle()
        assert world.placet.desk.drafts() == []
        (reply,) = world.slack.in_channel("DUANA")
        assert "Stopped by @ana" in words(reply["blocks"])
        assert world.slack.statuses[-1] == (ts, "active")

    run(scenario)


def test_home_shows_what_waits_what_was_asked_and_what_ran(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        opened = {"type": "app_home_opened", "user": "UBEN", "channel": "DUBEN", "tab": "home"}
        await world.event(opened)
        assert "Nothing waits for you." in words(world.slack.homes["UBEN"]["blocks"])
        draft = world.open_draft(name="Openers")
        await world.sender.drain()
        await world.event(opened)
        home = world.slack.homes["UBEN"]
        assert "Openers" in words(home["blocks"])
        value = Seen.of(draft).pack()
        press = {
            "type": "block_actions", "team": {"id": TEAM}, "user": {"id": "UBEN", "team_id": TEAM},
            "trigger_id": world.slack.trigger(), "view": home | {"id": "V0"},
            "container": {"type": "view", "view_id": "V0"},
            "actions": [{"action_id": Act.APPROVE, "block_id": "b", "type": "button",
                         "value": value}],
        }  # fmt: skip
        assert Act.APPROVE in dict(buttons(home))
        await world.interact(press)
        await world.settle()
        assert world.placet.desk.draft(draft.revision.draft_id).state is State.EXECUTED
        told = words(world.slack.in_channel("DUBEN")[-1]["blocks"])
        assert "Approved by @ben" in told, "there is no channel on the home tab"
        shown = words(world.slack.homes["UBEN"]["blocks"])
        assert "Nothing waits for you." in shown
        await world.event(opened)
        assert "Receipt rc_" in words(world.slack.homes["UBEN"]["blocks"])
        await world.event(opened | {"user": "UANA", "channel": "DUANA"})
        assert "everybody" in words(world.slack.homes["UANA"]["blocks"])

    run(scenario)


def test_opening_the_messages_tab_suggests_prompts(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        event = {"type": "app_home_opened", "user": "UANA", "channel": "DUANA", "tab": "messages"}
        await world.event(event)
        (sent,) = world.slack.named("assistant.threads.setSuggestedPrompts")
        assert sent["channel_id"] == "DUANA"
        assert len(sent["prompts"]) == 4  # Slack shows four at most
        assert world.slack.homes == {}

    run(scenario)


def test_the_conversation_says_how_it_stands(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        ts = await world.say("everybody in Spain for internal analysis")
        await world.sender.drain()
        await world.settle()
        await world.press(world.card("DUBEN"), Act.APPROVE, "UBEN")
        await world.sender.drain()
        await world.settle()
        kinds = [status for thread, status in world.slack.statuses if thread == ts]
        assert kinds == ["processing", "suspended", "processing", "closed"]
        session = world.slack.named("agents.sessions.setStatus")[0]
        assert session["initiator_user_id"] == "UANA"
        assert json.dumps(session["title"])

    run(scenario)
