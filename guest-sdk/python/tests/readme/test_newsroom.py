from typing import Any

from rak import FunctionCall
from rak.testing import FakeHost

from newsroom import agent


def test_writes_until_the_critic_approves() -> None:
    agents = {"archive": lambda input: "It rained.", "weather": lambda input: "The sun shines."}
    answers: list[Any] = ["Rain, sun.", "Too short.", "After rain comes sun.", FunctionCall("1", "approve", {})]
    run = FakeHost(agents=agents, models={"small": answers}).run(agent, "Berlin")
    assert run.answer == "After rain comes sun."
    first, _, second, _ = [call.request for call in run.model_calls]
    assert first.contents[-1].text == "It rained.\n\nThe sun shines."
    assert second.system == "Write a report of what you are told. Your last draft: Rain, sun."
