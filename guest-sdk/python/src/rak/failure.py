"""How a run ends badly, and how a host call is refused."""

from __future__ import annotations

from enum import StrEnum
from typing import Any


class FailureKind(StrEnum):
    """What sort of failure it is: what a program looks at. The value is its name in the contract."""

    CANCELLED = "cancelled"
    """The invocation is being cancelled."""
    DEADLINE_EXCEEDED = "deadline-exceeded"
    """There was not enough time."""
    DENIED = "denied"
    """The agent's manifest does not grant this."""
    NOT_FOUND = "not-found"
    """It is not there."""
    INVALID_ARGUMENT = "invalid-argument"
    """The input is wrong."""
    CONFLICT = "conflict"
    """It was changed by another."""
    LIMIT_EXCEEDED = "limit-exceeded"
    """A quota of the invocation, the agent or the user is used up."""
    RATE_LIMITED = "rate-limited"
    """Too much in too short a time."""
    UNAVAILABLE = "unavailable"
    """It is down now and may be back later."""
    UNSUPPORTED = "unsupported"
    """The agent or the host cannot do this."""
    FAILED = "failed"
    """Anything else."""


class Failure(Exception):
    """Why something failed. The client reads the kind and the message, so the message is written for them.

    An agent raises one; a host call that is refused raises one too.

    >>> raise Failure.invalid_argument("send a number, for example 5")
    Traceback (most recent call last):
    rak.failure.Failure: invalid-argument: send a number, for example 5
    """

    kind: FailureKind
    """What sort of failure it is."""
    code: str | None
    """A finer, stable word of the agent's own, for example `quota_exceeded`."""
    message: str
    """What happened, for a person."""
    retry_after: float | None
    """When trying again makes sense, in seconds from now."""
    details: Any
    """JSON for a program to read, in the agent's own shape; `None` is none."""

    def __init__(
        self,
        kind: FailureKind | str,
        message: str,
        *,
        code: str | None = None,
        retry_after: float | None = None,
        details: Any = None,
    ) -> None:
        super().__init__(message)
        self.kind = FailureKind(kind)
        self.message = message
        self.code = code
        self.retry_after = retry_after
        self.details = details

    def __str__(self) -> str:
        return f"{self.kind}: {self.message}"

    def is_expired(self) -> bool:
        """Whether nobody answered a question to a person in time."""
        return self.kind == FailureKind.DEADLINE_EXCEEDED and self.code == "expired"

    def is_interrupted(self) -> bool:
        """Whether the host ended while a model wrote, or during an answer of HTTP: the rest is lost, and may be asked for
        again."""
        return self.kind == FailureKind.UNAVAILABLE and self.code == "interrupted"

    @classmethod
    def cancelled(cls) -> Failure:
        """The invocation is being cancelled: what an agent raises once it noticed."""
        return cls(FailureKind.CANCELLED, "the invocation was cancelled")

    @classmethod
    def deadline_exceeded(cls) -> Failure:
        """There was not enough time."""
        return cls(FailureKind.DEADLINE_EXCEEDED, "the deadline has passed")

    @classmethod
    def invalid_argument(cls, message: str) -> Failure:
        """The input is wrong; the message says what to send instead."""
        return cls(FailureKind.INVALID_ARGUMENT, message)

    @classmethod
    def not_found(cls, message: str) -> Failure:
        """Something is not there."""
        return cls(FailureKind.NOT_FOUND, message)

    @classmethod
    def denied(cls, message: str) -> Failure:
        """Something may not be done."""
        return cls(FailureKind.DENIED, message)

    @classmethod
    def unavailable(cls, message: str, *, retry_after: float | None = None) -> Failure:
        """Something is down now and may be back later, after so many seconds."""
        return cls(FailureKind.UNAVAILABLE, message, retry_after=retry_after)

    @classmethod
    def failed(cls, message: str) -> Failure:
        """Anything else."""
        return cls(FailureKind.FAILED, message)
