"""Everything an operator can set, read once from the environment and passed down.

Settings are one frozen object; nothing else reads the environment. Secrets are `SecretStr`, have
no default and never appear in a message: an error names the variable and the fix.
"""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError, field_validator

from placet.errors import BadSetting, NotInitialised

__all__ = ["Settings", "load_settings", "names_home"]


class Settings(BaseModel):
    """What an operator can set. Each field says its environment variable beneath itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: Path
    """PLACET_HOME: where the databases, the policy and the ledger key live. Default `./.placet`."""
    database_url: str
    """PLACET_DATABASE_URL: Placet's own database. Default SQLite in the home; PostgreSQL for
    production."""
    crm_url: str
    """PLACET_CRM_URL: the embedded CRM's database. Default SQLite in the home."""
    ledger_key: SecretStr | None = None
    """PLACET_LEDGER_KEY: the key that seals the ledger. Default: `ledger.key` in the home."""
    timezone: str = "UTC"
    """PLACET_TIMEZONE: whose midnight "today" and "last quarter" mean. Default UTC."""
    model: str | None = None
    """PLACET_MODEL: the chat model's name. Without it the rules drafter works alone."""
    model_base_url: str | None = None
    """PLACET_MODEL_BASE_URL: any OpenAI-compatible server. Default: OpenAI's own."""
    model_api_key: SecretStr | None = None
    """PLACET_MODEL_API_KEY (or OPENAI_API_KEY): the key for that server."""
    model_timeout_seconds: float = 60.0
    """PLACET_MODEL_TIMEOUT_SECONDS: how long one model call may take."""
    model_token_budget: int = 60_000
    """PLACET_MODEL_TOKEN_BUDGET: tokens one request may cost, all calls together."""
    model_judge: str | None = None
    """PLACET_MODEL_JUDGE: the model that judges drafts in evals. Default: PLACET_MODEL."""
    model_proposer: str | None = None
    """PLACET_MODEL_PROPOSER: the model that words better prompts. Default: PLACET_MODEL."""
    model_price_read: float = 0.0
    """PLACET_MODEL_PRICE_READ: what a million tokens read cost, in your currency. Default 0."""
    model_price_written: float = 0.0
    """PLACET_MODEL_PRICE_WRITTEN: what a million tokens written cost. Default 0."""
    drafter: Literal["auto", "rules", "llm"] = "auto"
    """PLACET_DRAFTER: `auto` uses the model when one is set, `rules` never does, `llm` insists."""
    items_per_second: float = 2_000.0
    """PLACET_ITEMS_PER_SECOND: the steady rate of writes to a destination (token bucket)."""
    slack_bot_token: SecretStr | None = None
    """PLACET_SLACK_BOT_TOKEN: the bot token (xoxb-) of the one workspace that Placet serves."""
    slack_app_token: SecretStr | None = None
    """PLACET_SLACK_APP_TOKEN: the app-level token (xapp-) for Socket Mode, which needs no public
    URL."""
    slack_signing_secret: SecretStr | None = None
    """PLACET_SLACK_SIGNING_SECRET: proves that HTTP requests come from Slack."""
    slack_client_id: str | None = None
    """PLACET_SLACK_CLIENT_ID: for OAuth, where several workspaces install Placet."""
    slack_client_secret: SecretStr | None = None
    """PLACET_SLACK_CLIENT_SECRET: for OAuth."""
    slack_token_key: SecretStr | None = None
    """PLACET_SLACK_TOKEN_KEY: the Fernet key that seals workspaces' tokens in the database."""
    slack_channel: str | None = None
    """PLACET_SLACK_CHANNEL: where `placet doctor` may post and delete a test message."""
    slack_port: int = 3000
    """PLACET_SLACK_PORT: the loopback port of the HTTP door, behind your TLS proxy."""
    public_url: str = "http://127.0.0.1:8080"
    """PLACET_PUBLIC_URL: where recipients reach the unsubscribe and preference pages; https in
    production."""
    smtp_host: str | None = None
    """PLACET_SMTP_HOST: the mail server that takes what Placet sends. Without it the embedded
    mailbox of the console takes it, and nothing leaves the machine."""
    smtp_port: int = 587
    """PLACET_SMTP_PORT."""
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    """PLACET_SMTP_SECURITY: `none` only for a server on this machine."""
    smtp_user: str | None = None
    """PLACET_SMTP_USER: for SMTP AUTH."""
    smtp_password: SecretStr | None = None
    """PLACET_SMTP_PASSWORD: for SMTP AUTH."""
    mail_per_minute: int = 600
    """PLACET_MAIL_PER_MINUTE: messages a minute at most, over all domains."""
    mail_per_domain_per_minute: int = 300
    """PLACET_MAIL_PER_DOMAIN_PER_MINUTE: messages a minute at most to one recipient domain."""
    mail_tracking: bool = False
    """PLACET_MAIL_TRACKING: whether opens and clicks are recorded, through links of ours."""
    mail_bounce_address: str | None = None
    """PLACET_MAIL_BOUNCE_ADDRESS: the envelope sender, where bounces go; `+` tags are added.
    Default: the sender's own address."""
    enrichment_credits: int = 100
    """PLACET_ENRICHMENT_CREDITS: credits that one request may spend on looking values up; the
    embedded source costs none."""
    spamd: str | None = None
    """PLACET_SPAMD: SpamAssassin's daemon as HOST:PORT, asked about every email. Default: none."""
    worker_slot: str = "worker"
    """PLACET_WORKER_SLOT: the first part of worker names; the first free number is taken."""

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{value!r} is no IANA time zone such as Europe/Berlin") from error
        return value

    @field_validator(
        "items_per_second", "model_timeout_seconds", "model_token_budget",
        "mail_per_minute", "mail_per_domain_per_minute",
    )  # fmt: skip
    @classmethod
    def _positive(cls, value: float) -> float:
        if value <= 0:
            raise ValueError("must be above zero")
        return value

    @property
    def brand_file(self) -> Path:
        """The brand: names, address, colours, banned words, from-domains."""
        return self.home / "brand.yaml"

    @property
    def policy_file(self) -> Path:
        """The approval policy: who must say yes to what."""
        return self.home / "policy.toml"

    @property
    def key_file(self) -> Path:
        """The ledger's key, kept outside the database; only its owner may read it."""
        return self.home / "ledger.key"

    def ledger_secret(self) -> bytes:
        """Return the ledger key, from the variable or the key file.

        Raises:
            NotInitialised: there is neither.

        """
        if self.ledger_key is not None:
            return self.ledger_key.get_secret_value().encode()
        if not self.key_file.exists():
            raise NotInitialised
        return self.key_file.read_text(encoding="utf-8").strip().encode()

    def create_key(self) -> None:
        """Write a fresh ledger key, unless there is one: a new key would orphan the old ledger."""
        if self.ledger_key is None and not self.key_file.exists():
            descriptor = os.open(self.key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(secrets.token_hex(32) + "\n")


_VARIABLES = {
    "database_url": "PLACET_DATABASE_URL",
    "crm_url": "PLACET_CRM_URL",
    "ledger_key": "PLACET_LEDGER_KEY",
    "timezone": "PLACET_TIMEZONE",
    "model": "PLACET_MODEL",
    "model_base_url": "PLACET_MODEL_BASE_URL",
    "model_timeout_seconds": "PLACET_MODEL_TIMEOUT_SECONDS",
    "model_token_budget": "PLACET_MODEL_TOKEN_BUDGET",
    "model_judge": "PLACET_MODEL_JUDGE",
    "model_proposer": "PLACET_MODEL_PROPOSER",
    "model_price_read": "PLACET_MODEL_PRICE_READ",
    "model_price_written": "PLACET_MODEL_PRICE_WRITTEN",
    "drafter": "PLACET_DRAFTER",
    "items_per_second": "PLACET_ITEMS_PER_SECOND",
    "slack_bot_token": "PLACET_SLACK_BOT_TOKEN",
    "slack_app_token": "PLACET_SLACK_APP_TOKEN",
    "slack_signing_secret": "PLACET_SLACK_SIGNING_SECRET",
    "slack_client_id": "PLACET_SLACK_CLIENT_ID",
    "slack_client_secret": "PLACET_SLACK_CLIENT_SECRET",
    "slack_token_key": "PLACET_SLACK_TOKEN_KEY",
    "slack_channel": "PLACET_SLACK_CHANNEL",
    "slack_port": "PLACET_SLACK_PORT",
    "public_url": "PLACET_PUBLIC_URL",
    "smtp_host": "PLACET_SMTP_HOST",
    "smtp_port": "PLACET_SMTP_PORT",
    "smtp_security": "PLACET_SMTP_SECURITY",
    "smtp_user": "PLACET_SMTP_USER",
    "smtp_password": "PLACET_SMTP_PASSWORD",
    "mail_per_minute": "PLACET_MAIL_PER_MINUTE",
    "mail_per_domain_per_minute": "PLACET_MAIL_PER_DOMAIN_PER_MINUTE",
    "mail_tracking": "PLACET_MAIL_TRACKING",
    "mail_bounce_address": "PLACET_MAIL_BOUNCE_ADDRESS",
    "enrichment_credits": "PLACET_ENRICHMENT_CREDITS",
    "spamd": "PLACET_SPAMD",
    "worker_slot": "PLACET_WORKER_SLOT",
}


def names_home(environ: Mapping[str, str] | None = None) -> bool:
    """Return whether PLACET_HOME is set: then that home is meant, and no throw-away one."""
    env = os.environ if environ is None else environ  # noqa: TID251 - as below
    return bool(env.get("PLACET_HOME"))


def load_settings(
    environ: Mapping[str, str] | None = None, *, home: Path | None = None
) -> Settings:
    """Read the settings once, from `environ` (default: the process's own).

    Raises:
        BadSetting: a variable has a value that cannot be used; the message names it.

    """
    env = os.environ if environ is None else environ  # noqa: TID251 - the one place that reads it
    where = (home or Path(env.get("PLACET_HOME") or ".placet")).expanduser().absolute()
    values: dict[str, object] = {
        "home": where,
        "database_url": f"sqlite:///{where / 'placet.db'}",
        "crm_url": f"sqlite:///{where / 'crm.db'}",
        "model_api_key": env.get("PLACET_MODEL_API_KEY") or env.get("OPENAI_API_KEY") or None,
    }
    values.update({field: env[name] for field, name in _VARIABLES.items() if env.get(name)})
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = _VARIABLES.get(str(first["loc"][0]), str(first["loc"][0]))
        raise BadSetting(f"{name}: {first['msg'].removeprefix('Value error, ')}.") from None
