"""What `placet doctor` looks at, one function each; a flat catalogue, so a new one is one line."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib import util
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Literal

import sqlalchemy as sa

import placet
from gates.draft import Check
from gates.ledger import verify
from gates.policy import Policy, load_policy
from placet.clock import SystemClock
from placet.errors import BadSetting, NotAllowed, NotInitialised, OperatorError, PlacetError
from placet.settings import Settings
from placet.store.durable import DbosExecutor
from placet.store.ledger import read_entries
from placet.store.migrate import MIGRATIONS
from placet.store.schema import workers
from placet.store.slots import COLD_AFTER
from placet.store.switch import is_on
from tools.catalogue import ACTIONS
from tools.crm.local.migrate import MIGRATIONS as CRM_MIGRATIONS
from tools.migrating import Migrations
from tools.sql import create_engine, reading

from .failing import explain

__all__ = ["examine"]

ROOMS = ("agents", "evals", "gates", "placet", "prompts", "tools")
_DBOS_NEEDS = (3, 42)
Status = Literal["ok", "warn", "error"]
Finding = tuple[Status, str]


def examine(settings: Settings, *, live: bool = False) -> list[Check]:
    """Run every check; one that fails is an error in its own line and stops no other."""
    looks = {**_LOOKS, "live model": _live_model} if live else _LOOKS
    found = [_run(name, look, settings) for name, look in looks.items()]
    return [*found, *_slack(settings)]


def _run(name: str, look: Callable[[Settings], Finding], settings: Settings) -> Check:
    try:
        status, message = look(settings)
    except Exception as error:  # noqa: BLE001 - whatever is wrong is what a doctor reports
        status, message = "error", explain(error)[0]
    return Check(name=name, status=status, message=message)


def _slack(settings: Settings) -> list[Check]:
    from placet.slack.doctor import check_slack  # late: loads Bolt

    return [Check(name=n, status=s, message=said) for n, s, said in check_slack(settings)]


# --- the environment -----------------------------------------------------------------------------


def _names(_settings: Settings) -> Finding:
    """Our rooms have common names; another distribution of one would be imported in its place."""
    owners = packages_distributions()
    others = {
        f"{name} from {owner}"
        for name in ROOMS
        for owner in owners.get(name, ())
        if owner.lower() != "placet"
    }
    root = Path(placet.__file__).parent.parent
    strange = {
        f"{name} from {spec.origin}"
        for name in ROOMS
        if (spec := util.find_spec(name)) and Path(str(spec.origin)).parent.parent != root
    }
    if others or strange:
        found = ", ".join(sorted(others | strange))
        return "error", f"other packages take our names ({found}); use an environment of its own."
    return "ok", "no other distribution takes our package names."


def _sqlite(settings: Settings) -> Finding:
    version = sqlite3.sqlite_version
    if not settings.database_url.startswith("sqlite"):
        return "ok", f"SQLite {version}, not used for Placet's own database."
    if sys.version_info >= (3, 12) and sqlite3.sqlite_version_info[:2] < _DBOS_NEEDS:
        return "error", (
            f"SQLite {version} is too old: on Python 3.12 and later DBOS needs 3.42; use Python "
            "3.11, a newer SQLite, or PostgreSQL."
        )
    return "ok", f"SQLite {version}: one machine; PostgreSQL is for several and for production."


# --- the home ------------------------------------------------------------------------------------


def _home(settings: Settings) -> Finding:
    if not settings.home.is_dir():
        raise NotInitialised(f"{settings.home} is not there yet; run `placet init`.")
    if not os.access(settings.home, os.W_OK):
        raise OperatorError(f"{settings.home} cannot be written to; change its permissions.")
    return "ok", str(settings.home)


def _policy(settings: Settings) -> Finding:
    policy = load_policy(settings.policy_file)
    blocked = [kind for kind in ACTIONS if not any(_may_ask(policy, kind))]
    if blocked:
        return "error", (
            f"nobody could ever get approved: {', '.join(blocked)}; add approvers to the rule in "
            "policy.toml."
        )
    if policy.solo:
        return "warn", "solo mode: people may approve their own drafts; each time is marked."
    return "ok", f"{len(policy.people)} people, {len(policy.rules)} rules, each can be satisfied."


def _may_ask(policy: Policy, kind: str) -> Iterator[bool]:
    for member in policy.people.values():
        try:
            if policy.rule(kind).self_service and member.email:  # approved by the requester alone
                yield True
            policy.check_satisfiable(kind, requester=member.person)
        except NotAllowed:
            yield False
        else:
            yield True


def _key(settings: Settings) -> Finding:
    if settings.ledger_key is not None:
        return "ok", "from PLACET_LEDGER_KEY."
    settings.ledger_secret()
    mode = stat.S_IMODE(settings.key_file.stat().st_mode)
    if mode & 0o077:
        return "error", (
            f"others may read {settings.key_file} (mode {mode:o}); run `chmod 600` on it."
        )
    return "ok", f"{settings.key_file}, readable by its owner only."


# --- the databases -------------------------------------------------------------------------------


@contextmanager
def _connected(url: str) -> Iterator[sa.Connection]:
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite" and not Path(str(parsed.database)).exists():
        raise NotInitialised(f"{parsed.database} is not there yet; run `placet init`.")
    engine = create_engine(url)
    try:
        with reading(engine).connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _database(settings: Settings) -> Finding:
    return _migrated(settings.database_url, MIGRATIONS)


def _crm(settings: Settings) -> Finding:
    return _migrated(settings.crm_url, CRM_MIGRATIONS)


def _migrated(url: str, migrations: Migrations) -> Finding:
    with _connected(url) as connection:
        migrations.check(connection.engine)
    return "ok", f"{sa.make_url(url).render_as_string()}, at the newest schema."


def _ledger(settings: Settings) -> Finding:
    with _connected(settings.database_url) as connection:
        head = verify(read_entries(connection), key=settings.ledger_secret())
    return "ok", f"{head.seq:,} rows verify."


# --- work ----------------------------------------------------------------------------------------


def _execution(settings: Settings) -> Finding:
    with _connected(settings.database_url) as connection:
        if is_on(connection):
            return "warn", "paused: nothing is carried out until `placet resume`."
    return "ok", "not paused."


def _workers(settings: Settings) -> Finding:
    now = SystemClock().now()
    with _connected(settings.database_url) as connection:
        rows = connection.execute(sa.select(workers.c.slot, workers.c.beat_at)).all()
    alive = sorted(slot for slot, beat_at in rows if now - beat_at <= COLD_AFTER + _SLACK)
    if not alive:
        return "warn", "none is running; start one with `placet work`."
    return "ok", f"running: {', '.join(alive)}."


_SLACK = timedelta(seconds=1)


def _jobs(settings: Settings) -> Finding:
    with _connected(settings.database_url) as connection:
        strangers = DbosExecutor(connection.engine).strangers()
    if strangers:
        return "error", (
            f"{len(strangers)} unfinished job(s) of another version of Placet, for example "
            f"{strangers[0]}; let a worker of that version finish them."
        )
    return "ok", "none is of another version."


# --- the model -----------------------------------------------------------------------------------


def _model(settings: Settings) -> Finding:
    if settings.model is None:
        if settings.drafter == "llm":
            raise BadSetting("PLACET_DRAFTER is llm, but PLACET_MODEL names no model.")
        return "ok", "none: the built-in rules draft alone; PLACET_MODEL connects one."
    where = settings.model_base_url or "OpenAI"
    if settings.model_api_key is None and settings.model_base_url is None:
        raise BadSetting(
            "PLACET_MODEL is set, but PLACET_MODEL_API_KEY is not; set it, or set "
            "PLACET_MODEL_BASE_URL to a server that needs none."
        )
    used = "not used, as PLACET_DRAFTER is rules" if settings.drafter == "rules" else "in use"
    return "ok", f"{settings.model} at {where}, {used}."


def _live_model(settings: Settings) -> Finding:
    """Ask the model for one small JSON object: server, key, model name and JSON schema at once."""
    from agents.models import Budget, Message, OpenAiModel

    question = Message(role="user", text="Answer with the JSON object in which ok is true.")
    schema = {
        "type": "object",
        "properties": {"ok": {"type": "boolean"}},
        "required": ["ok"],
        "additionalProperties": False,
    }
    budget = Budget(settings.model_token_budget)
    begun = time.monotonic()
    answer = OpenAiModel(settings).complete([question], schema, budget=budget)
    took = f"{answer.usage.total:,} tokens, {time.monotonic() - begun:.1f} s"
    if answer.data != {"ok": True}:
        return "warn", f"it answered, but not as asked ({took}); it may ignore JSON schemas."
    return "ok", f"it answers as asked ({took})."


def _prompts(settings: Settings) -> Finding:
    """A text that was damaged, or that this release cannot fill in, serves nobody."""
    from placet.store.prompts import SqlPrompts  # late: reads every text

    try:
        policy = load_policy(settings.policy_file)
    except PlacetError:
        return "warn", "they were not looked at: the policy comes first."
    with _connected(settings.database_url) as connection:
        shelf = SqlPrompts(connection.engine, SystemClock(), key=b"", policy=policy)
        found = [one for one, _ in shelf.standings()]
        wrong = [
            f"{one.name} {sha256[:12]}"
            for one in found
            for sha256 in filter(None, (one.stable, one.canary))
            if not shelf.usable(one.name, sha256)
        ]
    if wrong:
        return "error", (
            f"{', '.join(wrong)} cannot be used with this release; the files that ship serve in "
            "their place. `placet prompts rollback NAME`, or promote another text."
        )
    return "ok", f"{len(found)} prompts serve; `placet prompts list` shows which texts."


_LOOKS: dict[str, Callable[[Settings], Finding]] = {
    "names": _names,
    "sqlite": _sqlite,
    "home": _home,
    "policy": _policy,
    "ledger key": _key,
    "database": _database,
    "crm": _crm,
    "ledger": _ledger,
    "execution": _execution,
    "workers": _workers,
    "jobs": _jobs,
    "model": _model,
    "prompts": _prompts,
}
