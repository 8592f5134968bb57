"""Headers: who it says it is from, where answers go, and what a mail server would stumble over."""

from __future__ import annotations

import re
from collections.abc import Iterator

from email_validator import EmailNotValidError, validate_email

from .case import Case
from .port import EmailCheck, Hit
from .providers import is_free

__all__ = ["CHECKS"]

_NOBODY = re.compile(
    r"^(?:no-?_?reply|do-?not-?reply|donotreply|noresponse|keine-?antwort|nicht-?antworten)",
    re.IGNORECASE,
)
_ONCE = ("From", "To", "Subject", "Message-ID", "MIME-Version", "Content-Type")
_LINE = 998
"""Bytes of a line at most, without its end (RFC 5322)."""


def _from_domain(case: Case) -> Iterator[Hit]:
    address = case.email.sender.address
    if not case.brand.may_send(address):
        allowed = ", ".join(case.brand.from_domains)
        yield Hit(
            message=f"{address} is not at one of the brand's from-domains ({allowed}).",
            evidence=address,
        )
    if is_free(address.rpartition("@")[2].casefold()):
        yield Hit(
            message="A free mail address as sender fails DMARC at every large provider.",
            evidence=address,
        )


def _from_name(case: Case) -> Iterator[Hit]:
    name = case.email.sender.name.strip()
    if not name:
        yield Hit(message="The sender has no name: inboxes show the bare address.")
    elif "@" in name:
        other = re.search(r"[\w.+-]+@[\w.-]+", name)
        if other is None or other.group().casefold() != case.email.sender.address.casefold():
            yield Hit(
                message="The sender's name is another address than the sender's.",
                evidence=name,
                severity="error",
            )
    elif re.match(r"(?i)(?:re|fwd?|aw|wg)\s*:", name) or (name.isupper() and len(name) > 6):
        yield Hit(message="The sender's name looks like spam.", evidence=name)


def _reply_to(case: Case) -> Iterator[Hit]:
    reply = case.email.reply_to or case.brand.reply_to or case.email.sender
    for mailbox in {one.address: one for one in (reply, case.email.sender)}.values():
        if problem := _invalid(mailbox.address):
            yield Hit(
                message=f"{mailbox.address} is no address: {problem}", evidence=mailbox.address
            )
    if not case.brand.may_send(reply.address):
        yield Hit(message="Answers go to a domain that is not the brand's.", evidence=reply.address)


def _invalid(address: str) -> str:
    try:
        # `.example` is where demos and tests live; whether a domain resolves is the sender's test.
        validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        if "special-use" in str(error):
            return ""
        return str(error)
    return ""


def _no_reply(case: Case) -> Iterator[Hit]:
    reply = case.email.reply_to or case.brand.reply_to or case.email.sender
    if _NOBODY.match(reply.address):
        yield Hit(message="Nobody reads the answers.", evidence=reply.address)


def _form(case: Case) -> Iterator[Hit]:
    for sample in case.samples:
        raw = sample.rendered.message
        for name in _ONCE:
            if len(sample.mime.get_all(name, [])) != 1:
                yield Hit(
                    message=f"The header {name} is there {len(sample.mime.get_all(name, []))} "
                    "times.",
                    evidence=sample.who,
                )
        longest = max((len(line) for line in raw.split(b"\r\n")), default=0)
        if longest > _LINE:
            yield Hit(
                message=f"A line has {longest} bytes; servers may cut or refuse above {_LINE}.",
                evidence=sample.who,
            )
        if re.search(rb"(?<!\r)\n|\r(?!\n)", raw):
            yield Hit(
                message="The message has bare line feeds, which servers refuse.",
                evidence=sample.who,
            )
        head = raw.partition(b"\r\n\r\n")[0]
        if any(byte > 127 for byte in head):
            yield Hit(message="The headers hold letters that are not encoded.", evidence=sample.who)
        return


def _breaks(case: Case) -> Iterator[Hit]:
    email = case.email
    reply = email.reply_to
    for where, text in (*case.subjects, ("sender", email.sender.name + email.sender.address),
                        ("reply-to", reply.name + reply.address if reply else "")):  # fmt: skip
        if re.search(r"[\r\n\x00-\x08]", text):
            yield Hit(
                message=f"The {where} holds a line break or control sign, which could add headers.",
                evidence=ascii(text),
            )


def _recipient(case: Case) -> Iterator[Hit]:
    if (wrong := case.tally.misaddressed).count:
        yield Hit(
            message=f"{wrong.count} messages go to another address than their member's.",
            evidence=f"contact {wrong.example}",
        )


def _topic(case: Case) -> Iterator[Hit]:
    if case.email.topic not in case.brand.topics:
        known = ", ".join(case.brand.topics)
        yield Hit(
            message=f"The topic {case.email.topic!r} is none that people can unsubscribe from.",
            evidence=known,
        )


CHECKS = (
    EmailCheck(
        name="headers.from_domain",
        severity="error",
        look=_from_domain,
        about="a sender at one of the brand's from-domains",
        fix="Send from one of the brand's senders.",
    ),
    EmailCheck(
        name="headers.from_name",
        severity="warn",
        look=_from_name,
        about="a sender's name people recognise",
        fix="Use the name in the brand file.",
    ),
    EmailCheck(
        name="headers.reply_to",
        severity="error",
        look=_reply_to,
        about="answers that reach the brand",
        fix="Use an address at one of the brand's from-domains.",
    ),
    EmailCheck(
        name="headers.no_reply",
        severity="warn",
        look=_no_reply,
        about="addresses nobody reads",
        fix="Give a reply-to that somebody reads: answers help delivery.",
    ),
    EmailCheck(
        name="headers.form",
        severity="error",
        look=_form,
        about="what mail servers refuse: doubled headers, long lines, bare line feeds",
        fix="Have the message built by Placet.",
    ),
    EmailCheck(
        name="headers.injection",
        severity="error",
        look=_breaks,
        about="line breaks in what becomes a header",
        fix="Write it on one line.",
    ),
    EmailCheck(
        name="headers.recipient",
        severity="error",
        look=_recipient,
        about="each message going to its own member",
        fix="Render the email anew.",
    ),
    EmailCheck(
        name="headers.topic",
        severity="error",
        look=_topic,
        about="a topic of the brand file",
        fix="Choose one of the brand's topics.",
    ),
)
