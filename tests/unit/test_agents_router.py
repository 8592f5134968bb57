"""The router: which trade a request goes to, what a thread remembers, what it says itself."""

from collections.abc import Mapping
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from agents.port import Drafted, Proposed, Question
from agents.routing import Router
from placet.errors import BadInput

LABELLED = [
    # emails: written for
    ("emails", "Invite German CFOs who attended the March webinar to the follow-up on 12 December, "
               "link https://halden.example/f, friendly, 120 words."),
    ("emails", "please invite all customers in Spain to our dinner"),
    ("emails", "Send an email to customers in Germany about the new pricing"),
    ("emails", "send out the monthly newsletter to subscribers"),
    ("emails", "Write a newsletter about the spring release for newsletter subscribers"),
    ("emails", "draft an invitation for finance directors to the January roundtable"),
    ("emails", "Announce our new API to customers in France"),
    ("emails", "Tell all customers that our office is closed on 24 December"),
    ("emails", "let our customers know that maintenance takes place on Saturday"),
    ("emails", "Remind VPs of marketing about the webinar on Thursday"),
    ("emails", "email customers in Italy about the price change"),
    ("emails", "Mail everyone who visited the pricing page: book a demo at "
        "https://halden.example/d"),
    ("emails", "can you write an e-mail to leads in Austria"),
    ("emails", "I'd like to send a reminder to people with an open deal"),
    ("emails", "Thank everybody who attended the November webinar"),
    ("emails", "Follow up with people who attended the June webinar"),
    ("emails", "Ask customers in the UK for feedback on the dashboard, https://halden.example/s"),
    ("emails", "offer leads in Spain a 20% discount"),
    ("emails", "Send our customers in Spain a short note that the help centre has moved"),
    ("emails", "survey invitation for evangelists, 5 questions, https://halden.example/survey"),
    ("emails", "Lade deutsche Kunden zum Webinar am 12. Dezember ein"),
    ("emails", "Schreibe eine E-Mail an Kunden in Österreich über die neue Preisliste"),
    ("emails", "Bitte einen Newsletter an alle Abonnenten schicken"),
    ("emails", "Informiere Kunden in der Schweiz über die Wartung"),
    ("emails", "we need a campaign to customers who have not logged in, subject: We miss you"),
    ("emails", "What kind of emails can you write?"),
    ("emails", "newsletter"),
    ("emails", "Schedule an email for 1 December to SQLs about the price change"),
    ("emails", "hi team, could you please prepare a thank-you email for our customers?"),
    ("emails", "promote the benchmark report to CFOs"),
    # segments: about people, whatever verbs stand in their descriptions
    ("segments", "VPs of marketing in Germany or France who opened an email in the last 30 days"),
    ("segments", "customers at companies with more than 50 employees, except those in the UK"),
    ("segments", "How many customers do we have in Spain?"),
    ("segments", "contacts who have not opened an email in 90 days"),
    ("segments", "build a list of German CFOs for the webinar invitation"),
    ("segments", "make a segment of newsletter subscribers in France"),
    ("segments", "people who clicked a link in the March newsletter"),
    ("segments", "everyone who registered for the webinar but did not attend"),
    ("segments", "create an audience: leads with a score above 40"),
    ("segments", "email openers in the last 30 days"),
    ("segments", "email contains gmail.com"),
    ("segments", "email subscribers who never clicked"),
    ("segments", "show me all MQLs in Spain"),
    ("segments", "find customers with an open deal over 20k"),
    ("segments", "wie viele Kunden haben wir in Deutschland?"),
    ("segments", "deutsche Kunden"),
    ("segments", "contacts created this month"),
    ("segments", "who attended the March webinar?"),
    ("segments", "count the leads in Italy"),
    ("segments", "Erstelle eine Zielgruppe aus Kunden in Wien"),
    ("segments", "give me everybody who was sent the Product update and did not open it"),
    ("segments", "customers invited to the November webinar"),
    ("segments", "list of leads without a phone number"),
    # records
    ("records", "fix the country names in the CRM"),
    ("records", "clean up job titles"),
    ("records", "find duplicates"),
    ("records", "merge duplicate contacts at Acme"),
    ("records", "audit the crm"),
    ("records", "set the lifecycle stage of all webinar attendees to MQL"),
    ("records", "update the owner of German leads to Ben"),
    ("records", "normalise phone numbers"),
    ("records", "check for invalid email addresses"),
    ("records", "change the country of contacts in Wien to Austria"),
    ("records", "please dedupe our leads"),
]  # fmt: skip


class Clerk:
    """A trade that notes what it was asked and answers as told."""

    def __init__(self, name: str) -> None:
        self.name, self.asked, self.forgotten = name, list[str](), list[str]()
        self.asks = False
        self.runs: dict[str, Drafted] = {}

    def run(self, *, thread_id: str, run_id: str, text: str, previous: Any = None) -> Drafted:
        if run_id not in self.runs:
            self.asked.append(text)
            question = Question(text="Which?") if self.asks else None
            self.runs[run_id] = Drafted(reply=self.name, clarification=question)
        return self.runs[run_id]

    def compose(self, action: Mapping[str, Any], *, drafter: str, prompt: str | None = None) -> Any:
        return Proposed.model_construct(kind=self.name, drafter=drafter)

    def refresh(self, action: Mapping[str, Any], *, why: str) -> Any:
        return Proposed.model_construct(kind=self.name, summary=why)

    def forget(self, thread_id: str) -> None:
        self.forgotten.append(thread_id)


class Desk:
    def __init__(self, *names: str) -> None:
        self.clerks = {name: Clerk(name) for name in names}
        self.saver = InMemorySaver()
        self.count = 0

    def router(self) -> Router:
        return Router(self.clerks, checkpointer=self.saver)

    def say(self, text: str, thread: str = "t", **more: Any) -> Drafted:
        self.count += 1
        return self.router().run(thread_id=thread, run_id=f"r{self.count}", text=text, **more)


@pytest.fixture
def desk() -> Desk:
    return Desk("segments", "emails", "records")


@pytest.mark.parametrize(("trade", "text"), LABELLED, ids=[text[:40] for _, text in LABELLED])
def test_a_request_goes_to_its_trade(desk: Desk, trade: str, text: str) -> None:
    router = Router(desk.clerks, checkpointer=desk.saver, trades=_trades())
    assert router.run(thread_id="t", run_id="r", text=text).reply == trade


def _trades() -> tuple[Any, ...]:
    from agents.catalogue import TRADES, Trade

    if any(one.name == "records" for one in TRADES):
        return TRADES
    records = Trade(name="records", does="Fixes.", kinds=("fix_records",), examples=("fix",))
    return (*TRADES, records)


def test_there_are_sixty_labelled_requests() -> None:
    assert len(LABELLED) >= 60
    assert len({text for _, text in LABELLED}) == len(LABELLED)


def test_a_revision_goes_to_the_trade_of_its_action_whatever_the_words(desk: Desk) -> None:
    said = desk.say("how many customers in Spain?", previous={"kind": "send_email"})
    assert said.reply == "emails"
    assert desk.say("send it", previous={"kind": "build_segment"}).reply == "segments"
    with pytest.raises(BadInput, match="paint"):
        desk.say("x", previous={"kind": "paint"})


@pytest.mark.parametrize(
    "text",
    ["shorter", "more formal", "subject: Hello", "send it on Friday at 10 Berlin time",
     "only Germany", "two subject lines", "auf Deutsch", "without the last sentence", "kürzer"],
)  # fmt: skip
def test_a_change_goes_to_the_trade_that_drafted_last(desk: Desk, text: str) -> None:
    desk.say("MQLs in Spain", thread="other")
    desk.say("Invite customers to our dinner")
    assert desk.say(text).reply == "emails"


def test_only_germany_after_a_segment_stays_with_segments(desk: Desk) -> None:
    desk.say("Invite customers to our dinner")
    desk.say("show me all MQLs in Spain")
    assert desk.say("only Germany").reply == "segments"


def test_an_open_question_is_answered_where_it_was_asked(desk: Desk) -> None:
    desk.clerks["emails"].asks = True
    desk.say("Invite customers to our dinner")
    assert desk.say("customers in Germany").reply == "emails"
    assert desk.say("1. 12 December 2. https://halden.example/x").reply == "emails"
    assert desk.say("How many customers do we have in Spain?").reply == "segments"


def test_threads_do_not_mix(desk: Desk) -> None:
    desk.say("Invite customers to our dinner", thread="a")
    desk.say("show me all MQLs in Spain", thread="b")
    assert desk.say("only Germany", thread="a").reply == "emails"
    assert desk.say("only Germany", thread="b").reply == "segments"


def test_a_run_started_again_goes_where_it_went_before(desk: Desk) -> None:
    desk.clerks["emails"].asks = True
    first = desk.router().run(thread_id="t", run_id="one", text="Invite customers to our dinner")
    again = desk.router().run(thread_id="t", run_id="one", text="Invite customers to our dinner")
    assert first == again
    assert desk.clerks["emails"].asked == ["Invite customers to our dinner"]


def test_a_run_that_dies_in_the_trade_goes_to_the_same_trade_again(desk: Desk) -> None:
    class Dead(BaseException):
        pass

    class Dying(Clerk):
        def run(self, **_: Any) -> Drafted:
            raise Dead

    alive = desk.clerks["emails"]
    desk.say("show me all MQLs in Spain")
    desk.clerks["emails"] = Dying("emails")
    with pytest.raises(Dead):
        desk.router().run(thread_id="t", run_id="x", text="email customers in Italy about prices")
    desk.clerks["emails"] = alive
    said = desk.router().run(
        thread_id="t", run_id="x", text="email customers in Italy about prices"
    )
    assert said.reply == "emails"


def test_two_possible_trades_are_asked_about_and_the_answer_keeps_the_request(desk: Desk) -> None:
    text = "write an email to the audience of the March webinar about the recording"
    asked = desk.say(text)
    assert asked.clarification is not None
    assert desk.say("an email").reply == "emails"
    assert desk.clerks["emails"].asked == [text]
    desk.say(text, thread="u")
    assert desk.say("2", thread="u").reply in {"emails", "segments"}


def test_an_answer_that_picks_nothing_is_a_new_request(desk: Desk) -> None:
    desk.say("write an email to the audience of the March webinar about the recording")
    assert desk.say("How many customers do we have in Spain?").reply == "segments"


@pytest.mark.parametrize(
    "text", ["what can you do?", "hi", "help", "Hello Placet!", "was kannst du?"]
)
def test_help_names_every_trade(desk: Desk, text: str) -> None:
    reply = desk.say(text).reply
    assert "segment" in reply
    assert "email" in reply


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("post this on LinkedIn", "social networks"),
        ("build a landing page for the webinar", "pages"),
        ("send an SMS to all customers", "SMS"),
        ("call all leads in Spain", "phone calls"),
        ("make slides for the board", "slides"),
        ("translate our website to French", "do that"),
    ],
)
def test_what_it_cannot_do_it_says_and_names_what_it_can(text: str, what: str) -> None:
    said = Desk("segments", "emails").say(text)
    if "I cannot" in said.reply:
        assert said.refused
        assert what in said.reply
        assert "audience segment" in said.reply
    else:
        pytest.fail(said.reply)


def test_without_a_records_trade_it_says_so() -> None:
    desk = Desk("segments", "emails")
    said = desk.say("fix the country names in the CRM")
    assert "I do not correct records" in said.reply
    assert "email" in said.reply


def test_help_in_between_does_not_end_the_conversation(desk: Desk) -> None:
    desk.say("Invite customers to our dinner")
    desk.say("what can you do?")
    assert desk.say("shorter").reply == "emails"


def test_compose_refresh_and_forget_reach_the_right_trade(desk: Desk) -> None:
    router = desk.router()
    assert router.compose({"kind": "send_email"}, drafter="edit").kind == "emails"
    assert router.refresh({"kind": "build_segment"}, why="moved").summary == "moved"
    desk.say("Invite customers to our dinner")
    router.forget("t")
    assert [clerk.forgotten for clerk in desk.clerks.values()] == [["t"]] * 3
    assert desk.say("only Germany").reply == "segments"


def test_hostile_lengths_are_read_in_no_time(desk: Desk) -> None:
    for text in ("a " * 50_000, "invite " * 20_000, "please " * 20_000 + "invite", "(" * 50_000):
        desk.say(text, thread=text[:10])
