"""Every listener, flat: growth is one line here."""

from __future__ import annotations

from placet.slack.names import COMMAND, SHORTCUT, Act, Form

from . import (
    auditing,
    command,
    decisions,
    editing,
    forms,
    home,
    messages,
    overriding,
    quality,
    viewing,
    workspaces,
)
from .listener import Listener

__all__ = ["CATALOGUE"]

CATALOGUE: tuple[Listener, ...] = (
    Listener(
        kind="event", name="message", does=messages.written, first=True,
        subscribes=("message.im", "message.channels", "message.groups"),
        scopes=("im:history", "channels:history", "groups:history"),
    ),
    Listener(
        kind="event", name="app_mention", does=messages.mentioned, first=True,
        scopes=("app_mentions:read",),
    ),
    Listener(kind="event", name="agent_session_stopped", does=messages.stopped, first=True),
    Listener(kind="event", name="app_home_opened", does=home.opened),
    Listener(kind="event", name="app_uninstalled", does=workspaces.removed, first=True),
    Listener(kind="command", name=COMMAND, does=command.command, scopes=("commands",)),
    Listener(kind="shortcut", name=SHORTCUT, does=command.shortcut, scopes=("commands",)),
    Listener(kind="action", name=Act.APPROVE, does=decisions.approve),
    Listener(kind="action", name=Act.WITHDRAW, does=decisions.withdraw),
    Listener(kind="action", name=Act.UNDO, does=decisions.undo),
    Listener(kind="action", name=Act.STOP, does=decisions.stop),
    Listener(kind="action", name=Act.TEST, does=decisions.test),
    Listener(kind="action", name=Act.OVERRIDE, does=overriding.override),
    Listener(kind="action", name=Act.EDIT, does=editing.edit),
    Listener(kind="action", name=Act.REVISE, does=forms.revise),
    Listener(kind="action", name=Act.REJECT, does=forms.reject),
    Listener(kind="action", name=Act.VIEW, does=viewing.view_all),
    Listener(kind="action", name=Act.MEMBERS, does=viewing.members),
    Listener(kind="action", name=Act.FILES, does=viewing.files),
    Listener(kind="action", name=Act.FEEDBACK, does=forms.feedback),
    Listener(kind="action", name=Act.ASK, does=auditing.ask),
    Listener(kind="action", name=Act.QUALITY_BACK, does=quality.back),
    Listener(kind="action", name=Act.QUALITY_FIGURES, does=quality.figures),
    Listener(kind="action", name=Act.QUALITY_MUTE, does=quality.mute),
    Listener(
        kind="view", name=Form.EDIT, does=editing.edit_sent, validate=editing.edit_checked
    ),
    Listener(kind="view", name=Form.REVISE, does=forms.revise_sent),
    Listener(kind="view", name=Form.REJECT, does=forms.reject_sent),
    Listener(
        kind="view", name=Form.OVERRIDE, does=overriding.override_sent,
        validate=overriding.override_checked,
    ),
    Listener(kind="view", name=Form.FEEDBACK, does=forms.feedback_sent),
)  # fmt: skip
