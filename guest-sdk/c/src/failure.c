/* How a run ends badly, and how a host call is refused. */

#include <stdarg.h>

#include "context.h"

#define KINDS (RAK_FAILED + 1)

static const char *const NAMES[KINDS] = {
    "ok",       "cancelled",      "deadline-exceeded", "denied",      "not-found",   "invalid-argument",
    "conflict", "limit-exceeded", "rate-limited",      "unavailable", "unsupported", "failed",
};

/* What is said where the agent itself says nothing. */
static const char *const MESSAGES[KINDS] = {
    "",
    "the invocation was cancelled",
    "the deadline has passed",
    "this is not granted to the agent",
    "it was not found",
    "the input is wrong",
    "it was changed by another",
    "a limit was reached",
    "too many requests",
    "it is not available now",
    "this is not supported",
    "the agent failed",
};

/* A kind that the contract has: what is outside of it is a failure all the same. */
static rak_status known(rak_status status) {
  return status > RAK_OK && status <= RAK_FAILED ? status : RAK_FAILED;
}

const char *rak_status_name(rak_status status) {
  return NAMES[status == RAK_OK ? RAK_OK : known(status)];
}

bool rak_status_of(rak_str name, rak_status *status) {
  for (int kind = RAK_CANCELLED; kind < KINDS; kind++) {
    if (rak_is(name, NAMES[kind])) {
      *status = (rak_status)kind;
      return true;
    }
  }
  return false;
}

rak_status rak_fail_with(rak_context *cx, const rak_failure *failure) {
  cx->failure = *failure;
  cx->failure.kind = known(failure->kind);
  return cx->failure.kind;
}

rak_status rak_fail(rak_context *cx, rak_status kind, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const rak_failure failure = {.kind = kind, .message = rak_vprintf(cx, format, arguments)};
  va_end(arguments);
  return rak_fail_with(cx, &failure);
}

rak_failure rak_failure_of(rak_context *cx, rak_status status) {
  if (cx->failure.kind == known(status)) {
    return cx->failure;
  }
  return (rak_failure){.kind = known(status), .message = rak_str_of(MESSAGES[known(status)])};
}

bool rak_is_expired(rak_context *cx, rak_status status) {
  return status == RAK_DEADLINE_EXCEEDED && rak_is(rak_failure_of(cx, status).code, "expired");
}

bool rak_is_interrupted(rak_context *cx, rak_status status) {
  return status == RAK_UNAVAILABLE && rak_is(rak_failure_of(cx, status).code, "interrupted");
}

rak_status rak_while(rak_context *cx, rak_status status, const char *format, ...) {
  if (status == RAK_OK) {
    return RAK_OK;
  }
  va_list arguments;
  va_start(arguments, format);
  const rak_str doing = rak_vprintf(cx, format, arguments);
  va_end(arguments);
  rak_failure failure = rak_failure_of(cx, status);
  failure.message = rak_printf(cx, "%.*s: %.*s", RAK_ARG(doing), RAK_ARG(failure.message));
  return rak_fail_with(cx, &failure);
}
