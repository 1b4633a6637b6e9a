/** How a run ends badly, and how a host call is refused. */
#ifndef RAK_FAILURE_H
#define RAK_FAILURE_H

#include <rak/base.h>

RAK_BEGIN

/** Why something failed. The client reads the kind and the message, so the message is written for them. */
typedef struct rak_failure {
  /** What sort of failure it is: what a program looks at. RAK_OK is taken as RAK_FAILED. */
  rak_status kind;
  /** A finer, stable word of the agent's own, for example `quota_exceeded`; optional. */
  rak_str code;
  /** What happened, for a person. */
  rak_str message;
  /** When trying again makes sense, in milliseconds. */
  rak_optional retry_after_ms;
  /** More for a program, a JSON text in the agent's own shape; optional. */
  rak_str details;
} rak_failure;

/** Notes a failure with no more than a kind and a message, and returns the kind: `return rak_fail(cx, RAK_NOT_FOUND, …);`. */
rak_status rak_fail(rak_context *cx, rak_status kind, const char *format, ...) RAK_PRINTF(3, 4);

/** Notes a failure, and returns its kind. */
rak_status rak_fail_with(rak_context *cx, const rak_failure *failure);

/**
 * Says what was being done, before what went wrong, and returns the status: `read index` makes `read index: no such page`
 * of a failure with the message `no such page`. RAK_OK stays RAK_OK.
 */
rak_status rak_while(rak_context *cx, rak_status status, const char *format, ...) RAK_PRINTF(3, 4);

/** The failure that the newest call with this status noted; a plain one where none did. */
rak_failure rak_failure_of(rak_context *cx, rak_status status);

/** The kind's name in the contract, for example `invalid-argument`; `ok` for RAK_OK. */
const char *rak_status_name(rak_status status);

/** The kind with this name in the contract; false where there is none. */
bool rak_status_of(rak_str name, rak_status *status);

RAK_END

#endif
