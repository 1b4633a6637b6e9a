/* The web under test. What an answer comes to is known from the beginning, and there when its time is over. */

#include <string.h>

#include "fake.h"

/* Bytes, and when they are there. */
typedef struct piece {
  rak_bytes bytes;
  uint64_t at_ms;
} piece;

struct rak_exchange {
  fake_task task;
  rak_context *cx;
  rak_test_http_call call;
  /* How it begins: with a failure where the status of that is not RAK_OK. */
  rak_status begun;
  rak_failure failure;
  rak_http_head head;
  uint64_t begins_ms;
  /* What was not read yet. */
  piece *pieces;
  size_t piece_count;
  /* When there is something that the agent does not know: the beginning, the next piece, or the end. */
  uint64_t tells_ms;
};

static rak_header *copy_headers(rak_context *cx, const rak_header *headers, size_t count, size_t room) {
  rak_header *copies = rak_alloc_array(cx, count + room, sizeof *copies);
  for (size_t i = 0; i < count; i++) {
    copies[i] = (rak_header){fake_copy_text(cx, headers[i].name), fake_copy_text(cx, headers[i].value)};
  }
  return copies;
}

/* Bytes of no text are none. */
static rak_bytes copy_bytes(rak_context *cx, rak_bytes bytes) {
  const rak_str copy = rak_copy(cx, (rak_str){bytes.ptr == NULL ? "" : (const char *)bytes.ptr, bytes.len});
  return (rak_bytes){(const uint8_t *)copy.ptr, copy.len};
}

static const rak_failure *copy_failure(rak_context *cx, const rak_failure *failure) {
  if (failure == NULL) {
    return NULL;
  }
  rak_failure *copy = rak_alloc(cx, sizeof *copy);
  *copy = fake_copy_failure(cx, failure);
  return copy;
}

static rak_http_answer copy_answer(rak_context *cx, const rak_http_answer *answer) {
  rak_http_answer copy = *answer;
  rak_str *pieces = rak_alloc_array(cx, answer->piece_count, sizeof *pieces);
  for (size_t i = 0; i < answer->piece_count; i++) {
    pieces[i] = rak_copy(cx, answer->pieces[i]);
  }
  copy.headers = copy_headers(cx, answer->headers, answer->header_count, 0);
  copy.text = rak_copy(cx, rak_str_of(answer->text)).ptr;
  copy.json = rak_copy(cx, rak_str_of(answer->json)).ptr;
  copy.body = copy_bytes(cx, answer->body);
  copy.pieces = pieces;
  copy.url = rak_copy(cx, rak_str_of(answer->url)).ptr;
  copy.failure = copy_failure(cx, answer->failure);
  copy.broken_by = copy_failure(cx, answer->broken_by);
  return copy;
}

static fake_place *add_place(rak_fake_host *host, const char *method, const char *url) {
  fake_place *added = fake_list_add(&host->places, &host->keep, sizeof *added);
  *added = (fake_place){.method = rak_copy(&host->keep, rak_str_of(method)),
                        .url = rak_copy(&host->keep, rak_str_of(url))};
  return added;
}

void rak_fake_http(rak_fake_host *host, const char *method, const char *url, const rak_http_answer *answer) {
  add_place(host, method, url)->answer = copy_answer(&host->keep, answer);
}

void rak_fake_http_run(rak_fake_host *host, const char *method, const char *url, rak_test_http_run *run, void *data) {
  fake_place *added = add_place(host, method, url);
  added->run = run;
  added->data = data;
}

/* The beginning that all URLs of the place have; the whole of one where it is no pattern. */
static bool is_pattern(const fake_place *place, rak_str *beginning) {
  const bool pattern = place->url.len > 0 && place->url.ptr[place->url.len - 1] == '*';
  *beginning = (rak_str){place->url.ptr, place->url.len - pattern};
  return pattern;
}

static bool takes(const fake_place *place, rak_str method, rak_str url) {
  rak_str beginning;
  const bool there = is_pattern(place, &beginning) ? rak_starts_with(url, beginning) : rak_equal(url, beginning);
  return there && rak_equal(place->method, method);
}

/* Whether it says as much as the other one, or more: first one URL, then a longer beginning. */
static bool says_more(const fake_place *place, const fake_place *other) {
  rak_str beginning, other_beginning;
  const bool pattern = is_pattern(place, &beginning);
  const bool other_pattern = is_pattern(other, &other_beginning);
  return pattern == other_pattern ? beginning.len >= other_beginning.len : other_pattern;
}

/* The place that says most of the URL; of two that say the same, the later one. */
static rak_status find_place(rak_context *cx, rak_str method, rak_str url, const fake_place **found) {
  const fake_list *list = &cx->fake->host->places;
  const fake_place *all = list->items;
  rak_str *known = rak_alloc_array(cx, list->count, sizeof *known);
  *found = NULL;
  for (size_t i = 0; i < list->count; i++) {
    known[i] = rak_printf(cx, "%s %s", all[i].method.ptr, all[i].url.ptr);
    if (takes(&all[i], method, url) && (*found == NULL || says_more(&all[i], *found))) {
      *found = &all[i];
    }
  }
  if (*found != NULL) {
    return RAK_OK;
  }
  const rak_str there = rak_join(cx, (rak_strs){known, list->count}, RAK_STR(", "));
  return rak_fail(cx, RAK_DENIED, "the agent may not ask %.*s %.*s in this test; there is %s", RAK_ARG(method),
                  RAK_ARG(url), list->count == 0 ? "nothing" : there.ptr);
}

static rak_status copy_call(rak_context *cx, rak_str url, const rak_http_options *whole, rak_test_http_call *call) {
  rak_context *keep = &cx->fake->keep;
  rak_str extra = RAK_NO_STR;
  if (whole->extra.ptr != NULL) {
    RAK_TRY(rak_while(cx, fake_compact(cx, whole->extra, &extra), "the extra of the request"));
  }
  *call = (rak_test_http_call){
      .url = fake_copy_text(keep, url),
      .options = {
          .method = fake_copy_text(keep, whole->method),
          .headers = copy_headers(keep, whole->headers, whole->header_count, 0),
          .header_count = whole->header_count,
          .body = copy_bytes(keep, whole->body),
          .credential = fake_copy_text(keep, whole->credential),
          .timeout_ms = whole->timeout_ms,
          .no_redirects = whole->no_redirects,
          .extra = fake_copy_text(keep, extra),
      },
  };
  return RAK_OK;
}

/* What the place answers. */
static rak_http_answer answer_of(rak_context *cx, const fake_place *place, const rak_test_http_call *call) {
  if (place->run == NULL) {
    return place->answer;
  }
  rak_http_answer answer = {0};
  rak_failure failure;
  const rak_status status = place->run(cx, call->url, &call->options, &answer, place->data);
  if (status != RAK_OK) {
    failure = rak_failure_of(cx, status);
    answer.failure = &failure;
  }
  return copy_answer(&cx->fake->keep, &answer);
}

static rak_http_head head_of(rak_context *keep, const rak_http_answer *answer, rak_str url) {
  const char *mime_type = answer->text != NULL ? "text/plain; charset=utf-8"
                          : answer->json != NULL ? "application/json"
                                                 : NULL;
  rak_header *headers = copy_headers(keep, answer->headers, answer->header_count, 1);
  size_t count = answer->header_count;
  if (mime_type != NULL) {
    /* One of the test's own comes first, and is the one that is found. */
    headers[count++] = (rak_header){RAK_STR("content-type"), rak_str_of(mime_type)};
  }
  return (rak_http_head){
      .status = answer->status == 0 ? 200 : answer->status,
      .url = answer->url == NULL ? url : rak_str_of(answer->url),
      .headers = headers,
      .header_count = count,
  };
}

/* The pieces of the body, none of them empty, as nothing would be the end. */
static fake_list pieces_of(rak_context *keep, const rak_http_answer *answer) {
  fake_list all = {0};
  const char *text = answer->text != NULL ? answer->text : answer->json;
  const rak_str body = text != NULL ? rak_str_of(text) : (rak_str){(const char *)answer->body.ptr, answer->body.len};
  for (size_t i = 0; i <= answer->piece_count; i++) {
    const rak_str bytes = i == 0 ? body : answer->pieces[i - 1];
    if (bytes.len > 0) {
      piece *added = fake_list_add(&all, keep, sizeof *added);
      added->bytes = (rak_bytes){(const uint8_t *)bytes.ptr, bytes.len};
    }
  }
  return all;
}

static const rak_failure too_late = {.kind = RAK_DEADLINE_EXCEEDED, .message = {"the answer took too long", 24}};

static void fail_to_begin(rak_exchange *exchange, const rak_failure *failure) {
  exchange->begun = failure->kind;
  exchange->failure = *failure;
}

/* The pieces over the time that the answer takes, but no longer than the timeout. It begins with the first of them. */
static void spread(rak_exchange *exchange, const rak_http_answer *answer) {
  fake_run *run = exchange->cx->fake;
  const rak_optional timeout = exchange->call.options.timeout_ms;
  const uint64_t last_ms = timeout.is_some ? timeout.value : UINT64_MAX;
  uint64_t begins_ms = answer->takes_ms;
  if (answer->failure == NULL) {
    const fake_list all = pieces_of(&run->keep, answer);
    exchange->pieces = all.items;
    for (size_t i = 0; i < all.count; i++) {
      const uint64_t after_ms = answer->takes_ms * (i + 1) / all.count;
      begins_ms = i == 0 ? after_ms : begins_ms;
      exchange->pieces[i].at_ms = fake_clock_in(&run->clock, after_ms);
      exchange->piece_count += after_ms <= last_ms;
    }
    exchange->head = head_of(&run->keep, answer, exchange->call.url);
  } else {
    fail_to_begin(exchange, answer->failure);
  }
  if (answer->failure != NULL || answer->broken_by != NULL) {
    fake_task_fail(&exchange->task, answer->failure != NULL ? answer->failure : answer->broken_by);
  }
  if (begins_ms > last_ms) {
    fail_to_begin(exchange, &too_late);
  }
  if (answer->takes_ms > last_ms) {
    fake_task_fail(&exchange->task, &too_late);
  }
  exchange->begins_ms = fake_clock_in(&run->clock, begins_ms < last_ms ? begins_ms : last_ms);
  exchange->task.over_ms = fake_clock_in(&run->clock, answer->takes_ms < last_ms ? answer->takes_ms : last_ms);
  exchange->tells_ms = exchange->begins_ms;
}

/* Asks, in the middle of a call. */
static rak_status ask(rak_context *cx, rak_str url, const rak_http_options *options, rak_exchange **exchange) {
  fake_run *run = cx->fake;
  const rak_http_options whole = rak_whole_request(cx, options);
  const fake_place *place;
  rak_test_http_call call;
  RAK_TRY(find_place(cx, whole.method, url, &place));
  RAK_TRY(copy_call(cx, url, &whole, &call));
  rak_exchange *opened = rak_alloc(&run->keep, sizeof *opened);
  rak_exchange **kept = fake_list_add(&run->exchanges, &run->keep, sizeof *kept);
  *kept = opened;
  opened->cx = cx;
  opened->call = call;
  opened->task.stopped = (rak_failure){
      .kind = RAK_FAILED,
      .code = RAK_STR("cancelled"),
      .message = RAK_STR("the request was given up"),
  };
  const rak_http_answer answer = answer_of(cx, place, &call);
  spread(opened, &answer);
  *exchange = opened;
  return RAK_OK;
}

/* When the next piece is there, or the end. */
static uint64_t next_at(const rak_exchange *exchange) {
  return exchange->piece_count > 0 ? exchange->pieces[0].at_ms : exchange->task.over_ms;
}

static rak_http_head copy_head(rak_context *cx, const rak_http_head *head) {
  rak_http_head copy = *head;
  copy.url = rak_copy(cx, head->url);
  copy.headers = copy_headers(cx, head->headers, head->header_count, 0);
  return copy;
}

rak_status rak_fetch(rak_context *cx, rak_str url, const rak_http_options *options, rak_http_response *response) {
  rak_exchange *exchange;
  RAK_TRY(fake_gate(cx));
  RAK_TRY(ask(cx, url, options, &exchange));
  RAK_TRY(fake_task_wait(&exchange->task, cx));
  rak_builder body = rak_builder_of(cx);
  for (size_t i = 0; i < exchange->piece_count; i++) {
    const rak_bytes bytes = exchange->pieces[i].bytes;
    rak_append(&body, (rak_str){(const char *)bytes.ptr, bytes.len});
  }
  const rak_str whole = rak_built(&body);
  *response = (rak_http_response){copy_head(cx, &exchange->head), {(const uint8_t *)whole.ptr, whole.len}};
  return RAK_OK;
}

rak_status rak_open_exchange(rak_context *cx, rak_str url, const rak_http_options *options, rak_exchange **exchange) {
  RAK_TRY(fake_gate(cx));
  return ask(cx, url, options, exchange);
}

rak_status rak_exchange_head(rak_exchange *exchange, rak_http_head *head) {
  rak_context *cx = exchange->cx;
  RAK_TRY(fake_gate(cx));
  fake_clock_wait(&cx->fake->clock, exchange->begins_ms);
  RAK_TRY(fake_refusal(cx));
  exchange->tells_ms = next_at(exchange);
  if (exchange->begun != RAK_OK) {
    return rak_fail_with(cx, &exchange->failure);
  }
  *head = copy_head(cx, &exchange->head);
  return RAK_OK;
}

rak_status rak_exchange_read(rak_exchange *exchange, uint32_t max, rak_bytes *piece) {
  rak_context *cx = exchange->cx;
  RAK_TRY(fake_gate(cx));
  fake_clock_wait(&cx->fake->clock, next_at(exchange));
  RAK_TRY(fake_refusal(cx));
  rak_bytes given = {0};
  /* A failure is told after everything that came before it. */
  if (exchange->piece_count == 0 && exchange->task.status != RAK_OK) {
    return rak_fail_with(cx, &exchange->task.failure);
  }
  if (exchange->piece_count > 0) {
    rak_bytes *rest = &exchange->pieces[0].bytes;
    given = (rak_bytes){rest->ptr, rest->len < max ? rest->len : max};
    *rest = (rak_bytes){rest->ptr + given.len, rest->len - given.len};
    if (rest->len == 0) {
      exchange->pieces++;
      exchange->piece_count--;
    }
  }
  exchange->tells_ms = next_at(exchange);
  *piece = copy_bytes(cx, given);
  return RAK_OK;
}

static void give_up(rak_exchange *exchange, const fake_clock *clock) {
  fake_task_cancel(&exchange->task, clock);
  /* What came may still be read. */
  size_t count = 0;
  while (count < exchange->piece_count && exchange->pieces[count].at_ms <= clock->now_ms) {
    count++;
  }
  exchange->piece_count = count;
  if (exchange->begins_ms > clock->now_ms) {
    exchange->begins_ms = clock->now_ms;
    fail_to_begin(exchange, &exchange->task.stopped);
  }
  if (exchange->tells_ms > exchange->task.over_ms) {
    exchange->tells_ms = exchange->task.over_ms;
  }
}

void rak_exchange_cancel(rak_exchange *exchange) {
  give_up(exchange, fake_call(exchange->cx));
}

rak_waitable *rak_exchange_ready(rak_exchange *exchange) {
  fake_call(exchange->cx);
  return fake_waitable(exchange->cx, 0, &exchange->tells_ms);
}

void rak_exchange_drop(rak_exchange *exchange) {
  if (exchange != NULL) {
    rak_exchange_cancel(exchange);
  }
}

void fake_finish_http(fake_run *run) {
  rak_exchange *const *all = run->exchanges.items;
  rak_test_http_call *calls = rak_alloc_array(&run->keep, run->exchanges.count, sizeof *calls);
  for (size_t i = 0; i < run->exchanges.count; i++) {
    give_up(all[i], &run->clock);
    calls[i] = all[i]->call;
    calls[i].cancelled = all[i]->task.cancelled;
  }
  run->result.http_calls = calls;
  run->result.http_call_count = run->exchanges.count;
}
