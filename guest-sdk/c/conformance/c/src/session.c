/* State and history. */

#include "behaviours.h"

rak_status do_set(rak_context *cx, const call *call) {
  rak_str key, value;
  rak_cut(call->argument, ' ', &key, &value);
  RAK_TRY(rak_state_set(cx, key, value));
  return rak_answer(cx, "set");
}

static rak_status answer_value(rak_context *cx, rak_str value) {
  return rak_answer_str(cx, value.ptr == NULL ? RAK_STR("none") : value);
}

rak_status do_get(rak_context *cx, const call *call) {
  rak_str value;
  RAK_TRY(rak_state_get(cx, call->argument, &value));
  return answer_value(cx, value);
}

rak_status do_remove(rak_context *cx, const call *call) {
  RAK_TRY(rak_state_remove(cx, call->argument));
  return rak_answer(cx, "removed");
}

rak_status do_keys(rak_context *cx, const call *call) {
  rak_strs keys;
  RAK_TRY(rak_state_keys(cx, call->argument, &keys));
  return rak_answer_str(cx, rak_join(cx, keys, RAK_STR(",")));
}

/* The entries of a page, one line each. */
static rak_str lines_of(rak_context *cx, const rak_page *page) {
  rak_builder lines = rak_builder_of(cx);
  for (size_t i = 0; i < page->count; i++) {
    const rak_entry *entry = &page->entries[i];
    const rak_str text = rak_text(cx, &entry->content);
    rak_appendf(&lines, "%s%.*s: %.*s", i == 0 ? "" : "\n", RAK_ARG(entry->author), RAK_ARG(text));
  }
  return rak_built(&lines);
}

rak_status do_history(rak_context *cx, const call *call) {
  uint64_t limit;
  rak_page page;
  RAK_TRY(number_of(cx, call, &limit));
  RAK_TRY(rak_history(cx, RAK_NONE, (uint32_t)limit, &page));
  return rak_answer_str(cx, lines_of(cx, &page));
}

rak_status do_pages(rak_context *cx, const call *call) {
  uint64_t limit;
  RAK_TRY(number_of(cx, call, &limit));
  rak_str lines = RAK_STR("");
  rak_pages pages = rak_pages_of(cx, (uint32_t)limit);
  for (rak_page page; rak_next_page(&pages, &page);) {
    /* Each page is older than those before it. */
    const rak_str both[] = {lines_of(cx, &page), lines};
    lines = rak_join(cx, (rak_strs){both, lines.len == 0 ? 1 : 2}, RAK_STR("\n"));
  }
  RAK_TRY(pages.status);
  return rak_answer_str(cx, lines);
}
