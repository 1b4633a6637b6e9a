/* Failing, in all the ways there are. */

#include <stdio.h>

#include "behaviours.h"

rak_status do_fail(rak_context *cx, const call *call) {
  rak_status kind;
  if (!rak_status_of(call->argument, &kind)) {
    return rak_fail(cx, RAK_INVALID_ARGUMENT, "`%s` is not a kind of failure", call->argument.ptr);
  }
  return rak_fail_with(cx, &(rak_failure){
                               .kind = kind,
                               .code = RAK_STR("E_ASKED"),
                               .message = RAK_STR("failed as asked"),
                               .retry_after_ms = RAK_SOME(1500),
                               .details = RAK_STR("{\"asked\":true}"),
                           });
}

static void thrower(const char *text) {
  rak_panic("%s", text);
}

rak_status do_throw(rak_context *cx, const call *call) {
  (void)cx;
  thrower(call->argument.ptr);
  return RAK_OK;
}

/* Never ends: the stack does before the number wraps. Without `volatile` the compiler would make a loop of it. */
static int deeper(volatile int *above) {
  volatile int here = *above + 1;
  return here < 0 ? 0 : deeper(&here) + here;
}

rak_status do_overflow(rak_context *cx, const call *call) {
  (void)call;
  volatile int start = 0;
  return rak_answer(cx, "%d", deeper(&start));
}

rak_status do_memory(rak_context *cx, const call *call) {
  (void)call;
  for (;;) {
    rak_alloc(cx, 1 << 20);
  }
}

rak_status do_output(rak_context *cx, const call *call) {
  (void)cx;
  (void)call;
  for (;;) {
    puts("one more line");
  }
}
