"""Self service: what concerns nobody but its requester needs no second person.

Separation of duties protects other people and the company; a test message to oneself reaches
neither. The exception is narrow: the policy's rule says so, the policy knows the address, and the
action itself says that it reaches nobody else.
"""

from __future__ import annotations

from placet.errors import NotAllowed

from .action import Action
from .draft import Proposal
from .people import Person
from .policy import Policy

__all__ = ["check_self_service"]


def check_self_service(
    policy: Policy, action: Action, proposal: Proposal, requester: Person
) -> None:
    """Refuse whatever is not the requester's own affair.

    Raises:
        NotAllowed: the message says what is missing.
    """
    kind = proposal.kind
    if not policy.rule(kind).self_service:
        raise NotAllowed(
            f"A {kind} needs somebody else's approval: [rules.{kind}] in policy.toml does not say "
            "self_service = true."
        )
    if requester.bot:
        raise NotAllowed("Bots cannot approve.")
    address = policy.address_of(requester)
    if address is None:
        name = policy.name_of(requester)
        raise NotAllowed(
            f"The policy knows no address of @{name}; add email to [people.{name}] in policy.toml."
        )
    if not action.concerns_only(requester, address):
        raise NotAllowed(f"This {kind} reaches others than you, so somebody else must approve it.")
    flags = action.flags()
    if flags:
        raise NotAllowed(f"This needs somebody else's approval: {flags[0]}.")
    failed = next((check for check in proposal.checks if check.status == "error"), None)
    if failed is not None:
        raise NotAllowed(f"It is blocked by the check {failed.name!r}: {failed.message}")
