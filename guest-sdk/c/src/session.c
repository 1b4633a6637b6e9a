/* Going through the history. */

#include "context.h"

rak_pages rak_pages_of(rak_context *cx, uint32_t limit) {
  return (rak_pages){.cx = cx, .limit = limit};
}

bool rak_next_page(rak_pages *pages, rak_page *page) {
  if (pages->at_end) {
    return false;
  }
  pages->status = rak_history(pages->cx, pages->before, pages->limit, page);
  if (pages->status != RAK_OK) {
    pages->at_end = true;
    return false;
  }
  pages->before = page->next;
  pages->at_end = !page->next.is_some;
  return true;
}

rak_status rak_check_cancelled(rak_context *cx) {
  return rak_is_cancelled(cx) ? rak_fail(cx, RAK_CANCELLED, "the invocation was cancelled") : RAK_OK;
}
