"""A home: the folder with the policy, the brand, the key and the databases."""

from __future__ import annotations

from importlib import resources

from placet.settings import Settings
from placet.store.migrate import MIGRATIONS
from tools.crm.local.migrate import MIGRATIONS as CRM_MIGRATIONS
from tools.email.store.migrate import MIGRATIONS as MAIL_MIGRATIONS
from tools.sql import create_engine

__all__ = ["initialise"]


def initialise(settings: Settings) -> None:
    """Create the home: policy, brand, key and databases; what is there already stays."""
    from placet.store import durable, threads  # late: they load dbos and langgraph

    settings.home.mkdir(parents=True, exist_ok=True)
    for file in (settings.policy_file, settings.brand_file):
        if not file.exists():
            sample = resources.files("placet").joinpath(file.name).read_text(encoding="utf-8")
            file.write_text(sample, encoding="utf-8")
    settings.create_key()
    engine, crm_engine = create_engine(settings.database_url), create_engine(settings.crm_url)
    try:
        MIGRATIONS.upgrade(engine)
        MAIL_MIGRATIONS.upgrade(engine)
        durable.migrate_dbos(engine)
        threads.close_threads(threads.open_threads(engine))
        CRM_MIGRATIONS.upgrade(crm_engine)
    finally:
        engine.dispose()
        crm_engine.dispose()
