"""Slack: conversations, cards with buttons, forms and the home tab, over one Bolt app.

It may import everything below `placet.wiring` and is the only room that knows slack_bolt and
slack_sdk; it decides nothing and carries nothing out. Start with `app.build_app` (what comes in),
`sender.Sender` (what goes out) and `listeners` (what people can do).
"""

from .app import build_app
from .manifest import build_manifest
from .methods import METHODS
from .sender import Sender

__all__ = ["METHODS", "Sender", "build_app", "build_manifest"]
