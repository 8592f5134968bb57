"""Every error Placet raises on purpose, sorted by who must act.

PlacetError
├── PersonError            the person who asked or clicked can mend it
│   ├── BadInput           a value, a file or an option is wrong
│   ├── NotFound           no such draft, list, receipt, ...
│   ├── NotAllowed         the policy says no
│   └── Conflict           someone or something was first (stale, expired, already decided)
├── ModelError             the language model failed; the rules drafter can step in
│   ├── ModelUnavailable   no answer: unreachable, time-out, 429, 5xx
│   └── ModelMisbehaved    an answer that cannot be used: truncated, refused, not the schema
├── OperatorError          whoever runs Placet must act
│   ├── NotInitialised     no home yet
│   ├── BadSetting         an environment variable or the policy file is wrong
│   ├── LedgerBroken       the record does not verify
│   └── ReplayMiss         a replayed eval run asked for a call that was never recorded
└── EffectError            the world outside did not do as asked
    ├── EffectRefused      certainly not done: the destination said no
    └── EffectUnknown      may or may not be done: ask the destination, never retry blindly

A message is one line: what is wrong, then what to do about it. The exit code follows the class.
"""

from typing import ClassVar

__all__ = [
    "BadInput",
    "BadSetting",
    "Conflict",
    "EffectError",
    "EffectRefused",
    "EffectUnknown",
    "LedgerBroken",
    "ModelError",
    "ModelMisbehaved",
    "ModelUnavailable",
    "NotAllowed",
    "NotFound",
    "NotInitialised",
    "OperatorError",
    "PersonError",
    "PlacetError",
    "ReplayMiss",
]


class PlacetError(Exception):
    """Something went wrong; the message says what and what to do next."""

    exit_code: ClassVar[int] = 1
    """What the command line exits with: 1 for a failure, 2 for wrong usage."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or " ".join((self.__doc__ or "").split()))


class PersonError(PlacetError):
    """The request cannot be met as asked; change it and try again."""


class BadInput(PersonError):
    """The input is not valid; correct it and try again."""

    exit_code = 2


class NotFound(PersonError):
    """There is nothing with that id; list what there is and try again."""


class NotAllowed(PersonError):
    """The policy does not allow this; ask someone who may."""


class Conflict(PersonError):
    """Someone or something was first; look at the current state."""


class ModelError(PlacetError):
    """The language model failed; try again or use the rules drafter."""


class ModelUnavailable(ModelError):
    """The language model did not answer; check its address and its status page."""


class ModelMisbehaved(ModelError):
    """The language model gave an answer that cannot be used; rephrase or use the rules drafter."""


class OperatorError(PlacetError):
    """Placet is not set up right; run `placet doctor`."""


class NotInitialised(OperatorError):
    """There is no Placet home here yet; run `placet init` (or `placet init --sample`)."""


class BadSetting(OperatorError):
    """A setting is wrong; correct the variable it names."""


class LedgerBroken(OperatorError):
    """The ledger does not verify; stop, keep the database as it is, and compare with an export."""


class ReplayMiss(OperatorError):
    """A call of this run was never recorded; run once with --record and a model, then replay."""

    exit_code = 3


class EffectError(PlacetError):
    """The destination did not do as asked."""


class EffectRefused(EffectError):
    """The destination refused; nothing was changed there."""


class EffectUnknown(EffectError):
    """It cannot be known whether the destination acted; it will be asked before anything else."""
