"""Agents that a model speaks for.

    import rak
    from rak.llm import LlmAgent

    def add(a: float, b: float) -> float:
        "Adds two numbers."
        return a + b

    agent = LlmAgent("You are good at sums.", tools=[add])

An agent that does not import this module has nothing of it in its component.
"""

from .agent import AfterModel, BeforeModel, LlmAgent, ModelSettings
from .history import History
from .instruction import Instruction
from .toolbox import AfterTool, BeforeTool

__all__ = [
    "AfterModel",
    "AfterTool",
    "BeforeModel",
    "BeforeTool",
    "History",
    "Instruction",
    "LlmAgent",
    "ModelSettings",
]
