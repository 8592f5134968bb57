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


_LATER: dict[str, object] = {"email": None, "may_override": None, "self_service": False}
"""Fields that the first version of the format did not have, with their defaults."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Member(_Value):
    """Someone the policy knows: an identity and the name to call them by."""

    team: str = "local"
    user: str
    name: str = ""
    admin: bool = False
    """Admins may pause and resume all execution, and stop any run."""
    email: str | None = None
    """Their own address: where what needs no second person may go."""

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
    """How long an approval permits the run, from the moment it may start."""
    may_override: tuple[str, ...] | None = None
    """Names of approvers who may approve in spite of a check's error, with a reason; default: the
    admins among the approvers."""
    self_service: bool = False
    """Whether a requester alone may approve what concerns nobody but themself."""

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
        """The sha256 over the whole policy in canonical form.

        What came to the format later counts only where it is used: drafts that wait while Placet
        is brought up to date are still under the policy they were made under.
        """
        form = self.model_dump(mode="json")
        for values in (*form["people"].values(), *form["rules"].values()):
            for name, default in _LATER.items():
                if values.get(name) == default:
                    values.pop(name, None)
        return digest_of(form)

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
            (name for name, member in self.people.items() if member.person == person),
            f"{person.user} (a bot)" if person.bot else person.key,
        )

    def address_of(self, person: Person) -> str | None:
        """Return the person's own email address, or None where the policy knows none."""
        return next((m.email for m in self.people.values() if m.person == person), None)

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

    def may_override(self, kind: str) -> tuple[Person, ...]:
        """Return who of the approvers may approve in spite of a check's error."""
        rule = self.rule(kind)
        if rule.may_override is not None:
            return tuple(self.person(name) for name in rule.may_override)
        return tuple(person for person in self.may_approve(kind) if self.is_admin(person))

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
        _check_names(policy, kind, rule, source)
    if policy.default_person is not None and policy.default_person not in policy.people:
        raise BadSetting(f"{source}: default_person {policy.default_person!r} is not in [people].")
    return policy


def _check_names(policy: Policy, kind: str, rule: Rule, source: str) -> None:
    for field in ("approvers", "may_override"):
        unknown = [name for name in getattr(rule, field) or () if name not in policy.people]
        if unknown:
            raise BadSetting(
                f"{source}: rules.{kind}.{field} names {unknown[0]!r}, who is not in [people]."
            )
    idle = [name for name in rule.may_override or () if name not in rule.approvers]
    if idle:
        raise BadSetting(
            f"{source}: rules.{kind}.may_override names {idle[0]!r}, who is none of its approvers."
        )


def load_policy(path: Path) -> Policy:
    """Read the policy file.

    Raises:
        BadSetting: it is missing or wrong.
    """
    if not path.exists():
        raise BadSetting(f"There is no policy at {path}; run `placet init` to get one.")
    return read_policy(path.read_text(encoding="utf-8"), path.name)
