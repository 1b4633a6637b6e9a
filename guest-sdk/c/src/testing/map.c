/* Values by key, and the state that is made of them. */

#include <string.h>

#include "fake.h"

#define TEMP RAK_STR("temp:")

void *fake_list_add(fake_list *list, rak_context *cx, size_t size) {
  if (list->count == list->capacity) {
    const size_t capacity = list->capacity == 0 ? 8 : list->capacity * 2;
    void *items = rak_alloc_array(cx, capacity, size);
    if (list->count > 0) {
      memcpy(items, list->items, list->count * size);
    }
    list->items = items;
    list->capacity = capacity;
  }
  return (char *)list->items + list->count++ * size;
}

static int compare(rak_str a, rak_str b) {
  const size_t common = a.len < b.len ? a.len : b.len;
  const int order = common == 0 ? 0 : memcmp(a.ptr, b.ptr, common);
  return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static rak_str name_at(const fake_list *list, size_t size, size_t at) {
  return *(const rak_str *)((const char *)list->items + at * size);
}

void *fake_list_insert(fake_list *list, rak_context *cx, size_t size, rak_str name) {
  size_t at = 0;
  while (at < list->count && compare(name_at(list, size, at), name) <= 0) {
    at++;
  }
  fake_list_add(list, cx, size);
  char *place = (char *)list->items + at * size;
  memmove(place + size, place, (list->count - 1 - at) * size);
  return place;
}

rak_status fake_find(rak_context *cx, const fake_list *list, size_t size, const char *what, rak_str name,
                     const void **found) {
  rak_str *names = rak_alloc_array(cx, list->count, sizeof *names);
  for (size_t i = 0; i < list->count; i++) {
    names[i] = name_at(list, size, i);
    if (rak_equal(names[i], name)) {
      *found = (const char *)list->items + i * size;
      return RAK_OK;
    }
  }
  const rak_str all = rak_join(cx, (rak_strs){names, list->count}, RAK_STR(", "));
  return rak_fail(cx, RAK_NOT_FOUND, "no %s is called %.*s; there is %s", what, RAK_ARG(name),
                  list->count == 0 ? "none" : all.ptr);
}

/* Where the key stands, or would stand. */
static size_t place_of(const fake_map *map, rak_str key, bool *found) {
  size_t at = 0;
  while (at < map->count && compare(map->items[at].key, key) < 0) {
    at++;
  }
  *found = at < map->count && rak_equal(map->items[at].key, key);
  return at;
}

void fake_map_put(fake_map *map, rak_context *cx, rak_str key, rak_str value) {
  bool found;
  const size_t at = place_of(map, key, &found);
  if (!found) {
    fake_list list = {map->items, map->count, map->capacity};
    fake_list_add(&list, cx, sizeof(rak_test_value));
    *map = (fake_map){list.items, list.count, list.capacity};
    memmove(&map->items[at + 1], &map->items[at], (map->count - 1 - at) * sizeof(rak_test_value));
    map->items[at].key = rak_copy(cx, key);
  }
  map->items[at].value = rak_copy(cx, value);
}

void fake_map_remove(fake_map *map, rak_str key) {
  bool found;
  const size_t at = place_of(map, key, &found);
  if (found) {
    map->count--;
    memmove(&map->items[at], &map->items[at + 1], (map->count - at) * sizeof(rak_test_value));
  }
}

rak_str fake_map_get(const fake_map *map, rak_str key) {
  bool found;
  const size_t at = place_of(map, key, &found);
  return found ? map->items[at].value : RAK_NO_STR;
}

fake_map fake_map_copy(const fake_map *map, rak_context *cx) {
  fake_map copy = {0};
  for (size_t i = 0; i < map->count; i++) {
    fake_map_put(&copy, cx, map->items[i].key, map->items[i].value);
  }
  return copy;
}

static void apply(fake_map *map, rak_context *cx, rak_str key, rak_str value) {
  if (value.ptr == NULL) {
    fake_map_remove(map, key);
  } else {
    fake_map_put(map, cx, key, value);
  }
}

void fake_state_put(fake_state *state, rak_context *cx, rak_str key, rak_str value) {
  /* Setting `null` is removing. */
  const rak_str kept = rak_is(value, "null") ? RAK_NO_STR : value;
  apply(&state->seen, cx, key, kept);
  if (!rak_starts_with(key, TEMP)) {
    fake_map_put(&state->pending, cx, key, kept);
  }
}

void fake_state_store(fake_state *state, rak_context *cx) {
  for (size_t i = 0; i < state->pending.count; i++) {
    const rak_test_value *change = &state->pending.items[i];
    apply(&state->stored, cx, change->key, change->value);
    fake_map_put(&state->changes, cx, change->key, change->value);
  }
  state->pending.count = 0;
}
