from typing import Any

from rak import Decision, ToolHints
from rak.testing import Failed, FakeHost, FakeTool, ToolCall

from assistant import run


def model(args: Any) -> Any:
    names = [tool["name"] for tool in args["tools"] if tool["name"] != "model"]
    return {"calls": [{"id": name, "name": name, "args": {"path": "/tmp"}} for name in names]}


def test_calls_what_the_model_wants() -> None:
    remove = FakeTool(lambda args: "gone", hints=ToolHints(destructive=True, needs_approval=True))
    host = FakeHost(
        tools={"model": model, "list": lambda args: ["a", "b"], "remove": remove, "stat": lambda args: Failed("no such path")},
        people=[Decision(False, reason="not today")],
    )
    run_ = host.run(run, "What is in /tmp? And remove it.")
    assert run_.answer.splitlines() == [
        "list: ['a', 'b']",
        "remove could not be called: a person did not approve the call of remove: not today",
        "stat says that it failed: no such path",
    ]
    assert run_.tool_calls[1] == ToolCall("list", {"path": "/tmp"})
