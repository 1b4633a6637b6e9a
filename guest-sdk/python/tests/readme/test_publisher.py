import rak
from rak import Content
from rak.testing import AgentCall, FakeAgent, FakeHost

from publisher import run


def translate(input: Content) -> str:
    if input.text.startswith("French"):
        raise rak.Failure.unavailable("on strike")
    return "Kurz."


def test_publishes_what_there_is() -> None:
    critic = FakeAgent(lambda input: "Too short.", takes=3600)
    host = FakeHost(agents={"summarizer": lambda input: "Short.", "translator": translate, "critic": critic})
    run_ = host.run(run, "A long story.")
    assert run_.answer == "Short.\nKurz.\n(not in French: on strike)"
    assert run_.agent_calls[0] == AgentCall("summarizer", Content.user("A long story."), timeout=60)
    assert (run_.agent_calls[-1].agent, run_.agent_calls[-1].cancelled) == ("critic", True)
