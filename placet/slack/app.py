"""The Bolt app: every listener of the catalogue, behind Slack's signature.

Events are written down before they are acknowledged, so that Slack sends them again where Placet
dies in between. Clicks are acknowledged at once and then decided. Bolt runs with
`process_before_response`: its other mode polls for the acknowledgement every 10 ms.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from placet.errors import BadSetting, PlacetError
from placet.log import get_logger

from .authorizing import OneWorkspace
from .listeners import CATALOGUE, Listener
from .listeners.home import publish
from .modals import words_view
from .payloads import Click, Command, Heard, Submission
from .room import BROKEN, Room

if TYPE_CHECKING:
    from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings

    from placet.wiring import Placet

__all__ = ["build_app", "room_of"]

_log = get_logger(__name__)
_STRANGER = "Placet is not installed in this workspace; ask your admin to install it."


def build_app(
    placet: Placet,
    *,
    signing_secret: str,
    authorize: AsyncAuthorize | Callable[..., Awaitable[Any]] | None = None,
    client: AsyncWebClient | None = None,
    token: str | None = None,
    oauth: AsyncOAuthSettings | None = None,
) -> AsyncApp:
    """Return the app that all three doors share: Socket Mode, HTTP and the console.

    Args:
        placet: the home it serves.
        signing_secret: what proves that a request comes from Slack.
        authorize: says which workspace has which token; default: the one of `token`.
        client: how Slack's Web API is reached; default: Slack itself.
        token: the bot token of the one workspace that is served.
        oauth: where several workspaces install Placet.

    Raises:
        BadSetting: there is neither a token nor a way to get one.
    """
    client = client or AsyncWebClient(token=token)
    client.token = client.token or token
    if authorize is None and oauth is None:
        if not client.token:
            raise BadSetting("Slack needs PLACET_SLACK_BOT_TOKEN, or OAuth for several workspaces.")
        authorize = OneWorkspace(client)
    app = AsyncApp(
        name="placet",
        signing_secret=signing_secret,
        client=_without_token(client),
        authorize=authorize,  # type: ignore[arg-type]  # Bolt takes its own classes here too
        oauth_settings=oauth,
        process_before_response=True,
        attaching_conversation_kwargs_enabled=False,
        attaching_function_token_enabled=False,
        user_facing_authorize_error_message=_STRANGER,
    )
    room = Room(placet)
    app._placet_room = room  # type: ignore[attr-defined]
    for listener in CATALOGUE:
        _register(app, room, listener)
    return app


def _without_token(client: AsyncWebClient) -> AsyncWebClient:
    """Return the same way to Slack, with no token to fall back on where a workspace has none."""
    return AsyncWebClient(
        base_url=client.base_url,
        timeout=client.timeout,
        ssl=client.ssl,
        proxy=client.proxy,
        session=client.session,
        headers=client.headers,
        retry_handlers=client.retry_handlers,
    )


def room_of(app: AsyncApp) -> Room:
    """Return what the app's listeners hold, so that a sender can be woken by them."""
    room = app._placet_room  # type: ignore[attr-defined]
    if not isinstance(room, Room):
        raise TypeError("this app was not made by build_app")
    return room


def _register(app: AsyncApp, room: Room, listener: Listener) -> None:
    match listener.kind:
        case "event":
            app.event(listener.name)(_event(room, listener))
        case "command":
            app.command(listener.name)(_command(room, listener))
        case "shortcut":
            app.shortcut(listener.name)(_click(room, listener))
        case "action":
            app.action(listener.name)(_click(room, listener))
        case "view":
            app.view(listener.name)(_form(room, listener))


def _event(room: Room, listener: Listener) -> Callable[..., Awaitable[None]]:
    async def hear(body: dict[str, Any], client: AsyncWebClient, context: Any) -> None:
        heard = Heard.read(body, bot_user=context.bot_user_id or "")
        try:
            await listener.does(room, client, heard)
        except (PlacetError, SlackApiError) as error:
            _log.warning("%s %s: %s", listener.name, heard.id, error)

    async def later(body: dict[str, Any], client: AsyncWebClient, context: Any) -> None:
        room.start(hear(body, client, context))  # Bolt acknowledges events by itself

    return hear if listener.first else later


def _click(room: Room, listener: Listener) -> Callable[..., Awaitable[None]]:
    async def press(body: dict[str, Any], client: AsyncWebClient, ack: Any) -> None:
        await ack()
        click = Click.read(body)
        room.start(_pressed(room, client, click, listener))

    return press


async def _pressed(room: Room, client: AsyncWebClient, click: Click, listener: Listener) -> None:
    await room.answering(click, lambda: listener.does(room, client, click))
    if click.home:  # nothing but us updates a home tab
        await room.answering(click, lambda: publish(room, client, click.person))


def _command(room: Room, listener: Listener) -> Callable[..., Awaitable[None]]:
    async def given(body: dict[str, Any], client: AsyncWebClient, ack: Any) -> None:
        await ack()
        command = Command.read(body)
        room.start(room.answering(command, lambda: listener.does(room, client, command)))

    return given


def _form(room: Room, listener: Listener) -> Callable[..., Awaitable[None]]:
    async def sent(body: dict[str, Any], client: AsyncWebClient, ack: Any) -> None:
        try:
            form = Submission.read(body)
            wrong = await listener.validate(room, form) if listener.validate else {}
        except PlacetError as error:
            await ack(response_action="update", view=words_view(str(error)))
            return
        except Exception:  # noqa: BLE001 - no form stays without an answer
            _log.exception("a form could not be checked")
            await ack(response_action="update", view=words_view(BROKEN))
            return
        await ack(**wrong)
        if wrong.get("response_action") != "errors":
            room.start(room.answering(form, lambda: listener.does(room, client, form)))

    return sent
