"""What a model may call in one run, and what comes of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import partial
from typing import Any, TypeAlias

from .. import document
from ..content import FunctionCall, FunctionResponse
from ..context import Context
from ..failure import Failure, FailureKind
from ..outcome import Outcome
from ..schema import object_schema
from ..tools import Tool
from .function import Function

BeforeTool: TypeAlias = Callable[[Context, FunctionCall], Any]
"""Is told each call before it is made, and may change its arguments. What it returns, where that is not `None`, is the
response in place of the tool's: a `FunctionResponse`, or its JSON."""

AfterTool: TypeAlias = Callable[[Context, FunctionCall, FunctionResponse], Any]
"""Is told each response before the model is. What it returns, where that is not `None`, stands in its place."""

# The function by which a model hands the conversation over.
_TRANSFER = "transfer_to_agent"

# What not every provider takes in the name of a function.
_NOT_ALLOWED = re.compile(r"[^A-Za-z0-9_-]")
_LONGEST_NAME = 64


@dataclass(frozen=True)
class Kit:
    """What an agent gives its model to call."""

    functions: Sequence[Function]
    host_tools: Sequence[str]
    """Names of the host's tools, or patterns of them."""
    hand_over: Mapping[str, str]
    """The agents that it may hand over to, and when."""
    before: BeforeTool | None
    after: AfterTool | None


class Toolbox:
    """What a model may call in one run. A name that models do not allow, such as `mcp.files.read`, is another for them."""

    def __init__(self, cx: Context, kit: Kit) -> None:
        self._cx = cx
        self._kit = kit
        self._named: dict[str, Tool] = {}
        # What makes the calls that the host does not make, by the name that the model calls it by.
        self._ours: dict[str, Callable[[Any], Any]] = {}
        for function in kit.functions:
            self._ours[self._add(function.tool)] = partial(function.call, cx)
        if kit.hand_over:
            self._ours[self._add(_transfer(kit.hand_over))] = self._transfer
        for tool in _granted(cx, kit.host_tools):
            self._add(tool)
        self.outcome: Outcome | None = None
        """How the run ends, where a call ended it."""

    @property
    def tools(self) -> list[Tool]:
        """What the model is told."""
        return [replace(tool, name=name) for name, tool in self._named.items()]

    def answer(self, asked: Sequence[FunctionCall]) -> list[FunctionResponse]:
        """Makes all calls: those of the host's tools at once, then those of functions, one after the other.

        What fails is a failed response, for the model to read. Raises a `Failure` only where the run is to end.
        """
        calls = [self._real(call) for call in asked]
        responses = [self._before(call) for call in calls]
        self._call_host(asked, calls, responses)
        answered = []
        for named, call, response in zip(asked, calls, responses, strict=True):
            response = self._after(call, response or self._call(named.name, call))
            answered.append(replace(response, id=named.id, name=named.name))
        return answered

    def _add(self, tool: Tool) -> str:
        """Adds a tool under a name that models allow and no other has."""
        wanted = _NOT_ALLOWED.sub("_", tool.name)
        name, number = wanted[:_LONGEST_NAME], 2
        while name in self._named:
            suffix = f"_{number}"
            name, number = wanted[: _LONGEST_NAME - len(suffix)] + suffix, number + 1
        self._named[name] = tool
        return name

    def _real(self, call: FunctionCall) -> FunctionCall:
        """The call under the tool's own name, with arguments that may be changed."""
        tool = self._named.get(call.name)
        args = document.loads(document.dumps(call.args))
        return FunctionCall(call.id, tool.name if tool else call.name, args)

    def _call_host(
        self, asked: Sequence[FunctionCall], calls: list[FunctionCall], responses: list[FunctionResponse | None]
    ) -> None:
        """Makes the calls of the host's tools that nothing has answered."""
        names = self._named.keys() - self._ours.keys()
        left = [index for index, call in enumerate(asked) if call.name in names and responses[index] is None]
        if left:
            ends = self._cx.tools.call_all([calls[index] for index in left])
            for index, end in zip(left, ends, strict=True):
                responses[index] = self._failed(calls[index], end) if isinstance(end, Failure) else end

    def _call(self, name: str, call: FunctionCall) -> FunctionResponse:
        try:
            if name not in self._ours:
                raise ValueError(f"no function is called `{name}`, only {', '.join(self._named) or 'none'}")
            result = self._ours[name](call.args)
        except Exception as error:
            return self._failed(call, error)
        if isinstance(result, Outcome):
            self.outcome = self.outcome or result
            result = {"ended": True}
        return FunctionResponse(call.id, call.name, result)

    def _transfer(self, args: Any) -> Outcome:
        agent = args.get("agent") if isinstance(args, dict) else None
        if agent not in self._kit.hand_over:
            raise ValueError(f"`agent` is one of {', '.join(self._kit.hand_over)}")
        return Outcome(transfer_to=agent)

    def _failed(self, call: FunctionCall, error: Exception) -> FunctionResponse:
        """What the model reads of an error. Raises it where it is the end of the run."""
        if isinstance(error, Failure) and _ends_run(self._cx, error):
            raise error
        problem = error.message if isinstance(error, Failure) else f"{type(error).__name__}: {error}"
        self._cx.log.warning("a tool failed", tool=call.name, error=problem)
        return FunctionResponse(call.id, call.name, {"error": problem}, failed=True)

    def _before(self, call: FunctionCall) -> FunctionResponse | None:
        said = self._kit.before(self._cx, call) if self._kit.before else None
        return None if said is None else _response(call, said)

    def _after(self, call: FunctionCall, response: FunctionResponse) -> FunctionResponse:
        said = self._kit.after(self._cx, call, response) if self._kit.after else None
        return response if said is None else _response(call, said)


def _granted(cx: Context, patterns: Sequence[str]) -> list[Tool]:
    """The host's tools that the patterns stand for. Raises a `Failure` where one is missing that is named in full."""
    if not patterns:
        return []
    available = cx.tools.available()
    names = {tool.name for tool in available}
    for pattern in patterns:
        if pattern not in names and not any(sign in pattern for sign in "*?["):
            raise Failure.not_found(f"there is no tool `{pattern}`, or the agent's manifest does not grant it")
    return [tool for tool in available if any(fnmatchcase(tool.name, pattern) for pattern in patterns)]


def _transfer(agents: Mapping[str, str]) -> Tool:
    when = "".join(f"\n- {name}: {what}" if what else f"\n- {name}" for name, what in agents.items())
    return Tool(
        _TRANSFER,
        f"Hands the conversation over to another agent, which answers in place of this one. The agents:{when}",
        object_schema({"agent": {"type": "string", "enum": list(agents)}}, ["agent"]),
    )


def _ends_run(cx: Context, failure: Failure) -> bool:
    """Whether the run is being cancelled or too late; what a tool had too little time for is not that."""
    late = failure.kind == FailureKind.DEADLINE_EXCEEDED
    return failure.kind == FailureKind.CANCELLED or (late and cx.remaining() == 0)


def _response(call: FunctionCall, said: Any) -> FunctionResponse:
    if isinstance(said, FunctionResponse):
        return said
    return FunctionResponse(call.id, call.name, document.loads(document.dumps(said)))
