"""The SMTP client against real servers: TLS, login, what may not be downgraded, connections."""

import datetime as dt
import ipaddress
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from tests.mails import HASTY, Sink
from tools.email.sending import MailServer, Patience, Smtp
from tools.email.sending.replies import Accepted, Denied, Doubtful, Halted, Unreachable

MESSAGE = b"Date: x\r\nSubject: hello\r\n\r\n.dot\r\n"


@contextmanager
def yes() -> Iterator[None]:
    yield None


@contextmanager
def no() -> Iterator[str]:
    yield "somebody said no"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 that signs itself; returns its files and who trusts it."""
    folder, key = tmp_path_factory.mktemp("tls"), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(alternative, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert, pem = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(cert, pem)
    return server, ssl.create_default_context(cafile=str(cert))


class Keeps:
    def __init__(self) -> None:
        self.got: list[tuple[str, list[str], bytes]] = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.got.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 2.0.0 queued"


def login(server, session, envelope, mechanism, data):
    good = isinstance(data, LoginPassword) and data.password == b"s3cret-pw"
    return AuthResult(success=good, handled=False)


@pytest.fixture
def serve():
    started = []

    def start(**options) -> tuple[Keeps, int]:
        keeps = Keeps()
        controller = Controller(keeps, hostname="127.0.0.1", port=0, **options)
        # aiosmtpd connects to itself to see whether it runs: it must know the real port.
        controller.port = _free_port()
        controller.start()
        started.append(controller)
        return keeps, controller.port

    yield start
    for controller in started:
        controller.stop()


def _free_port() -> int:
    import socket

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def sent(server: MailServer, to: str = "ana@a.example", look=yes, data: bytes = MESSAGE):
    smtp = Smtp(server, HASTY)
    try:
        return smtp.send("events@acme.example", to, data, look)
    finally:
        smtp.close()


def test_starttls_with_login_over_a_trusted_certificate(serve, certificate) -> None:
    context, trusting = certificate
    keeps, port = serve(tls_context=context, require_starttls=True, authenticator=login,
                        auth_required=True)  # fmt: skip
    server = MailServer(host="127.0.0.1", port=port, user="u", password=SecretStr("s3cret-pw"),
                        context=trusting)  # fmt: skip
    assert sent(server) == Accepted(reply="2.0.0 queued")
    assert keeps.got[0][2] == MESSAGE


def test_a_wrong_password_is_said_without_it(serve, certificate) -> None:
    context, trusting = certificate
    keeps, port = serve(tls_context=context, authenticator=login, auth_required=True)
    server = MailServer(host="127.0.0.1", port=port, user="u", password=SecretStr("wrong-pw"),
                        context=trusting)  # fmt: skip
    said = sent(server)
    assert isinstance(said, Unreachable)
    assert "refuses our login (535); check PLACET_SMTP_USER" in said.text
    assert "wrong-pw" not in said.text
    assert keeps.got == []


def test_a_certificate_nobody_trusts_is_not_accepted(serve, certificate) -> None:
    context, _ = certificate
    keeps, port = serve(tls_context=context)
    said = sent(MailServer(host="127.0.0.1", port=port))
    assert isinstance(said, Unreachable)
    assert "certificate is not trusted" in said.text
    assert keeps.got == []


def test_a_server_without_starttls_is_not_talked_to_in_clear_text(serve) -> None:
    keeps, port = serve()
    said = sent(MailServer(host="127.0.0.1", port=port, user="u", password=SecretStr("p")))
    assert isinstance(said, Unreachable)
    assert "STARTTLS" in said.text
    assert keeps.got == []


def test_no_dot_no_message(serve) -> None:
    keeps, port = serve()
    server = MailServer(host="127.0.0.1", port=port, security="none")
    assert sent(server, look=no) == Halted(why="somebody said no")
    assert sent(server) == Accepted(reply="2.0.0 queued")
    assert len(keeps.got) == 1


def test_international_addresses_need_a_server_that_takes_them(serve) -> None:
    keeps, port = serve(enable_SMTPUTF8=True)
    server = MailServer(host="127.0.0.1", port=port, security="none")
    assert isinstance(sent(server, "jürgen@bücher.example"), Accepted)
    assert keeps.got[0][1] == ["jürgen@xn--bcher-kva.example"]
    assert isinstance(sent(server, "plain@bücher.example"), Accepted)
    _, port = serve(enable_SMTPUTF8=False)
    said = sent(MailServer(host="127.0.0.1", port=port, security="none"), "jürgen@a.example")
    assert isinstance(said, Denied)
    assert "SMTPUTF8" in said.text
    assert not said.address_is_dead


def test_addresses_that_carry_commands_never_reach_the_server(serve) -> None:
    keeps, port = serve()
    server = MailServer(host="127.0.0.1", port=port, security="none")
    said = sent(server, "a@b.example>\r\nRCPT TO:<victim@c.example")
    assert isinstance(said, Denied)
    said = sent(server, data=b"Subject: x\r\n\r\nhi\n.\r\nMAIL FROM:<x@y>\r\n")
    assert isinstance(said, Denied)
    assert keeps.got == []


@pytest.fixture(scope="module")
def one_sink(tmp_path_factory):
    made = Sink(tmp_path_factory.mktemp("sink"))
    yield made
    made.close()


@pytest.fixture
def sink(one_sink):
    one_sink.reset()
    return one_sink


def test_a_connection_is_kept_renewed_and_replaced_where_it_ended(sink) -> None:
    patience = Patience(connect=5, reply=5, final=5, per_connection=4)
    smtp = Smtp(sink.server, patience)
    for _ in range(5):
        assert isinstance(smtp.send("a@a.example", "b@b.example", MESSAGE, yes), Accepted)
    assert sink.connections() == 2
    (line,) = smtp._idle
    line.smtp.sock.shutdown(2)  # as a server does that is tired of waiting
    assert isinstance(smtp.send("a@a.example", "b@b.example", MESSAGE, yes), Accepted)
    assert sink.connections() == 3
    smtp.close()
    assert sink.count() == 6


def test_421_closes_and_the_next_message_gets_a_new_connection(sink) -> None:
    smtp = Smtp(sink.server, HASTY)
    sink.say("rcpt", "421 4.3.2 closing")
    said = smtp.send("a@a.example", "b@b.example", MESSAGE, yes)
    assert (said.code, said.status) == (421, "4.3.2")
    assert isinstance(smtp.send("a@a.example", "b@b.example", MESSAGE, yes), Accepted)
    assert sink.connections() == 2
    smtp.close()


@pytest.mark.parametrize(
    ("stage", "kind"), [("mail", Unreachable), ("rcpt", Unreachable), ("data", Unreachable),
                        ("dot", Doubtful), ("after", Doubtful)],
)  # fmt: skip
def test_a_dropped_connection_is_certain_before_the_dot_and_open_after_it(
    sink, stage, kind
) -> None:
    sink.say(stage, "drop")
    smtp = Smtp(sink.server, HASTY)
    assert isinstance(smtp.send("a@a.example", "b@b.example", MESSAGE, yes), kind)
    smtp.close()
    assert sink.count() == (1 if stage == "after" else 0)


def test_a_server_that_is_away_is_left_in_peace_for_a_while() -> None:
    smtp = Smtp(MailServer(host="127.0.0.1", port=9, security="none"), HASTY)
    first = smtp.send("a@a.example", "b@b.example", MESSAGE, yes)
    assert isinstance(first, Unreachable)
    assert not first.in_dialogue
    assert smtp.send("a@a.example", "b@b.example", MESSAGE, yes) == first
