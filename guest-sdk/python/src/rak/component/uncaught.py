"""What nothing in the agent caught, as a failure."""

from __future__ import annotations

import linecache
import re
import sys
import traceback
from pathlib import Path

from ..failure import Failure, FailureKind

# Where the SDK's own frames are: they say nothing about the agent.
_SDK = str(Path(__file__).parent.parent)
# Where the standard library is while the component is built.
_LIBRARY = "/python/"
# Folders of the author are mounted as `/0`, `/1` and so on while the component is built.
_MOUNT = re.compile(r"^/\d+/")
# The most frames that a stack shows: the innermost ones.
_FRAMES = 40


def failure_of(error: BaseException) -> Failure:
    """The failure that an exception stands for: itself, or one with its type, text and stack, which the host logs."""
    if isinstance(error, Failure):
        return error
    return Failure(FailureKind.FAILED, _last_line(error), code="exception", details={"stack": _stack(error)})


def remember_sources() -> None:
    """Keeps the lines of the agent's modules for tracebacks, because a run has no files to read them from."""
    for module in list(sys.modules.values()):
        path = getattr(module, "__file__", None)
        if not path or path.startswith((_LIBRARY, _SDK)):
            continue
        lines = linecache.getlines(path)
        if lines:
            # Without a time of change, which would be compared with that of a file.
            linecache.cache[path] = (sum(map(len, lines)), None, lines, path)


def _last_line(error: BaseException) -> str:
    """`TypeName: text`, or the name alone where there is no text."""
    name = type(error).__qualname__
    try:
        text = str(error)
    except Exception:
        text = "(an exception without a readable text)"
    return f"{name}: {text}" if text else name


def _stack(error: BaseException) -> str:
    """The traceback as Python writes it, without the SDK's frames and with paths as the author knows them."""
    report = traceback.TracebackException.from_exception(error, limit=-_FRAMES)
    for one in (report, report.__cause__, report.__context__):
        if one is not None:
            one.stack[:] = [frame for frame in one.stack if not frame.filename.startswith(_SDK)] or one.stack
            for frame in one.stack:
                frame.filename = _MOUNT.sub("", frame.filename)
    return "".join(report.format()).rstrip("\n")
