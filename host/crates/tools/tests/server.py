"""An MCP server of the official SDK, with tools that do what the tests want: it speaks on its input and output, or with
--http over streamable HTTP on a free port, which is the first line of its output."""

import argparse
import os
import socket
import sys
from pathlib import Path
from typing import Any

import anyio
import uvicorn
from mcp.server import MCPServer
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.shared.exceptions import MCPError
from mcp_types import METHOD_NOT_FOUND, ToolAnnotations

arguments = argparse.ArgumentParser()
arguments.add_argument("--http", action="store_true", help="serve streamable HTTP")
arguments.add_argument("--port", type=int, default=0, help="on this port")
arguments.add_argument("--json", action="store_true", help="answer with JSON, and not with a stream")
arguments.add_argument("--older", action="store_true", help="do not know the newest revision of the protocol")
arguments.add_argument("--lives", type=Path, help="a file in which starts are counted; there is a tool life_N")
options = arguments.parse_args()


async def older(context: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
    if context.method == "server/discover":
        raise MCPError(METHOD_NOT_FOUND, "Method not found")
    return await call_next(context)


server = MCPServer("tests", log_level="WARNING", middleware=[older] if options.older else [])
hanging = anyio.Event()
cancelled = anyio.Event()


@server.tool(annotations=ToolAnnotations(read_only_hint=True, open_world_hint=False))
def add(a: int, b: int) -> int:
    """Adds two numbers."""
    return a + b


@server.tool(structured_output=False)
def echo(text: str) -> str:
    """Says the same."""
    return text


@server.tool(structured_output=False)
def fail() -> str:
    """Fails."""
    raise ToolError("the disk is full")


@server.tool(structured_output=False)
async def hang() -> str:
    """Never answers."""
    hanging.set()
    try:
        await anyio.sleep_forever()
    except anyio.get_cancelled_exc_class():
        cancelled.set()
        raise
    return "woken"


@server.tool(structured_output=False)
async def hang_began() -> str:
    """Answers when somebody hangs."""
    await hanging.wait()
    return "it hangs"


@server.tool(structured_output=False)
async def hang_cancelled() -> str:
    """Answers when nobody waits any more for what hangs."""
    await cancelled.wait()
    return "it was told"


@server.tool(structured_output=False)
def crash() -> str:
    """Ends the server, which says what it must not."""
    print(f"crashing with {os.environ.get('API_KEY')}", file=sys.stderr, flush=True)
    os._exit(3)


@server.tool(structured_output=False)
def huge(size: int) -> str:
    """Answers with much."""
    return "x" * size


@server.tool(structured_output=False)
async def grow(context: Context) -> str:
    """Adds a tool."""

    def grown() -> str:
        """Was not there before."""
        return "new"

    server.add_tool(grown, structured_output=False)
    # The one is for the newest revision of the protocol, the other for those before.
    await context.notify_tools_changed()
    if context.protocol_version != "2026-07-28":
        await context.session.send_tool_list_changed()
    return "grown"


@server.tool()
def request(context: Context) -> dict[str, Any]:
    """Says what it was called with."""
    meta = dict(context.request_context.meta or {})
    return {
        "protocol": context.protocol_version,
        "idempotencyKey": meta.get("rak/idempotencyKey"),
        "authorization": (context.headers or {}).get("authorization"),
        "environment": dict(os.environ),
        "process": os.getpid(),
    }


if options.lives:
    with options.lives.open("a") as lives:
        lives.write("*")
    count = len(options.lives.read_text())
    server.add_tool(lambda: "alive", name=f"life_{count}", structured_output=False)


async def serve_http() -> None:
    application = server.streamable_http_app(json_response=options.json)
    with socket.create_server(("127.0.0.1", options.port)) as listener:
        print(listener.getsockname()[1], flush=True)
        config = uvicorn.Config(application, log_level="warning")
        await uvicorn.Server(config).serve(sockets=[listener])


if options.http:
    anyio.run(serve_http)
else:
    server.run("stdio")
