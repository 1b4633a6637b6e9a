/** What the operator reads: lines of the host's log, with the invocation's id beside them. */
#ifndef RAK_LOG_H
#define RAK_LOG_H

#include <rak/base.h>

RAK_BEGIN

/** How much a line matters. */
typedef enum rak_level {
  RAK_TRACE,
  RAK_DEBUG,
  RAK_INFO,
  RAK_WARNING,
  RAK_SEVERE,
} rak_level;

/** Something said beside the message. */
typedef struct rak_field {
  rak_str key;
  rak_str value;
} rak_field;

#ifndef __cplusplus
/** Fields and how many there are: `rak_log_fields(cx, RAK_INFO, message, RAK_FIELDS({key, value}, {key, value}))`. */
#define RAK_FIELDS(...) \
  (const rak_field[]){__VA_ARGS__}, sizeof((const rak_field[]){__VA_ARGS__}) / sizeof(rak_field)
#endif

/** Writes what printf would print. */
void rak_log(rak_context *cx, rak_level level, const char *format, ...) RAK_PRINTF(3, 4);

/** Writes a message with fields. */
void rak_log_fields(rak_context *cx, rak_level level, rak_str message, const rak_field *fields, size_t count);

/** The level's name in the contract, for example `warning`. */
const char *rak_level_name(rak_level level);

RAK_END

#endif
