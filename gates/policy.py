"""The policy: who must approve what, how many, how soon. No rule means no.

It is a TOML file under version control. Its version is the sha256 over its canonical content, and
every digest covers it: under another policy it is another proposal.
"""

from __future__ import annotations

import tomllib
from datetime import timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from placet.errors import BadSetting, NotAllowed

from .digest import digest_of
from .people import Person

__all__ = ["Member", "Policy", "Rule", "load_policy", "read_policy"]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Member(_Value):
    """Someone the policy knows: an identity and the name to call them by."""

    team: str = "local"
    user: str
    name: str = ""
    admin: bool = False
    """Admins may pause and resume all execution."""

    @property
    def person(self) -> Person:
        """The identity: (team id, user id)."""
        return Person(team=self.team, user=self.user)


class Rule(_Value):
    """Who must approve one kind of action. An empty approver list means nobody."""

    approvers: tuple[str, ...]
    """Names from `[people]`."""
    need: int = Field(default=1, ge=1)
    """How many different approvers must say yes."""
    need_flagged: int = Field(default=2, ge=1)
    """How many where the action is flagged, for example mailing people without consent."""
    expires_hours: float = Field(default=168, gt=0)
    """How long a draft may wait for a decision."""
    valid_hours: float = Field(default=24, gt=0)
    """How long an approval permits the run."""

    @property
    def expires_in(self) -> timedelta:
        """`expires_hours` as a duration."""
        return timedelta(hours=self.expires_hours)

    @property
    def valid_for(self) -> timedelta:
        """`valid_hours` as a duration."""
        return timedelta(hours=self.valid_hours)

    def needed(self, flags: tuple[str, ...]) -> int:
        """Return how many approvals an action with these flags needs."""
        return max(self.need, self.need_flagged) if flags else self.need


class Policy(_Value):
    """The people, the rules per kind of action, and whether one person may approve their own."""

    solo: bool = False
    """Explicit solo mode: requesters may approve their own; marked in the ledger each time."""
    default_person: str | None = None
    """Who acts where the command line is not told."""
    people: dict[str, Member]
    rules: dict[str, Rule] = {}

    @property
    def version(self) -> str:
        """The sha256 over the whole policy in canonical form."""
        return digest_of(self.model_dump(mode="json"))

    def person(self, name: str) -> Person:
        """Return the identity behind a name in `[people]`.

        Raises:
            NotAllowed: the policy knows nobody of that name.
        """
        member = self.people.get(name.removeprefix("@"))
        if member is None:
            known = ", ".join(sorted(self.people)) or "nobody"
            raise NotAllowed(f"The policy knows no person {name!r}; it knows {known}.")
        return member.person

    def name_of(self, person: Person) -> str:
        """Return how to call a person: their name in `[people]`, else their identity."""
        return next(
            (name for name, member in self.people.items() if member.person == person), person.key
        )

    def is_admin(self, person: Person) -> bool:
        """Return whether the person may pause and resume execution."""
        return any(m.admin for m in self.people.values() if m.person == person)

    def rule(self, kind: str) -> Rule:
        """Return the rule for a kind of action.

        Raises:
            NotAllowed: there is none, and no rule means no.
        """
        rule = self.rules.get(kind)
        if rule is None:
            raise NotAllowed(
                f"The policy has no rule for {kind}, so nobody may approve it; "
                f"add [rules.{kind}] to policy.toml."
            )
        return rule

    def may_approve(self, kind: str) -> tuple[Person, ...]:
        """Return everyone whom the rule names, whoever asked."""
        return tuple(self.person(name) for name in self.rule(kind).approvers)

    def eligible(
        self, kind: str, *, requester: Person, editors: tuple[Person, ...] = ()
    ) -> tuple[Person, ...]:
        """Return who counts for one draft: not its requester (unless solo), no editor, no bot."""
        barred = set() if self.solo else {requester.key, *(editor.key for editor in editors)}
        return tuple(p for p in self.may_approve(kind) if p.key not in barred and not p.bot)

    def check_satisfiable(
        self,
        kind: str,
        *,
        requester: Person,
        flags: tuple[str, ...] = (),
        editors: tuple[Person, ...] = (),
    ) -> None:
        """Refuse before anything is created what could never be approved.

        Raises:
            NotAllowed: too few people may approve; the message counts them.
        """
        need = self.rule(kind).needed(flags)
        have = self.eligible(kind, requester=requester, editors=editors)
        if len(have) < need:
            names = ", ".join(self.name_of(p) for p in have) or "nobody"
            raise NotAllowed(
                f"This {kind} needs {need} approval(s) from other people, but only {names} could "
                f"give one; add approvers to [rules.{kind}] in policy.toml."
            )


def read_policy(text: str, source: str = "policy.toml") -> Policy:
    """Read a policy from TOML.

    Raises:
        BadSetting: the text is no TOML or no policy; the message names the place.
    """
    try:
        policy = Policy.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise BadSetting(f"{source} is not valid TOML: {error}.") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadSetting(f"{source}: {place}: {first['msg']}.") from None
    identities = [member.person.key for member in policy.people.values()]
    if len(set(identities)) < len(identities):
        raise BadSetting(f"{source}: two names in [people] are the same (team, user).")
    for kind, rule in policy.rules.items():
        unknown = [name for name in rule.approvers if name not in policy.people]
        if unknown:
            raise BadSetting(
                f"{source}: rules.{kind}.approvers names {unknown[0]!r}, who is not in [people]."
            )
    if policy.default_person is not None and policy.default_person not in policy.people:
        raise BadSetting(f"{source}: default_person {policy.default_person!r} is not in [people].")
    return policy


def load_policy(path: Path) -> Policy:
    """Read the policy file.

    Raises:
        BadSetting: it is missing or wrong.
    """
    if not path.exists():
        raise BadSetting(f"There is no policy at {path}; run `placet init` to get one.")
    return read_policy(path.read_text(encoding="utf-8"), path.name)
