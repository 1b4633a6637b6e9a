#!/usr/bin/env python3
"""A client of a RAK host, with nothing but the standard library (Python 3.9 or newer).

As a program, it runs an agent and prints its text as it comes; Ctrl-C cancels the run:

    python3 client.py --agent echo "hello from python"

As a module:

    from client import Rak

    rak = Rak("http://127.0.0.1:8080")
    session = rak.create_session("echo")
    for piece in rak.run(session, "hello from python").text():
        print(piece, end="", flush=True)
"""

from __future__ import annotations

import argparse
import http.client
import json
import sys
import time
from dataclasses import dataclass
from typing import Any, Iterator, NoReturn, Optional
from urllib.parse import quote, urlsplit

DEFAULT_URL = "http://127.0.0.1:8080"
#: How long the host may say nothing, in seconds. It sends a comment every 15 seconds, so after this it is gone.
TIMEOUT = 40.0
#: How often a stream that broke is taken up again without any news, and the first pause, which doubles each time.
RETRIES = 5
RETRY_PAUSE = 0.2
#: What a program that was interrupted exits with.
INTERRUPTED = 130

#: An event as the host sends it: a JSON object with camelCase keys.
Event = dict


class RakError(Exception):
    """The host refused, or cannot be reached. `code` is a stable word, `status` that of HTTP (0: no answer)."""

    def __init__(self, message: str, code: str = "", status: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


class RunFailed(RakError):
    """The run began, and did not complete. `code` says why; one that was cancelled has "cancelled"."""

    def __init__(self, message: str, code: str, interrupted: bool = False) -> None:
        super().__init__(message, code)
        self.interrupted = interrupted


@dataclass(frozen=True)
class Session:
    """A conversation of a user with an agent."""

    id: str
    agent: str
    user: str


class Rak:
    """A host."""

    def __init__(self, url: str = DEFAULT_URL, timeout: float = TIMEOUT) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise RakError(f"{url!r} is no address of a host; it looks like {DEFAULT_URL}")
        self.url = url.rstrip("/")
        self.timeout = timeout
        self._parts = parts

    def agents(self) -> list[dict[str, Any]]:
        """The agents of the host; those whose `state` is "ready" can be run."""
        return self._json("GET", "/api/v1/agents")["agents"]

    def create_session(self, agent: str, user: str = "user", session_id: Optional[str] = None) -> Session:
        """Makes a session; without an id it gets a new one."""
        body = {"appName": agent, "userId": user, "sessionId": session_id or ""}
        made = self._json("POST", "/api/v1/sessions", body)
        return Session(made["sessionId"], made["appName"], made["userId"])

    def run(self, session: Session, text: str) -> Run:
        """Starts a run. When this returns, the run has its id, and goes on by itself."""
        path = f"/api/v1/sessions/{quote(session.id, safe='')}/run/sse"
        body = {
            "appName": session.agent,
            "userId": session.user,
            "newMessage": {"role": "user", "parts": [{"text": text}]},
        }
        return Run(self, self._open("POST", path, body))

    def invocation(self, invocation_id: str) -> dict[str, Any]:
        """What the host knows of a run: `status`, `progress`, `usage` and more."""
        return self._json("GET", f"/api/v1/invocations/{quote(invocation_id, safe='')}")

    def cancel(self, invocation_id: str) -> dict[str, Any]:
        """Stops a run. One that is over stays as it is."""
        return self._json("POST", f"/api/v1/invocations/{quote(invocation_id, safe='')}/cancel")

    def respond(self, invocation_id: str, request_id: str, **answer: Any) -> None:
        """Answers a question of a run, with `decision=`, `answer=` or `message=`, and `by=` for who answers.

        A question is an event with `inputRequired`. The same answer again is no mistake.
        """
        path = f"/api/v1/invocations/{quote(invocation_id, safe='')}/respond"
        self._json("POST", path, {"requestId": request_id, **answer})

    def _json(self, method: str, path: str, body: Optional[dict[str, Any]] = None) -> Any:
        with self._open(method, path, body) as response:
            return json.load(response)

    def _open(
        self,
        method: str,
        path: str,
        body: Optional[dict[str, Any]] = None,
        headers: Optional[dict[str, str]] = None,
    ) -> http.client.HTTPResponse:
        kind = http.client.HTTPSConnection if self._parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(self._parts.hostname or "", self._parts.port, timeout=self.timeout)
        # One request each: the connection closes itself with the answer.
        sent = {"Connection": "close", **(headers or {})}
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        try:
            connection.request(method, self._parts.path.rstrip("/") + path, data, sent)
            response = connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            reason = str(error) or type(error).__name__
            raise RakError(f"cannot reach {self.url}: {reason}; does `rak serve` run there?") from error
        if response.status >= 400:
            _refuse(response)
        return response


class Run:
    """A run, as an iterator over its events. A stream that breaks is taken up again where it broke.

    The iteration ends when the run completed, and raises RunFailed where it ended in any other way.
    """

    def __init__(self, rak: Rak, response: http.client.HTTPResponse) -> None:
        self.invocation_id: str = response.headers["X-Invocation-Id"]
        #: The number of the newest stored event that was seen.
        self.last_event_id = 0
        #: How often the stream was taken up again.
        self.reconnects = 0
        self._rak = rak
        self._response: Optional[http.client.HTTPResponse] = response

    def cancel(self) -> None:
        """Stops the run; its stream then ends with RunFailed."""
        self._rak.cancel(self.invocation_id)

    def respond(self, request_id: str, **answer: Any) -> None:
        """Answers a question of the run; see `Rak.respond`."""
        self._rak.respond(self.invocation_id, request_id, **answer)

    def text(self) -> Iterator[str]:
        """The text as it comes, each message with a line break at its end."""
        text = Text()
        for event in self:
            yield text.add(event)

    def __iter__(self) -> Iterator[Event]:
        attempts = 0
        while True:
            try:
                if self._response is None:
                    self._reconnect()
                for event in self._events():
                    attempts = 0
                    yield event
                    if event.get("turnComplete"):
                        return
                lost: Exception = RakError("the stream ended before the run")
            except (OSError, http.client.HTTPException) as error:
                lost = error
            except RakError as error:
                # A host that answers with a refusal will not change its mind.
                if isinstance(error, RunFailed) or error.status not in (0, 503):
                    raise
                lost = error
            finally:
                self._close()
            attempts += 1
            if attempts > RETRIES:
                what = f"lost the stream of invocation {self.invocation_id}, which may go on: {lost}"
                raise RakError(what) from lost
            time.sleep(RETRY_PAUSE * 2 ** (attempts - 1) if attempts > 1 else 0)

    def _events(self) -> Iterator[Event]:
        # Text that was being written when the stream broke comes again, in part or as a whole. The whole is what
        # counts, so after a break nothing unfinished is taken until the next stored event.
        skip_unfinished = self.reconnects > 0
        assert self._response is not None
        for event_id, event in _frames(self._response):
            if event_id:
                self.last_event_id = int(event_id)
                skip_unfinished = False
            if "error" in event:
                raise RunFailed(event["error"], event.get("code", ""))
            if event.get("turnComplete") and event.get("errorCode"):
                interrupted = bool(event.get("interrupted"))
                raise RunFailed(event.get("errorMessage") or "", event["errorCode"], interrupted)
            if skip_unfinished and event.get("partial") and event.get("content"):
                continue
            yield event

    def _reconnect(self) -> None:
        path = f"/api/v1/invocations/{quote(self.invocation_id, safe='')}/events"
        headers = {"Last-Event-ID": str(self.last_event_id)}
        self.reconnects += 1
        self._response = self._rak._open("GET", path, headers=headers)

    def _close(self) -> None:
        if self._response is not None:
            self._response.close()
            self._response = None


class Text:
    """Puts the text of a run together: pieces of a message come first, then the message as a whole."""

    def __init__(self) -> None:
        self._written = ""

    def add(self, event: Event) -> str:
        """What is new with an event. What the user says meanwhile is no text of the run."""
        if "inputResponse" in event:
            return ""
        parts = (event.get("content") or {}).get("parts", [])
        text = "".join(part["text"] for part in parts if "text" in part and not part.get("thought"))
        if event.get("partial"):
            self._written += text
            return text
        if not text:
            return ""
        written, self._written = self._written, ""
        if text.startswith(written):
            return text[len(written) :] + "\n"
        return "\n" + text + "\n"

    def end(self) -> str:
        """What closes a message that never came as a whole."""
        written, self._written = self._written, ""
        return "\n" if written else ""


def _frames(response: http.client.HTTPResponse) -> Iterator[tuple[str, Any]]:
    """Server-Sent Events: the id and the JSON of each. One that is cut off is none."""
    event_id, data = "", []
    while line := response.readline():
        if not line.endswith(b"\n"):
            return
        field, _, value = line.decode().rstrip("\r\n").partition(":")
        value = value[1:] if value.startswith(" ") else value
        if field == "id":
            event_id = value
        elif field == "data":
            data.append(value)
        elif not field and not value and data:
            yield event_id, json.loads("\n".join(data))
            event_id, data = "", []


def _refuse(response: http.client.HTTPResponse) -> NoReturn:
    with response:
        body = response.read()
    try:
        answer = json.loads(body)
        message, code = answer["error"], answer["code"]
    except (ValueError, KeyError, TypeError):
        message, code = f"the host answered {response.status} {response.reason}", ""
    raise RakError(message, code, response.status)


def main() -> int:
    """Runs an agent, and prints what it says; progress and errors go to the error output."""
    parser = argparse.ArgumentParser(description="Run an agent of a RAK host. Ctrl-C cancels the run.")
    parser.add_argument("--url", default=DEFAULT_URL, help="where the host is (default: %(default)s)")
    parser.add_argument("--agent", default="echo", help="which agent (default: %(default)s)")
    parser.add_argument("--user", default="user", help="who you are (default: %(default)s)")
    parser.add_argument("text", nargs="?", default="", help="what to say to it")
    arguments = parser.parse_args()
    try:
        rak = Rak(arguments.url)
        session = rak.create_session(arguments.agent, arguments.user)
        run = rak.run(session, arguments.text)
        say(f"invocation {run.invocation_id}")
        try:
            show(run)
        except KeyboardInterrupt:
            say("cancelling; Ctrl-C once more leaves at once")
            run.cancel()
            show(run)
    except KeyboardInterrupt:
        return INTERRUPTED
    except RunFailed as error:
        say(f"error: {error} ({error.code})")
        return INTERRUPTED if error.interrupted else 1
    except RakError as error:
        say(f"error: {error}")
        return 1
    if run.reconnects:
        say(f"the stream broke; it was taken up again {run.reconnects} times")
    return 0


def show(run: Run) -> None:
    """Prints the events of a run as they come."""
    text = Text()
    try:
        for event in run:
            print(text.add(event), end="", flush=True)
            if progress := event.get("progress"):
                say(describe(progress))
    finally:
        print(text.end(), end="", flush=True)


def describe(progress: dict[str, Any]) -> str:
    """Progress as a line of text."""
    if "done" in progress and "total" in progress:
        return f"{progress['message']} ({progress['done']} of {progress['total']})"
    return str(progress["message"])


def say(line: str) -> None:
    """Tells the person something that is no answer of the agent."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
