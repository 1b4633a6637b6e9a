"""What an agent says about itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypedDict


@dataclass(frozen=True, slots=True)
class Skill:
    """One thing an agent can be asked for."""

    id: str
    """A stable word for it, unique in the agent."""
    name: str
    """Its name, for a person."""
    description: str = ""
    """What it does."""
    tags: Sequence[str] = ()
    """Words to find it by."""
    examples: Sequence[str] = ()
    """Inputs to try."""


@dataclass(frozen=True, slots=True)
class Descriptor:
    """What an agent is: its card. What stands in `pyproject.toml` fills in what `@rak.agent` does not say."""

    name: str | None = None
    """What clients call it; `[project] name` where absent."""
    description: str | None = None
    """What it does, in a sentence or two; `[project] description` where absent."""
    version: str | None = None
    """The version of the agent; `[project] version` where absent."""
    skills: Sequence[Skill] = ()
    """What it can be asked for."""
    input_schema: Any = None
    """JSON Schema of a structured input, where the agent wants one."""
    extra: Any = None
    """JSON that a client may want to know."""


class Says(TypedDict, total=False):
    """What an agent may be told to say about itself by name: the fields of a `Descriptor`."""

    name: str | None
    description: str | None
    version: str | None
    skills: Sequence[Skill]
    input_schema: Any
    extra: Any
