/* The calls to the host, as a native test has them. A component has src/component in its place. */

#include "fake.h"

fake_clock *fake_call(rak_context *cx) {
  cx->fake->clock.calls++;
  return &cx->fake->clock;
}

static fake_run *call(rak_context *cx) {
  fake_call(cx);
  return cx->fake;
}

/* In the order in which the real host does. */
rak_status fake_refusal(rak_context *cx) {
  const fake_clock *clock = &cx->fake->clock;
  const rak_optional remaining = fake_clock_remaining(clock);
  if (fake_clock_is_cancelled(clock)) {
    return rak_fail(cx, RAK_CANCELLED, "the invocation was cancelled");
  }
  if (remaining.is_some && remaining.value == 0) {
    return rak_fail(cx, RAK_DEADLINE_EXCEEDED, "the deadline has passed");
  }
  return RAK_OK;
}

rak_status fake_gate(rak_context *cx) {
  call(cx);
  return fake_refusal(cx);
}

rak_info rak_info_of(rak_context *cx) {
  return fake_copy_info(cx, &call(cx)->host->info);
}

rak_str rak_config(rak_context *cx, rak_str key) {
  return rak_copy(cx, fake_map_get(&call(cx)->host->config, key));
}

static rak_strs keys_of(rak_context *cx, const fake_map *map, rak_str prefix) {
  rak_str *keys = rak_alloc_array(cx, map->count, sizeof *keys);
  size_t count = 0;
  for (size_t i = 0; i < map->count; i++) {
    if (rak_starts_with(map->items[i].key, prefix)) {
      keys[count++] = rak_copy(cx, map->items[i].key);
    }
  }
  return (rak_strs){keys, count};
}

rak_strs rak_config_keys(rak_context *cx) {
  return keys_of(cx, &call(cx)->host->config, RAK_STR(""));
}

bool rak_is_cancelled(rak_context *cx) {
  return fake_clock_is_cancelled(&call(cx)->clock);
}

rak_optional rak_remaining_ms(rak_context *cx) {
  return fake_clock_remaining(&call(cx)->clock);
}

static bool is_stored(const rak_event *event) {
  return event->kind == RAK_EVENT_CONTENT || event->kind == RAK_EVENT_OTHER;
}

/* What is not JSON is refused by the host, and all of the batch with it. */
static rak_status check_json(rak_context *cx, const rak_event *event) {
  rak_str compact;
  if (event->kind != RAK_EVENT_OTHER) {
    return RAK_OK;
  }
  return rak_while(cx, fake_compact(cx, event->other.value, &compact), "the event `%.*s`", RAK_ARG(event->other.name));
}

rak_status rak_emit(rak_context *cx, const rak_event *events, size_t count, uint64_t *newest) {
  RAK_TRY(fake_gate(cx));
  fake_run *run = cx->fake;
  for (size_t i = 0; i < count; i++) {
    RAK_TRY(check_json(cx, &events[i]));
  }
  fake_show_models(run);
  for (size_t i = 0; i < count; i++) {
    rak_event *added = fake_list_add(&run->events, &run->keep, sizeof *added);
    *added = fake_copy_event(&run->keep, &events[i]);
    if (is_stored(added)) {
      fake_state_store(&run->state, &run->keep);
    }
  }
  uint64_t stored = 0;
  for (size_t i = 0; i < run->events.count; i++) {
    stored += is_stored((const rak_event *)run->events.items + i);
  }
  if (newest != NULL) {
    *newest = stored;
  }
  return RAK_OK;
}

rak_status rak_history(rak_context *cx, rak_optional before, uint32_t limit, rak_page *page) {
  RAK_TRY(fake_gate(cx));
  const rak_entry *all = cx->fake->host->history.items;
  size_t end = cx->fake->host->history.count;
  while (before.is_some && end > 0 && all[end - 1].seq >= before.value) {
    end--;
  }
  const size_t wanted = limit < 1 ? 1 : limit > 1000 ? 1000 : limit;
  const size_t count = wanted < end ? wanted : end;
  rak_entry *entries = rak_alloc_array(cx, count, sizeof *entries);
  for (size_t i = 0; i < count; i++) {
    entries[i] = all[end - count + i];
    entries[i].content = fake_copy_content(cx, &entries[i].content);
    entries[i].author = rak_copy(cx, entries[i].author);
  }
  *page = (rak_page){entries, count, end > count ? RAK_SOME(entries[0].seq) : RAK_NONE};
  return RAK_OK;
}

rak_status rak_state_get(rak_context *cx, rak_str key, rak_str *value) {
  RAK_TRY(fake_gate(cx));
  *value = rak_copy(cx, fake_map_get(&cx->fake->state.seen, key));
  return RAK_OK;
}

rak_status rak_state_set(rak_context *cx, rak_str key, rak_str json) {
  rak_str compact;
  RAK_TRY(fake_gate(cx));
  RAK_TRY(rak_while(cx, fake_compact(cx, json, &compact), "the state at `%.*s`", RAK_ARG(key)));
  fake_state_put(&cx->fake->state, &cx->fake->keep, key, compact);
  return RAK_OK;
}

rak_status rak_state_remove(rak_context *cx, rak_str key) {
  RAK_TRY(fake_gate(cx));
  fake_state_put(&cx->fake->state, &cx->fake->keep, key, RAK_STR("null"));
  return RAK_OK;
}

rak_status rak_state_keys(rak_context *cx, rak_str prefix, rak_strs *keys) {
  RAK_TRY(fake_gate(cx));
  *keys = keys_of(cx, &cx->fake->state.seen, prefix);
  return RAK_OK;
}

void rak_log_fields(rak_context *cx, rak_level level, rak_str message, const rak_field *fields, size_t count) {
  fake_run *run = call(cx);
  rak_field *copies = rak_alloc_array(&run->keep, count, sizeof *copies);
  for (size_t i = 0; i < count; i++) {
    copies[i] = (rak_field){fake_copy_text(&run->keep, fields[i].key), fake_copy_text(&run->keep, fields[i].value)};
  }
  rak_test_log *line = fake_list_add(&run->logs, &run->keep, sizeof *line);
  *line = (rak_test_log){level, fake_copy_text(&run->keep, message), copies, count};
}
