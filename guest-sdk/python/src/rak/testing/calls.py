"""How a run under test called others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..content import Content
from ..http import HttpRequest
from ..models import ModelRequest


@dataclass
class AgentCall:
    """Another agent was called."""

    agent: str
    """Its name."""
    input: Content
    """What it was told."""
    session: str | None = None
    """The session that it was called in."""
    timeout: float | None = None
    """How many seconds it could take."""
    relay: bool = False
    """Whether the client would have seen what it emits."""
    detached: bool = False
    """Whether it would have gone on after the run."""
    extra: Any = None
    """JSON that the host was told."""
    cancelled: bool = False
    """Whether it was stopped before it was over: by the agent, or by the end of the run."""


@dataclass
class ToolCall:
    """A tool was called, or was to be where a person did not approve it."""

    tool: str
    """Its name."""
    args: Any = field(default_factory=dict)
    """JSON that it was called with."""
    id: str = field(default="", compare=False)
    """The id of the call, which is not compared: where the agent gives none, they are `call-1`, `call-2` and so on."""
    timeout: float | None = None
    """How many seconds it could take."""
    idempotency_key: str | None = None
    """The key of the call, where the agent gave one."""
    relay: bool = False
    """Whether the client would have seen what an agent emits that is called so."""
    extra: Any = None
    """JSON that the host was told."""
    cancelled: bool = False
    """Whether it was given up before it was done: by the agent, or by the end of the run."""


@dataclass
class ModelCall:
    """A model was asked."""

    model: str
    """Its alias."""
    request: ModelRequest
    """What it was asked."""
    cancelled: bool = False
    """Whether its answer was given up before it was over: by the agent, or by the end of the run."""


@dataclass
class EmbedCall:
    """Texts were embedded, or were to be where the model cannot."""

    model: str
    """The alias of the model."""
    texts: list[str]
    """The texts."""


@dataclass
class HttpCall:
    """Something was asked by HTTP, or was to be where the test has no answer."""

    request: HttpRequest
    """What was asked."""
    cancelled: bool = False
    """Whether its answer was given up before it was over: by the agent, or by the end of the run."""
