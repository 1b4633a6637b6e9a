/* Asking the web. */

#include "behaviours.h"

static rak_status answer_response(rak_context *cx, const rak_http_response *response) {
  return rak_answer(cx, "%d %.*s", response->head.status, RAK_ARG(rak_http_text(response)));
}

/* Asks for the URL, by the method before it. */
static rak_status ask(rak_context *cx, const call *call, rak_http_response *response) {
  rak_str method, url;
  rak_cut(call->argument, ' ', &method, &url);
  return rak_fetch(cx, url, &(rak_http_options){.method = method}, response);
}

rak_status do_http(rak_context *cx, const call *call) {
  rak_http_response response;
  RAK_TRY(ask(cx, call, &response));
  return answer_response(cx, &response);
}

rak_status do_http_send(rak_context *cx, const call *call) {
  rak_str url, text;
  rak_cut(call->argument, ' ', &url, &text);
  const rak_header sent = {RAK_STR("X-Sent"), RAK_STR("1")};
  const rak_http_options options = {.method = RAK_STR("POST"), .headers = &sent, .header_count = 1, .text = text};
  rak_http_response response;
  RAK_TRY(rak_fetch(cx, url, &options, &response));
  return answer_response(cx, &response);
}

rak_status do_http_header(rak_context *cx, const call *call) {
  rak_http_response response;
  RAK_TRY(rak_fetch(cx, call->argument, NULL, &response));
  return rak_answer_str(cx, rak_http_header(&response.head, "X-KIND"));
}

rak_status do_http_stays(rak_context *cx, const call *call) {
  rak_http_response response;
  RAK_TRY(rak_fetch(cx, call->argument, &(rak_http_options){.no_redirects = true}, &response));
  const bool leads_on = rak_http_header(&response.head, "location").ptr != NULL;
  return rak_answer(cx, "%d %s", response.head.status, leads_on ? "true" : "false");
}

rak_status do_http_secret(rak_context *cx, const call *call) {
  rak_http_response response;
  RAK_TRY(rak_fetch(cx, call->argument, &(rak_http_options){.credential = RAK_STR("sesame")}, &response));
  return answer_response(cx, &response);
}

/* The next piece of a body; an empty text at its end. */
static rak_status next_piece(rak_exchange *exchange, rak_str *piece) {
  rak_bytes bytes;
  RAK_TRY(rak_exchange_read(exchange, 64 * 1024, &bytes));
  *piece = bytes.len == 0 ? RAK_STR("") : (rak_str){(const char *)bytes.ptr, bytes.len};
  return RAK_OK;
}

rak_status do_http_stream(rak_context *cx, const call *call) {
  rak_exchange *exchange;
  rak_http_head head;
  RAK_TRY(rak_open_exchange(cx, call->argument, NULL, &exchange));
  RAK_TRY(rak_exchange_head(exchange, &head));
  rak_builder all = rak_builder_of(cx);
  rak_appendf(&all, "%d ", head.status);
  rak_str piece;
  do {
    RAK_TRY(next_piece(exchange, &piece));
    if (piece.len > 0) {
      RAK_TRY(rak_text_delta(cx, piece));
      rak_append(&all, piece);
    }
  } while (piece.len > 0);
  return rak_answer_str(cx, rak_built(&all));
}

static rak_status read_all(rak_exchange *exchange, rak_builder *all) {
  rak_str piece;
  do {
    RAK_TRY(next_piece(exchange, &piece));
    rak_append(all, piece);
  } while (piece.len > 0);
  return RAK_OK;
}

rak_status do_http_two(rak_context *cx, const call *call) {
  rak_str first_url, second_url;
  rak_exchange *first, *second;
  rak_cut(call->argument, ' ', &first_url, &second_url);
  RAK_TRY(rak_open_exchange(cx, first_url, NULL, &first));
  RAK_TRY(rak_open_exchange(cx, second_url, NULL, &second));
  rak_builder texts = rak_builder_of(cx);
  RAK_TRY(read_all(first, &texts));
  rak_append_c(&texts, ",");
  RAK_TRY(read_all(second, &texts));
  return rak_answer_str(cx, rak_built(&texts));
}

rak_status do_http_drop(rak_context *cx, const call *call) {
  rak_exchange *exchange;
  RAK_TRY(rak_open_exchange(cx, call->argument, NULL, &exchange));
  rak_exchange_drop(exchange);
  return rak_answer(cx, "dropped");
}

rak_status do_http_fails(rak_context *cx, const call *call) {
  rak_http_response response;
  return answer_failure(cx, ask(cx, call, &response));
}
