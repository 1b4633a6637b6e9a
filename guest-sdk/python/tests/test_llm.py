"""Agents that a model speaks for."""

import subprocess
import sys
from dataclasses import dataclass
from typing import Annotated, Any

import pytest

import rak
from rak import Content, Context, Failure, FailureKind, FunctionCall, FunctionResponse, ModelRequest, ModelResponse, Text
from rak.llm import History, LlmAgent
from rak.testing import Failed, FakeHost, FakeRun, FakeTool


def add(a: float, b: float = 0) -> float:
    """Adds two numbers.

    They may be negative.

    Args:
        a: The first one,
            which is needed.
        b (float): The second one.

    Returns:
        The sum.
    """
    return a + b


def call(name: str, id: str = "1", **args: Any) -> FunctionCall:
    return FunctionCall(id, name, args)


def run(agent: LlmAgent, *answers: Any, input: str = "hi", **host: Any) -> FakeRun:
    return FakeHost(models={"small": answers}, **host).run(agent, input)


def responses(run: FakeRun, step: int = 1) -> list[Any]:
    """What came of the calls before the model was asked again."""
    return run.model_calls[step].request.contents[-1].parts


def test_a_model_answers() -> None:
    run_ = run(LlmAgent("Be brief.", model="small", settings={"temperature": 0.5}, name="brief"), "hello there")
    assert run_.answer == "hello there"
    [asked] = run_.model_calls
    assert asked.request == ModelRequest(
        [Content.user("hi")], model="small", system="Be brief.", tools=[], stop=[], temperature=0.5, relay="text"
    )
    assert (run_.text_deltas, run_.contents) == (["hello ", "there"], [])
    assert LlmAgent(name="brief", description="Is brief.").descriptor == rak.Descriptor("brief", "Is brief.")


def test_a_model_may_have_nothing_to_say() -> None:
    assert run(LlmAgent(), Content.model()).outcome == rak.Outcome()


def test_what_is_called_is_part_of_the_conversation() -> None:
    said = [rak.Thought("hm"), "Let me see.", call("add", a=1, b=2)]
    run_ = run(LlmAgent(tools=[add]), said, "3")
    calls = Content.model(rak.Thought("hm"), "Let me see.", call("add", a=1, b=2))
    answers = Content(rak.Role.FUNCTION, [FunctionResponse("1", "add", 3)])
    assert run_.contents == [calls, answers]
    assert run_.model_calls[1].request.contents == [Content.user("hi"), calls, answers]
    assert run_.answer == "3"


def test_a_function_is_described_by_its_annotations_and_its_docstring() -> None:
    @dataclass
    class Guest:
        name: str

    def serve(cx: Context, guest: Guest, item: Annotated[str, "What."] = "tea", count: int | None = None) -> None:
        """Serves.

        :param guest: Who, as far
            as is known.
        :param int count: How many.
        :returns: Nothing.
        """

    [first, second] = run(LlmAgent(tools=[add, serve]), "ok").model_calls[0].request.tools
    assert first == rak.Tool(
        "add",
        "Adds two numbers.\n\nThey may be negative.",
        {
            "type": "object",
            "properties": {
                "a": {"type": "number", "description": "The first one, which is needed."},
                "b": {"type": "number", "description": "The second one.", "default": 0},
            },
            "required": ["a"],
            "additionalProperties": False,
        },
    )
    assert (second.description, second.parameters["required"]) == ("Serves.", ["guest"])
    properties = second.parameters["properties"]
    assert list(properties) == ["guest", "item", "count"]
    assert properties["guest"]["description"] == "Who, as far as is known."
    assert properties["item"] == {"type": "string", "description": "What.", "default": "tea"}
    assert properties["count"]["description"] == "How many."


def test_a_function_that_no_model_can_call_is_a_mistake() -> None:
    async def waits(a: int) -> None: ...

    def spreads(*args: int) -> None: ...

    def strange(a: set[int]) -> None: ...

    for function in (waits, spreads, strange):
        with pytest.raises(TypeError):
            LlmAgent(tools=[function])


def test_a_function_gets_the_context_and_what_its_annotations_say() -> None:
    @dataclass
    class Item:
        name: str

    def order(items: list[Item], cx: Context, count: int = 1) -> dict[str, Any]:
        cx.session.set("order", [item.name for item in items])
        return {"count": count}

    run_ = run(LlmAgent(tools=[order]), call("order", items=[{"name": "tea"}]), "ok")
    assert run_.state == {"order": ["tea"]}
    assert responses(run_) == [FunctionResponse("1", "order", {"count": 1})]


def fails() -> None:
    raise KeyError("lost")


def refuses(cx: Context) -> None:
    raise Failure.denied("not today")


def unsayable() -> Any:
    return {1}


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        (call("fails"), "KeyError: 'lost'"),
        (call("refuses"), "not today"),
        (call("unsayable"), "TypeError: a set is not JSON"),
        (call("add"), "ValueError: the argument `a` is missing"),
        (call("add", a="1"), "ValueError: the argument `a`: it is not a number"),
        (call("add", a=1, c=2), "ValueError: there is no argument `c`, only a, b"),
        (FunctionCall("1", "add", [1]), "ValueError: the arguments are not an object"),
        (call("sub"), "ValueError: no function is called `sub`, only add, fails, refuses, unsayable"),
    ],
)
def test_what_fails_is_for_the_model_to_read(asked: FunctionCall, problem: str) -> None:
    run_ = run(LlmAgent(tools=[add, fails, refuses, unsayable]), asked, "sorry")
    assert run_.answer == "sorry"
    assert responses(run_) == [FunctionResponse("1", asked.name, {"error": problem}, failed=True)]
    assert run_.logs[0].fields == {"tool": asked.name, "error": problem}


def test_the_end_of_the_run_is_not_for_the_model() -> None:
    def waits(cx: Context) -> None:
        cx.sleep(9)
        cx.session.get("a")

    cancelled = run(LlmAgent(tools=[waits]), call("waits"), cancel_after=5)
    assert (cancelled.failure.kind, len(cancelled.model_calls)) == (FailureKind.CANCELLED, 1)
    late = run(LlmAgent(tools=[waits]), call("waits"), deadline=5)
    assert (late.failure.kind, len(late.model_calls)) == (FailureKind.DEADLINE_EXCEEDED, 1)
    tools = {"slow": FakeTool(lambda args: 1, takes=9)}
    host = run(LlmAgent(host_tools=["slow"]), call("slow"), tools=tools, cancel_after=5)
    assert host.failure.kind == FailureKind.CANCELLED


def test_a_tool_that_was_too_slow_is_for_the_model() -> None:
    def ask(cx: Context) -> Any:
        return cx.tools.call("slow", timeout=5).response

    tools = {"slow": FakeTool(lambda args: 1, takes=9)}
    run_ = run(LlmAgent(tools=[ask]), call("ask"), "sorry", tools=tools, deadline=60)
    assert responses(run_) == [FunctionResponse("1", "ask", {"error": "slow took too long"}, failed=True)]


def test_tools_of_the_host_are_called_at_once_and_under_names_that_models_allow() -> None:
    tools = {
        "calculator": FakeTool(lambda args: args["n"], "Calculates.", {"type": "object"}, takes=5),
        "mcp.files.read": FakeTool(lambda args: Failed("no such file"), takes=5),
        "mcp.files_read": FakeTool(lambda args: Failure.unavailable("no server")),
        "clock": lambda args: 12,
    }
    agent = LlmAgent(tools=[add], host_tools=["calculator", "mcp.*"])
    asked = [
        call("calculator", "1", n=4),
        call("add", "2", a=1),
        call("mcp_files_read", "3"),
        call("mcp_files_read_2", "4"),
    ]
    run_ = run(agent, asked, "ok", tools=tools)
    told = [tool.name for tool in run_.model_calls[0].request.tools]
    assert told == ["add", "calculator", "mcp_files_read", "mcp_files_read_2"]
    assert responses(run_) == [
        FunctionResponse("1", "calculator", 4),
        FunctionResponse("2", "add", 1),
        FunctionResponse("3", "mcp_files_read", "no such file", failed=True),
        FunctionResponse("4", "mcp_files_read_2", {"error": "no server"}, failed=True),
    ]
    assert [made.tool for made in run_.tool_calls] == ["calculator", "mcp.files.read", "mcp.files_read"]
    assert run_.slept == 5


def test_long_names_are_cut_and_stay_different() -> None:
    tools = {f"mcp.{'x' * 80}.{name}": lambda args, name=name: name for name in "ab"}
    run_ = run(LlmAgent(host_tools=["*"]), "ok", tools=tools)
    first, second = [tool.name for tool in run_.model_calls[0].request.tools]
    assert (len(first), len(second), first[:62]) == (64, 64, second[:62])
    asked = run(LlmAgent(host_tools=["*"]), FunctionCall("1", second, {}), "ok", tools=tools)
    assert responses(asked) == [FunctionResponse("1", second, "b")]


def test_a_tool_that_is_not_granted_is_a_failure() -> None:
    failure = run(LlmAgent(host_tools=["clock", "mcp.*"]), "ok").failure
    assert failure.kind == FailureKind.NOT_FOUND
    assert failure.message == "there is no tool `clock`, or the agent's manifest does not grant it"
    assert run(LlmAgent(host_tools=["mcp.*"]), "ok").answer == "ok"
    with pytest.raises(TypeError, match="host_tools is a list of names"):
        LlmAgent(host_tools="clock")


def test_a_conversation_is_handed_over() -> None:
    agent = LlmAgent(tools=[add], hand_over={"billing": "for invoices", "sales": ""})
    run_ = run(agent, [call("add", "1", a=1), call("transfer_to_agent", "2", agent="billing")])
    assert run_.outcome == rak.Outcome(transfer_to="billing")
    assert run_.contents[1].parts == [
        FunctionResponse("1", "add", 1),
        FunctionResponse("2", "transfer_to_agent", {"ended": True}),
    ]
    tool = run_.model_calls[0].request.tools[1]
    assert tool.description.endswith("The agents:\n- billing: for invoices\n- sales")
    assert tool.parameters["properties"]["agent"]["enum"] == ["billing", "sales"]
    lost = run(LlmAgent(hand_over=["sales"]), call("transfer_to_agent", agent="billing"), "ok")
    problem = {"error": "ValueError: `agent` is one of sales"}
    assert responses(lost) == [FunctionResponse("1", "transfer_to_agent", problem, failed=True)]


def test_a_function_may_end_the_run() -> None:
    def approve(text: str) -> rak.Outcome:
        return rak.Outcome.text(text, escalate=True)

    asked = [call("approve", "1", text="good"), call("approve", "2", text="late"), call("add", "3", a=1)]
    run_ = run(LlmAgent(tools=[add, approve]), asked)
    assert run_.outcome == rak.Outcome.text("good", escalate=True)
    assert run_.contents[1].parts[2] == FunctionResponse("3", "add", 1)


def test_the_instruction_has_the_state_in_it() -> None:
    text = "Hi {user:name}, {{curly}} {app:n} {mood?}{order}."
    state = {"user:name": "Ada", "app:n": 5, "order": {"a": [1]}}
    run_ = run(LlmAgent(text), "ok", state=state)
    assert run_.model_calls[0].request.system == 'Hi Ada, {curly} 5 {"a":[1]}.'
    failure = run(LlmAgent(text), "ok", state={"user:name": "Ada"}).failure
    assert (failure.kind, failure.code) == (FailureKind.FAILED, "missing_state")
    assert failure.message == "the instruction has `{app:n}` in it, and the state has no `app:n`; `{app:n?}` may be missing"
    made = run(LlmAgent(lambda cx: f"{{{cx.info.user_id}}}"), "ok")
    assert made.model_calls[0].request.system == "{test-user}"
    assert run(LlmAgent(), "ok").model_calls[0].request.system is None


@pytest.mark.parametrize("text", ['{"a": 1}', "{", "a } b", "{}", "{a b}", "{?}"])
def test_a_brace_that_is_no_place_is_a_mistake(text: str) -> None:
    with pytest.raises(ValueError, match="the instruction has a brace where no key of the state is"):
        LlmAgent(text)


def calls(*ids: str) -> tuple[str, Content]:
    return "agent", Content.model(*[call("add", id) for id in ids])


def answers(*ids: str) -> tuple[str, Content]:
    return "agent", Content(rak.Role.FUNCTION, [FunctionResponse(id, "add", 1) for id in ids])


def told(history: list[Any], limit: History = History()) -> list[list[Any]]:
    """What the model is told of the history, the ids of calls and responses among it."""
    run_ = run(LlmAgent(tools=[add], history=limit), "ok", history=history)
    *before, now = run_.model_calls[0].request.contents
    assert now == Content.user("hi")
    return [[getattr(part, "id", None) or getattr(part, "text", "") for part in content.parts] for content in before]


def test_the_model_is_told_what_was_said_before() -> None:
    history = [("user", "a"), calls("1", "2"), answers("1", "2"), ("agent", "b")]
    assert told(history) == [["a"], ["1", "2"], ["1", "2"], ["b"]]
    assert told(history, History(entries=0)) == []


@pytest.mark.parametrize(
    ("entries", "rest"), [(4, [["u2"], ["2"], ["2"], ["c"]]), (3, []), (2, []), (7, [["u2"], ["2"], ["2"], ["c"]])]
)
def test_the_history_begins_with_the_user(entries: int, rest: list[Any]) -> None:
    history = [("user", "u1"), calls("1"), answers("1"), ("agent", "b"), ("user", "u2"), calls("2"), answers("2"), ("agent", "c")]
    assert told(history, History(entries=entries)) == rest


def test_the_history_has_a_size() -> None:
    history = [("user", "a" * 10), ("agent", "b" * 10), ("user", "c" * 10), ("agent", "d" * 10)]
    assert [len(said) for said in told(history, History(size=39))] == [1, 1]
    assert told(history, History(size=40))[0] == ["a" * 10]
    blob = ("user", Content.user(rak.Blob("image/png", b"x" * 40)))
    assert told([blob, ("agent", "d")], History(size=40)) == []


def test_the_history_is_read_in_pages() -> None:
    history = [("user", str(number)) for number in range(2500)]
    assert told(history, History(entries=2100))[0] == ["400"]


def test_calls_and_responses_are_told_together_or_not_at_all() -> None:
    assert told([("user", "a"), calls("1", "2"), answers("2"), ("agent", "b")]) == [["a"], ["2"], ["2"], ["b"]]
    assert told([("user", "a"), calls("1"), ("user", "b")]) == [["a"], ["b"]]
    assert told([("user", "a"), answers("1"), ("agent", "b")]) == [["a"], ["b"]]
    assert told([("user", "a"), calls("1")]) == [["a"]]
    alone = Content.model(rak.Thought("hm"), "Let me see.", call("add"), rak.Custom("state", 1))
    assert told([("user", "a"), ("agent", alone)]) == [["a"], ["Let me see."]]
    assert told([("user", "a"), calls("1"), ("agent", "b"), answers("1")]) == [["a"], ["b"], ["1"], ["1"]]
    assert told([("user", "a"), ("agent", Content.model()), ("user", "b")]) == [["a"], ["b"]]
    gone = Content.model(call("gone", "1"), call("add", "2"))
    assert told([("user", "a"), ("agent", gone), answers("1", "2")]) == [["a"], ["2"], ["2"]]
    split = [("user", "a"), calls("1", "2"), answers("1"), answers("2"), calls("1"), answers("1")]
    assert told(split) == [["a"], ["1", "2"], ["1", "2"], ["1"], ["1"]]


def test_a_model_that_comes_to_no_end_is_stopped() -> None:
    run_ = run(LlmAgent(tools=[add], max_steps=2), call("add", a=1), call("add", a=1))
    assert (run_.failure.kind, run_.failure.code) == (FailureKind.LIMIT_EXCEEDED, "max_steps")
    assert run_.failure.message == "the model did not come to an end within 2 steps"


@dataclass
class Verdict:
    score: int
    why: str | None = None


def test_an_answer_is_what_the_schema_says() -> None:
    agent = LlmAgent(output_schema=Verdict, output_key="verdict")
    run_ = run(agent, {"score": 4})
    assert run_.answer == '{"score":4}'
    assert run_.state == {"verdict": {"score": 4, "why": None}}
    assert run_.model_calls[0].request.response_schema["required"] == ["score"]
    wrong = run(agent, {"score": "high"})
    assert (wrong.failure.code, wrong.state) == ("invalid_response", {})
    schema = {"type": "object"}
    free = run(LlmAgent(output_schema=schema, output_key="verdict"), {"score": "high"})
    assert (free.state, free.model_calls[0].request.response_schema) == ({"verdict": {"score": "high"}}, schema)
    with pytest.raises(TypeError):
        LlmAgent(output_schema=set)


def test_an_answer_is_kept_in_the_state() -> None:
    assert run(LlmAgent(output_key="user:last"), "hello").state == {"user:last": "hello"}


def test_an_answer_that_was_held_back_is_a_failure_and_a_short_one_is_logged() -> None:
    def ends(finish: str) -> FakeRun:
        return run(LlmAgent(), ModelResponse("small-1", Content.model("so far"), finish))

    assert ends("filtered").failure.code == "filtered"
    assert (ends("length").answer, len(ends("length").logs)) == ("so far", 1)
    assert ends("paused").logs == []


def test_the_client_sees_what_the_agent_wants_it_to() -> None:
    said = [rak.Thought("hm"), "hello"]
    assert run(LlmAgent(relay="off"), said).events == []
    assert run(LlmAgent(relay="all"), said).events == [rak.ThoughtDelta("hm"), rak.TextDelta("hello")]


def test_a_request_may_be_changed_or_answered_before_the_model_is_asked() -> None:
    def before(cx: Context, request: ModelRequest) -> Any:
        request.temperature = 1
        request.contents.append(Content.user("and quickly"))
        return cx.session.get("known")

    agent = LlmAgent(tools=[add], before_model=before)
    run_ = run(agent, call("add", a=1), "ok")
    first, second = [asked.request for asked in run_.model_calls]
    assert (first.temperature, [said.text for said in first.contents]) == (1, ["hi", "and quickly"])
    assert [said.role for said in second.contents] == ["user", "model", "function", "user"]
    answered = run(agent, state={"known": "an answer"})
    assert (answered.answer, answered.model_calls) == ("an answer", [])
    content = run(LlmAgent(before_model=lambda cx, request: Content.model("whole")))
    assert content.answer == "whole"


def test_an_answer_may_be_changed() -> None:
    def after(cx: Context, response: ModelResponse) -> Any:
        return response.text.upper() if response.text else None

    run_ = run(LlmAgent(tools=[add], after_model=after), call("add", a=1), "ok")
    assert (run_.answer, len(run_.model_calls)) == ("OK", 2)


def test_a_call_may_be_changed_or_answered_before_it_is_made() -> None:
    seen: list[str] = []

    def before(cx: Context, asked: FunctionCall) -> Any:
        seen.append(asked.name)
        if asked.name == "mcp.b":
            return {"known": True}
        asked.args["a"] = 5
        return None

    agent = LlmAgent(tools=[add], host_tools=["*"], before_tool=before)
    tools = {"mcp.a": lambda args: args, "mcp.b": lambda args: args}
    run_ = run(agent, [call("add", "1", a=1), call("mcp_a", "2"), call("mcp_b", "3")], "ok", tools=tools)
    assert responses(run_) == [
        FunctionResponse("1", "add", 5),
        FunctionResponse("2", "mcp_a", {"a": 5}),
        FunctionResponse("3", "mcp_b", {"known": True}),
    ]
    assert seen == ["add", "mcp.a", "mcp.b"]
    assert [made.tool for made in run_.tool_calls] == ["mcp.a"]
    # What the model asked for stays what it asked for.
    assert run_.contents[0].parts[0] == call("add", "1", a=1)


def test_a_response_may_be_changed() -> None:
    def after(cx: Context, asked: FunctionCall, response: FunctionResponse) -> Any:
        return FunctionResponse("", "", [asked.args, response.failed], failed=True) if response.failed else None

    run_ = run(LlmAgent(tools=[add, fails], after_tool=after), [call("add", "1", a=1), call("fails", "2")], "ok")
    assert responses(run_) == [FunctionResponse("1", "add", 1), FunctionResponse("2", "fails", [{}, True], failed=True)]


def test_an_agent_can_be_called_by_a_function() -> None:
    writer = LlmAgent("Write.")

    def shout(cx: Context, input: Content) -> str:
        content = writer(cx, input).content
        return content.text.upper() if content else ""

    assert FakeHost(models={"small": "hello"}).run(shout, "hi").answer == "HELLO"


def test_settings_that_no_model_has_are_a_mistake() -> None:
    settings: Any = {"temprature": 1}
    with pytest.raises(TypeError, match="temprature"):
        LlmAgent(settings=settings)
    says: Any = {"descripton": "x"}
    with pytest.raises(TypeError, match="descripton"):
        LlmAgent(**says)


def test_two_runs_have_nothing_in_common() -> None:
    agent = LlmAgent(tools=[add], hand_over=["sales"])
    handed = run(agent, call("transfer_to_agent", agent="sales"))
    assert handed.outcome.transfer_to == "sales"
    assert run(agent, "ok").outcome == rak.Outcome(Content("model", [Text("ok")]))


def test_an_agent_without_a_model_does_not_load_this() -> None:
    loaded = "import sys, rak, rak.testing; print([name for name in sys.modules if name.startswith('rak.llm')])"
    path = {"PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run([sys.executable, "-c", loaded], env=path, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


