"""A shared file as a response: what comes from outside can do nothing in the console's origin.

HTML is an email's: it is shown in a sandbox of its own (an origin of nobody's, no scripts, no
forms, nothing loaded), so that it is neither a page of the console nor tells anyone it was opened.
"""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import Response

from .shelf import File

__all__ = ["served"]

_SANDBOX = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
_NOTHING = "sandbox; default-src 'none'; frame-ancestors 'none'"


def served(file: File) -> Response:
    """Return a file's bytes, of the kind that its name says."""
    name = file.name.lower()
    kind, policy = "text/plain; charset=utf-8", _NOTHING
    if file.is_picture:
        kind = "image/png"
    elif name.endswith((".html", ".htm")):
        kind, policy = "text/html; charset=utf-8", _SANDBOX
    headers = {
        "Content-Security-Policy": policy,
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(file.name)}",
        "Cross-Origin-Embedder-Policy": "require-corp",
    }
    return Response(file.data, media_type=kind, headers=headers)
