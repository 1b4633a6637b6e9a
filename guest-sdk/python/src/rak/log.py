"""What the operator reads."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .host import Host


class Level(StrEnum):
    """How much a line matters, from the least to the most. The value is its name in the contract."""

    TRACE = "trace"
    """Every step."""
    DEBUG = "debug"
    """For whoever looks for a mistake."""
    INFO = "info"
    """Something worth knowing."""
    WARNING = "warning"
    """Something that is not as it should be."""
    SEVERE = "severe"
    """Something that somebody has to look at."""


class Log:
    """Writes lines to the host's log, with the invocation's id beside them: `cx.log`.

    Fields are keyword arguments, written as `str` writes them: `cx.log.info("page read", url=url, bytes=1024)`.
    """

    __slots__ = ("_host",)

    def __init__(self, host: Host) -> None:
        self._host = host

    def write(self, level: Level, message: str, /, **fields: object) -> None:
        """Writes a line."""
        self._host.log(level, message, [(key, str(value)) for key, value in fields.items()])

    def trace(self, message: str, /, **fields: object) -> None:
        """Writes a line at `Level.TRACE`."""
        self.write(Level.TRACE, message, **fields)

    def debug(self, message: str, /, **fields: object) -> None:
        """Writes a line at `Level.DEBUG`."""
        self.write(Level.DEBUG, message, **fields)

    def info(self, message: str, /, **fields: object) -> None:
        """Writes a line at `Level.INFO`."""
        self.write(Level.INFO, message, **fields)

    def warning(self, message: str, /, **fields: object) -> None:
        """Writes a line at `Level.WARNING`."""
        self.write(Level.WARNING, message, **fields)

    def severe(self, message: str, /, **fields: object) -> None:
        """Writes a line at `Level.SEVERE`."""
        self.write(Level.SEVERE, message, **fields)
