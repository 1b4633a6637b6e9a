import rak
from rak.llm import LlmAgent
from rak.workflow import Loop, Parallel, Sequential


def approve() -> rak.Outcome:
    """Says that the report is good as it is."""
    return rak.Outcome(escalate=True)


writer = LlmAgent("Write a report of what you are told. Your last draft: {draft?}", output_key="draft")
critic = LlmAgent("Say what is wrong with the report, or approve of it.", tools=[approve])
agent = Sequential(Parallel("archive", "weather"), Loop(writer, critic, max_iterations=3))
