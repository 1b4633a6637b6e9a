/* What guest-sdk/CONFORMANCE.md asks for: one function a behaviour. */
#ifndef BEHAVIOURS_H
#define BEHAVIOURS_H

#include <rak.h>

/* A call of one behaviour. */
typedef struct call {
  const rak_content *input;
  /* What follows the first space of the input; a C string. */
  rak_str argument;
} call;

/* What a behaviour does. */
typedef rak_status behaviour(rak_context *cx, const call *call);

behaviour do_echo, do_answer, do_nothing, do_parts, do_kinds, do_events, do_progress, do_outcome, do_bytes, do_text_size,
    do_data_size;
behaviour do_fail, do_throw, do_overflow, do_memory, do_output;
behaviour do_set, do_get, do_remove, do_keys, do_history, do_pages;
behaviour do_context, do_config, do_config_keys, do_remaining;
behaviour do_sleep, do_any, do_timeout, do_block, do_loop, do_wait, do_poll;
behaviour do_approve, do_ask, do_message, do_expired;
behaviour do_agents, do_call, do_call_in, do_call_fails, do_fan, do_race, do_drop, do_detach;
behaviour do_tools, do_hints, do_tool, do_tool_fails, do_tool_all, do_tool_start;
behaviour do_models, do_complete, do_relay, do_deltas, do_drop_model, do_function, do_structured, do_model_fails,
    do_embed;
behaviour do_http, do_http_send, do_http_header, do_http_stays, do_http_secret, do_http_stream, do_http_two, do_http_drop,
    do_http_fails;
behaviour do_artifact, do_artifact_load, do_artifact_version, do_artifact_bytes, do_artifact_pieces, do_artifacts,
    do_artifact_versions, do_artifact_remove, do_artifact_fails;
behaviour do_log, do_print, do_time, do_random;

/* Reads a whole number of the argument. */
rak_status number_of(rak_context *cx, const call *call, uint64_t *number);

/* Writes a member of an object: a text, or null where there is none. */
void write_optional(rak_json_writer *writer, const char *key, rak_str text);

/* Answers with what the contract calls the failure of the newest call. */
rak_status answer_failure(rak_context *cx, rak_status status);

#endif
