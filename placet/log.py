"""Logging: one line per event on standard error, secrets struck out before anything is written."""

import logging
import re
from collections.abc import Iterable

from typing_extensions import override

__all__ = ["configure_logging", "get_logger"]

_SECRET_SHAPES = re.compile(
    r"(sk-[A-Za-z0-9_-]{8,}|xox[a-z]-[A-Za-z0-9-]+|xapp-[A-Za-z0-9-]+"
    r"|(?<=://)[^/@\s:]+:[^/@\s]+(?=@))"
)


class _Redact(logging.Filter):
    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__()
        self._secrets = [secret for secret in secrets if secret]

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        for secret in self._secrets:
            text = text.replace(secret, "[secret]")
        record.msg, record.args = _SECRET_SHAPES.sub("[secret]", text), None
        return True


def configure_logging(level: str = "WARNING", secrets: Iterable[str] = ()) -> None:
    """Send the log to standard error at `level`; strike out `secrets` and what looks like one."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.addFilter(_Redact(secrets))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)


def get_logger(name: str) -> logging.Logger:
    """Return the logger of the module `name`."""
    return logging.getLogger(name)
