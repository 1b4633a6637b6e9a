"""The component: the only place that knows the generated modules. `rak build` writes a module that asks for it:

    import agent
    from rak.component import entry

    Entry = entry(agent, name="greeter", description="Greets.", version="0.1.0")
"""

from .entry import entry

__all__ = ["entry"]
