/**
 * What an agent may use, in one namespace: the host's own tools, tools of MCP servers (`mcp.SERVER.TOOL`), and other agents
 * (`agent.NAME`).
 *
 * A tool that says of itself that it failed has a response all the same, with `failed`, for the model to read. A call that
 * goes wrong fails with RAK_NOT_FOUND, RAK_DENIED (not granted; with the code `rejected` where a person said no),
 * RAK_INVALID_ARGUMENT (the arguments do not satisfy the schema), RAK_DEADLINE_EXCEEDED (rak_is_expired where nobody
 * approved it in time), RAK_LIMIT_EXCEEDED, RAK_UNAVAILABLE, or RAK_CONFLICT with the code `unknown_outcome` where the host
 * ended during the call of a tool that may not be called twice. The run goes on after each of them.
 */
#ifndef RAK_TOOLS_H
#define RAK_TOOLS_H

#include <rak/content.h>
#include <rak/failure.h>
#include <rak/wait.h>

RAK_BEGIN

/** What is known of the effects of a tool. */
typedef struct rak_hints {
  /** It changes nothing. */
  bool read_only;
  /** What it changes may be lost. */
  bool destructive;
  /** A second call with the same arguments changes nothing more. */
  bool idempotent;
  /** It deals with a world outside this host. */
  bool open_world;
  /** The host asks a person before each call. */
  bool needs_approval;
} rak_hints;

/** A tool that may be called. */
typedef struct rak_tool {
  /** What to call it by. */
  rak_str name;
  /** What it does, for a model. */
  rak_str description;
  /** JSON Schema of its arguments. */
  rak_str parameters;
  rak_hints hints;
  /** Anything else, a JSON text; optional. */
  rak_str extra;
} rak_tool;

/** Several tools. */
typedef struct rak_tools {
  const rak_tool *items;
  size_t count;
} rak_tools;

/** More about a call; `{0}`, as NULL in its place, is nothing more. */
typedef struct rak_tool_options {
  /** How long it may take; not counted while a person is asked. */
  rak_optional timeout_ms;
  /**
   * A tool that takes keys does once what is asked for several times with the same one; optional: without it the host
   * makes one for each call.
   */
  rak_str idempotency_key;
  /** Whether this invocation's client sees what an agent emits that is called as a tool. */
  bool relay_events;
  /** Anything else that the host is told, a JSON text; optional. */
  rak_str extra;
} rak_tool_options;

/** The tools that may be called, by name. */
rak_status rak_tools_available(rak_context *cx, rak_tools *tools);

/**
 * Calls a tool: `rak_call_tool(cx, RAK_STR("clock"), RAK_NO_STR, NULL, &response)`. `args` is a JSON text; no text is no
 * arguments.
 */
rak_status rak_call_tool(rak_context *cx, rak_str name, rak_str args, const rak_tool_options *options,
                         rak_response *response);

/** Calls a tool as a model wants it called. A call without an id gets one, and one without `args` has no arguments. */
rak_status rak_call_tool_with(rak_context *cx, const rak_call *call, const rak_tool_options *options,
                              rak_response *response);

/** What became of one of several calls. */
typedef struct rak_tool_result {
  /** RAK_OK, and then the `response` is what the tool answered; or the kind of its `failure`. */
  rak_status status;
  rak_response response;
  rak_failure failure;
} rak_tool_result;

/** Calls tools all at once. `results` has room for `count` of them, and has them in the order of the calls. */
void rak_call_tools(rak_context *cx, const rak_call *calls, size_t count, const rak_tool_options *options,
                    rak_tool_result *results);

/** A call that was started. It is given up when the run ends, or by rak_running_drop. */
typedef struct rak_running rak_running;

/** Starts a call as rak_call_tool makes it, and does not wait for it. */
rak_status rak_start_tool(rak_context *cx, rak_str name, rak_str args, const rak_tool_options *options,
                          rak_running **running);

/** As rak_start_tool, for a call as a model wants it. */
rak_status rak_start_tool_with(rak_context *cx, const rak_call *call, const rak_tool_options *options,
                               rak_running **running);

/** Waits for its end, as rak_call_tool does. It is the same again for who asks again. */
rak_status rak_running_finish(rak_running *running, rak_response *response);

/** Gives it up; nothing where it is over. */
void rak_running_cancel(rak_running *running);

/**
 * Something that is ready when the call is over: for rak_wait_any, beside other calls and timers. Each call makes one; it
 * is dropped when the run ends, or by rak_drop, before the call of the tool.
 */
rak_waitable *rak_running_done(rak_running *running);

/** Gives it up where it is not over. It may not be used afterwards. NULL does nothing. */
void rak_running_drop(rak_running *running);

RAK_END

#endif
