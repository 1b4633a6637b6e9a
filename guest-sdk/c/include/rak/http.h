/**
 * The web, as far as the agent's manifest lets it go there. The host makes the connections, follows redirects, and adds the
 * credentials, which the agent never sees.
 *
 * An answer with a status of 400 and more is an answer. A call fails where there is none: with RAK_DENIED (the place, its
 * port or the credential is not granted), RAK_INVALID_ARGUMENT (it is no request), RAK_UNAVAILABLE (nobody is there, or the
 * connection was cut off), RAK_DEADLINE_EXCEEDED, RAK_LIMIT_EXCEEDED (the answer is too large), or RAK_CONFLICT with the code
 * `unknown_outcome` where the host ended during a request that may not be made twice: one that is no `GET`, `HEAD`,
 * `OPTIONS`, `PUT` or `DELETE` and has no header `Idempotency-Key`. The run goes on after each of them.
 */
#ifndef RAK_HTTP_H
#define RAK_HTTP_H

#include <rak/json.h>
#include <rak/wait.h>

RAK_BEGIN

/** A header. */
typedef struct rak_header {
  rak_str name;
  rak_str value;
} rak_header;

/** More about a request; `{0}`, as NULL in its place, is nothing more. */
typedef struct rak_http_options {
  /** No text is `GET`. */
  rak_str method;
  /** The host sets `Host`, `Content-Length`, and what belongs to the connection. */
  const rak_header *headers;
  size_t header_count;
  /** What is sent: bytes, or else a text. */
  rak_bytes body;
  rak_str text;
  /** What is sent in place of both, a JSON text; with a header `Content-Type` where there is none. */
  rak_str json;
  /** A credential of the host's, by name: the host adds it on the way. Optional. */
  rak_str credential;
  /** How long it may take to the end of the answer; the host's own limit where it is missing, and never longer than that. */
  rak_optional timeout_ms;
  /** Whether an answer that leads elsewhere is given as it is; else the host goes there. */
  bool no_redirects;
  /** Anything else that the host is told, a JSON text; optional. */
  rak_str extra;
} rak_http_options;

/** The beginning of an answer: all but its body. */
typedef struct rak_http_head {
  /** For example 200. */
  uint16_t status;
  /** Where the answer came from, after redirects. */
  rak_str url;
  /** Their names are in lower case. */
  const rak_header *headers;
  size_t header_count;
  /** Anything else, a JSON text; optional. */
  rak_str extra;
} rak_http_head;

/** A whole answer. */
typedef struct rak_http_response {
  rak_http_head head;
  rak_bytes body;
} rak_http_response;

/** Whether the status is one from 200 to 299. */
bool rak_http_is_success(const rak_http_head *head);

/** The value of the first header of this name, in whatever case; no text where there is none. */
rak_str rak_http_header(const rak_http_head *head, const char *name);

/** The body as a text. It is not copied. */
rak_str rak_http_text(const rak_http_response *response);

/** Reads the body, which is JSON. RAK_FAILED where it is something else. */
rak_status rak_http_json(rak_context *cx, const rak_http_response *response, const rak_json **value);

/** Asks, and waits for the whole answer: `rak_fetch(cx, RAK_STR("https://example.com/"), NULL, &response)`. */
rak_status rak_fetch(rak_context *cx, rak_str url, const rak_http_options *options, rak_http_response *response);

/** An answer that is coming. It is given up when the run ends, or by rak_exchange_drop. */
typedef struct rak_exchange rak_exchange;

/** Asks, and gives the answer as it comes. Does not wait, so several can be asked at once. */
rak_status rak_open_exchange(rak_context *cx, rak_str url, const rak_http_options *options, rak_exchange **exchange);

/** Waits for the beginning of the answer. It is the same again for who asks again. */
rak_status rak_exchange_head(rak_exchange *exchange, rak_http_head *head);

/**
 * The next bytes of the body, `max` at most, waiting for them; none at the end. They may end within a character, which a
 * rak_stream knows to keep back. It fails as rak_fetch does, and with RAK_UNAVAILABLE where the host ended meanwhile, which
 * rak_is_interrupted knows: the rest is lost, and may be asked for again.
 *
 *     rak_bytes piece;
 *     do {
 *       RAK_TRY(rak_exchange_read(exchange, 64 * 1024, &piece));
 *       …
 *     } while (piece.len > 0);
 */
rak_status rak_exchange_read(rak_exchange *exchange, uint32_t max, rak_bytes *piece);

/** Gives it up; nothing where it is over. */
void rak_exchange_cancel(rak_exchange *exchange);

/**
 * Something that is ready when there is more of the answer than the agent knows: its beginning, bytes, or the end. For
 * rak_wait_any. Each call makes one; it is dropped when the run ends, or by rak_drop, before the answer.
 */
rak_waitable *rak_exchange_ready(rak_exchange *exchange);

/** Gives it up where it is not over. It may not be used afterwards. NULL does nothing. */
void rak_exchange_drop(rak_exchange *exchange);

RAK_END

#endif
