#!/usr/bin/env python3
"""Answers what an agent asks: its questions come as events over SSE, the answers go over REST. Needs client.py beside it.

    python3 approve.py --agent payer "invoice 47"
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from client import DEFAULT_URL, Rak, RakError, Run, Text, say


def main() -> int:
    parser = argparse.ArgumentParser(description="Run an agent, and answer what it asks.")
    parser.add_argument("--url", default=DEFAULT_URL, help="where the host is (default: %(default)s)")
    parser.add_argument("--agent", required=True, help="which agent")
    parser.add_argument("text", nargs="?", default="", help="what to say to it")
    arguments = parser.parse_args()
    rak = Rak(arguments.url)
    text = Text()
    try:
        run = rak.run(rak.create_session(arguments.agent), arguments.text)
        for event in run:
            print(text.add(event), end="", flush=True)
            if request := event.get("inputRequired"):
                respond(run, request)
    except RakError as error:
        say(f"error: {error}")
        return 1
    return 0


def respond(run: Run, request: dict[str, Any]) -> None:
    """Asks until there is an answer that the host takes."""
    say(request["prompt"])
    if "details" in request:
        say(json.dumps(request["details"], indent=2))
    while True:
        try:
            return run.respond(request["requestId"], **read(request))
        except ValueError as problem:
            say(f"not JSON: {problem}")
        except RakError as refusal:
            # Any other answer is refused too, where it is too late for one.
            if refusal.code != "invalid_answer":
                raise
            say(f"{refusal}")


def read(request: dict[str, Any]) -> dict[str, Any]:
    """A line of the input, as the answer that is wanted."""
    say({"approve": "y or n, and why:", "ask": f"JSON of {request['schema']}:", "message": "a message:"}[request["kind"]])
    line = sys.stdin.readline()
    if not line:
        raise RakError("there is nobody to answer")
    line = line.rstrip("\n")
    if request["kind"] == "approve":
        word, _, reason = line.partition(" ")
        return {"decision": {"approved": word.lower() in ("y", "yes"), "reason": reason or None}}
    if request["kind"] == "message":
        return {"message": {"parts": [{"text": line}]}}
    return {"answer": json.loads(line)}


if __name__ == "__main__":
    sys.exit(main())
