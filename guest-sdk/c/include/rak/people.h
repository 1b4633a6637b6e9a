/**
 * The persons in the loop: they decide, answer, and say something while the agent works.
 *
 * A run that waits for a person may wait for weeks. Where it is durable the host gives up its memory meanwhile, and makes
 * it again by running the agent from the beginning, with what the host answered before: code before the question may run
 * again, but its calls to the host are answered from the record and have no effect a second time. So write a plain
 * function, and keep effects behind calls to the host.
 *
 * Every call fails with RAK_CANCELLED where the run is cancelled while it waits, and with RAK_DEADLINE_EXCEEDED where its
 * time is over, or where nobody answered in time: rak_is_expired tells these two apart.
 */
#ifndef RAK_PEOPLE_H
#define RAK_PEOPLE_H

#include <rak/content.h>

RAK_BEGIN

/** What a person says to rak_approve. */
typedef struct rak_decision {
  /** Whether it may be done. */
  bool approved;
  /** Who decided, where the client said so; optional. */
  rak_str by;
  /** Why, where they said so; optional. */
  rak_str reason;
  /** What is to be done instead of what was asked, a JSON text: the details as the person changed them; optional. */
  rak_str edited;
} rak_decision;

/**
 * Asks whether something may be done. `details` is what a person needs to see to decide, a JSON text; optional. The
 * question expires after `expires_in_ms`, where that is some. A rejection is no failure.
 */
rak_status rak_approve(rak_context *cx, rak_str action, rak_str details, rak_optional expires_in_ms,
                       rak_decision *decision);

/**
 * Asks a question. `schema` is the JSON Schema that the answer satisfies, and the answer a JSON text. The question expires
 * after `expires_in_ms`, where that is some.
 */
rak_status rak_ask(rak_context *cx, rak_str question, rak_str schema, rak_optional expires_in_ms, rak_str *answer);

/** Asks for an answer of this sort. RAK_FAILED where the answer has another shape. */
rak_status rak_ask_str(rak_context *cx, rak_str question, rak_str schema, rak_optional expires_in_ms, rak_str *answer);
rak_status rak_ask_int(rak_context *cx, rak_str question, rak_str schema, rak_optional expires_in_ms, int64_t *answer);
rak_status rak_ask_double(rak_context *cx, rak_str question, rak_str schema, rak_optional expires_in_ms, double *answer);
rak_status rak_ask_bool(rak_context *cx, rak_str question, rak_str schema, rak_optional expires_in_ms, bool *answer);

/**
 * What the user says while the agent works, in the order in which it was sent. Waits for it, `timeout_ms` at most, and
 * without end where that is none; `*message` is NULL after that, and at once for a timeout of 0 where nothing was said.
 */
rak_status rak_next_message(rak_context *cx, rak_optional timeout_ms, const rak_content **message);

/** Whether the newest call with this status failed because nobody answered in time. */
bool rak_is_expired(rak_context *cx, rak_status status);

RAK_END

#endif
