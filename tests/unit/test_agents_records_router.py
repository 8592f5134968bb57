"""The router and records: corrections reach the records agent, and nothing else does."""

from collections.abc import Mapping
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from agents.port import Drafted, Question
from agents.routing import Router
from agents.routing.words import reads_as_change, trade_of

RECORDS = (
    "Clean up the phone numbers of German contacts",
    "find duplicates among the webinar leads",
    "what is wrong with our CRM?",
    "set lifecycle to customer for everyone with a closed-won deal",
    "clear the lead status of leads in Spain",
    "assign all contacts in France to Priya Nair",
    "fill in missing industries",
    "fix typos in email domains",
    "normalise countries",
    "remove salutations from first names",
    "everyone with a closed-won deal should be a customer",
    "mark bounced contacts as unqualified",
    "move all webinar leads to MQL",
    "make Priya Nair the owner of all customers in Italy",
    "unsubscribe everyone at Acme",
    "enrich companies in Germany",
    "how many duplicates do we have?",
    "merge duplicate companies in Germany",
    "remove duplicates",
    "what's wrong with the German contacts?",
    "how clean is our data?",
    "audit the CRM",
    "run a health check of the CRM",
    "check for role addresses",
    "find stale records",
    "find test records",
    "are there any duplicate contacts in Spain?",
    "which contacts are duplicates?",
    'replace "Deutschland" with Germany in the country field',
    "rename the owner Sam Carter to Priya Nair",
    "customers' countries are a mess",
    "bereinige die Telefonnummern der deutschen Kontakte",
    "setze die Lebenszyklusphase auf Kunde für alle in Wien",
    "weise alle Kontakte in Frankreich Priya Nair zu",
    "finde Dubletten",
    "lösche den Lead-Status der Kontakte in Spanien",
    "set the lead score of MQLs in France to 50",
    "update the job title of anna@halden.example to VP of Marketing",
    "change lead status from new to open for leads created last month",
    "convert phone numbers of customers to E.164",
    "fix names in all caps for customers in Austria",
    "delete all contacts in Spain",
    "opt all customers in",
    "set consent to granted for everyone in Italy",
    "fill in the seniority and job function of 40 contacts",
    "clear the placeholders of 3 contacts",
    "fix the missing company links of 3 contacts",
    "normalize the languages of 30 contacts",
    "standardise job titles",
    "correct the capitalisation of last names",
    "give all of Sam Carter's contacts to Priya Nair",
    "transfer the leads in Berlin to Mia Lindgren",
    "look for mojibake in names",
    "empty the phone field of contacts in Linz",
    "backfill company sizes",
    "was stimmt mit unseren Daten nicht?",
    "reassign contacts of former owners",
    "swap first and last names of contacts at Acme",
    "tidy up our database",
)
OTHERS = (
    ("segments", "contacts without a phone number"),
    ("segments", "contacts with a phone number in Germany"),
    ("segments", "leads whose owner is Priya Nair"),
    ("segments", "customers who changed their job title"),
    ("segments", "set up a list of customers in Spain"),
    ("segments", "make a list of customers with lead status new"),
    ("segments", "find customers without an owner"),
    ("segments", "show me contacts with an invalid country"),
    ("segments", "people assigned to Priya Nair"),
    ("segments", "everyone with a closed-won deal"),
    ("segments", "list of webinar attendees in Spain"),
    (
        "emails",
        "Send an email to contacts without a phone number asking for it, https://halden.example/p",
    ),
    ("emails", "tell customers to update their phone numbers, https://halden.example/x"),
    ("emails", "Write an email about our data quality webinar to CFOs"),
    ("emails", "Invite customers to the webinar on clean data, link https://halden.example/w"),
    (
        "emails",
        "Remind owners of companies in Spain to fix their payment data, https://halden.example/y",
    ),
)


class Clerk:
    """A trade that answers with its name."""

    def __init__(self, name: str, *, asks: bool = False) -> None:
        self.name, self.asks = name, asks
        self.asked: list[str] = []

    def run(self, *, thread_id: str, run_id: str, text: str, previous: Any = None) -> Drafted:
        self.asked.append(text)
        question = Question(text="Which?") if self.asks else None
        return Drafted(reply=self.name, clarification=question)

    def compose(self, action: Mapping[str, Any], *, drafter: str, prompt: Any = None) -> Any:
        raise AssertionError

    def refresh(self, action: Mapping[str, Any], *, why: str) -> Any:
        raise AssertionError

    def forget(self, thread_id: str) -> None:
        self.asked.clear()


def _router(**clerks: Clerk) -> Router:
    every = {name: Clerk(name) for name in ("segments", "emails", "records")} | clerks
    return Router(every, checkpointer=InMemorySaver())


@pytest.mark.parametrize("text", RECORDS)
def test_work_on_records_goes_to_the_records_agent(text: str) -> None:
    assert _router().run(thread_id="t", run_id="r", text=text).reply == "records"


@pytest.mark.parametrize(("trade", "text"), OTHERS)
def test_people_and_emails_are_not_taken_for_corrections(trade: str, text: str) -> None:
    assert trade_of(text) in ((), (trade,))
    assert _router().run(thread_id="t", run_id="r", text=text).reply == trade


def test_there_are_forty_requests_and_each_once() -> None:
    assert len(RECORDS) >= 40
    assert len(set(RECORDS)) == len(RECORDS)


@pytest.mark.parametrize(
    "text",
    ["only the certain ones", "not the customers", "leave out the phone numbers", "only Spain",
     "make it evangelist instead", "all but anna@halden.example", "without Spain"],
)  # fmt: skip
def test_a_follow_up_goes_to_the_trade_that_drafted_last(text: str) -> None:
    router = _router()
    router.run(thread_id="t", run_id="1", text="fix the phone numbers of German contacts")
    assert reads_as_change(text, "records")
    assert router.run(thread_id="t", run_id="2", text=text).reply == "records"


def test_an_answer_goes_to_the_trade_that_asked_and_a_new_request_does_not() -> None:
    router = _router(records=Clerk("records", asks=True))
    router.run(thread_id="t", run_id="1", text="set the lead status of VPs to superstar")
    assert router.run(thread_id="t", run_id="2", text="Qualified").reply == "records"
    said = router.run(thread_id="t", run_id="3", text="Send an email to customers in Spain")
    assert said.reply == "emails"


def test_kinds_of_records_are_composed_by_the_records_agent() -> None:
    for kind in ("fix_records", "merge_records"):
        with pytest.raises(AssertionError):
            _router().refresh({"kind": kind}, why="moved")
