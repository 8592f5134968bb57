"""The console: a small local Slack in the browser, around the same Bolt app as real Slack.

It imports the store for its tables, `placet.slack` only where it is served, and no agent or tool.
Start reading in `app` (what is served), `webapi` (what the app calls), `deliver` (what the app is
sent) and `guard` (who may look).
"""

from .app import Console
from .guard import Pass
from .webapi import METHODS, LocalSlack
from .workspace import Features, Workspace

__all__ = ["METHODS", "Console", "Features", "LocalSlack", "Pass", "Workspace"]
