/* State, configuration and the answers of people as values of C. */

#include <math.h>

#include "context.h"

static rak_status shape_is_wrong(rak_context *cx, const char *where, rak_str key, const char *expected) {
  return rak_fail(cx, RAK_FAILED, "%s `%.*s` has another shape: it is not %s", where, RAK_ARG(key), expected);
}

/*
 * Defines the three readers of one type: of the state, of the configuration, and of the answer to a question. Those that
 * may find nothing leave `value` alone then, so that it is the default.
 */
#define DEFINE_READERS(type, c_type, read, expected)                                                            \
  static rak_status decode_##type(rak_context *cx, const char *where, rak_str key, rak_str json, c_type *value) { \
    const rak_json *parsed = NULL;                                                                              \
    if (json.ptr == NULL) {                                                                                     \
      return RAK_OK;                                                                                            \
    }                                                                                                           \
    RAK_TRY(rak_json_parse(cx, json, &parsed));                                                                 \
    return read(parsed, value) ? RAK_OK : shape_is_wrong(cx, where, key, expected);                             \
  }                                                                                                             \
  rak_status rak_state_get_##type(rak_context *cx, rak_str key, c_type *value) {                                \
    rak_str json = RAK_NO_STR;                                                                                  \
    RAK_TRY(rak_state_get(cx, key, &json));                                                                     \
    return decode_##type(cx, "the state at", key, json, value);                                                 \
  }                                                                                                             \
  rak_status rak_config_##type(rak_context *cx, rak_str key, c_type *value) {                                   \
    return decode_##type(cx, "the agent's configuration value", key, rak_config(cx, key), value);               \
  }                                                                                                             \
  rak_status rak_ask_##type(rak_context *cx, rak_str question, rak_str schema, rak_optional expires_in_ms,      \
                            c_type *answer) {                                                                   \
    rak_str json = RAK_NO_STR;                                                                                  \
    RAK_TRY(rak_ask(cx, question, schema, expires_in_ms, &json));                                               \
    return decode_##type(cx, "the answer to", question, json, answer);                                          \
  }

DEFINE_READERS(str, rak_str, rak_json_str, "a string")
DEFINE_READERS(int, int64_t, rak_json_int, "a whole number")
DEFINE_READERS(double, double, rak_json_double, "a number")
DEFINE_READERS(bool, bool, rak_json_bool, "true or false")

rak_status rak_state_set_str(rak_context *cx, rak_str key, rak_str value) {
  return rak_state_set(cx, key, rak_json_quote(cx, value));
}

rak_status rak_state_set_int(rak_context *cx, rak_str key, int64_t value) {
  return rak_state_set(cx, key, rak_printf(cx, "%lld", (long long)value));
}

rak_status rak_state_set_double(rak_context *cx, rak_str key, double value) {
  if (!isfinite(value)) {
    return rak_fail(cx, RAK_INVALID_ARGUMENT, "the state at `%.*s` cannot be a number that is not finite", RAK_ARG(key));
  }
  rak_json_writer writer = rak_json_writer_of(cx);
  rak_json_write_double(&writer, value);
  return rak_state_set(cx, key, rak_json_written(&writer));
}

rak_status rak_state_set_bool(rak_context *cx, rak_str key, bool value) {
  return rak_state_set(cx, key, value ? RAK_STR("true") : RAK_STR("false"));
}
