"""The MIME message, read back by the standard library's strict parser."""

import hashlib
import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placet.errors import BadInput
from tests.emails import LINKS, an_email, opened, person, rendered
from tools.email.address import ascii_address
from tools.email.headers import field, mailbox, one_line, unstructured
from tools.email.model import Mailbox, Text

STRICT = policy.SMTP.clone(raise_on_defect=True, utf8=True)


def parsed(message: bytes) -> EmailMessage:
    found = message_from_bytes(message, policy=STRICT)
    assert isinstance(found, EmailMessage)
    assert not any(part.defects for part in found.walk())
    assert not any(getattr(at, "defects", ()) for at in found.values())
    return found


def test_the_headers_that_bulk_senders_owe_are_there_once() -> None:
    made = rendered(an_email(reply_to=Mailbox(name="Büro", address="b@halden.example")))
    message = parsed(made.message)
    assert message.keys() == [
        "From", "Reply-To", "To", "Subject", "Message-ID", "List-Unsubscribe",
        "List-Unsubscribe-Post", "List-ID", "Feedback-ID", "Content-Language", "MIME-Version",
        "Content-Type",
    ]  # fmt: skip
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = re.fullmatch(r"<(https://mail\.halden\.example/u/(\S+))>", message["List-Unsubscribe"])
    assert link is not None
    assert LINKS.read(link[2]).email == "ana.schmidt@kundin.example"
    assert link[1] in made.text
    assert message["List-ID"] == "product updates <product.news.halden.example>"
    assert message["Feedback-ID"] == "cp_test:product:mail:placetmail"
    assert message["Reply-To"].addresses[0] == Address("Büro", "b", "halden.example")
    assert message["To"].addresses[0].display_name == "Ana Schmidt"
    assert message["Date"] is None
    assert made.sha256 == hashlib.sha256(made.message).hexdigest()


def test_both_parts_are_there_plain_first_and_seven_bit() -> None:
    made = rendered(
        an_email(Text(text="Grüße \u2014 漢字\n.\n..\nFrom here =20 x=\n" + "long " * 400))
    )
    message = parsed(made.message)
    assert message.get_content_type() == "multipart/alternative"
    kinds = [part.get_content_type() for part in message.iter_parts()]
    assert kinds == ["text/plain", "text/html"]
    for part, said in zip(message.iter_parts(), (made.text, made.html), strict=True):
        assert part["Content-Transfer-Encoding"] == "quoted-printable"
        assert part.get_content_charset() == "utf-8"
        assert part.get_content().replace("\r\n", "\n") == said
    assert made.message.isascii()
    body = made.message.partition(b"\r\n\r\n")[2]
    assert max(map(len, body.split(b"\r\n"))) <= 78
    assert made.message.endswith(b"--\r\n")
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", made.message)
    assert not re.search(rb"[ \t]\r\n", body)


def test_the_boundary_cannot_occur_in_a_part() -> None:
    boundary = parsed(rendered().message).get_boundary()
    made = rendered(an_email(Text(text=f"--{boundary}\n\n--{boundary}--")))
    assert len(list(parsed(made.message).iter_parts())) == 2


def test_message_ids_name_campaign_and_contact_and_stay() -> None:
    one, two = opened(), opened(campaign="cp_2")
    made = [parsed(r.render(who).message)["Message-ID"] for r in (one, two)
            for who in (person(), person(email="other@x.example"))]  # fmt: skip
    assert made[0] == made[1]  # the contact's, whatever their address is today
    assert made[0] != made[2]
    assert re.fullmatch(r"<cp_test\.[0-9a-f]{24}@news\.halden\.example>", made[0])


@given(st.text(max_size=120))
@settings(deadline=None)
def test_any_subject_is_read_back(text: str) -> None:
    subject = one_line(text.encode("utf-8", "ignore").decode())
    data = field("Subject", unstructured(subject, indent=9))
    assert max(map(len, data.split(b"\r\n"))) <= 78 or subject.isascii()
    message = message_from_bytes(data + b"\r\n", policy=policy.SMTP)
    assert message["subject"] == subject
    assert not message.defects
    assert len(message.keys()) == 1


@pytest.mark.parametrize(
    "name",
    ["Ana", "Ana Schmidt", "Schmidt, Ana", 'Ana "the" \\ B', "Zoë Müller", "漢字" * 30,
     "a@b.example",
     "=?utf-8?B?x?=", "<x>", "x" * 119, "Dr. A. (B) C", "  spaced   out ", "عربى"],
)  # fmt: skip
def test_any_name_is_read_back(name: str) -> None:
    data = field("To", mailbox(Mailbox(name=name, address="ana@x.example")))
    message = message_from_bytes(data + b"\r\n", policy=policy.SMTP)
    (found,) = message["to"].addresses
    assert found.addr_spec == "ana@x.example"
    if data.count(b"?B?") > 1:
        # RFC 2047 drops the space between encoded words; Python's address parser keeps it.
        words = data.decode().partition(": ")[2].replace("\r\n", "")
        assert str(make_header(decode_header(words))) == f"{one_line(name)} <ana@x.example>"
    else:
        assert found.display_name == one_line(name)
    assert not message["to"].defects
    assert max(map(len, data.split(b"\r\n"))) < 200


@pytest.mark.parametrize("value", ["a\r\nBcc: x", "a\nb", "a\rb", "a\x00b", "a\r\n"])
def test_no_header_can_end_early(value: str) -> None:
    with pytest.raises(ValueError, match="line break"):
        field("Subject", value)


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("ana@x.example", "ana@x.example"),
        ("o'brien+tag@x.example", "o'brien+tag@x.example"),
        ("ana@bücher.example", "ana@xn--bcher-kva.example"),
        ("ana@straße.example", "ana@xn--strae-oqa.example"),
    ],
)
def test_domains_are_written_in_ascii(address: str, wanted: str) -> None:
    assert ascii_address(address) == wanted
    made = rendered(an_email(), person(email=address))
    assert made.to == wanted
    assert parsed(made.message)["To"].addresses[0].addr_spec == wanted


def test_a_local_part_that_is_not_ascii_makes_an_internationalised_message() -> None:
    made = rendered(an_email(), person(email="jörg@bücher.example"))
    assert made.to == "jörg@xn--bcher-kva.example"
    assert "To: jörg@xn--bcher-kva.example\r\n".encode() in made.message  # RFC 6532: UTF-8 as it is


@pytest.mark.parametrize("address", ["", "a", "a@b", "a b@x.example", "a@x.example,b@x.example",
                                     "a@x.example\n", "@x.example", "a@-x.example",
                                     "a" * 250 + "@x.example"])  # fmt: skip
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(BadInput):
        ascii_address(address)


def test_a_persons_name_that_looks_like_an_address_is_left_out() -> None:
    made = rendered(an_email(), person(first_name="ceo@bank.example"))
    assert parsed(made.message)["To"] == "ana@kundin.example"
