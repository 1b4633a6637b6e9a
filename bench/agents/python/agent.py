"""Greets whoever writes, in two deltas and an answer: as little as an agent that streams can do."""

import rak


@rak.agent
def run(cx: rak.Context, name: str) -> rak.Stream:
    yield "Hello, "
    yield f"{name}!"
    return f"Hello, {name}!"
