/* Asking the web, as a component does. */

#include <stdlib.h>

#include "convert.h"
#include "receive.h"

struct rak_exchange {
  rak_context *cx;
  rak_agent_http_own_exchange_t handle;
};

static contract_list_tuple2_string_string_t to_headers(rak_context *cx, const rak_header *headers, size_t count) {
  contract_tuple2_string_string_t *list = rak_alloc_array(cx, count, sizeof *list);
  for (size_t i = 0; i < count; i++) {
    list[i] = (contract_tuple2_string_string_t){to_string(cx, headers[i].name), to_string(cx, headers[i].value)};
  }
  return (contract_list_tuple2_string_string_t){list, count};
}

static rak_agent_http_request_t to_request(rak_context *cx, rak_str url, const rak_http_options *options) {
  const rak_http_options whole = rak_whole_request(cx, options);
  const rak_agent_common_option_json_t extra = to_option_json(cx, whole.extra);
  return (rak_agent_http_request_t){
      .method = to_string(cx, whole.method),
      .url = to_string(cx, url),
      .headers = to_headers(cx, whole.headers, whole.header_count),
      /* The bindings have no const; they do not write. */
      .body = {(uint8_t *)whole.body.ptr, whole.body.len},
      .credential = to_option_string(cx, whole.credential),
      .timeout_ms = to_option_u64(whole.timeout_ms),
      .follow_redirects = !whole.no_redirects,
      .extra = {extra.is_some, extra.val},
  };
}

static rak_http_head from_head(rak_context *cx, const rak_agent_http_head_t *head) {
  rak_header *headers = rak_alloc_array(cx, head->headers.len, sizeof *headers);
  for (size_t i = 0; i < head->headers.len; i++) {
    const contract_tuple2_string_string_t *header = &head->headers.ptr[i];
    headers[i] = (rak_header){from_string(header->f0), from_string(header->f1)};
  }
  return (rak_http_head){
      .status = head->status,
      .url = from_string(head->url),
      .headers = headers,
      .header_count = head->headers.len,
      .extra = head->extra.is_some ? from_string(head->extra.val) : RAK_NO_STR,
  };
}

rak_status rak_fetch(rak_context *cx, rak_str url, const rak_http_options *options, rak_http_response *response) {
  rak_agent_http_request_t request = to_request(cx, url, options);
  rak_agent_http_response_t out;
  rak_agent_common_failure_t failure;
  rak_receive_into(cx);
  RAK_TRY(rak_received(cx, rak_agent_http_fetch(&request, &out, &failure), &failure));
  *response = (rak_http_response){from_head(cx, &out.head), {out.body.ptr, out.body.len}};
  return RAK_OK;
}

rak_status rak_open_exchange(rak_context *cx, rak_str url, const rak_http_options *options, rak_exchange **exchange) {
  rak_agent_http_request_t request = to_request(cx, url, options);
  rak_agent_http_own_exchange_t handle;
  rak_agent_common_failure_t failure;
  rak_receive_into(cx);
  RAK_TRY(rak_received(cx, rak_agent_http_open(&request, &handle, &failure), &failure));
  /* Not in the arena, which may be released while the answer comes. */
  rak_exchange *opened = malloc(sizeof *opened);
  if (opened == NULL) {
    rak_out_of_memory();
  }
  *opened = (rak_exchange){cx, handle};
  *exchange = opened;
  return RAK_OK;
}

rak_status rak_exchange_head(rak_exchange *exchange, rak_http_head *head) {
  rak_context *cx = exchange->cx;
  const rak_agent_http_borrow_exchange_t handle = rak_agent_http_borrow_exchange(exchange->handle);
  rak_agent_http_head_t out;
  rak_agent_common_failure_t failure;
  rak_receive_into(cx);
  RAK_TRY(rak_received(cx, rak_agent_http_method_exchange_head(handle, &out, &failure), &failure));
  *head = from_head(cx, &out);
  return RAK_OK;
}

rak_status rak_exchange_read(rak_exchange *exchange, uint32_t max, rak_bytes *piece) {
  rak_context *cx = exchange->cx;
  const rak_agent_http_borrow_exchange_t handle = rak_agent_http_borrow_exchange(exchange->handle);
  contract_list_u8_t out;
  rak_agent_common_failure_t failure;
  rak_receive_into(cx);
  RAK_TRY(rak_received(cx, rak_agent_http_method_exchange_read(handle, max, &out, &failure), &failure));
  *piece = (rak_bytes){out.ptr, out.len};
  return RAK_OK;
}

void rak_exchange_cancel(rak_exchange *exchange) {
  rak_agent_http_method_exchange_cancel(rak_agent_http_borrow_exchange(exchange->handle));
}

rak_waitable *rak_exchange_ready(rak_exchange *exchange) {
  const rak_agent_http_borrow_exchange_t handle = rak_agent_http_borrow_exchange(exchange->handle);
  return from_waitable(exchange->cx, rak_agent_http_method_exchange_subscribe(handle));
}

void rak_exchange_drop(rak_exchange *exchange) {
  if (exchange != NULL) {
    rak_agent_http_exchange_drop_own(exchange->handle);
    free(exchange);
  }
}
