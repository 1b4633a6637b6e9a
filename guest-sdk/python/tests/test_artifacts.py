"""Keeping files, and those of the fake host."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

import rak
from rak import ArtifactInfo, Blob, Failure, FailureKind
from rak.testing import FakeHost

TEXT = "text/plain; charset=utf-8"


def test_each_save_is_a_version() -> None:
    def run(cx: rak.Context, input: str) -> None:
        artifacts = cx.artifacts
        assert artifacts.save("a.txt", "ä") == 1
        cx.sleep(1.5)
        assert artifacts.save("a.txt", b"\0") == 2
        assert artifacts.save("user:a.txt", Blob("image/png", b"png")) == 1
        assert artifacts.save("a.md", "# A", "text/markdown") == 1
        assert artifacts.load("a.txt") == Blob("application/octet-stream", b"\0")
        assert artifacts.load("a.txt", 1) == Blob(TEXT, "ä".encode())
        assert artifacts.load("a.txt", 3) is artifacts.load("b.txt") is None
        first, last = datetime.fromtimestamp(0, UTC), datetime.fromtimestamp(1.5, UTC)
        newest = ArtifactInfo("a.txt", 2, "application/octet-stream", 1, last)
        assert artifacts.versions("a.txt") == [newest, ArtifactInfo("a.txt", 1, TEXT, 2, first)]
        assert artifacts.versions("b.txt") == []
        assert [info.name for info in artifacts.list()] == ["a.md", "a.txt", "user:a.txt"]
        assert artifacts.list("a.t") == [newest]

    run_ = FakeHost().run(run)
    run_.outcome
    assert run_.artifacts["user:a.txt"] == Blob("image/png", b"png")
    assert run_.artifacts["a.md"].text == "# A"
    assert run_.artifact_versions["a.txt"][1].text == "ä"


def test_a_number_is_not_used_again() -> None:
    def run(cx: rak.Context, input: str) -> None:
        artifacts = cx.artifacts
        assert artifacts.save("a.txt", "three") == 3
        assert (artifacts.remove("a.txt", 3), artifacts.remove("a.txt", 3)) == (True, False)
        assert (artifacts.remove("a.txt"), artifacts.remove("a.txt")) == (True, False)
        assert (artifacts.list(), artifacts.versions("a.txt")) == ([], [])
        assert artifacts.save("a.txt", "four") == 4

    run_ = FakeHost(artifacts={"a.txt": {1: "one", 2: "two"}}).run(run)
    assert run_.outcome and run_.artifact_versions == {"a.txt": {4: Blob(TEXT, b"four")}}


def test_a_file_outlives_the_run() -> None:
    def run(cx: rak.Context, input: str) -> str:
        cx.artifacts.save("log.txt", input)
        if input == "b":
            raise Failure.failed("oh")
        return "".join(str(info.version) for info in cx.artifacts.versions("log.txt"))

    host = FakeHost(artifacts={"log.txt": Blob("text/x-log", b"before")})
    host = host.after(host.run(run, "a"))
    failed = host.run(run, "b")
    assert failed.artifacts["log.txt"].text == "b"
    assert host.after(failed).run(run, "c").answer == "4321"


def test_a_file_is_read_in_pieces() -> None:
    def run(cx: rak.Context, input: str) -> None:
        artifacts = cx.artifacts
        pieces = [artifacts.read("a.txt", 1, at, 5) for at in (0, 5, 10, 15, 99)]
        assert pieces == [b"one\nt", b"wo\nth", b"ree", b"", b""]
        with artifacts.open("a.txt") as file:
            assert list(file) == [b"one\n", b"two\n", b"three"]
            assert (file.seek(4), file.read(3), file.tell()) == (4, b"two", 7)
            assert (file.seek(-5, 2), file.read(), file.read()) == (8, b"three", b"")
        with artifacts.open("a.txt", 1, buffering=5) as file:
            assert file.read() == b"one\ntwo\nthree"

    run_ = FakeHost(artifacts={"a.txt": "one\ntwo\nthree"}).run(run)
    assert run_.outcome == rak.Outcome()


MISSING: list[Callable[[rak.Artifacts], object]] = [
    lambda artifacts: artifacts.read("b.txt", 1),
    lambda artifacts: artifacts.read("a.txt", 2),
    lambda artifacts: artifacts.open("b.txt"),
    lambda artifacts: artifacts.open("a.txt", 2),
]


@pytest.mark.parametrize("read", MISSING)
def test_what_is_not_there_cannot_be_read(read: Callable[[rak.Artifacts], object]) -> None:
    failure = FakeHost(artifacts={"a.txt": "a"}).run(lambda cx, _: read(cx.artifacts)).failure
    assert failure.kind == FailureKind.NOT_FOUND


def refusal(name: str, mime_type: str = TEXT) -> str:
    failure = FakeHost().run(lambda cx, _: cx.artifacts.save(name, "x", mime_type)).failure
    assert failure.kind == FailureKind.INVALID_ARGUMENT
    return failure.message


def test_names_and_types_are_those_that_a_host_takes() -> None:
    for name in ("", "user:"):
        assert refusal(name) == "an artifact needs a name"
    for name in ("/a", "a/", "a//b", "../a", "a/./b", "a\\b", "a\nb", "a\x85b", "user:/a"):
        assert "cannot be the name of an artifact" in refusal(name)
    assert refusal("ä" * 128) == "the name of an artifact has 256 bytes; 255 are allowed"
    for mime_type in ("text", "/plain", "text/", "text/pl\nain", "tëxt/plain", "a/" + "b" * 200):
        assert "is not the type of a file: write one as text/plain or image/png" in refusal("a.txt", mime_type)
    usable = ["report.md", "user:photos/a b.png", "app:x", "ä" * 127]
    run = FakeHost().run(lambda cx, _: [cx.artifacts.save(name, "x") for name in usable])
    assert (run.answer, list(run.artifacts)) == ("[1,1,1,1]", usable)


def test_every_call_counts_and_none_is_made_once_the_run_is_being_cancelled() -> None:
    calls: list[Callable[[rak.Artifacts], object]] = [
        lambda artifacts: artifacts.save("a.txt", "b"),
        lambda artifacts: artifacts.load("a.txt"),
        lambda artifacts: artifacts.read("a.txt", 1),
        lambda artifacts: artifacts.list(),
        lambda artifacts: artifacts.versions("a.txt"),
        lambda artifacts: artifacts.remove("a.txt"),
    ]
    for call in calls:

        def run(cx: rak.Context, input: str) -> None:
            call(cx.artifacts)
            cx.check_cancelled()

        for calls_left in (0, 1):
            run_ = FakeHost(artifacts={"a.txt": "a"}, cancel_after_calls=calls_left).run(run)
            assert run_.failure.kind == FailureKind.CANCELLED
        assert FakeHost(artifacts={"a.txt": "a"}, cancel_after_calls=2).run(run).outcome == rak.Outcome()


def test_what_was_saved_is_kept_as_it_was() -> None:
    def run(cx: rak.Context, input: str) -> None:
        data: Any = bytearray(b"a")
        cx.artifacts.save("a.bin", data)
        data[0] = 0
        loaded = cx.artifacts.load("a.bin")
        assert loaded
        loaded.data = b""

    assert FakeHost().run(run).artifacts == {"a.bin": Blob("application/octet-stream", b"a")}
