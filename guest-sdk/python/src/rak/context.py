"""What an agent is handed beside its input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .agents import Agents
from .artifacts import Artifacts
from .events import Events
from .failure import Failure
from .http import Http
from .log import Log
from .models import Models
from .people import People
from .session import Session
from .tools import Tools
from .wait import Waitable, maybe_millis, millis

if TYPE_CHECKING:
    from .host import Host


@dataclass(slots=True)
class Info:
    """Who is asking, and which invocation this is."""

    invocation_id: str
    """This invocation."""
    session_id: str
    """The conversation."""
    user_id: str
    """Whose conversation it is."""
    agent: str
    """The name the agent runs under."""
    agent_version: str
    """Which version runs: a digest over the component and what its manifest says."""
    attempt: int = 1
    """1 for the first run; higher after the host resumed the invocation."""
    parent_id: str | None = None
    """The invocation that called this one."""
    traceparent: str | None = None
    """The W3C trace context this invocation belongs to."""
    extra: Any = None
    """JSON: anything else the host says."""


class Context:
    """The invocation, as its agent sees it: who asks, what is left, and everything the host does for it.

    In a component it speaks to the host; in a test, to a `rak.testing.FakeHost`. All times are seconds.
    """

    __slots__ = ("_host", "agents", "artifacts", "events", "http", "log", "models", "people", "session", "tools")

    events: Events
    """What the client sees."""
    session: Session
    """The conversation so far, and the state kept with it."""
    people: People
    """A person in the loop."""
    agents: Agents
    """Other agents of this host."""
    tools: Tools
    """What the agent may use."""
    models: Models
    """Models that the host asks for the agent."""
    http: Http
    """HTTP to where the agent may go."""
    artifacts: Artifacts
    """Files that outlive the run."""
    log: Log
    """What the operator reads."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self.events = Events(host)
        self.session = Session(host)
        self.people = People(host)
        self.agents = Agents(host)
        self.tools = Tools(host)
        self.models = Models(host)
        self.http = Http(host)
        self.artifacts = Artifacts(host)
        self.log = Log(host)

    @property
    def info(self) -> Info:
        """Who is asking, and which invocation this is."""
        return self._host.info()

    def config(self, key: str, default: Any = None) -> Any:
        """A value of the agent's manifest, as JSON has it; `default` where it has no such key."""
        value = self._host.config(key)
        return default if value is None else value

    def config_keys(self) -> list[str]:
        """The keys of the manifest's configuration, sorted."""
        return self._host.config_keys()

    def is_cancelled(self) -> bool:
        """Whether the invocation is being cancelled. An agent that loops asks now and then, and returns once it is."""
        return self._host.is_cancelled()

    def check_cancelled(self) -> None:
        """Raises `Failure.cancelled()` once the invocation is being cancelled."""
        if self._host.is_cancelled():
            raise Failure.cancelled()

    def remaining(self) -> float | None:
        """How many seconds are left; `None` where there is no deadline."""
        ms = self._host.remaining_ms()
        return None if ms is None else ms / 1000

    def sleep(self, seconds: float) -> None:
        """Waits. Returns at once when the invocation is being cancelled, so a loop calls `check_cancelled` after it."""
        self._host.sleep(millis(seconds))

    def timer(self, seconds: float) -> Waitable:
        """Something that is ready after so many seconds."""
        return Waitable(self._host.timer(millis(seconds)))

    def wait_any(self, of: Sequence[Waitable], timeout: float | None = None) -> list[int]:
        """Waits for the first of them. The indexes of those that are ready, ascending; none after the timeout, when the
        invocation is being cancelled, and at once for no waitables and no timeout."""
        timers = [waitable.timer for waitable in of]
        return self._host.any(timers, maybe_millis(timeout))
