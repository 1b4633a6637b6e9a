"""What an agent may use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, overload

from .content import FunctionCall, FunctionResponse
from .failure import Failure
from .started import Started
from .wait import maybe_millis

if TYPE_CHECKING:
    from .host import Host, Work


@dataclass(frozen=True, slots=True)
class ToolHints:
    """What is known of a tool's effects."""

    read_only: bool = False
    """It changes nothing."""
    destructive: bool = False
    """What it changes may be lost."""
    idempotent: bool = False
    """A second call with the same arguments changes nothing more."""
    open_world: bool = False
    """It deals with a world outside this host."""
    needs_approval: bool = False
    """The host asks a person before each call."""


@dataclass(slots=True)
class Tool:
    """A tool that may be called."""

    name: str
    """The name to call it by."""
    description: str
    """What it does, for a model."""
    parameters: Any
    """JSON Schema of the arguments."""
    hints: ToolHints = field(default_factory=ToolHints)
    """What is known of its effects."""
    extra: Any = None
    """JSON: anything else there is to say of it."""


@dataclass(frozen=True, slots=True)
class ToolOptions:
    """How a tool is called: what the methods of `Tools` take by name."""

    timeout_ms: int | None = None
    idempotency_key: str | None = None
    relay: bool = False
    extra: Any = None


class Running(Started["Work[FunctionResponse]"]):
    """A tool that was started and works beside the agent: `cx.tools.start` makes it.

    It is a `Waitable`, which is ready when the tool is done: `cx.wait_any([running, timer])`. Leaving a `with` block around
    it, or forgetting it, gives the call up.
    """

    __slots__ = ()

    def finish(self) -> FunctionResponse:
        """Waits for its end, as `Tools.call` does. Who asks again gets the same again."""
        return self.work.finish()


class Tools:
    """Uses tools: `cx.tools`. In one namespace there are the host's own, those of MCP servers (`mcp.SERVER.TOOL`), and other
    agents (`agent.NAME`).

    A call is a name with arguments, which are a value that JSON can say, or a `FunctionCall`, as a model makes it. What can be
    said by name:

    - `timeout`: how many seconds it may take. The time that a person takes to approve it does not count.
    - `idempotency_key`: a tool that takes keys does once what is asked for several times with the same one. Each call has a
      key of its own where it is left out.
    - `relay`: whether the client sees what another agent emits that is called so.
    - `extra`: JSON, for what a host may want to know.

    Where the tool itself says that it failed, that is an answer too, with `failed`, for the model to read. Every call can
    raise a `Failure`, among others `not-found`; `denied` where it is not granted, with the code `rejected` where a person said
    no; `invalid-argument` where the arguments do not satisfy the schema; `deadline-exceeded`, which `is_expired()` where
    nobody approved it in time; and `conflict` with the code `unknown_outcome` where nobody knows whether a tool that may not
    be called twice has done it.
    """

    __slots__ = ("_host", "_numbers")

    def __init__(self, host: Host) -> None:
        self._host = host
        self._numbers = count(1)

    def available(self) -> list[Tool]:
        """The tools that may be called, by name."""
        return self._host.tools()

    @overload
    def call(
        self,
        tool: str,
        args: Any = ...,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
        relay: bool = False,
        extra: Any = None,
    ) -> FunctionResponse: ...

    @overload
    def call(
        self,
        tool: FunctionCall,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
        relay: bool = False,
        extra: Any = None,
    ) -> FunctionResponse: ...

    def call(
        self,
        tool: str | FunctionCall,
        args: Any = None,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
        relay: bool = False,
        extra: Any = None,
    ) -> FunctionResponse:
        """Calls a tool and waits for its answer. Without arguments it is called with `{}`."""
        options = ToolOptions(maybe_millis(timeout), idempotency_key, relay, extra)
        return self._host.call_tool(self._call(tool, args), options)

    @overload
    def start(
        self,
        tool: str,
        args: Any = ...,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
        relay: bool = False,
        extra: Any = None,
    ) -> Running: ...

    @overload
    def start(
        self,
        tool: FunctionCall,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
        relay: bool = False,
        extra: Any = None,
    ) -> Running: ...

    def start(
        self,
        tool: str | FunctionCall,
        args: Any = None,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
        relay: bool = False,
        extra: Any = None,
    ) -> Running:
        """Starts a call, which goes on while the agent does something else."""
        options = ToolOptions(maybe_millis(timeout), idempotency_key, relay, extra)
        return Running(self._host.start_tool(self._call(tool, args), options))

    def call_all(
        self,
        calls: Iterable[FunctionCall | tuple[str, Any]],
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
        relay: bool = False,
        extra: Any = None,
    ) -> list[FunctionResponse | Failure]:
        """Calls several tools at once, each a `FunctionCall` or a pair of a name and arguments, and waits for all of them.

        The answers are in the order of the calls. A call that failed is a `Failure` in its place, which is not raised.
        """
        options = ToolOptions(maybe_millis(timeout), idempotency_key, relay, extra)
        made = [call if isinstance(call, FunctionCall) else self._call(*call) for call in calls]
        return self._host.call_tools(made, options)

    def _call(self, tool: str | FunctionCall, args: Any) -> FunctionCall:
        if not isinstance(tool, FunctionCall):
            return FunctionCall(f"call-{next(self._numbers)}", tool, {} if args is None else args)
        if args is not None:
            raise TypeError("a FunctionCall has its arguments in it")
        return tool
