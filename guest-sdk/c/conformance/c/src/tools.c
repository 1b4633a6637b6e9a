/* Calling tools. */

#include "behaviours.h"

rak_status do_tools(rak_context *cx, const call *call) {
  (void)call;
  rak_tools tools;
  RAK_TRY(rak_tools_available(cx, &tools));
  rak_str *names = rak_alloc_array(cx, tools.count, sizeof *names);
  for (size_t i = 0; i < tools.count; i++) {
    names[i] = tools.items[i].name;
  }
  return rak_answer_str(cx, rak_join(cx, (rak_strs){names, tools.count}, RAK_STR(",")));
}

static rak_status answer_hints(rak_context *cx, rak_hints hints) {
  const struct {
    bool given;
    rak_str word;
  } all[] = {
      {hints.read_only, RAK_STR("read-only")},   {hints.destructive, RAK_STR("destructive")},
      {hints.idempotent, RAK_STR("idempotent")}, {hints.open_world, RAK_STR("open-world")},
      {hints.needs_approval, RAK_STR("needs-approval")},
  };
  rak_str words[5];
  size_t count = 0;
  for (size_t i = 0; i < 5; i++) {
    if (all[i].given) {
      words[count++] = all[i].word;
    }
  }
  return rak_answer_str(cx, rak_join(cx, (rak_strs){words, count}, RAK_STR(",")));
}

rak_status do_hints(rak_context *cx, const call *call) {
  rak_tools tools;
  RAK_TRY(rak_tools_available(cx, &tools));
  for (size_t i = 0; i < tools.count; i++) {
    if (rak_equal(tools.items[i].name, call->argument)) {
      return answer_hints(cx, tools.items[i].hints);
    }
  }
  return rak_fail(cx, RAK_NOT_FOUND, "no tool is called %s", call->argument.ptr);
}

/* The call that an argument asks for: a name, and a JSON text. */
static rak_call call_of(const call *call) {
  rak_call wanted = {.id = RAK_STR("1")};
  rak_cut(call->argument, ' ', &wanted.name, &wanted.args);
  return wanted;
}

static void write_response(rak_json_writer *writer, const rak_response *response) {
  rak_json_object(writer);
  rak_json_key(writer, "response");
  rak_json_write_raw(writer, response->response);
  rak_json_key(writer, "failed");
  rak_json_write_bool(writer, response->failed);
  rak_json_end(writer);
}

static rak_status answer_response(rak_context *cx, const rak_response *response) {
  rak_json_writer writer = rak_json_writer_of(cx);
  write_response(&writer, response);
  return rak_answer_str(cx, rak_json_written(&writer));
}

rak_status do_tool(rak_context *cx, const call *call) {
  const rak_call wanted = call_of(call);
  rak_response response;
  RAK_TRY(rak_call_tool_with(cx, &wanted, NULL, &response));
  return answer_response(cx, &response);
}

rak_status do_tool_fails(rak_context *cx, const call *call) {
  const rak_call wanted = call_of(call);
  rak_response response;
  return answer_failure(cx, rak_call_tool_with(cx, &wanted, NULL, &response));
}

rak_status do_tool_all(rak_context *cx, const call *call) {
  const rak_call wanted = call_of(call), calls[] = {wanted, wanted, wanted};
  rak_tool_result results[3];
  rak_call_tools(cx, calls, 3, NULL, results);
  rak_json_writer writer = rak_json_writer_of(cx);
  rak_json_array(&writer);
  for (size_t i = 0; i < 3; i++) {
    if (results[i].status != RAK_OK) {
      return rak_fail_with(cx, &results[i].failure);
    }
    write_response(&writer, &results[i].response);
  }
  rak_json_end(&writer);
  return rak_answer_str(cx, rak_json_written(&writer));
}

rak_status do_tool_start(rak_context *cx, const call *call) {
  const rak_call wanted = call_of(call);
  rak_running *running;
  rak_response response;
  RAK_TRY(rak_start_tool_with(cx, &wanted, NULL, &running));
  rak_wait(rak_running_done(running));
  RAK_TRY(rak_running_finish(running, &response));
  return answer_response(cx, &response);
}
