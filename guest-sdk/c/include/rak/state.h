/**
 * The state kept with the conversation.
 *
 * A key begins with `app:` (all users of the agent), `user:` (all sessions of the user), `temp:` (this invocation), or
 * with none of these (this session). A change is stored with the next event that is stored, or with the outcome; what a
 * failed or cancelled run changed after its last stored event is forgotten. Values are JSON texts.
 */
#ifndef RAK_STATE_H
#define RAK_STATE_H

#include <rak/base.h>

RAK_BEGIN

/** The JSON text at `key`; `value->ptr` is NULL where there is none. */
rak_status rak_state_get(rak_context *cx, rak_str key, rak_str *value);

/**
 * The value at `key`, where it is of this sort. Where there is none, `value` keeps what it has, which makes it the
 * default. RAK_FAILED where the value has another shape.
 */
rak_status rak_state_get_str(rak_context *cx, rak_str key, rak_str *value);
rak_status rak_state_get_int(rak_context *cx, rak_str key, int64_t *value);
rak_status rak_state_get_double(rak_context *cx, rak_str key, double *value);
rak_status rak_state_get_bool(rak_context *cx, rak_str key, bool *value);

/** Sets the value at `key` to a JSON text. `null` removes it. */
rak_status rak_state_set(rak_context *cx, rak_str key, rak_str json);

/** Sets the value at `key`. A number that is not finite is RAK_INVALID_ARGUMENT. */
rak_status rak_state_set_str(rak_context *cx, rak_str key, rak_str value);
rak_status rak_state_set_int(rak_context *cx, rak_str key, int64_t value);
rak_status rak_state_set_double(rak_context *cx, rak_str key, double value);
rak_status rak_state_set_bool(rak_context *cx, rak_str key, bool value);

/** Removes the value at `key`, if there is one. */
rak_status rak_state_remove(rak_context *cx, rak_str key);

/** The keys that begin with `prefix`, sorted. The empty prefix lists every key of every scope. */
rak_status rak_state_keys(rak_context *cx, rak_str prefix, rak_strs *keys);

RAK_END

#endif
