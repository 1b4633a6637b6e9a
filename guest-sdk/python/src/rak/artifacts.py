"""Named files that outlive the run."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from .content import Blob
from .failure import Failure

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

    from .host import Host

# How much of a version is read at once where nobody says.
_PIECE = 64 << 10


@dataclass(slots=True)
class ArtifactInfo:
    """A version of an artifact, without what is in it."""

    name: str
    """With `user:` where it is a file of the user."""
    version: int
    """Counts from 1 for each name."""
    mime_type: str
    """For example `text/plain`."""
    size: int
    """In bytes."""
    created_at: datetime
    """When it was saved."""
    extra: Any = None
    """JSON: anything else the host says."""


# `Artifacts` has a method of the name `list`.
_Infos: TypeAlias = list[ArtifactInfo]


class Artifacts:
    """Files that outlive the run: `cx.artifacts`. Each save makes a version, which never changes.

    A name that begins with `user:` is a file of the user, in all sessions with this agent; any other one is the session's.
    What follows may have slashes: `reports/2026.md`.

    Every call can raise a `Failure`, among others `denied` where it is not granted; `invalid-argument` for a name or a type
    that is none; and `limit-exceeded` where a file is too large, or the user has too much.
    """

    __slots__ = ("_host",)

    def __init__(self, host: Host) -> None:
        self._host = host

    def save(self, name: str, data: str | bytes | Blob, mime_type: str | None = None) -> int:
        """Keeps a new version, and tells the client. Returns its number. What was saved stays where the run fails.

        Where no type is given it is that of the blob; `text/plain; charset=utf-8` for a text, which is kept as UTF-8 in any
        case; and `application/octet-stream` for bytes.
        """
        return self._host.save_artifact(name, blob_of(data, mime_type))

    def load(self, name: str, version: int | None = None) -> Blob | None:
        """The whole of a version, the newest where none is named. `None` where it is not there."""
        return self._host.load_artifact(name, version)

    def read(self, name: str, version: int, offset: int = 0, max: int = _PIECE) -> bytes:
        """A part of a version: `max` bytes at most from `offset`. Empty at the end.

        Raises a `Failure` of the kind `not-found` where it is not there (any more).
        """
        return self._host.read_artifact(name, version, offset, max)

    def open(self, name: str, version: int | None = None, *, buffering: int = _PIECE) -> io.BufferedReader:
        """A version, the newest where none is named, as a file to read: it is read in pieces of so many bytes, so that it
        may be larger than memory.

            with cx.artifacts.open("measurements.csv") as file:
                for line in file:
                    ...

        Raises a `Failure` of the kind `not-found` where it is not there.
        """
        for info in self._host.artifact_versions(name):
            if version in (None, info.version):
                return io.BufferedReader(_File(self._host, info), buffering)
        raise Failure.not_found(f"there is no artifact {name}" + ("" if version is None else f" of version {version}"))

    def list(self, prefix: str = "") -> _Infos:
        """The newest version of each name that begins with this, sorted by name."""
        return self._host.artifacts(prefix)

    def versions(self, name: str) -> _Infos:
        """The versions of a name, newest first; empty where there is none."""
        return self._host.artifact_versions(name)

    def remove(self, name: str, version: int | None = None) -> bool:
        """Removes a version, or all of them where none is named. `False` where there was none."""
        return self._host.remove_artifact(name, version)


def blob_of(data: str | bytes | Blob, mime_type: str | None = None) -> Blob:
    """What `Artifacts.save` keeps of what it is given."""
    match data:
        case Blob():
            return Blob(mime_type or data.mime_type, bytes(memoryview(data.data)))
        case str():
            return Blob(mime_type or "text/plain; charset=utf-8", data.encode(errors="replace"))
        case _:
            return Blob(mime_type or "application/octet-stream", bytes(memoryview(data)))


class _File(io.RawIOBase):
    """A version as a file of the standard library."""

    def __init__(self, host: Host, info: ArtifactInfo) -> None:
        super().__init__()
        self._host = host
        self._info = info
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        room = memoryview(buffer).cast("B")
        piece = self._host.read_artifact(self._info.name, self._info.version, self._at, len(room))
        room[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._info.size}[whence]
        self._at = max(0, base + offset)
        return self._at
