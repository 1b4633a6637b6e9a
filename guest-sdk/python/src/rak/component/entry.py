"""The export `entry`, made of an agent."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import replace
from types import ModuleType
from typing import Any

from componentize_py_types import Err
from wit_world import exports
from wit_world.exports import entry as contract
from wit_world.imports import common

from ..agent import Agent
from ..context import Context
from . import convert
from .imports import Imports
from .uncaught import failure_of, remember_sources
from .warm_up import warm_up

# The imports hold nothing, so one context does for every run, and no run has to make it.
_CONTEXT = Context(Imports())


def entry(module: ModuleType, *, name: str, description: str = "", version: str = "") -> type[exports.Entry]:
    """The class that the generated module has to call `Entry`: the agent of `module`.

    What the agent does not say about itself is as it is here. Runs when the component is built.
    """
    agent = _agent_of(module)
    says = agent.descriptor
    descriptor = convert.descriptor_out(
        replace(
            says,
            name=says.name if says.name is not None else name,
            description=says.description if says.description is not None else description,
            version=says.version if says.version is not None else version,
        )
    )

    class Entry(exports.Entry):
        def describe(self) -> contract.Descriptor:
            return descriptor

        def run(self, input: common.Content) -> contract.Outcome:
            return _run(agent, input)

    _settle()
    return Entry


def _run(agent: Agent[Any, Any], input: common.Content) -> contract.Outcome:
    try:
        return convert.outcome_out(agent.run(_CONTEXT, convert.content_in(input)))
    except BaseException as error:
        # The generated code takes its own exception alone; every other one would be a trap.
        failure = _failure_out(error)
    raise Err(failure)


def _failure_out(error: BaseException) -> common.Failure:
    try:
        return convert.failure_out(failure_of(error))
    except Exception as unfit:
        # Details that are no JSON, for example.
        unfit.__context__ = error
        return convert.failure_out(failure_of(unfit))


def _agent_of(module: ModuleType) -> Agent[Any, Any]:
    """The agent of a module, which may have others as its parts. Raises `LookupError` where there is none, or more than
    one."""
    agents = {id(value): (name, value) for name, value in vars(module).items() if isinstance(value, Agent)}
    parts = {id(part) for _, agent in agents.values() for part in _parts_of(agent)}
    match [agents[id] for id in agents.keys() - parts]:
        case [(_, agent)]:
            return agent
        case []:
            raise LookupError(f"{module.__name__} has no agent: put @rak.agent on a function")
        case several:
            names = ", ".join(sorted(name for name, _ in several))
            raise LookupError(f"{module.__name__} has more than one agent ({names}): leave one")


def _parts_of(agent: Agent[Any, Any]) -> Iterator[Agent[Any, Any]]:
    for part in agent.parts:
        yield part
        yield from _parts_of(part)


def _settle() -> None:
    """Makes what is there now the part of memory that runs share: it is snapshotted, and a run pays for what it writes.

    A first run is made here, with nothing for a host: what the interpreter notes down where it runs code for the first
    times, it then notes here. The collector never looks at any of it again, because looking is writing.
    """
    remember_sources()
    warm_up()
    gc.collect()
    gc.freeze()
