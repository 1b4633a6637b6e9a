/**
 * Waiting. Every wait also ends when the invocation is being cancelled or its time is over, so a loop asks
 * rak_check_cancelled after it.
 */
#ifndef RAK_WAIT_H
#define RAK_WAIT_H

#include <rak/base.h>

RAK_BEGIN

/** Something that becomes ready. It is dropped when the run ends, or by rak_drop. */
typedef struct rak_waitable rak_waitable;

/** Returns after `ms` milliseconds. */
void rak_sleep(rak_context *cx, uint64_t ms);

/** Something that is ready `ms` milliseconds from now. */
rak_waitable *rak_timer(rak_context *cx, uint64_t ms);

/** Whether it is ready. */
bool rak_ready(rak_waitable *waitable);

/** Returns when it is ready. */
void rak_wait(rak_waitable *waitable);

/**
 * Waits for the first of them. The answer is how many are ready, and `ready`, which has room for `count` indexes, has
 * them in ascending order: none after the timeout, when the invocation is being cancelled, and at once for no waitables
 * and no timeout.
 */
size_t rak_wait_any(rak_context *cx, rak_waitable *const *waitables, size_t count, rak_optional timeout_ms, size_t *ready);

/** Forgets a timer that nobody needs any more. It may not be used afterwards. NULL does nothing. */
void rak_drop(rak_waitable *waitable);

RAK_END

#endif
