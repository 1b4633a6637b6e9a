/* Asking the web. */

#include "run.h"

enum { SECOND = 1000 };

#define URL RAK_STR("https://example.com/a")
static const char *const PLACE = "https://example.com/a";

static const rak_str PIECES[] = {{"one ", 4}, {"two ", 4}, {"", 0}, {"three ", 6}, {"four", 4}};
static const rak_http_answer SLOW = {.pieces = PIECES, .piece_count = 5, .takes_ms = 4 * SECOND};

static rak_fake_host *slow_host(void) {
  rak_fake_host *host = rak_fake_host_new();
  rak_fake_http(host, "GET", PLACE, &SLOW);
  return host;
}

static rak_str text_of(rak_bytes bytes) {
  return (rak_str){(const char *)bytes.ptr, bytes.len};
}

/* Answers with what is at the URL that it is told. */
static rak_status get(rak_context *cx, const rak_content *input) {
  rak_http_response response;
  RAK_TRY(rak_fetch(cx, rak_text(cx, input), NULL, &response));
  const rak_str kind = rak_http_header(&response.head, "Content-Type");
  return rak_answer(cx, "%d %d %s %.*s", response.head.status, rak_http_is_success(&response.head),
                    kind.ptr == NULL ? "-" : kind.ptr, RAK_ARG(rak_http_text(&response)));
}

static const rak_test_run *run_with(rak_fake_host *host, rak_run *run, const char *text) {
  const rak_part part = rak_text_part(rak_str_of(text));
  return rak_fake_run_with(host, run, &(rak_content){.role = RAK_STR("user"), .parts = &part, .part_count = 1});
}

RAK_TEST(an_answer_says_what_it_is) {
  rak_fake_host *host = rak_fake_host_new();
  const rak_header html = {RAK_STR("content-type"), RAK_STR("text/html")};
  rak_fake_http(host, "GET", "https://a/text", &(rak_http_answer){.text = "hi"});
  rak_fake_http(host, "GET", "https://a/json", &(rak_http_answer){.json = "{\"a\":1}"});
  rak_fake_http(host, "GET", "https://a/bytes", &(rak_http_answer){.body = {(const uint8_t *)"x", 1}});
  rak_fake_http(host, "GET", "https://a/own",
                &(rak_http_answer){.status = 404, .headers = &html, .header_count = 1, .text = "nothing"});
  rak_fake_http(host, "GET", "https://a/empty", &(rak_http_answer){.status = 302});
  static const char *const answers[][2] = {
      {"https://a/text", "200 1 text/plain; charset=utf-8 hi"},
      {"https://a/json", "200 1 application/json {\"a\":1}"},
      {"https://a/bytes", "200 1 - x"},
      {"https://a/own", "404 0 text/html nothing"},
      {"https://a/empty", "302 0 - "},
  };
  for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
    RAK_CHECK_TEXT(rak_test_answer(run_with(host, get, answers[i][0])), answers[i][1]);
  }
}

RAK_TEST(the_answer_that_says_most_is_given_and_what_has_none_is_denied) {
  rak_fake_host *host = rak_fake_host_new();
  rak_fake_http(host, "GET", "https://a/b/c", &(rak_http_answer){.body = {(const uint8_t *)"one", 3}});
  rak_fake_http(host, "GET", "https://a/b/*", &(rak_http_answer){.body = {(const uint8_t *)"some", 4}});
  rak_fake_http(host, "GET", "https://a/*", &(rak_http_answer){.body = {(const uint8_t *)"all", 3}});
  rak_fake_http(host, "GET", "https://a/b/c", &(rak_http_answer){.body = {(const uint8_t *)"again", 5}});
  RAK_CHECK_TEXT(rak_test_answer(run_with(host, get, "https://a/x")), "200 1 - all");
  RAK_CHECK_TEXT(rak_test_answer(run_with(host, get, "https://a/b/d?q")), "200 1 - some");
  RAK_CHECK_TEXT(rak_test_answer(run_with(host, get, "https://a/b/c")), "200 1 - again");
  const rak_test_run *denied = run_with(host, get, "https://b");
  RAK_CHECK_INT(denied->status, RAK_DENIED);
  RAK_CHECK_TEXT(denied->failure.message,
                 "the agent may not ask GET https://b in this test; there is GET https://a/b/c, GET https://a/b/*, "
                 "GET https://a/*, GET https://a/b/c");
  RAK_CHECK_INT(denied->http_call_count, 0);
}

static rak_status echo(rak_context *cx, rak_str url, const rak_http_options *options, rak_http_answer *answer,
                       void *data) {
  RAK_CHECK(data == NULL);
  if (options->body.len == 0) {
    return rak_fail(cx, RAK_UNAVAILABLE, "nobody is there");
  }
  answer->text = rak_printf(cx, "%s %s %.*s", options->method.ptr, url.ptr, RAK_ARG(text_of(options->body))).ptr;
  return RAK_OK;
}

static rak_status send(rak_context *cx, const rak_content *input) {
  (void)input;
  const rak_header headers[] = {{RAK_STR("X-A"), RAK_STR("b")}, {RAK_STR("content-TYPE"), RAK_STR("text/x")}};
  rak_http_options options = {
      .method = RAK_STR("POST"),
      .headers = headers,
      .header_count = 1,
      .json = RAK_STR("{\"a\":1}"),
      .credential = RAK_STR("c"),
      .timeout_ms = RAK_SOME(SECOND),
      .no_redirects = true,
      .extra = RAK_STR("[ 1 ]"),
  };
  rak_http_response response;
  RAK_TRY(rak_fetch(cx, URL, &options, &response));
  RAK_CHECK_TEXT(rak_http_text(&response), "POST https://example.com/a {\"a\":1}");
  options.header_count = 2;
  RAK_TRY(rak_fetch(cx, URL, &options, &response));
  options.json = RAK_NO_STR;
  options.text = RAK_STR("plain");
  RAK_TRY(rak_fetch(cx, URL, &options, &response));
  options.text = RAK_NO_STR;
  RAK_CHECK_INT(rak_fetch(cx, URL, &options, &response), RAK_UNAVAILABLE);
  return RAK_OK;
}

RAK_TEST(what_was_asked_is_kept) {
  rak_fake_host *host = rak_fake_host_new();
  rak_fake_http_run(host, "POST", PLACE, echo, NULL);
  const rak_test_run *run = run_on(host, send);
  if (!RAK_CHECK_INT(run->status, RAK_OK) || !RAK_CHECK_INT(run->http_call_count, 4)) return;
  const rak_test_http_call *calls = run->http_calls;
  RAK_CHECK_TEXT(calls[0].url, PLACE);
  RAK_CHECK_INT(calls[0].options.header_count, 2);
  RAK_CHECK_TEXT(calls[0].options.headers[0].value, "b");
  RAK_CHECK_TEXT(calls[0].options.headers[1].name, "Content-Type");
  RAK_CHECK_TEXT(calls[0].options.headers[1].value, "application/json");
  RAK_CHECK_TEXT(text_of(calls[0].options.body), "{\"a\":1}");
  RAK_CHECK_TEXT(calls[0].options.credential, "c");
  RAK_CHECK_INT(calls[0].options.timeout_ms.value, SECOND);
  RAK_CHECK(calls[0].options.no_redirects && !calls[0].cancelled);
  RAK_CHECK_TEXT(calls[0].options.extra, "[1]");
  RAK_CHECK_INT(calls[1].options.header_count, 2);
  RAK_CHECK_TEXT(calls[1].options.headers[1].value, "text/x");
  RAK_CHECK_TEXT(text_of(calls[2].options.body), "plain");
}

static rak_status parse(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_http_response response;
  const rak_json *value;
  int64_t degrees;
  RAK_TRY(rak_fetch(cx, URL, NULL, &response));
  RAK_TRY(rak_http_json(cx, &response, &value));
  RAK_CHECK(rak_json_int(rak_json_get(value, "degrees"), &degrees));
  RAK_CHECK_INT(degrees, 21);
  return RAK_OK;
}

RAK_TEST(a_body_is_read_as_json) {
  rak_fake_host *host = rak_fake_host_new();
  rak_fake_http(host, "GET", PLACE, &(rak_http_answer){.json = "{\"degrees\":21}"});
  RAK_CHECK_INT(run_on(host, parse)->status, RAK_OK);
  rak_fake_http(host, "GET", PLACE, &(rak_http_answer){.text = "<html>", .url = "https://b"});
  const rak_test_run *run = run_on(host, parse);
  RAK_CHECK_INT(run->status, RAK_FAILED);
  RAK_CHECK(rak_starts_with(run->failure.message, RAK_STR("the answer of https://b: ")));
}

static rak_status check_read(rak_exchange *exchange, uint32_t max, const char *expected) {
  rak_bytes piece;
  RAK_TRY(rak_exchange_read(exchange, max, &piece));
  RAK_CHECK_TEXT(text_of(piece), expected);
  return RAK_OK;
}

static rak_status read_slowly(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_exchange *exchange;
  rak_http_head head;
  size_t ready;
  RAK_TRY(rak_open_exchange(cx, URL, NULL, &exchange));
  rak_waitable *const more = rak_exchange_ready(exchange);
  RAK_CHECK(!rak_ready(more));
  RAK_TRY(rak_exchange_head(exchange, &head));
  RAK_TRY(rak_exchange_head(exchange, &head));
  RAK_CHECK_INT(head.status, 200);
  RAK_CHECK_TEXT(head.url, PLACE);
  RAK_TRY(check_read(exchange, 100, "one "));
  RAK_CHECK_INT(rak_wait_any(cx, &more, 1, RAK_SOME(SECOND / 2), &ready), 0);
  RAK_CHECK_INT(rak_wait_any(cx, &more, 1, RAK_NONE, &ready), 1);
  RAK_TRY(check_read(exchange, 3, "two"));
  RAK_CHECK(rak_ready(more));
  RAK_TRY(check_read(exchange, 100, " "));
  RAK_TRY(check_read(exchange, 100, "three "));
  RAK_TRY(check_read(exchange, 100, "four"));
  RAK_TRY(check_read(exchange, 100, ""));
  RAK_CHECK(rak_ready(more));
  return RAK_OK;
}

RAK_TEST(an_answer_comes_piece_by_piece) {
  const rak_test_run *run = run_on(slow_host(), read_slowly);
  RAK_CHECK_INT(run->status, RAK_OK);
  RAK_CHECK_INT(run->slept_ms, 4 * SECOND);
}

static rak_status read_broken(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_exchange *exchange;
  rak_bytes piece;
  RAK_TRY(rak_open_exchange(cx, URL, NULL, &exchange));
  RAK_TRY(check_read(exchange, 100, "one "));
  const rak_status status = rak_exchange_read(exchange, 100, &piece);
  RAK_CHECK(rak_is_interrupted(cx, status));
  rak_http_response response;
  return rak_fetch(cx, URL, NULL, &response);
}

RAK_TEST(a_failure_comes_after_what_came_before_it) {
  rak_fake_host *host = rak_fake_host_new();
  const rak_failure ended = {.kind = RAK_UNAVAILABLE, .code = RAK_STR("interrupted"), .message = RAK_STR("ended")};
  rak_fake_http(host, "GET", PLACE, &(rak_http_answer){.pieces = PIECES, .piece_count = 1, .broken_by = &ended});
  const rak_test_run *run = run_on(host, read_broken);
  RAK_CHECK_INT(run->status, RAK_UNAVAILABLE);
  RAK_CHECK_TEXT(run->failure.code, "interrupted");
}

static rak_status hurry(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_http_response response;
  rak_exchange *exchange;
  rak_bytes piece;
  rak_http_head head;
  RAK_TRY(rak_fetch(cx, URL, &(rak_http_options){.timeout_ms = RAK_SOME(4 * SECOND)}, &response));
  RAK_CHECK_INT(response.body.len, 18);
  const rak_http_options in_two = {.timeout_ms = RAK_SOME(2 * SECOND)};
  RAK_CHECK_INT(rak_fetch(cx, URL, &in_two, &response), RAK_DEADLINE_EXCEEDED);
  RAK_TRY(rak_open_exchange(cx, URL, &in_two, &exchange));
  RAK_TRY(check_read(exchange, 100, "one "));
  RAK_TRY(check_read(exchange, 100, "two "));
  RAK_CHECK_INT(rak_exchange_read(exchange, 100, &piece), RAK_DEADLINE_EXCEEDED);
  RAK_TRY(rak_open_exchange(cx, URL, &(rak_http_options){.timeout_ms = RAK_SOME(0)}, &exchange));
  RAK_CHECK_INT(rak_exchange_head(exchange, &head), RAK_DEADLINE_EXCEEDED);
  return RAK_OK;
}

RAK_TEST(an_answer_that_takes_longer_than_it_may_is_too_late) {
  const rak_test_run *run = run_on(slow_host(), hurry);
  RAK_CHECK_INT(run->status, RAK_OK);
  RAK_CHECK_INT(run->slept_ms, 8 * SECOND);
  for (size_t i = 0; i < run->http_call_count; i++) {
    RAK_CHECK(!run->http_calls[i].cancelled);
  }
}

static rak_status give_up(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_exchange *stopped, *dropped, *finished, *early, *left;
  rak_http_head head;
  rak_bytes piece;
  RAK_TRY(rak_open_exchange(cx, URL, NULL, &stopped));
  RAK_TRY(rak_open_exchange(cx, URL, NULL, &dropped));
  RAK_TRY(rak_open_exchange(cx, URL, NULL, &finished));
  rak_sleep(cx, 2 * SECOND);
  rak_exchange_cancel(stopped);
  RAK_CHECK(rak_ready(rak_exchange_ready(stopped)));
  RAK_TRY(rak_exchange_head(stopped, &head));
  RAK_TRY(check_read(stopped, 100, "one "));
  RAK_TRY(check_read(stopped, 100, "two "));
  RAK_CHECK_INT(rak_exchange_read(stopped, 100, &piece), RAK_FAILED);
  RAK_CHECK_TEXT(rak_failure_of(cx, RAK_FAILED).code, "cancelled");
  RAK_TRY(rak_open_exchange(cx, URL, NULL, &early));
  rak_exchange_cancel(early);
  RAK_CHECK_INT(rak_exchange_head(early, &head), RAK_FAILED);
  rak_exchange_drop(dropped);
  rak_exchange_drop(NULL);
  do {
    RAK_TRY(rak_exchange_read(finished, 100, &piece));
  } while (piece.len > 0);
  return rak_open_exchange(cx, URL, NULL, &left);
}

RAK_TEST(what_is_cancelled_dropped_or_left_is_given_up) {
  const rak_test_run *run = run_on(slow_host(), give_up);
  static const bool given_up[] = {true, true, false, true, true};
  if (!RAK_CHECK_INT(run->status, RAK_OK) || !RAK_CHECK_INT(run->http_call_count, 5)) return;
  for (size_t i = 0; i < 5; i++) {
    RAK_CHECK_INT(run->http_calls[i].cancelled, given_up[i]);
  }
}

RAK_TEST(a_cancelled_or_late_run_waits_for_no_answer) {
  rak_fake_host *host = slow_host();
  rak_fake_cancel_after(host, SECOND);
  const rak_test_run *cancelled = run_with(host, get, PLACE);
  RAK_CHECK_INT(cancelled->status, RAK_CANCELLED);
  RAK_CHECK_INT(cancelled->slept_ms, SECOND);
  RAK_CHECK(cancelled->http_calls[0].cancelled);
  host = slow_host();
  rak_fake_deadline(host, SECOND);
  RAK_CHECK_INT(run_with(host, get, PLACE)->status, RAK_DEADLINE_EXCEEDED);
  host = slow_host();
  rak_fake_cancel_after_calls(host, 0);
  RAK_CHECK_INT(run_with(host, get, "https://denied")->status, RAK_CANCELLED);
}

static rak_status call_all(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_http_response response;
  rak_exchange *exchange;
  rak_http_head head;
  rak_bytes piece;
  RAK_TRY(rak_fetch(cx, URL, NULL, &response));
  RAK_TRY(rak_open_exchange(cx, URL, NULL, &exchange));
  RAK_TRY(rak_exchange_head(exchange, &head));
  RAK_TRY(rak_exchange_read(exchange, 1, &piece));
  rak_exchange_ready(exchange);
  rak_exchange_cancel(exchange);
  return rak_exchange_read(exchange, 1, &piece);
}

RAK_TEST(every_http_call_counts) {
  for (uint64_t calls = 6; calls <= 7; calls++) {
    rak_fake_host *host = rak_fake_host_new();
    rak_fake_http(host, "GET", PLACE, &(rak_http_answer){.text = "hello"});
    rak_fake_cancel_after_calls(host, calls);
    RAK_CHECK_INT(run_on(host, call_all)->status, calls == 7 ? RAK_OK : RAK_CANCELLED);
  }
}
