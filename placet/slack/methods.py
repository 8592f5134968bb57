"""The Web API methods that Placet calls, each with the bot scopes it needs: a flat catalogue.

The manifest asks for the scopes of this list and of the listeners, and for no others; a stand-in
for Slack answers exactly these and refuses others with `unknown_method`. Source: Slack's method
reference as of autumn 2026.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["METHODS"]

METHODS: Mapping[str, tuple[str, ...]] = {
    "auth.test": (),
    "agents.sessions.setStatus": ("chat:write",),
    "assistant.threads.setStatus": ("chat:write",),
    "assistant.threads.setSuggestedPrompts": ("assistant:write",),
    "blocks.validate": (),  # `placet doctor` only
    "chat.delete": ("chat:write",),  # `placet doctor` only: its own test message
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.history": ("im:history",),  # was this posted already? direct messages
    "conversations.open": ("im:write",),
    "conversations.replies": ("channels:history", "groups:history", "im:history"),  # in threads
    "files.completeUploadExternal": ("files:write",),
    "files.getUploadURLExternal": ("files:write",),
    "views.open": (),
    "views.publish": (),
    "views.update": (),
}
