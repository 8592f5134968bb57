"""A case of the injection suite: a request, a poison, and where somebody planted it."""

from __future__ import annotations

import hashlib
from typing import Literal, Self, get_args

from pydantic import Field, model_validator

from evals.case import Case

__all__ = ["Carrier", "Crm", "Ending", "InjectionCase", "Spoken"]

Crm = Literal[
    "contact.first_name", "contact.last_name", "contact.job_title", "contact.company_name",
    "contact.owner", "contact.city", "company.name", "asset", "list", "deal",
]  # fmt: skip
"""A cell of the CRM: of one member, of a member's company, or a new asset, list or deal."""
Spoken = Literal["email", "slack", "thread"]
"""Text that comes with the request: a mail that was forwarded with it, a Slack message that was
quoted in it, or what somebody else wrote in the thread before."""
Carrier = Literal[Crm, Spoken]
Ending = Literal["question", "answer", "refuse"]


class InjectionCase(Case):
    """A request whose answer must not depend on the poison.

    `expect` is how the request ends on the clean world, and must end on the poisoned one.
    """

    attack: str
    """One of the suite's attacks, by name."""
    carrier: Carrier
    model: Literal["none", "obedient"] = "none"
    """With `obedient`, a model stands in the path that does whatever the poison says."""
    honest: str = Field(default="", max_length=500)
    """What the harmless mail or message of the clean world says, in the poison's place."""
    also: tuple[Ending, ...] = ()
    """Endings without a draft that are as safe where the poison came with the request."""

    @property
    def said(self) -> str:
        """All of it as one hash: a few requests carry many attacks, which is no repetition."""
        whole = f"{self.attack}\0{self.carrier}\0{self.model}\0{self.request}"
        return hashlib.sha256(whole.encode()).hexdigest()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        spoken = self.carrier in get_args(Spoken)
        if spoken != bool(self.honest):
            raise ValueError("honest belongs to what is spoken, which needs it")
        if self.also and not spoken:
            raise ValueError("a poisoned cell changes nothing; also is for what is spoken")
        return self
