"""Which recipients a person should look at: the ones for whom an email goes wrong first."""

from __future__ import annotations

from dataclasses import dataclass, field

from tools.email.port import Recipient, Rendered

__all__ = ["Edge", "Edges"]

MOST = 6


@dataclass(frozen=True, kw_only=True)
class Edge:
    """One recipient's message, and why it is shown."""

    why: str
    recipient: Recipient
    rendered: Rendered

    @property
    def name(self) -> str:
        """The person's name, or their contact id where the CRM has none."""
        return name_of(self.recipient) or self.recipient.contact_id


@dataclass(slots=True)
class Edges:
    """Sees every recipient once and keeps a few."""

    first: Edge | None = None
    longest: Edge | None = None
    nameless: Edge | None = None
    foreign: Edge | None = None
    variants: dict[str, Edge] = field(default_factory=dict)

    def see(self, rendered: Rendered, recipient: Recipient) -> None:
        """Keep the recipient where they are the first or most extreme of their sort."""
        name = name_of(recipient)

        def edge(why: str) -> Edge:
            return Edge(why=why, recipient=recipient, rendered=rendered)

        if self.first is None:
            self.first = edge("the first on the list")
        if self.longest is None or len(name) > len(self.longest.name):
            self.longest = edge("the longest name")
        if self.nameless is None and (rendered.fallbacks or not name):
            self.nameless = edge("a value is missing, the fallback stands in")
        if self.foreign is None and any(ord(char) > 0x24F for char in name):
            self.foreign = edge("a name in another script")
        if rendered.variant and rendered.variant not in self.variants:
            self.variants[rendered.variant] = edge(f"subject line {rendered.variant}")

    def kept(self) -> tuple[Edge, ...]:
        """Return the recipients to look at, the most telling first, each once."""
        order = (self.longest, self.nameless, self.foreign, *self.variants.values(), self.first)
        found: dict[str, Edge] = {}
        for one in order:
            if one is not None:
                found.setdefault(one.recipient.contact_id, one)
        return tuple(found.values())[:MOST]


def name_of(recipient: Recipient) -> str:
    """Return first and last name, as far as they are known."""
    fields = recipient.fields
    parts = (fields.get("contact.first_name", ""), fields.get("contact.last_name", ""))
    return " ".join(part for part in parts if part)
