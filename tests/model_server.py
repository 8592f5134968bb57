"""An OpenAI-compatible server on loopback that answers, or misbehaves, as it was told."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from agents.models import OpenAiModel
from placet.settings import Settings

KEY = "sk-very-secret-key-0123456789"
Asked = Mapping[str, Any]
"""The body of a request."""
Reply = Callable[[BaseHTTPRequestHandler, Asked], None]


class Server:
    """Answers one reply per request, the last one for ever; keeps what it was asked."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []
        self.requests: list[dict[str, Any]] = []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                owner.requests.append(body)
                reply = owner.replies.pop(0) if len(owner.replies) > 1 else owner.replies[0]
                try:
                    reply(self, body)
                except OSError:
                    self.close_connection = True

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
                return

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        """Return the address that a model is set to."""
        return f"http://127.0.0.1:{self.http.server_port}/v1"

    def close(self) -> None:
        """Stop."""
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()

    def model(self, slept: list[float] | None = None, **more: Any) -> OpenAiModel:
        """Return a client that waits for nothing; `slept` takes what it would have waited."""
        waits = slept if slept is not None else []
        return OpenAiModel(settings_for(self.url, **more), sleep=waits.append)


@contextmanager
def serving(*replies: Reply) -> Iterator[Server]:
    """Run a server for as long as the block."""
    server = Server()
    server.replies = list(replies)
    try:
        yield server
    finally:
        server.close()


def settings_for(url: str, **more: Any) -> Settings:
    """Return settings with a model behind this address."""
    known: dict[str, Any] = {
        "home": Path("unused"), "database_url": "sqlite://", "crm_url": "sqlite://",
        "model": "fake", "model_base_url": url, "model_api_key": SecretStr(KEY),
        "model_timeout_seconds": 0.5,
    }  # fmt: skip
    return Settings(**known | more)


# --- what it answers -----------------------------------------------------------------------------


def send(handler: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
    """Send an answer."""
    handler.send_response(status)
    handler.send_header("Content-Type", headers.pop("Content_Type", "application/json"))
    handler.send_header("Content-Length", str(len(body)))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def completed(content: str | None, *, finish: str = "stop", **message: Any) -> bytes:
    """Return a chat completion."""
    answer = {"role": "assistant", "content": content, **message}
    return json.dumps({
        "id": "c1", "object": "chat.completion", "created": 1, "model": "fake",
        "choices": [{"index": 0, "finish_reason": finish, "message": answer}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120},
    }).encode()  # fmt: skip


def completion(content: str | None, *, finish: str = "stop", **message: Any) -> Reply:
    """Answer with a chat completion."""
    body = completed(content, finish=finish, **message)
    return lambda handler, _: send(handler, 200, body)


def called(name: str, arguments: str, times: int = 1) -> Reply:
    """Answer with calls of a tool."""
    call = {"name": name, "arguments": arguments}
    calls = [{"id": f"t{n}", "type": "function", "function": call} for n in range(times)]
    return completion(None, finish="tool_calls", tool_calls=calls)


def status(code: int, message: str = f"key {KEY} is odd", **headers: str) -> Reply:
    """Answer with an error."""
    body = json.dumps({"error": {"message": message, "type": "x", "code": None}}).encode()
    return lambda handler, _: send(handler, code, body, **headers)


def raw(body: bytes, **headers: str) -> Reply:
    """Answer with these bytes."""
    return lambda handler, _: send(handler, 200, body, **headers)


def hang(handler: BaseHTTPRequestHandler, _: Asked) -> None:
    """Say nothing until the client has gone."""
    time.sleep(0.8)


def cut(handler: BaseHTTPRequestHandler, _: Asked) -> None:
    """Promise a long body and close the connection half way."""
    _begin(handler, Content_Length="5000")
    handler.wfile.write(b'{"id": "c1", "choices": [{"index": 0, "mess')
    handler.wfile.flush()
    handler.connection.shutdown(socket.SHUT_RDWR)


def drip(handler: BaseHTTPRequestHandler, _: Asked) -> None:
    """Send a good answer a byte at a time: each comes in time, the whole never does."""
    body = completed('{"type": "answer"}')
    _begin(handler, Content_Length=str(len(body)))
    for byte in body:
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()
        time.sleep(0.05)


def flood(handler: BaseHTTPRequestHandler, _: Asked) -> None:
    """Send without end, in chunks, until the client goes."""
    handler.protocol_version = "HTTP/1.1"
    _begin(handler, Transfer_Encoding="chunked")
    piece = b" " * 65_536
    for _number in range(2_000):
        handler.wfile.write(b"10000\r\n" + piece + b"\r\n")


def _begin(handler: BaseHTTPRequestHandler, **headers: str) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()


FAULTS: dict[str, tuple[Reply, str]] = {
    "429": (status(429), "busy, 429"),
    "500": (status(500), "failed, 500"),
    "503": (status(503), "failed, 503"),
    "401": (status(401), "refused the key (401)"),
    "404": (status(404), "no such model"),
    "hang": (hang, "no answer in time"),
    "drip": (drip, "no answer in time"),
    "cut": (cut, "no connection"),
    "flood": (flood, "more than 4 MB"),
    "huge": (raw(b"[" + b" " * 5_000_000 + b"]"), "more than 4 MB"),
    "malformed": (completion('{"type": "prop'), "no JSON"),
    "prose": (completion("Sure! Here is your segment."), "no JSON"),
    "list": (completion("[1, 2]"), "no JSON object"),
    "two": (completion('{"type": "answer"} or {"type": "question"}'), "several JSON objects"),
    "length": (completion('{"type": "answer"}', finish="length"), "cut off"),
    "filter": (completion('{"type": "answer"}', finish="content_filter"), "filtered"),
    "refusal": (completion(None, refusal="I cannot help with that."), "refused"),
    "empty": (completion(""), "empty answer"),
    "null": (completion(None), "empty answer"),
    "tool": (called("approve", "{}"), "called a tool"),
    "tool loop": (called("answer", '{"type": "answer"}', times=3), "called a tool"),
    "400": (status(400), "did not accept"),
    "too long": (status(400, "the maximum context length is 4096 tokens"), "too long"),
    "no choices": (raw(b'{"id": "c", "object": "chat.completion", "created": 1, "model": "m", '
                       b'"choices": []}'), "no chat completion"),
    "null choices": (raw(b'{"id": "c", "choices": null}'), "no chat completion"),
    "html": (raw(b"<html>gateway</html>"), "no chat completion"),
    "content type": (raw(b"<html>Sign in</html>", Content_Type="text/html"), "no chat completion"),
    "half json": (raw(b'{"id": "c1", "choices": [{"ind'), "no chat completion"),
}  # fmt: skip
"""What goes wrong, by name, and a word of the one error that it becomes."""
GONE = frozenset({"429", "500", "503", "401", "404", "hang", "drip", "cut"})
"""Those where no answer came (`ModelUnavailable`); in the others one came and was no use."""
