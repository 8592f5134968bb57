"""The panes: each person's stack of modals and their App Home, in SQL.

A stack holds at most three views. A view that was closed cannot come back; a change to it is
refused, as it is when the hash that the caller saw is not the view's any more.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from placet.ids import new_id
from placet.store.console_schema import views
from tools.sql import reading

from .hub import Hub
from .workspace import APP, BOT, TEAM

__all__ = ["DEEPEST", "PaneError", "Panes", "View"]

DEEPEST = 3


class PaneError(Exception):
    """A view that cannot be shown; the text is Slack's code for it."""


@dataclass(frozen=True, kw_only=True)
class View:
    """One view as it stands."""

    id: str
    user: str
    kind: str
    depth: int
    root_id: str
    previous_id: str | None
    external_id: str | None
    hash: str
    body: dict[str, Any]

    def as_json(self, values: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return it as Slack sends it, with the state of its inputs."""
        body = self.body
        return {
            "id": self.id,
            "team_id": TEAM,
            "type": self.kind,
            "blocks": body["blocks"],
            "private_metadata": body.get("private_metadata", ""),
            "callback_id": body.get("callback_id", ""),
            "external_id": self.external_id or "",
            "state": {"values": values or {}},
            "hash": self.hash,
            "title": body.get("title"),
            "submit": body.get("submit"),
            "close": body.get("close"),
            "clear_on_close": bool(body.get("clear_on_close")),
            "notify_on_close": bool(body.get("notify_on_close")),
            "root_view_id": self.root_id,
            "previous_view_id": self.previous_id,
            "app_id": APP,
            "app_installed_team_id": TEAM,
            "bot_id": BOT,
        }


class Panes:
    """Opens, pushes, changes and closes views; tells the hub after each commit."""

    def __init__(self, engine: sa.Engine, hub: Hub) -> None:
        self._engine, self._reader, self._hub = engine, reading(engine), hub

    def open(self, user: str, body: dict[str, Any]) -> View:
        """Open a modal; what was open before is gone, as it is in a browser tab of Slack."""
        view_id = _view_id()
        with self._engine.begin() as connection:
            connection.execute(_shut(views.c.user == user, views.c.kind == "modal"))
            self._insert(connection, view_id, user, "modal", body, depth=1, root_id=view_id)
        return self._told(view_id)

    def push(self, user: str, body: dict[str, Any]) -> View:
        """Put a modal on top of the person's stack.

        Raises:
            PaneError: there is none to put it on, or the stack is full.
        """
        view_id = _view_id()
        with self._engine.begin() as connection:
            top = self._top(connection, user)
            if top is None:
                raise PaneError("not_found")
            if top.depth >= DEEPEST:
                raise PaneError("push_limit_reached")
            self._insert(
                connection, view_id, user, "modal", body,
                depth=top.depth + 1, root_id=top.root_id, previous_id=top.id,
            )  # fmt: skip
        return self._told(view_id)

    def update(
        self, body: dict[str, Any], *, view_id: str | None, external_id: str | None,
        seen: str | None = None,
    ) -> View:  # fmt: skip
        """Put another body in place of an open view's.

        Raises:
            PaneError: there is no such open view, or it changed since the caller saw it.
        """
        key = views.c.id == view_id if view_id else views.c.external_id == external_id
        with self._engine.begin() as connection:
            row = connection.execute(sa.select(views).where(key, views.c.open)).one_or_none()
            if row is None or row.kind != "modal":
                raise PaneError("not_found")
            if seen is not None and seen != row.hash:
                raise PaneError("hash_conflict")
            self._check_external(connection, body, but=row.id)
            connection.execute(views.update().where(views.c.id == row.id).values(**_columns(body)))
        return self._told(row.id)

    def publish(self, user: str, body: dict[str, Any], *, seen: str | None = None) -> View:
        """Put a view into a person's App Home.

        Raises:
            PaneError: it changed since the caller saw it.
        """
        with self._engine.begin() as connection:
            query = sa.select(views).where(views.c.user == user, views.c.kind == "home")
            row = connection.execute(query).one_or_none()
            if row is None:
                view_id = _view_id()
                self._insert(connection, view_id, user, "home", body, depth=1, root_id=view_id)
            else:
                view_id = row.id
                if seen is not None and seen != row.hash:
                    raise PaneError("hash_conflict")
                where = views.update().where(views.c.id == view_id)
                connection.execute(where.values(**_columns(body)))
        return self._told(view_id)

    def close(self, view: View, *, whole: bool) -> None:
        """Close a modal: the whole stack it is in, or it and what is above it."""
        where = [views.c.root_id == view.root_id]
        if not whole:
            where.append(views.c.depth >= view.depth)
        with self._engine.begin() as connection:
            connection.execute(_shut(*where))
        self._hub.publish("modal", user=view.user)

    # --- reading -------------------------------------------------------------------------------

    def view(self, view_id: str) -> View | None:
        """Return a view that is open."""
        with self._reader.connect() as connection:
            row = connection.execute(
                sa.select(views).where(views.c.id == view_id, views.c.open)
            ).one_or_none()
        return None if row is None else _view(row)

    def top(self, user: str) -> View | None:
        """Return the modal that a person sees."""
        with self._reader.connect() as connection:
            return self._top(connection, user)

    def home(self, user: str) -> View | None:
        """Return a person's App Home."""
        query = sa.select(views).where(views.c.user == user, views.c.kind == "home")
        with self._reader.connect() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _view(row)

    def _top(self, connection: sa.Connection, user: str) -> View | None:
        query = (
            sa.select(views)
            .where(views.c.user == user, views.c.kind == "modal", views.c.open)
            .order_by(views.c.depth.desc())
            .limit(1)
        )
        row = connection.execute(query).one_or_none()
        return None if row is None else _view(row)

    def _told(self, view_id: str) -> View:
        view = self.view(view_id)
        if view is None:
            raise PaneError("not_found")
        self._hub.publish(view.kind, user=view.user)
        return view

    def _insert(
        self, connection: sa.Connection, view_id: str, user: str, kind: str, body: dict[str, Any],
        *, depth: int, root_id: str, previous_id: str | None = None,
    ) -> None:  # fmt: skip
        self._check_external(connection, body, but=view_id)
        connection.execute(
            views.insert().values(
                id=view_id, user=user, kind=kind, depth=depth, root_id=root_id,
                previous_id=previous_id, open=True, **_columns(body),
            )
        )  # fmt: skip

    def _check_external(self, connection: sa.Connection, body: dict[str, Any], but: str) -> None:
        name = body.get("external_id")
        if not name:
            return
        query = sa.select(views.c.id).where(
            views.c.external_id == name, views.c.open, views.c.id != but
        )
        if connection.scalar(query.limit(1)) is not None:
            raise PaneError("duplicate_external_id")


def _view_id() -> str:
    return new_id("V").upper().replace("_", "")


def _columns(body: dict[str, Any]) -> dict[str, Any]:
    return {
        "external_id": body.get("external_id") or None,
        "hash": new_id("h").partition("_")[2],
        "body": json.dumps(body, ensure_ascii=False),
    }


def _shut(*where: sa.ColumnElement[bool]) -> sa.Update:
    return views.update().where(*where).values(open=False)


def _view(row: Any) -> View:
    return View(
        id=row.id,
        user=row.user,
        kind=row.kind,
        depth=row.depth,
        root_id=row.root_id,
        previous_id=row.previous_id,
        external_id=row.external_id,
        hash=row.hash,
        body=json.loads(row.body),
    )
