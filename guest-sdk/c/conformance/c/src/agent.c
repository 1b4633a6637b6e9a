/* Does what the specification says. */

#include "behaviours.h"

static const struct {
  const char *name;
  behaviour *run;
} BEHAVIOURS[] = {
    {"echo", do_echo},           {"answer", do_answer},       {"nothing", do_nothing},
    {"parts", do_parts},         {"kinds", do_kinds},         {"events", do_events},
    {"progress", do_progress},   {"outcome", do_outcome},     {"bytes", do_bytes},
    {"text-size", do_text_size}, {"data-size", do_data_size},

    {"fail", do_fail},           {"throw", do_throw},         {"overflow", do_overflow},
    {"memory", do_memory},       {"output", do_output},

    {"set", do_set},             {"get", do_get},             {"remove", do_remove},
    {"keys", do_keys},           {"history", do_history},     {"pages", do_pages},

    {"context", do_context},     {"config", do_config},       {"config-keys", do_config_keys},
    {"remaining", do_remaining},

    {"sleep", do_sleep},         {"any", do_any},             {"timeout", do_timeout},
    {"block", do_block},         {"loop", do_loop},           {"wait", do_wait},
    {"poll", do_poll},

    {"approve", do_approve},     {"ask", do_ask},             {"message", do_message},
    {"expired", do_expired},

    {"agents", do_agents},       {"call", do_call},           {"call-in", do_call_in},
    {"call-fails", do_call_fails}, {"fan", do_fan},           {"race", do_race},
    {"drop", do_drop},           {"detach", do_detach},

    {"tools", do_tools},         {"hints", do_hints},         {"tool", do_tool},
    {"tool-fails", do_tool_fails}, {"tool-all", do_tool_all}, {"tool-start", do_tool_start},

    {"models", do_models},       {"complete", do_complete},   {"relay", do_relay},
    {"deltas", do_deltas},       {"drop-model", do_drop_model}, {"function", do_function},
    {"structured", do_structured}, {"model-fails", do_model_fails}, {"embed", do_embed},

    {"http", do_http}, {"http-send", do_http_send}, {"http-header", do_http_header},
    {"http-stays", do_http_stays}, {"http-secret", do_http_secret}, {"http-stream", do_http_stream},
    {"http-two", do_http_two}, {"http-drop", do_http_drop}, {"http-fails", do_http_fails},

    {"artifact", do_artifact}, {"artifact-load", do_artifact_load}, {"artifact-version", do_artifact_version},
    {"artifact-bytes", do_artifact_bytes}, {"artifact-pieces", do_artifact_pieces}, {"artifacts", do_artifacts},
    {"artifact-versions", do_artifact_versions}, {"artifact-remove", do_artifact_remove}, {"artifact-fails", do_artifact_fails},

    {"log", do_log},             {"print", do_print},         {"time", do_time},
    {"random", do_random},
};

static rak_status run(rak_context *cx, const rak_content *input) {
  rak_str name = RAK_STR(""), argument = RAK_STR("");
  if (input->part_count > 0 && input->parts[0].kind == RAK_PART_TEXT) {
    rak_cut(input->parts[0].text, ' ', &name, &argument);
  }
  for (size_t i = 0; i < sizeof BEHAVIOURS / sizeof *BEHAVIOURS; i++) {
    if (rak_is(name, BEHAVIOURS[i].name)) {
      return BEHAVIOURS[i].run(cx, &(call){input, argument});
    }
  }
  return rak_fail(cx, RAK_INVALID_ARGUMENT, "no behaviour is called %.*s", RAK_ARG(name));
}

rak_status number_of(rak_context *cx, const call *call, uint64_t *number) {
  return rak_parse_u64(call->argument, number)
             ? RAK_OK
             : rak_fail(cx, RAK_INVALID_ARGUMENT, "`%s` is not a whole number", call->argument.ptr);
}

void write_optional(rak_json_writer *writer, const char *key, rak_str text) {
  rak_json_key(writer, key);
  if (text.ptr == NULL) {
    rak_json_write_null(writer);
  } else {
    rak_json_write_str(writer, text);
  }
}

rak_status answer_failure(rak_context *cx, rak_status status) {
  const rak_str code = rak_failure_of(cx, status).code;
  return rak_answer(cx, "%s %s", rak_status_name(status), code.ptr == NULL ? "-" : code.ptr);
}

RAK_AGENT(
  .name = "conformance",
  .description = "Does what the specification says.",
  .version = "1.2.3",
  .skills = RAK_SKILLS({
    .id = "conform",
    .name = "Conform",
    .description = "Runs one behaviour.",
    .tags = RAK_WORDS("test", "contract"),
    .examples = RAK_WORDS("echo hello"),
  }),
  .input_schema = "{\"type\":\"string\"}",
  .extra = "{\"language\":\"c\"}",
  .run = run,
);
