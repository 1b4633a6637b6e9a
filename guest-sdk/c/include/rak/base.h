/** The words that every other header uses. */
#ifndef RAK_BASE_H
#define RAK_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define RAK_BEGIN extern "C" {
#define RAK_END }
#define RAK_NORETURN [[noreturn]]
#else
#define RAK_BEGIN
#define RAK_END
#define RAK_NORETURN _Noreturn
#endif

/** Lets the compiler check the arguments of a function that is like printf. */
#define RAK_PRINTF(format_at, arguments_at) __attribute__((__format__(__printf__, format_at, arguments_at)))

RAK_BEGIN

/** One invocation, as its agent sees it: every call to the host takes it, and everything handed out lives in it. */
typedef struct rak_context rak_context;

/**
 * A piece of UTF-8 text. A `ptr` of NULL means that there is none, where a text is optional; an empty text has a `ptr`.
 * Bytes that are not UTF-8 reach the host as U+FFFD.
 */
typedef struct rak_str {
  const char *ptr;
  size_t len;
} rak_str;

/** Bytes of any kind. */
typedef struct rak_bytes {
  const uint8_t *ptr;
  size_t len;
} rak_bytes;

/** Several texts. */
typedef struct rak_strs {
  const rak_str *items;
  size_t count;
} rak_strs;

/** A number that may be missing; `{0}` is none. */
typedef struct rak_optional {
  bool is_some;
  uint64_t value;
} rak_optional;

#ifndef __cplusplus
/** A text from a literal: `RAK_STR("user:greetings")`. */
#define RAK_STR(literal) ((rak_str){"" literal, sizeof(literal) - 1})
/** No text, where a text is optional. */
#define RAK_NO_STR ((rak_str){0})
/** A number that is there. */
#define RAK_SOME(number) ((rak_optional){true, (number)})
/** A number that is missing. */
#define RAK_NONE ((rak_optional){0})
#endif

/** Prints a text that may have no zero byte after it: `printf("%.*s", RAK_ARG(text))`. */
#define RAK_ARG(str) (int)(str).len, (str).ptr

/** How a call went; each but the first is a kind of failure. */
typedef enum rak_status {
  RAK_OK = 0,
  /** The invocation is being cancelled: clean up and return. */
  RAK_CANCELLED,
  /** There was not enough time. */
  RAK_DEADLINE_EXCEEDED,
  /** The agent's manifest does not grant this. */
  RAK_DENIED,
  /** It is not there. */
  RAK_NOT_FOUND,
  /** The input is wrong; say what to send instead. */
  RAK_INVALID_ARGUMENT,
  /** It was changed by another. */
  RAK_CONFLICT,
  /** A quota of the invocation, the agent or the user is used up. */
  RAK_LIMIT_EXCEEDED,
  /** Too much in too short a time. */
  RAK_RATE_LIMITED,
  /** It is down now and may be back later. */
  RAK_UNAVAILABLE,
  /** The agent or the host cannot do this. */
  RAK_UNSUPPORTED,
  /** Anything else. */
  RAK_FAILED,
} rak_status;

#ifndef __cplusplus
/** Returns from the function around it with the status of the call, where that is not RAK_OK. */
#define RAK_TRY(call)                     \
  do {                                    \
    const rak_status rak_tried_ = (call); \
    if (rak_tried_ != RAK_OK) {           \
      return rak_tried_;                  \
    }                                     \
  } while (0)
#endif

RAK_END

#endif
