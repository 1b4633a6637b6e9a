/**
 * What the client sees, in order.
 *
 * Every call can fail: with RAK_CANCELLED once the invocation is being cancelled, or because a limit is reached. RAK_TRY is
 * the right answer to both.
 */
#ifndef RAK_EVENTS_H
#define RAK_EVENTS_H

#include <rak/content.h>

RAK_BEGIN

/** What an event is, and with that which member of its union holds it. */
typedef enum rak_event_kind {
  /** A finished piece of the conversation, stored, then sent: `content`. */
  RAK_EVENT_CONTENT,
  /** Text still being written, sent and not stored: `text`. */
  RAK_EVENT_TEXT_DELTA,
  /** A thought still being thought, sent and not stored: `text`. */
  RAK_EVENT_THOUGHT_DELTA,
  /** How far the work is, sent, and the newest one kept with the invocation's status: `progress`. */
  RAK_EVENT_PROGRESS,
  /** Anything the client and the agent agree on, stored, then sent: `other`. */
  RAK_EVENT_OTHER,
} rak_event_kind;

/** How far the work is. */
typedef struct rak_progress {
  /** What is being done, for a person. */
  rak_str message;
  /** How much of it is done, in the agent's own unit. */
  rak_optional done;
  /** How much there is, in the same unit. */
  rak_optional total;
} rak_progress;

/** One thing the client sees. */
typedef struct rak_event {
  rak_event_kind kind;
  union {
    rak_content content;
    rak_str text;
    rak_progress progress;
    rak_custom other;
  };
} rak_event;

/**
 * Sends all of them or none. `newest`, where it is not NULL, is set to the sequence number of this invocation's newest
 * stored event.
 */
rak_status rak_emit(rak_context *cx, const rak_event *events, size_t count, uint64_t *newest);

/** Text still being written. A client shows it at once; the finished content follows. */
rak_status rak_text_delta(rak_context *cx, rak_str text);

/** A thought still being thought. */
rak_status rak_thought_delta(rak_context *cx, rak_str text);

/** A finished piece of the conversation. */
rak_status rak_emit_content(rak_context *cx, const rak_content *content);

/** What is being done, without numbers. */
rak_status rak_report(rak_context *cx, const char *format, ...) RAK_PRINTF(2, 3);

/** What is being done, and how much of how much is done. */
rak_status rak_report_at(rak_context *cx, uint64_t done, uint64_t total, const char *format, ...) RAK_PRINTF(4, 5);

/** Anything the client and the agent agree on; `value` is a JSON text. */
rak_status rak_emit_other(rak_context *cx, rak_str name, rak_str value);

RAK_END

#endif
