"""Sending against a real SMTP server that counts: what leaves, what does not, and what is said."""

import json
from datetime import timedelta

import pytest

from gates import State
from placet.clock import SystemClock
from tests.mails import HELLO, MailWorld, Sink, address, contact_id, said_so


@pytest.fixture
def sink(tmp_path):
    made = Sink(tmp_path)
    yield made
    made.close()


@pytest.fixture
def world(database_url, tmp_path, sink):
    made = MailWorld(
        database_url, f"sqlite:///{tmp_path / 'crm.db'}", tmp_path, SystemClock(), sink.server,
        people=30, bounce_address="bounces@acme.example",
    )  # fmt: skip
    yield made
    made.close()


def test_everybody_gets_exactly_one_message_in_the_approved_bytes(world, sink) -> None:
    draft_id = world.send()
    world.work()
    assert world.draft(draft_id).state is State.EXECUTED
    assert sink.per_recipient() == {address(n): 1 for n in range(30)}
    assert world.events() == {contact_id(n): 1 for n in range(30)}
