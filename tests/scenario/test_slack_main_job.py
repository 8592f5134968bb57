"""The main job through signed payloads: ask, card, approve, card updated."""

from placet.slack.names import Act
from tests.slacks import Run, SlackWorld, buttons, run_both, words

__all__ = ["run_both"]


def test_ask_card_approve_done(run_both: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        ts = await world.say("VPs of marketing")
        await world.settle()
        draft = world.placet.desk.drafts()[0]
        card = world.card("DUANA")
        assert card["thread_ts"] == ts
        assert "VPs of marketing" in words(card["blocks"])
        assert Act.APPROVE not in dict(buttons(card)), "her own copy has no Approve"
        copies = {channel for channel, _ in world.slack.messages}
        assert copies == {"DUANA", "DUBEN", "DUCLEO"}
        theirs = world.card("DUBEN")
        assert dict(buttons(theirs))[Act.APPROVE].endswith(draft.digest)
        await world.press(theirs, Act.APPROVE, "UBEN")
        assert world.placet.desk.draft(draft.revision.draft_id).state == "approved"
        await world.settle()
        assert world.placet.desk.draft(draft.revision.draft_id).state == "executed"
        assert any("Approved by @ben; it runs next." in one for one in world.whispered())
        for channel in copies:
            now = world.card(channel)
            assert "Done; decided by @ben" in words(now["blocks"])
            assert Act.APPROVE not in dict(buttons(now))
        assert [status for _, status in world.slack.statuses][-1] == "closed"
        assert "suspended" in [status for _, status in world.slack.statuses]

    run_both(scenario)
