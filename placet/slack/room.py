"""What every listener holds: the home, a few threads for SQL, and the way to answer.

Listeners run on one event loop; whatever touches the database runs on the threads here, so that a
slow disk never keeps another person's click waiting for its acknowledgement.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.web.async_client import AsyncWebClient

from gates.draft import Draft
from placet.errors import PlacetError
from placet.log import get_logger
from placet.store import outbox
from placet.store.outbox import NewPost

from .answers import code_of, told
from .check import view_faults
from .facts import Facts, read_facts
from .modals import View, loading, words_view
from .payloads import Click, Command, Submission
from .pictures import Uploads

if TYPE_CHECKING:
    from placet.wiring import Placet

__all__ = ["BROKEN", "Room"]

P = ParamSpec("P")
T = TypeVar("T")

_log = get_logger(__name__)
_THREADS = {"sqlite": 4, "postgresql": 10}  # SQLite has one writer: more only wait in line
BROKEN = (
    "Something went wrong here, and nothing was decided; try again, and tell your admin if it "
    "stays."
)
_LATE = "Slack did not let the form open in time; press the button again."


class Room:
    """One home, as the listeners see it."""

    def __init__(self, placet: Placet) -> None:
        self.placet = placet
        threads = _THREADS[placet.engine.dialect.name]
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="placet-slack")
        self._tasks: set[asyncio.Task[None]] = set()
        self._answers: list[NewPost] = []
        self._writing = asyncio.Lock()
        self.uploads = Uploads(placet)
        self.nudge: Callable[[], None] = lambda: None
        """Wakes the sender, where one runs in this process."""
        self.installations: AsyncInstallationStore | None = None
        """Where several workspaces' tokens are kept, if they are."""

    async def sql(self, do: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run what blocks on a thread, and return what it returns."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, lambda: do(*args, **kwargs))

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Go on with work after the acknowledgement; it is kept until it is done."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def idle(self) -> None:
        """Return once all work that goes on after acknowledgements is done."""
        while self._tasks:
            await asyncio.wait(list(self._tasks))

    def facts(self, draft_id: str) -> Facts:
        """Return everything about a draft, from one snapshot.

        Raises:
            NotFound: there is none.
        """
        with self.placet.book.reader.connect() as connection:
            return read_facts(self.placet, connection, self.placet.desk.draft(draft_id))

    def draft(self, draft_id: str) -> Draft:
        """Return a draft as it stands."""
        return self.placet.desk.draft(draft_id)

    # --- answering -----------------------------------------------------------------------------

    async def whisper(self, to: Click | Submission | Command, words: str) -> None:
        """Answer a person, privately, in the thread where they pressed.

        Answers that come while others are being written down share one transaction.
        """
        self._answers.append(_answer(to, words))
        async with self._writing:
            answers, self._answers = self._answers, []
            if answers:
                await self.sql(self._write, answers)
        self.nudge()

    def _write(self, answers: Sequence[NewPost]) -> None:
        with self.placet.book.engine.begin() as connection:
            outbox.put(connection, answers, at=self.placet.clock.now())

    async def answering(
        self, to: Click | Submission | Command, work: Callable[[], Awaitable[None]]
    ) -> None:
        """Do a piece of work; whatever goes wrong is answered in words."""
        try:
            await work()
        except PlacetError as error:
            await self.whisper(to, str(error))
        except SlackApiError as error:
            _log.warning("Slack refused: %s", code_of(error))
            await self.whisper(to, _LATE if "trigger" in str(error) else BROKEN)
        except Exception:  # noqa: BLE001 - no click stays without an answer
            _log.exception("a click could not be answered")
            await self.whisper(to, BROKEN)

    # --- modals --------------------------------------------------------------------------------

    async def show(
        self, client: AsyncWebClient, click: Click, build: Callable[[], View]
    ) -> str | None:
        """Open a modal at once, then fill it; returns its id where it holds what `build` made.

        What cannot be built is said in the modal.
        """
        opened = await client.views_open(trigger_id=click.trigger_id, view=loading())
        try:
            view, made = await self.sql(build), True
        except PlacetError as error:
            view, made = words_view(str(error)), False
        view_id = told(opened, "view", "id")
        return view_id if await self.update(client, view_id, view) and made else None

    async def update(self, client: AsyncWebClient, view_id: str, view: View) -> bool:
        """Replace a modal; returns False where its reader has closed it."""
        wrong = view_faults(view)
        if wrong:
            _log.error("a modal cannot be shown: %s", "; ".join(wrong[:3]))
            view = words_view(
                "This is too large to be shown here; see `placet show` for all of it."
            )
        try:
            await client.views_update(view_id=view_id, view=view)
        except SlackApiError as error:
            if code_of(error) != "not_found":
                raise
            return False
        return not wrong


def _answer(to: Click | Submission | Command, words: str) -> NewPost:
    place = to.channel or f"@{to.person.user}"
    return NewPost(
        key=f"whisper:{to.id}",
        lane=f"{to.team}/{place}/{to.person.user}",
        kind="whisper",
        body={
            "team": to.team,
            "channel": to.channel,
            "user": to.person.user,
            "thread": to.thread_ts,
            "words": words,
        },
    )
