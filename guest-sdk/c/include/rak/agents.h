/**
 * Calling the other agents of this host. Each call is an invocation of its own: a child of this one, with a session of its
 * own agent, and this invocation's user.
 *
 * A child recovers with its parent after a crash of the host, and ends with it: what a parent leaves running at its end is
 * cancelled, unless it is detached.
 *
 * A child that fails is the failure that it ended with. One that was stopped for itself fails with the code that says why
 * (`cancelled`, `timed_out`), and the details name its invocation: the run goes on then, although the status may be
 * RAK_CANCELLED or RAK_DEADLINE_EXCEEDED. rak_check_cancelled tells whether it is the run that is being cancelled.
 */
#ifndef RAK_AGENTS_H
#define RAK_AGENTS_H

#include <rak/content.h>
#include <rak/wait.h>

RAK_BEGIN

/** An agent that may be called. */
typedef struct rak_agent_summary {
  /** What to call it by. */
  rak_str name;
  /** What it does. */
  rak_str description;
  /** The version of the agent. */
  rak_str version;
  /** JSON Schema of a structured input, where the agent wants one; optional. */
  rak_str input_schema;
  /** Anything else that it says about itself, a JSON text; optional. */
  rak_str extra;
} rak_agent_summary;

/** Several agents. */
typedef struct rak_agent_summaries {
  const rak_agent_summary *items;
  size_t count;
} rak_agent_summaries;

/** More about a call; `{0}`, as NULL in its place, is nothing more. */
typedef struct rak_agent_options {
  /**
   * The child's session among its agent's sessions of this user; optional: without it the child has a new one. Children in
   * the same session run one after the other.
   */
  rak_str session;
  /** How long it may take. */
  rak_optional timeout_ms;
  /** Whether this invocation's client sees what the child emits. */
  bool relay_events;
  /** Whether it goes on when this invocation ends, or gives it up. */
  bool detached;
  /** Anything else that the host is told, a JSON text; optional. */
  rak_str extra;
} rak_agent_options;

/** How a child ended well. */
typedef struct rak_reply {
  /** The child. */
  rak_str invocation_id;
  /** Whether there is a content. */
  bool has_content;
  /** What it answered: the content of its outcome, or the last content that it emitted where that has none. */
  rak_content content;
  /** Whether it wants a workflow above to stop. */
  bool escalate;
  /** Which agent it wants to hand the conversation to; optional. */
  rak_str transfer_to;
  /** What it says beside that, a JSON text; optional. */
  rak_str extra;
} rak_reply;

/** The text of the content in the arena; empty where there is none. */
rak_str rak_reply_text(rak_context *cx, const rak_reply *reply);

/** The agents that may be called, by name. */
rak_status rak_agents_available(rak_context *cx, rak_agent_summaries *agents);

/** Starts a child with a text that the user says, and waits for its end: `rak_call_agent(cx, name, text, NULL, &reply)`. */
rak_status rak_call_agent(rak_context *cx, rak_str agent, rak_str text, const rak_agent_options *options,
                          rak_reply *reply);

/** As rak_call_agent, with any input. */
rak_status rak_call_agent_with(rak_context *cx, rak_str agent, const rak_content *input,
                               const rak_agent_options *options, rak_reply *reply);

/** An agent that was started. It is given up when the run ends, or by rak_child_drop. */
typedef struct rak_child rak_child;

/** Starts a child with a text that the user says, and does not wait for it. */
rak_status rak_start_agent(rak_context *cx, rak_str agent, rak_str text, const rak_agent_options *options,
                           rak_child **child);

/** As rak_start_agent, with any input. */
rak_status rak_start_agent_with(rak_context *cx, rak_str agent, const rak_content *input,
                                const rak_agent_options *options, rak_child **child);

/** The child's invocation. */
rak_str rak_child_id(rak_child *child);

/** Waits for its end, as rak_call_agent does. It is the same again for who asks again. */
rak_status rak_child_finish(rak_child *child, rak_reply *reply);

/** Stops it; nothing where it is over. */
void rak_child_cancel(rak_child *child);

/**
 * Something that is ready when the child is over: for rak_wait_any, beside other children and timers. Each call makes one;
 * it is dropped when the run ends, or by rak_drop, before the child.
 */
rak_waitable *rak_child_done(rak_child *child);

/**
 * Gives it up: it is cancelled where it is not over, unless it is detached. It may not be used afterwards. NULL does
 * nothing.
 */
void rak_child_drop(rak_child *child);

RAK_END

#endif
