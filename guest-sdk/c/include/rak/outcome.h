/** How a run ends well: mostly with an answer. Where none of these is called, everything was emitted already. */
#ifndef RAK_OUTCOME_H
#define RAK_OUTCOME_H

#include <rak/content.h>

RAK_BEGIN

/** How a run ends well. */
typedef struct rak_outcome {
  /** Whether there is an answer; without one everything was emitted already. */
  bool has_content;
  rak_content content;
  /** Tells a workflow above to stop. */
  bool escalate;
  /** Hands the conversation to another agent; optional. */
  rak_str transfer_to;
  /** Anything else the client and the agent agree on, a JSON text; optional. */
  rak_str extra;
} rak_outcome;

/** Answers with what printf would print: `return rak_answer(cx, "Hello, %s!", name);`. It returns RAK_OK, as they all do. */
rak_status rak_answer(rak_context *cx, const char *format, ...) RAK_PRINTF(2, 3);

/** Answers with a text. */
rak_status rak_answer_str(rak_context *cx, rak_str text);

/** Answers with a content. What it points to has to last until the run ends. */
rak_status rak_answer_content(rak_context *cx, const rak_content *content);

/** Tells a workflow above to stop. */
rak_status rak_escalate(rak_context *cx);

/** Hands the conversation to another agent. */
rak_status rak_transfer_to(rak_context *cx, rak_str agent);

/** Adds something the client and the agent agree on, a JSON text. */
rak_status rak_extra(rak_context *cx, rak_str json);

RAK_END

#endif
