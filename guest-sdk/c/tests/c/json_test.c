/* JSON. */

#include <math.h>

#include "run.h"

RUN_TEST(what_is_read_is_written_again) {
  const char *const texts[] = {
      "null", "true", "false", "0", "-0.5e+10", "18446744073709551616", "\"\"", "[]", "{}",
      "{\"a\":[1,{\"b\":null}],\"c\":\"x\"}", "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\"", "\"\xC3\xA9\xF0\x9F\x98\x80/\"",
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    const rak_json *value;
    RAK_TRY(rak_json_parse(cx, rak_str_of(texts[i]), &value));
    RAK_CHECK_TEXT(rak_json_text(cx, value), texts[i]);
  }
  return RAK_OK;
}

RUN_TEST(spaces_go_and_escapes_are_read) {
  const rak_json *value;
  RAK_TRY(rak_json_parse(cx, RAK_STR(" { \"a\" : [ 1 , 2 ]\n,\t\"\\u00e9\\ud83d\\ude00\\/\" : true } "), &value));
  RAK_CHECK_TEXT(rak_json_text(cx, value), "{\"a\":[1,2],\"\xC3\xA9\xF0\x9F\x98\x80/\":true}");
  RAK_CHECK_INT(rak_json_count(value), 2);
  RAK_CHECK_INT(rak_json_count(rak_json_get(value, "a")), 2);
  RAK_CHECK(rak_json_get(value, "b") == NULL && rak_json_get(NULL, "b") == NULL);
  return RAK_OK;
}

RUN_TEST(what_is_no_json_is_refused_with_the_place) {
  const char *const texts[] = {
      "", " ", "nul", "01", "1.", "1e", "-", "+1", "[1,]", "[1 2]", "{\"a\"}", "{a:1}", "{\"a\":1,}", "\"a", "\"\n\"",
      "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "1 2", "[", "]", "'a'",
  };
  const rak_json *value = NULL;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    if (!RAK_CHECK_INT(rak_json_parse(cx, rak_str_of(texts[i]), &value), RAK_INVALID_ARGUMENT)) {
      return rak_fail(cx, RAK_FAILED, "%s", texts[i]);
    }
  }
  RAK_CHECK(value == NULL);
  RAK_CHECK_TEXT(rak_failure_of(cx, rak_json_parse(cx, RAK_STR("[1,]"), &value)).message,
                 "this is not JSON: a value is expected at byte 3");
  return RAK_OK;
}

RUN_TEST(depth_is_bounded) {
  rak_builder deep = rak_builder_of(cx);
  const rak_json *value;
  for (int i = 0; i < 128; i++) rak_append_c(&deep, "[");
  for (int i = 0; i < 128; i++) rak_append_c(&deep, "]");
  RAK_TRY(rak_json_parse(cx, rak_built(&deep), &value));
  RAK_CHECK_TEXT(rak_json_text(cx, value), rak_built(&deep).ptr);
  const rak_str deeper = rak_printf(cx, "[%s]", rak_built(&deep).ptr);
  RAK_CHECK_INT(rak_json_parse(cx, deeper, &value), RAK_INVALID_ARGUMENT);
  return RAK_OK;
}

static const rak_json *parsed(rak_context *cx, const char *text) {
  const rak_json *value = NULL;
  RAK_CHECK_INT(rak_json_parse(cx, rak_str_of(text), &value), RAK_OK);
  return value;
}

RUN_TEST(values_are_read_where_they_fit) {
  int64_t whole = 5;
  double number = 0;
  bool truth = false;
  rak_str text = RAK_NO_STR;
  RAK_CHECK(rak_json_int(parsed(cx, "-9223372036854775808"), &whole) && whole == INT64_MIN);
  RAK_CHECK(!rak_json_int(parsed(cx, "9223372036854775808"), &whole));
  RAK_CHECK(!rak_json_int(parsed(cx, "1.0"), &whole) && !rak_json_int(parsed(cx, "\"1\""), &whole));
  RAK_CHECK(!rak_json_int(NULL, &whole) && whole == INT64_MIN);
  RAK_CHECK(rak_json_double(parsed(cx, "1e3"), &number) && number == 1000);
  RAK_CHECK(rak_json_bool(parsed(cx, "true"), &truth) && truth);
  RAK_CHECK(rak_json_str(parsed(cx, "\"a\""), &text) && rak_is(text, "a"));
  RAK_CHECK(rak_json_int(rak_json_get(parsed(cx, "{\"a\":1,\"a\":2}"), "a"), &whole) && whole == 2);
  return RAK_OK;
}

RUN_TEST(the_writer_knows_its_commas) {
  rak_json_writer w = rak_json_writer_of(cx);
  rak_json_object(&w);
  rak_json_key(&w, "a");
  rak_json_array(&w);
  rak_json_write_int(&w, -1);
  rak_json_write_double(&w, 0.1);
  rak_json_write_double(&w, 3);
  rak_json_write_double(&w, 1e300);
  rak_json_write_double(&w, NAN);
  rak_json_write_bool(&w, true);
  rak_json_object(&w);
  rak_json_end(&w);
  rak_json_end(&w);
  rak_json_key(&w, "b\"");
  rak_json_write_str(&w, RAK_STR("x\xFF"));
  rak_json_end(&w);
  RAK_CHECK_TEXT(rak_json_written(&w), "{\"a\":[-1,0.1,3.0,1e+300,null,true,{}],\"b\\\"\":\"x\xEF\xBF\xBD\"}");
  RAK_CHECK_TEXT(rak_json_quote(cx, RAK_STR("a\0b")), "\"a\\u0000b\"");
  return RAK_OK;
}
