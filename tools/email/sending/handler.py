"""Sending a campaign: exactly the approved bytes to exactly the approved people.

Nothing here decides whether to run. Drift is looked for once before the first message; after that
each message is rendered again, held against its line of the manifest, and looked at a last time in
the moment before its final dot leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from gates.action import Action
from gates.digest import canonical, short
from gates.permit import Permit
from gates.targets import targets_of
from placet.clock import iso
from placet.errors import BadInput, EffectRefused, PersonError
from tools.email.action import SendEmail
from tools.email.brand import Brand
from tools.email.manifest import ManifestLine, read_manifest
from tools.email.port import Barred, RecipientReader
from tools.execution import Counted, Outcome, Refused
from tools.files import Files
from tools.segments.drift import compare
from tools.segments.inert import show
from tools.segments.port import SegmentReader

from . import journal
from .dispatch import Dispatch, Letter, settle
from .envelope import domain_of, message_id_of, tag_of
from .hours import not_before
from .journal import Campaign, Message
from .office import Office
from .port import OpenRenderer, Renders

__all__ = ["CAMPAIGN", "SendEmailHandler"]

CAMPAIGN = "campaign"
"""The first item: the campaign is registered before anybody is written to."""

_CHUNK = 500
_BY_HAND = 20
_WHY: Mapping[Barred, str] = {
    "gone": "the contact is no longer in the CRM",
    "no_email": "the contact has no email address",
    "suppressed": "the address is on the suppression list",
    "unsubscribed": "the person has unsubscribed",
    "complained": "the person complained about email from us",
    "bounced": "mail to the address bounced",
    "no_consent": "the person has not consented",
    "frequency_cap": "the person has had as many emails as the frequency cap allows",
}
_CHANGED = "the record changed since approval: the message would not be the approved one"


class SendEmailHandler:
    """Carries out `SendEmail`. Items: `campaign`, then the contact ids."""

    kind = "send_email"
    batch_size = 20
    """Measured (benchmarks.email_smtp): 100 is no faster on SQLite and 1.4 times as fast on
    PostgreSQL, since each message has two commits of its own. Stop and pause are heard between
    batches; behind a server that takes 0.2 s a message, 20 are 4 s."""
    counted = Counted(noun="messages", verb="sent")

    def __init__(
        self,
        office: Office,
        *,
        segments: SegmentReader,
        recipients: RecipientReader,
        files: Files,
        brand: Callable[[], Brand],
        open_renderer: OpenRenderer,
    ) -> None:
        self._office, self._segments, self._recipients = office, segments, recipients
        self._files, self._brand, self._open = files, brand, open_renderer
        self._manifests: dict[str, Mapping[str, ManifestLine]] = {}
        self._renderers: dict[tuple[str, str], Renders] = {}

    # --- before it runs ------------------------------------------------------------------------

    def drift(self, action: SendEmail, members: Sequence[str]) -> str | None:
        """Return what no longer holds of what was approved, or None while all does."""
        manifest = self._manifest(action)
        if targets_of(members) != action.targets or set(manifest) != set(members):
            return "The kept recipients are not those that were approved."
        brand = self._brand()
        if brand.sha256 != action.brand:
            return (
                f"The brand file was changed since approval (it was {short(action.brand)} and is "
                f"{short(brand.sha256)} now)."
            )
        return self._moved(action, members) or self._differing(action, members, brand)

    def _moved(self, action: SendEmail, members: Sequence[str]) -> str | None:
        """Return how the audience moved, people who are barred now included, if beyond bounds."""
        current = set(self._segments.members(action.segment))
        moved = compare(members, current - set(self._barred(action, members)))
        if not moved.beyond(action.tolerance):
            return None
        return f"{moved.words()}; at most {action.tolerance:.1%} may change."

    def _differing(self, action: SendEmail, members: Sequence[str], brand: Brand) -> str | None:
        """Return whose messages would not be the approved ones any more."""
        manifest, renderer = self._manifest(action), self._open(action, brand)
        barred = set(self._barred(action, members))
        count, example = 0, ""
        ids = [one for one in members if one not in barred]
        for start in range(0, len(ids), _CHUNK):
            for recipient in self._recipients.recipients(ids[start : start + _CHUNK]):
                line = manifest[recipient.contact_id]
                try:
                    same = renderer.render(recipient).sha256 == line.sha256
                except BadInput:
                    same = False
                if not same or recipient.email.lower() != line.to.lower():
                    count, example = count + 1, example or line.to
        if not count:
            return None
        return (
            f"{count:,} of {len(members):,} messages would differ from the approved ones, for "
            f"example the one to {show(example)}: their records changed since approval."
        )

    def steps(self, action: SendEmail, members: Sequence[str]) -> Sequence[str]:
        """Return the items: the campaign first, then one per member, sorted."""
        return [CAMPAIGN, *sorted(set(members))]

    def not_before(self, action: SendEmail, now: datetime) -> datetime | None:
        """Return when the schedule and its quiet hours let the next message leave; None: now."""
        return not_before(action.schedule, now)

    # --- the run -------------------------------------------------------------------------------

    def run(
        self, permit: Permit, action: SendEmail, items: Sequence[str], done: Mapping[str, str]
    ) -> Mapping[str, Outcome]:
        """Register the campaign, or send a batch of messages.

        Raises:
            EffectRefused: the campaign is not registered, or another draft sent it already.
        """
        members = [item for item in items if item != CAMPAIGN]
        try:
            begun = {CAMPAIGN: self._register(permit, action)} if CAMPAIGN in items else {}
            return begun | (self._send(permit, action, members) if members else {})
        except PersonError as error:  # a kept file or the brand file is gone or not what it was
            raise EffectRefused(f"{error} Nothing was sent.") from error

    def _register(self, permit: Permit, action: SendEmail) -> str:
        from tools.email.checks import content_of, sketch_of  # late: loads every check

        brand = self._brand()
        if brand.sha256 != action.brand:
            raise EffectRefused("The brand file was changed since approval; nothing was sent.")
        campaign = Campaign(
            campaign=action.campaign,
            key=permit.key(CAMPAIGN),
            name=action.email.name,
            topic=action.email.topic,
            subject=action.email.subject,
            content=content_of(action.email),
            members=action.targets.count,
            members_sha256=action.targets.sha256,
            sketch=sketch_of(self._manifest(action)),
            brand=brand.model_dump_json(by_alias=True),
            at=self._office.clock.now(),
        )
        with self._office.engine.begin() as connection:
            mine = journal.register(connection, campaign)
        if not mine:
            raise EffectRefused(
                f"Campaign {action.campaign} was begun by another draft already; draft it again."
            )
        return _campaign_result(campaign)

    def _send(
        self, permit: Permit, action: SendEmail, members: Sequence[str]
    ) -> dict[str, Outcome]:
        renderer = self._renderer(action, permit.key(CAMPAIGN))
        outcomes: dict[str, Outcome] = {}
        letters = []
        barred = self._barred(action, members)
        people = {one.contact_id: one for one in self._recipients.recipients(members)}
        manifest = self._manifest(action)
        for member in members:
            if member in barred or member not in people:
                outcomes[member] = Refused(why=_WHY[barred.get(member, "gone")])
                continue
            try:
                rendered = renderer.render(people[member])
            except BadInput as error:
                outcomes[member] = Refused(why=f"{_CHANGED} ({error})")
                continue
            line = manifest[member]
            if rendered.sha256 != line.sha256 or rendered.to.lower() != line.to.lower():
                outcomes[member] = Refused(why=_CHANGED)
                continue
            letters.append(self._letter(permit, action, line, rendered.message))
        look = self._last_look(action)
        outcomes.update(Dispatch(self._office, permit, action.schedule, look).run(letters))
        return outcomes

    def _letter(self, permit: Permit, action: SendEmail, line: ManifestLine, data: bytes) -> Letter:
        key = permit.key(line.contact)
        message = Message(
            key=key,
            campaign=action.campaign,
            asset=action.email.name,
            contact=line.contact,
            address=line.to,
            domain=domain_of(line.to),
            message_id=message_id_of(data),
            tag=tag_of(self._office.key, key),
        )
        return Letter(
            item=line.contact, message=message, sender=action.email.sender.address, data=data
        )

    def _last_look(self, action: SendEmail) -> Callable[[Letter], str | None]:
        def look(letter: Letter) -> str | None:
            why = self._barred(action, [letter.message.contact]).get(letter.message.contact)
            return None if why is None else _WHY[why]

        return look

    def _barred(self, action: SendEmail, members: Sequence[str]) -> Mapping[str, Barred]:
        return self._recipients.barred(
            members, include_anyway=action.segment.include_anyway, topic=action.email.topic
        )

    # --- what is kept in memory ------------------------------------------------------------------

    def _manifest(self, action: SendEmail) -> Mapping[str, ManifestLine]:
        """Return the manifest, read and checked once per process."""
        sha256 = action.manifest.sha256
        if sha256 not in self._manifests:
            lines = read_manifest(self._files.read(sha256))
            self._manifests = {sha256: lines}
        return self._manifests[sha256]

    def _renderer(self, action: SendEmail, key: str) -> Renders:
        """Return the renderer with the brand as the campaign was begun with it.

        Raises:
            EffectRefused: the campaign was not begun.
        """
        known = key, action.manifest.sha256
        if known not in self._renderers:
            with self._office.engine.connect() as connection, connection.begin():
                campaign = journal.campaign_of(connection, action.campaign)
            if campaign is None or campaign.key != key:
                raise EffectRefused("The campaign was not begun, so nobody was written to.")
            brand = Brand.model_validate_json(campaign.brand)
            self._renderers = {known: self._open(action, brand)}
        return self._renderers[known]

    # --- afterwards ------------------------------------------------------------------------------

    def settle(
        self,
        key: Callable[[str], str],
        action: SendEmail,
        items: Sequence[str],
        done: Mapping[str, str],
    ) -> Mapping[str, str | None]:
        """Return what became of items in doubt; those that nobody can tell are left out."""
        answers: dict[str, str | None] = {}
        if CAMPAIGN in items:
            with self._office.engine.connect() as connection, connection.begin():
                campaign = journal.campaign_of(connection, action.campaign)
            begun = campaign is not None and campaign.key == key(CAMPAIGN)
            answers[CAMPAIGN] = _campaign_result(campaign) if campaign and begun else None
        members = {item: key(item) for item in items if item != CAMPAIGN}
        return answers | settle(self._office, members)

    def undo(
        self, action: SendEmail, results: Mapping[str, str], receipt_id: str
    ) -> tuple[Action, Sequence[str]] | None:
        """Return None: what has left cannot be called back. See `why_not_undone`."""
        return None

    def why_not_undone(self, action: SendEmail, results: Mapping[str, str]) -> str:
        """Return what left and what did not, in one line."""
        left = sum(1 for item in results if item != CAMPAIGN)
        stayed = max(0, action.targets.count - left)
        if not left:
            return "No message left, so there is nothing to take back."
        rest = (
            f" {stayed:,} did not leave and will not: nothing of them has to be taken back."
            if stayed
            else ""
        )
        return (
            f"{left:,} of {action.targets.count:,} messages have left and cannot be called back."
            f"{rest} Draft a correction to the same people if it was a mistake."
        )

    def manual_steps(self, action: SendEmail, members: Sequence[str]) -> tuple[str, ...]:
        """Return how a person sends the same by hand."""
        manifest = self._manifest(action)
        some = sorted(members)[:_BY_HAND]
        who = ", ".join(show(manifest[one].to) for one in some if one in manifest)
        if len(members) > len(some):
            who += f" and {len(members) - len(some):,} more: `placet show DRAFT --members`"
        schedule = action.schedule
        when = "now" if schedule.send_at is None else f"at {iso(schedule.send_at)}"
        return (
            f"In your mail tool, make an email named {show(action.email.name)} from "
            f"{show(action.email.sender.address)}, subject {show(action.email.subject)}, with the "
            "approved content as the card shows it.",
            f"Give it exactly the {action.targets.count:,} approved recipients: {who}.",
            "Leave out whoever has unsubscribed, complained or bounced since, and those who have "
            "had it: `placet receipts` says whom it reached.",
            f"Send it {when}, each person one message with a one-click unsubscribe link.",
            f"The approved recipients have the fingerprint {short(action.targets.sha256)}, the "
            f"messages {short(action.manifest.sha256)}.",
        )


def _campaign_result(campaign: Campaign) -> str:
    return canonical(
        {
            "campaign": campaign.campaign,
            "name": campaign.name,
            "members": campaign.members,
            "at": iso(campaign.at),
        }
    )
