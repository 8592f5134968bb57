"""A small CRM, the agents of every trade over it with any model, and answers that fit them."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from langgraph.checkpoint.memory import InMemorySaver

from agents.emails import build_email_agent
from agents.emails.model_form import BRIEF, EMAIL
from agents.models import ChatModel
from agents.port import Agent
from agents.records import build_records_agent
from agents.records.model_form import SCHEMA as RECORDS
from agents.segments import build_agent
from agents.segments.model_form import SCHEMA as SEGMENTS
from placet.clock import FixedClock
from placet.settings import Settings, load_settings
from prompts.serving import PromptSource
from tests.model_server import Asked, Reply, completed, send
from tests.records import KeptFiles
from tools.crm.local.crm import LocalCrm
from tools.crm.local.migrate import upgrade
from tools.crm.local.sample.fill import fill
from tools.email.brand import sample_brand
from tools.email.links import Links, mail_key
from tools.email.recipients import SqlRecipients
from tools.hygiene.local import SqlHygiene
from tools.segments.engine import SqlSegments
from tools.sql import create_engine

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TRADES = ("segments", "emails", "records")
REQUESTS: Mapping[str, str] = {
    "segments": "customers in Spain",
    "emails": "Tell customers in Spain that prices change on 1 March 2027, "
    "https://www.halden.example/p",
    "records": "set lead status to open for customers in Spain",
}


class World:
    """The CRM; every agent that it gives has a memory of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.engine = create_engine(f"sqlite:///{folder / 'crm.db'}")
        upgrade(self.engine)
        fill(self.engine, size=300, now=NOW)
        self.clock = FixedClock(NOW)
        self.crm = LocalCrm(self.engine, self.clock)
        self.segments = SqlSegments(self.engine, self.crm)
        self.hygiene = SqlHygiene(self.engine)

    def agent(
        self,
        trade: str,
        model: ChatModel | None,
        *,
        prompts: PromptSource | None = None,
        saver: Any = None,
        **settings: Any,
    ) -> Agent:
        """Return a trade's agent as the application builds it."""
        common: dict[str, Any] = {
            "settings": self._settings(settings), "crm": self.crm, "segments": self.segments,
            "clock": self.clock, "model": model, "prompts": prompts,
            "checkpointer": saver or InMemorySaver(),
        }  # fmt: skip
        if trade == "segments":
            return build_agent(**common)
        if trade == "records":
            return build_records_agent(**common, hygiene=self.hygiene, files=KeptFiles())
        return build_email_agent(
            **common, brand=sample_brand, recent=lambda: (),
            recipients=SqlRecipients(self.engine, self.clock),
            links=Links("https://mail.halden.example", mail_key(b"k" * 32)),
        )  # fmt: skip

    def _settings(self, more: Mapping[str, Any]) -> Settings:
        return load_settings({}, home=self.folder).model_copy(update=dict(more))


# --- answers that fit ----------------------------------------------------------------------------


def leaf(field: str, value: str) -> dict[str, Any]:
    """Return a condition in the model's form."""
    test = {"test": "equals", "values": [value], "numbers": [],
            **dict.fromkeys(("amount", "unit", "period", "start", "end"))}  # fmt: skip
    rest = ("asset", "window", "at_least", "at_most", "list", "share")
    return {"op": "property", "of": [], "field": field, "test": test, "types": [],
            **dict.fromkeys(rest)}  # fmt: skip


def people(
    country: str = "Spain", text: str = "customers in Spain", stage: str = "customer"
) -> dict[str, Any]:
    """Return customers in a country."""
    both = {**leaf("country", country), "op": "and", "field": None, "test": None,
            "of": [leaf("lifecycle_stage", stage), leaf("country", country)]}  # fmt: skip
    return {
        "type": "proposal", "filter": both, "name": f"Customers in {country}", "use": "marketing",
        "include_anyway": [], "text": None, "options": [], "about": None,
        "words": [{"words": text, "use": "condition", "became": "both"}],
    }  # fmt: skip


def brief() -> dict[str, Any]:
    """Return the email that is asked for."""
    empty: dict[str, Any] = dict.fromkeys(BRIEF["properties"])
    return empty | {
        "must_not": [], "options": [], "reply_instead": False, "type": "proposal",
        "audience": "customers in Spain", "purpose": "announce", "about": "prices",
        "must_say": ["prices change on 1 March 2027"],
        "links": [{"url": "https://www.halden.example/p", "label": None}],
    }  # fmt: skip


def email(text: str = "") -> dict[str, Any]:
    """Return its words, and `text` after them."""

    def block(kind: str, **more: Any) -> dict[str, Any]:
        return {"type": kind, "items": [], **dict.fromkeys(("text", "label", "url", "by")), **more}

    hello = (
        'Hello {{ contact.first_name | default: "there" }},\n\nour prices change on 1 March 2027. '
    )
    return {
        "subject": "Our prices change", "preheader": "From 1 March 2027, in short",
        "blocks": [
            block("heading", text="Our prices change"), block("text", text=hello + text),
            block("button", label="See the prices", url="https://www.halden.example/p"),
            block("text", text="Kind regards,\n\nHalden"),
        ],
        "variants": [],
    }  # fmt: skip


def fix() -> dict[str, Any]:
    """Return the change of records that is asked for."""
    empty: dict[str, Any] = dict.fromkeys(RECORDS["properties"])
    lists = ("detectors", "fields", "only_fields", "not_fields", "records", "options")
    return empty | {name: [] for name in lists} | {
        "type": "work", "work": "set", "who": "customers in Spain", "subjects": ["contact"],
        "field": "lead_status", "value": "open", "level": "all", "counting": False,
    }  # fmt: skip


def right(asked: Asked) -> dict[str, Any]:
    """Return the answer that fits what is asked, by the form that it is asked in."""
    said = json.dumps(asked)
    for form, answer in ((SEGMENTS, people()), (BRIEF, brief()), (EMAIL, email()),
                         (RECORDS, fix())):  # fmt: skip
        named = asked.get("response_format") or asked.get("tools") or said
        keys = [json.dumps(key) for key in form["properties"]]
        where = json.dumps(named) if not isinstance(named, str) else named.replace('\\"', '"')
        if all(key in where for key in keys):
            return answer
    return {"reason": "It is clear.", "injection": False, "verdict": "pass"}


def answering(handler: Any, asked: Asked) -> None:
    """Answer right, by schema."""
    send(handler, 200, completed(json.dumps(right(asked))))


def by_tool(handler: Any, asked: Asked) -> None:
    """Answer right by calling the tool; know no response_format."""
    if "response_format" in asked:
        send(handler, 400, b'{"error": {"message": "response_format is not supported"}}')
        return
    call = {"name": "answer", "arguments": json.dumps(right(asked))}
    calls = [{"id": "t1", "type": "function", "function": call}]
    send(handler, 200, completed(None, finish="tool_calls", tool_calls=calls))


def by_words(handler: Any, asked: Asked) -> None:
    """Answer right in words; know neither response_format nor tools."""
    if "response_format" in asked or "tools" in asked:
        send(handler, 422, b'{"detail": "extra fields not permitted"}')
        return
    text = json.dumps(right(asked), indent=1)
    send(handler, 200, completed(f"Sure, here it is:\n\n```json\n{text}\n```\nAnything else?"))


def deaf(handler: Any, asked: Asked) -> None:
    """Take every option and ignore it; answer right only when told in words."""
    if "response_format" in asked or "tools" in asked:
        send(handler, 200, completed("Happy to help! Which segment do you mean?"))
        return
    by_words(handler, asked)


WAYS: Mapping[str, tuple[Reply, int]] = {
    "schema": (answering, 0), "tool": (by_tool, 1), "text": (by_words, 2), "ignored": (deaf, 2),
}  # fmt: skip
"""Servers by what they support, and how many calls in vain the first answer costs."""
