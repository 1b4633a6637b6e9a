/* What C has of its own: output, the clock, random bytes. */

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "behaviours.h"

rak_status do_log(rak_context *cx, const call *call) {
  (void)call;
  for (rak_level level = RAK_TRACE; level <= RAK_SEVERE; level++) {
    const rak_str line = rak_printf(cx, "line %s", rak_level_name(level));
    rak_log_fields(cx, level, line, RAK_FIELDS({RAK_STR("k"), RAK_STR("v")}));
  }
  return rak_answer(cx, "logged");
}

rak_status do_print(rak_context *cx, const call *call) {
  puts(call->argument.ptr);
  return rak_answer(cx, "printed");
}

rak_status do_time(rak_context *cx, const call *call) {
  (void)call;
  struct timespec now;
  timespec_get(&now, TIME_UTC);
  return rak_answer(cx, "%lld", (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

rak_status do_random(rak_context *cx, const call *call) {
  (void)call;
  unsigned char bytes[16];
  if (getentropy(bytes, sizeof bytes) != 0) {
    return rak_fail(cx, RAK_UNAVAILABLE, "there are no random bytes");
  }
  rak_builder hex = rak_builder_of(cx);
  for (size_t i = 0; i < sizeof bytes; i++) {
    rak_appendf(&hex, "%02x", bytes[i]);
  }
  return rak_answer_str(cx, rak_built(&hex));
}
