"""The edit form of an email: its words, links, sender, moment and pace, one field each.

What the form sends is laid over the revision that the person saw: a JSON merge patch, in which the
body is replaced whole. Whoever composes it renders and checks everything anew.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from placet.clock import iso
from placet.errors import BadInput
from tools.email.action import SendEmail
from tools.email.brand import Brand
from tools.email.fields import TOKENS
from tools.email.links import Links
from tools.email.model import Email, Mailbox
from tools.email.render import open_renderer

from .blocks import Block, context
from .edit_form import Edited
from .email_parts import Part, parts_of, put_parts
from .modals import Back, View, modal, text_input
from .names import Form
from .text import cut, inert, plain

__all__ = ["email_view", "read_email_edit"]

_SUBJECT, _PREHEADER, _MOST_SENDERS = 500, 500, 90
_MOST_FIELDS = 80
_NOW, _LATER = "now", "later"
_TOKENS = (
    '{{ contact.first_name | default: "there" }} is replaced for each person; the words after '
    "default: are for those of whom nothing is known, and every such token needs them. There are: "
)


def email_view(action: SendEmail, brand: Brand, back: Back) -> View:
    """Return the form for an email.

    Raises:
        BadInput: it has too many parts to be edited here.
    """
    email, parts = action.email, parts_of(action.email)
    if len(parts) > _MOST_FIELDS:
        raise BadInput("This email has too many parts to be edited here; press Ask for changes.")
    blocks = [
        *_subjects(email),
        _optional(text_input("preheader", "Preheader", value=email.preheader, most=_PREHEADER,
                             hint="The line that inboxes show after the subject.")),
        _sender(email.sender, brand),
        context(_TOKENS + ", ".join(TOKENS[:12]) + ", company.name …"),
        *(_field(part) for part in parts),
        *_moment(action),
        _rate(action),
    ]  # fmt: skip
    return modal("Edit the email", blocks, form=Form.EDIT, submit="Save", back=back)


def _subjects(email: Email) -> list[Block]:
    if not email.variants:
        return [text_input("subject", "Subject", value=email.subject, most=_SUBJECT)]
    return [
        text_input(
            f"variant:{number}", f"Subject {one.key} ({one.share:.0%} of the people)",
            value=one.subject, most=_SUBJECT,
        )
        for number, one in enumerate(email.variants)
    ]  # fmt: skip


def _field(part: Part) -> Block:
    if part.too_long:
        words = f"{part.label} is too long to be edited here; press Ask for changes."
        return context(inert(words, 300))
    block = text_input(
        part.block_id, part.label, value=part.value, multiline=part.multiline, hint=part.hint
    )
    return _optional(block) if part.optional else block


def _optional(block: Block) -> Block:
    return block | {"optional": True}


def _senders(now: Mailbox, brand: Brand) -> list[Mailbox]:
    """Return who may be the sender: the brand's, and whoever it is now."""
    known = list(brand.senders[:_MOST_SENDERS])
    return known if now in known else [now, *known]


def _sender(now: Mailbox, brand: Brand) -> Block:
    options = {
        _key(one): {"text": plain(cut(inert(_called(one), 75), 75)), "value": _key(one)}
        for one in _senders(now, brand)
    }
    return _select("sender", "From", list(options.values()), options[_key(now)])


def _key(box: Mailbox) -> str:
    """Return what stands for a sender: an option's value takes 150 characters, an address more."""
    return cut(f"{box.address} {box.name}", 150)


def _called(box: Mailbox) -> str:
    return f"{box.name} <{box.address}>" if box.name else box.address


def _select(block_id: str, label: str, options: Sequence[Block], chosen: Block) -> Block:
    element = {
        "type": "static_select",
        "action_id": "value",
        "options": list(options),
        "initial_option": chosen,
    }
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": element}


def _moment(action: SendEmail) -> list[Block]:
    at = action.schedule.send_at
    options = {
        _NOW: {"text": plain("As soon as it is approved"), "value": _NOW},
        _LATER: {"text": plain("At the time below"), "value": _LATER},
    }
    picker: Block = {"type": "datetimepicker", "action_id": "value"}
    if at is not None:
        picker["initial_date_time"] = int(at.timestamp())
    return [
        _select("when", "When it leaves", list(options.values()), options[_LATER if at else _NOW]),
        {
            "type": "input", "block_id": "send_at", "optional": True, "element": picker,
            "label": plain("Time, on your own clock"),
        },
    ]  # fmt: skip


def _rate(action: SendEmail) -> Block:
    element: Block = {
        "type": "number_input", "action_id": "value", "is_decimal_allowed": False, "min_value": "1",
    }  # fmt: skip
    if action.schedule.per_minute:
        element["initial_value"] = str(action.schedule.per_minute)
    return {
        "type": "input", "block_id": "rate", "optional": True, "element": element,
        "label": plain("Messages a minute at most"),
        "hint": plain("Empty: as fast as the operator allows."),
    }  # fmt: skip


# --- what the form says --------------------------------------------------------------------------


def read_email_edit(
    action: SendEmail, brand: Brand, values: Mapping[str, Any], now: datetime
) -> Edited:
    """Return what the form changes in an email, checked as far as it takes no recipient."""
    reading = _Reading(action, brand, values, now)
    before = action.arguments()
    email = reading.email(before["email"])
    schedule = reading.schedule(before["schedule"])
    if not reading.errors:
        reading.check(email)
    if reading.errors:
        said = {block: inert(words, 300) for block, words in reading.errors.items()}
        return Edited(patch={}, errors=said)
    patch = {"email": _changed(before["email"], email)}
    patch["schedule"] = _changed(before["schedule"], schedule)
    return Edited(patch={key: change for key, change in patch.items() if change}, errors={})


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in after.items() if value != before.get(key)}


@dataclass
class _Reading:
    """One form being read; what is wrong collects in `errors`, by field."""

    action: SendEmail
    brand: Brand
    values: Mapping[str, Any]
    now: datetime

    def __post_init__(self) -> None:
        self.errors: dict[str, str] = {}
        self.touched: set[str] = set()

    def email(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """Return the email as JSON values with the form's words in it."""
        after = {**before, "preheader": self._preheader(), "sender": self._sender()}
        if before["variants"]:
            after["variants"] = [
                {**one, "subject": self._needed(f"variant:{number}", one["subject"])}
                for number, one in enumerate(before["variants"])
            ]
        else:
            after["subject"] = self._needed("subject", before["subject"])
        after["body"] = self._body(before["body"])
        return after

    def _body(self, before: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Return the body; what was left alone keeps its very characters."""
        written = {
            part.block_id: self._text(part.block_id)
            for part in parts_of(self.action.email)
            if not part.too_long and part.block_id in self.values
            if self._text(part.block_id) != _trimmed(part.value)
        }
        self.touched |= set(written)
        body = put_parts(before, written, self.errors)
        if not body:
            self.errors.setdefault("preheader", "Nothing would be left of the email.")
        return body

    def _text(self, block: str) -> str:
        return _trimmed(str(self.values.get(block) or ""))

    def _preheader(self) -> str:
        old = self.action.email.preheader
        return self._line("preheader", old) if "preheader" in self.values else old

    def _needed(self, block: str, old: str) -> str:
        if block not in self.values:
            return old
        if not self._text(block):
            self.errors[block] = "Write a subject."
        return self._line(block, old)

    def _line(self, block: str, old: str) -> str:
        text = " ".join(self._text(block).split())
        if text == " ".join(old.split()):
            return old
        self.touched.add(block)
        return text

    def _sender(self) -> dict[str, Any]:
        now = self.action.email.sender
        senders = {_key(one): one for one in _senders(now, self.brand)}
        chosen = senders.get(str(self.values.get("sender") or _key(now)))
        if chosen is None:
            self.errors["sender"] = "The brand file does not know this sender any more."
        return (chosen or now).model_dump(mode="json")

    def schedule(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """Return the schedule as JSON values; None takes a limit or a moment away."""
        return {**before, "send_at": self._send_at(before["send_at"]), "per_minute": self._rate()}

    def _send_at(self, before: Any) -> Any:
        if (self.values.get("when") or _NOW) == _NOW:
            return None
        chosen, old = self.values.get("send_at"), self.action.schedule.send_at
        if not str(chosen or "").isdigit():
            self.errors["send_at"] = "Choose when it leaves."
            return None
        if old is not None and int(old.timestamp()) == int(chosen or 0):
            return before
        at = datetime.fromtimestamp(int(chosen or 0), UTC)
        if at <= self.now:
            self.errors["send_at"] = "That moment is over; choose one that is still to come."
        return iso(at)

    def _rate(self) -> int | None:
        text = self._text("rate")
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 1_000_000):
            self.errors["rate"] = "Write a whole number from 1 to 1,000,000, or nothing."
            return None
        return int(text)

    def check(self, email: Mapping[str, Any]) -> None:
        """Build the email once, so that what cannot be built is said beneath its field."""
        try:
            made = Email.model_validate(email)
            links = Links("https://preview.invalid", b"nothing is sent with these")
            tokens = open_renderer(
                made, self.brand, campaign=self.action.campaign, links=links, missing="show"
            ).tokens
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(str(step) for step in first["loc"])
            self._beneath(place, str(first["msg"]).removeprefix("Value error, "))
            return
        except BadInput as error:
            self._beneath(str(error), str(error))
            return
        for token in tokens:  # one that was there before is the checks' to name
            field = _field_of(token.place, self.values)
            if not token.has_fallback and field in self.touched:
                said = f'{token.name} needs words for those without it: | default: "there".'
                self.errors.setdefault(field, said)

    def _beneath(self, place: str, words: str) -> None:
        """Put words beneath the field of a place such as `body[2].text`."""
        self.errors.setdefault(_field_of(place, self.values), words)


def _trimmed(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


_PLACE = re.compile(r"(?:email\.)?(?:(body|variants)[\[.](\d+)\]?|(subject|preheader|sender))")


def _field_of(place: str, values: Mapping[str, Any]) -> str:
    found = _PLACE.search(place)
    first = "subject" if "subject" in values else "preheader"
    if found is None:
        return first
    if found[3]:
        return found[3] if found[3] in values else first
    if found[1] == "variants":
        return f"variant:{found[2]}" if f"variant:{found[2]}" in values else first
    of_block = [key for key in values if key.startswith(f"body:{found[2]}:")]
    named = re.search(r"\]\.(\w+)", place[found.start() :])
    wanted = f"body:{found[2]}:{named[1]}" if named else ""
    return wanted if wanted in of_block else next(iter(of_block), first)
