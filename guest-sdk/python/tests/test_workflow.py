"""Agents made of agents."""

from types import ModuleType
from typing import Any

import pytest

import rak
from rak import Content, Failure, FailureKind, Outcome
from rak.component import entry
from rak.llm import LlmAgent
from rak.testing import AgentCall, FakeAgent, FakeHost
from rak.workflow import Loop, Parallel, Sequential


def shout(cx: rak.Context, text: str) -> str:
    return text.upper()


def longer(cx: rak.Context, text: str) -> str:
    return f"{text}!"


def enough(cx: rak.Context, text: str) -> Outcome:
    return Outcome(escalate=len(text) > 4, content=None if len(text) > 4 else Content.model(text))


def test_each_step_is_told_what_the_one_before_answered() -> None:
    @rak.agent
    def twice(cx: rak.Context, text: str) -> rak.Stream:
        yield text
        return f"{text} {text}"

    agent = Sequential("translator", shout, twice, LlmAgent("Be brief."))
    thoughtful = Content.model(rak.Thought("hm"), "hallo")
    host = FakeHost(agents={"translator": lambda input: thoughtful}, models={"small": lambda request: request.contents[-1].text})
    run = host.run(agent, "hello")
    assert run.answer == "HALLO HALLO"
    assert run.agent_calls == [AgentCall("translator", Content.user("hello"), relay=True)]
    assert run.model_calls[0].request.contents == [Content.user("HALLO HALLO")]


def test_a_step_may_end_the_sequence() -> None:
    def stop(cx: rak.Context, text: str) -> Outcome:
        return Outcome.text("enough", escalate=True)

    def hand_over(cx: rak.Context, text: str) -> Outcome:
        return Outcome(transfer_to="billing")

    assert FakeHost().run(Sequential(stop, shout), "a").outcome == Outcome.text("enough", escalate=True)
    assert FakeHost().run(Sequential(shout, hand_over, longer), "a").outcome == Outcome(Content.model("A"), transfer_to="billing")
    child = FakeHost(agents={"stop": lambda input: Outcome(escalate=True, extra=[1])})
    assert child.run(Sequential("stop", shout), "a").outcome == Outcome(escalate=True, extra=[1])


def test_a_step_that_fails_is_the_failure_of_the_whole() -> None:
    def fails(cx: rak.Context, text: str) -> str:
        raise Failure.unavailable("on strike")

    for agent in (Sequential(fails, shout), Loop(fails, max_iterations=2), Parallel(shout, fails)):
        assert FakeHost().run(agent, "a").failure.kind == FailureKind.UNAVAILABLE
    assert FakeHost().run(Sequential("nobody"), "a").failure.kind == FailureKind.NOT_FOUND


def test_a_loop_ends_where_a_step_escalates() -> None:
    run = FakeHost().run(Loop(longer, enough, max_iterations=9), "a")
    assert run.outcome == Outcome.text("a!!!!")
    first = FakeHost().run(Loop(enough, longer, max_iterations=9), "a")
    assert first.outcome == Outcome.text("a!!!!")
    within = FakeHost().run(Loop(Sequential(longer, enough), shout, max_iterations=9), "a")
    assert within.outcome == Outcome.text("A!!!!")


def test_a_loop_ends_after_so_many_times() -> None:
    assert FakeHost().run(Loop(longer, max_iterations=3), "a").outcome == Outcome.text("a!!!")


def test_a_model_may_end_a_loop() -> None:
    def approve() -> Outcome:
        """Says that the text is good as it is."""
        return Outcome(escalate=True)

    writer = LlmAgent("Write.", model="writer")
    critic = LlmAgent("What is wrong with it?", model="critic", tools=[approve])
    approved = rak.FunctionCall("1", "approve", {})
    models: dict[str, list[Any]] = {"writer": ["Roses.", "Roses are red."], "critic": ["Too short.", approved]}
    run = FakeHost(models=models).run(Loop(writer, critic, max_iterations=5), "roses")
    assert run.outcome == Outcome.text("Roses are red.")


def test_agents_work_side_by_side() -> None:
    agents: dict[str, Any] = {
        "slow": FakeAgent(lambda input: f"slow {input.text}", takes=9),
        "silent": lambda input: None,
        "quick": lambda input: Outcome.text(f"quick {input.text}", transfer_to="billing"),
    }

    def waits(cx: rak.Context, text: str) -> Outcome:
        cx.sleep(5)
        return Outcome.text("here", escalate=True)

    run = FakeHost(agents=agents).run(Parallel("slow", waits, "silent", "quick"), "hi")
    assert run.outcome == Outcome(
        Content.model("slow hi", "\n\n", "here", "\n\n", "quick hi"), escalate=True, transfer_to="billing"
    )
    assert run.slept == 9
    assert {call.relay for call in run.agent_calls} == {True}


def test_what_works_beside_a_failure_is_cancelled() -> None:
    def fails(cx: rak.Context, text: str) -> str:
        raise Failure.unavailable("on strike")

    run = FakeHost(agents={"slow": FakeAgent(lambda input: "slow", takes=9)}).run(Parallel("slow", fails), "hi")
    assert run.agent_calls[0].cancelled
    assert run.slept == 0


def test_a_workflow_describes_itself_and_has_steps() -> None:
    assert Sequential(shout, name="loud", description="Shouts.").descriptor == rak.Descriptor("loud", "Shouts.")
    for make in (Sequential, Parallel):
        with pytest.raises(TypeError, match="needs steps"):
            make()


def test_a_module_may_have_names_for_the_parts_of_its_agent() -> None:
    module = ModuleType("loud")
    parts: dict[str, Any] = {"first": rak.agent(shout), "second": rak.agent(longer)}
    parts["inner"] = Loop(parts["second"], max_iterations=2)
    vars(module).update(parts, agent=Sequential(parts["first"], parts["inner"]))
    assert entry(module, name="loud")
    vars(module)["other"] = rak.agent(shout)
    with pytest.raises(LookupError, match=r"more than one agent \(agent, other\)"):
        entry(module, name="loud")
