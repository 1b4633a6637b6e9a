/** Who is asking, how the agent is configured, and what is left. */
#ifndef RAK_CONTEXT_H
#define RAK_CONTEXT_H

#include <rak/base.h>

RAK_BEGIN

/** Who is asking, and which invocation this is. */
typedef struct rak_info {
  /** This invocation. */
  rak_str invocation_id;
  /** The conversation. */
  rak_str session_id;
  /** Whose conversation it is. */
  rak_str user_id;
  /** The name the agent runs under. */
  rak_str agent;
  /** Which version runs: a digest over the component and what its manifest says. */
  rak_str agent_version;
  /** 1 for the first run; higher after the host resumed the invocation. */
  uint32_t attempt;
  /** The invocation that called this one; optional. */
  rak_str parent_id;
  /** The W3C trace context this invocation belongs to; optional. */
  rak_str traceparent;
  /** Anything else the host says, a JSON text; optional. */
  rak_str extra;
} rak_info;

/** Who is asking, and which invocation this is. */
rak_info rak_info_of(rak_context *cx);

/** A value of the agent's manifest as a JSON text; its `ptr` is NULL where there is no such key. */
rak_str rak_config(rak_context *cx, rak_str key);

/**
 * A value of the agent's manifest, where it is of this sort. Where there is none, `value` keeps what it has, which makes
 * it the default. RAK_FAILED where the value has another shape.
 */
rak_status rak_config_str(rak_context *cx, rak_str key, rak_str *value);
rak_status rak_config_int(rak_context *cx, rak_str key, int64_t *value);
rak_status rak_config_double(rak_context *cx, rak_str key, double *value);
rak_status rak_config_bool(rak_context *cx, rak_str key, bool *value);

/** The keys of the manifest's configuration, sorted. */
rak_strs rak_config_keys(rak_context *cx);

/** Whether the invocation is being cancelled. An agent that loops asks now and then, and returns once it is. */
bool rak_is_cancelled(rak_context *cx);

/** RAK_CANCELLED once the invocation is being cancelled: `RAK_TRY(rak_check_cancelled(cx));`. */
rak_status rak_check_cancelled(rak_context *cx);

/** How many milliseconds are left; none where there is no deadline. */
rak_optional rak_remaining_ms(rak_context *cx);

RAK_END

#endif
