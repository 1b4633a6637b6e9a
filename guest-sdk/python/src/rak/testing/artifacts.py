"""The artifacts of a test: files in memory."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeAlias

from .. import document
from ..artifacts import ArtifactInfo, blob_of
from ..content import Blob
from ..failure import Failure
from .clock import Clock

FakeFile: TypeAlias = str | bytes | Blob
"""What is in a file: a text, bytes, or a blob, which has another type."""

# What a host takes.
_MAX_NAME_BYTES = 255
_MAX_TYPE_BYTES = 127


class FakeArtifacts:
    """Files in memory, with their versions."""

    def __init__(self, files: Mapping[str, FakeFile | Mapping[int, FakeFile]], clock: Clock) -> None:
        self._clock = clock
        self._files: dict[str, dict[int, tuple[Blob, datetime]]] = {}
        # Of all versions that were ever made, because a number is not used again.
        self._newest: dict[str, int] = {}
        for name, said in files.items():
            for version, file in (said if isinstance(said, Mapping) else {1: said}).items():
                self._keep(name, version, blob_of(file))

    @property
    def versions(self) -> dict[str, dict[int, Blob]]:
        """What is there: each version of each name."""
        return {name: {version: blob for version, (blob, _) in kept.items()} for name, kept in self._files.items()}

    def save(self, name: str, blob: Blob) -> int:
        version = self._newest.get(name, 0) + 1
        self._keep(name, version, Blob(blob.mime_type, blob.data))
        return version

    def load(self, name: str, version: int | None) -> Blob | None:
        kept = self._kept(name)
        found = kept.get(max(kept, default=0) if version is None else version)
        return found and Blob(found[0].mime_type, found[0].data)

    def read(self, name: str, version: int, offset: int, max: int) -> bytes:
        blob = self.load(name, version)
        if blob is None:
            raise Failure.not_found(f"there is no version {version} of the artifact {name}")
        return blob.data[offset : offset + max]

    def available(self, prefix: str) -> list[ArtifactInfo]:
        return [self.infos(name)[0] for name in sorted(self._files) if name.startswith(prefix)]

    def infos(self, name: str) -> list[ArtifactInfo]:
        """The versions of a name, newest first."""
        return [
            ArtifactInfo(name, version, blob.mime_type, len(blob.data), at)
            for version, (blob, at) in sorted(self._kept(name).items(), reverse=True)
        ]

    def remove(self, name: str, version: int | None) -> bool:
        kept = self._kept(name)
        removed = list(kept) if version is None else [version] if version in kept else []
        for number in removed:
            del kept[number]
        if not kept:
            self._files.pop(name, None)
        return bool(removed)

    def _keep(self, name: str, version: int, blob: Blob) -> None:
        _check_name(name)
        _check_type(blob.mime_type)
        self._newest[name] = max(version, self._newest.get(name, 0))
        at = datetime.fromtimestamp(self._clock.now_ms / 1000, UTC)
        self._files.setdefault(name, {})[version] = blob, at

    def _kept(self, name: str) -> dict[int, tuple[Blob, datetime]]:
        _check_name(name)
        return self._files.get(name, {})


def _check_name(name: str) -> None:
    """Raises a `Failure` where a host would not take the name."""
    rest = name.removeprefix("user:")
    size = len(name.encode(errors="replace"))
    if size > _MAX_NAME_BYTES:
        raise Failure.invalid_argument(f"the name of an artifact has {size} bytes; {_MAX_NAME_BYTES} are allowed")
    if not rest:
        raise Failure.invalid_argument("an artifact needs a name")
    plain = not any(character == "\\" or character < " " or "\x7f" <= character < "\xa0" for character in rest)
    if not plain or any(part in ("", ".", "..") for part in rest.split("/")):
        raise Failure.invalid_argument(
            f"{document.dumps(name)} cannot be the name of an artifact: it has no control characters and no \\, and its "
            "parts are neither empty nor . nor .."
        )


def _check_type(mime_type: str) -> None:
    """Raises a `Failure` where a host would not take the type."""
    kind, _, rest = mime_type.partition("/")
    usable = all(" " <= character <= "~" for character in mime_type)
    if not (kind and rest and usable and len(mime_type) <= _MAX_TYPE_BYTES):
        raise Failure.invalid_argument(
            f"{document.dumps(mime_type)} is not the type of a file: write one as text/plain or image/png"
        )
