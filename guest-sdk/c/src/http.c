/* What a request is made of, and looking at answers. */

#include <strings.h>

#include "context.h"

static rak_str header_of(const rak_header *headers, size_t count, const char *name) {
  const rak_str wanted = rak_str_of(name);
  for (size_t i = 0; i < count; i++) {
    const rak_str known = headers[i].name;
    if (known.len == wanted.len && strncasecmp(known.ptr, wanted.ptr, wanted.len) == 0) {
      return headers[i].value;
    }
  }
  return RAK_NO_STR;
}

static rak_bytes bytes_of(rak_str text) {
  return (rak_bytes){(const uint8_t *)text.ptr, text.len};
}

rak_http_options rak_whole_request(rak_context *cx, const rak_http_options *options) {
  rak_http_options whole = options == NULL ? (rak_http_options){0} : *options;
  if (whole.method.ptr == NULL) {
    whole.method = RAK_STR("GET");
  }
  if (whole.body.ptr == NULL) {
    whole.body = bytes_of(whole.text);
  }
  if (whole.json.ptr != NULL) {
    whole.body = bytes_of(whole.json);
    if (header_of(whole.headers, whole.header_count, "content-type").ptr == NULL) {
      rak_header *headers = rak_alloc_array(cx, whole.header_count + 1, sizeof *headers);
      for (size_t i = 0; i < whole.header_count; i++) {
        headers[i] = whole.headers[i];
      }
      headers[whole.header_count++] = (rak_header){RAK_STR("Content-Type"), RAK_STR("application/json")};
      whole.headers = headers;
    }
  }
  whole.text = whole.json = RAK_NO_STR;
  return whole;
}

bool rak_http_is_success(const rak_http_head *head) {
  return head->status >= 200 && head->status < 300;
}

rak_str rak_http_header(const rak_http_head *head, const char *name) {
  return header_of(head->headers, head->header_count, name);
}

rak_str rak_http_text(const rak_http_response *response) {
  const rak_bytes body = response->body;
  return body.len == 0 ? RAK_STR("") : (rak_str){(const char *)body.ptr, body.len};
}

rak_status rak_http_json(rak_context *cx, const rak_http_response *response, const rak_json **value) {
  const rak_status status = rak_json_parse(cx, rak_http_text(response), value);
  if (status == RAK_OK) {
    return RAK_OK;
  }
  const rak_str why = rak_failure_of(cx, status).message;
  return rak_fail(cx, RAK_FAILED, "the answer of %.*s: %s", RAK_ARG(response->head.url), why.ptr);
}
