"""What emails need, wired: brand, links, recipients, statements, and the server that takes them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

import sqlalchemy as sa

from placet.clock import Clock
from placet.settings import Settings
from tools.email.action import SendEmail
from tools.email.brand import Brand, load_brand
from tools.email.links import Links, mail_key
from tools.email.mailbox import EmbeddedMailbox, Mailbox
from tools.email.recipients import SqlRecipients
from tools.email.render import Renderer, open_renderer
from tools.email.sending import (
    Limits,
    MailServer,
    Office,
    SendEmailHandler,
    SendTestHandler,
    SentEvents,
    Smtp,
)
from tools.email.statements import SqlStatements
from tools.execution import AnyHandler
from tools.files import Files
from tools.segments.port import SegmentReader

__all__ = ["Mail"]


class Mail:
    """The email parts over one home; each is made when it is first needed."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        *,
        engine: sa.Engine,
        crm_engine: sa.Engine,
        key: bytes,
    ) -> None:
        self._settings, self._clock, self._key = settings, clock, key
        self._engine, self._crm_engine = engine, crm_engine
        self._brands: tuple[tuple[int, int], Brand] | None = None

    def brand(self) -> Brand:
        """Return the brand file as it is now; read again only where it was changed.

        Raises:
            BadInput: there is none, or it is not valid.
        """
        stamp = _stamp(self._settings.brand_file)
        if self._brands is None or self._brands[0] != stamp:
            self._brands = stamp, load_brand(self._settings.brand_file)
        return self._brands[1]

    @cached_property
    def links(self) -> Links:
        """What makes and reads the recipients' links."""
        return Links(self._settings.public_url, mail_key(self._key))

    @cached_property
    def recipients(self) -> SqlRecipients:
        """Who the members are and who of them may be written to."""
        return SqlRecipients(self._crm_engine, self._clock)

    @cached_property
    def statements(self) -> SqlStatements:
        """What people and the network said."""
        return SqlStatements(self._crm_engine, self._clock)

    @cached_property
    def kept(self) -> Mailbox:
        """What the embedded mailbox was given, by whichever process."""
        return Mailbox(self._engine, self._clock)

    @cached_property
    def mailbox(self) -> EmbeddedMailbox:
        """The embedded mailbox of this process; it listens from the first message on."""
        return EmbeddedMailbox(self.kept)

    def open_renderer(self, action: SendEmail, brand: Brand) -> Renderer:
        """Return the renderer of a campaign, as it was when it was drafted."""
        return open_renderer(
            action.email,
            brand,
            campaign=action.campaign,
            links=self.links,
            tracking=action.tracking,
            bounce_address=self._settings.mail_bounce_address,
        )

    @cached_property
    def office(self) -> Office:
        """What every handler of emails works with."""
        settings = self._settings
        return Office(
            engine=self._engine,
            smtp=Smtp(self._server),
            quiet=self.statements,
            events=SentEvents(self._engine, self._crm_engine),
            clock=self._clock,
            key=mail_key(self._key),
            limits=Limits(
                per_minute=settings.mail_per_minute,
                per_domain_per_minute=settings.mail_per_domain_per_minute,
            ),
            delivered=self.mailbox if settings.smtp_host is None else None,
            bounce_address=settings.mail_bounce_address,
        )

    def handlers(self, segments: SegmentReader, files: Files) -> Mapping[str, AnyHandler]:
        """Return which tool carries out which kind of email action."""
        return {
            "send_email": SendEmailHandler(
                self.office,
                segments=segments,
                recipients=self.recipients,
                files=files,
                brand=self.brand,
                open_renderer=self.open_renderer,
            ),
            "send_test": SendTestHandler(self.office, files=files),
        }

    def close(self) -> None:
        """Stop the mailbox and let go of the mail server's connections."""
        if "mailbox" in self.__dict__:
            self.mailbox.stop()
        if "office" in self.__dict__:
            self.office.smtp.close()

    def _server(self) -> MailServer:
        settings = self._settings
        if settings.smtp_host is None:
            host, port = self.mailbox.address
            return MailServer(host=host, port=port, security="none")
        return MailServer(
            host=settings.smtp_host,
            port=settings.smtp_port,
            security=settings.smtp_security,
            user=settings.smtp_user,
            password=settings.smtp_password,
        )


def _stamp(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except OSError:
        return (0, 0)
    return found.st_mtime_ns, found.st_size
