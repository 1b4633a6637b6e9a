/* What an agent finds when it runs under test. */

#include <stdlib.h>

#include "fake.h"
#include "owner.h"

static rak_fake_host *hosts;

rak_fake_host *rak_fake_host_new(void) {
  rak_fake_host *host = calloc(1, sizeof *host);
  if (host == NULL) {
    rak_out_of_memory();
  }
  host->info = (rak_info){
      .invocation_id = RAK_STR("test-invocation"),
      .session_id = RAK_STR("test-session"),
      .user_id = RAK_STR("test-user"),
      .agent = RAK_STR("test-agent"),
      .agent_version = RAK_STR("sha256:test"),
      .attempt = 1,
  };
  host->next = hosts;
  hosts = host;
  return host;
}

static void free_runs(fake_run *run) {
  while (run != NULL) {
    fake_run *next = run->next;
    rak_context_clear(&run->cx);
    rak_context_clear(&run->keep);
    free(run);
    run = next;
  }
}

/* What is freed with a host. */
typedef struct owned {
  void *owner;
  void (*free_it)(void *owner);
} owned;

void fake_own(rak_fake_host *host, void *owner, void (*free_it)(void *owner)) {
  owned *added = fake_list_add(&host->owned, &host->keep, sizeof *added);
  *added = (owned){owner, free_it};
}

static void free_owned(const fake_list *list) {
  const owned *all = list->items;
  for (size_t i = 0; i < list->count; i++) {
    all[i].free_it(all[i].owner);
  }
}

void rak_fake_host_free_all(void) {
  while (hosts != NULL) {
    rak_fake_host *host = hosts;
    hosts = host->next;
    free_runs(host->runs);
    free_owned(&host->owned);
    rak_context_clear(&host->keep);
    free(host);
  }
}

void rak_fake_user(rak_fake_host *host, const char *id) {
  host->info.user_id = rak_copy(&host->keep, rak_str_of(id));
}

void rak_fake_session(rak_fake_host *host, const char *id) {
  host->info.session_id = rak_copy(&host->keep, rak_str_of(id));
}

void rak_fake_info(rak_fake_host *host, const rak_info *info) {
  host->info = fake_copy_info(&host->keep, info);
}

/* A JSON text of the test itself, where a mistake is one of the test. */
static rak_str json_of(rak_fake_host *host, const char *key, const char *json) {
  rak_str compact;
  const rak_status status = fake_compact(&host->keep, rak_str_of(json), &compact);
  if (status != RAK_OK) {
    rak_panic("the JSON of `%s`: %s", key, rak_failure_of(&host->keep, status).message.ptr);
  }
  return compact;
}

void rak_fake_config(rak_fake_host *host, const char *key, const char *json) {
  fake_map_put(&host->config, &host->keep, rak_str_of(key), json_of(host, key, json));
}

void rak_fake_state(rak_fake_host *host, const char *key, const char *json) {
  const rak_str value = json_of(host, key, json);
  if (rak_is(value, "null")) {
    fake_map_remove(&host->state, rak_str_of(key));
  } else {
    fake_map_put(&host->state, &host->keep, rak_str_of(key), value);
  }
}

void rak_fake_state_after(rak_fake_host *host, const rak_test_run *run) {
  host->state = (fake_map){0};
  for (size_t i = 0; i < run->state.count; i++) {
    fake_map_put(&host->state, &host->keep, run->state.items[i].key, run->state.items[i].value);
  }
}

void rak_fake_entry(rak_fake_host *host, const rak_entry *entry) {
  rak_entry *added = fake_list_add(&host->history, &host->keep, sizeof *added);
  *added = *entry;
  added->author = fake_copy_text(&host->keep, entry->author);
  added->content = fake_copy_content(&host->keep, &entry->content);
}

void rak_fake_said(rak_fake_host *host, const char *author, const char *text) {
  const rak_entry *entries = host->history.items;
  const uint64_t seq = host->history.count == 0 ? 1 : entries[host->history.count - 1].seq + 1;
  const rak_part part = rak_text_part(rak_str_of(text));
  const bool is_user = rak_is(RAK_STR("user"), author);
  const rak_content content = {is_user ? RAK_STR("user") : RAK_STR("model"), &part, 1};
  rak_fake_entry(host, &(rak_entry){seq, rak_str_of(author), content, seq * 1000});
}

static fake_reply *add_reply(rak_fake_host *host, fake_reply_kind kind) {
  fake_reply *added = fake_list_add(&host->replies, &host->keep, sizeof *added);
  added->kind = kind;
  return added;
}

void rak_fake_decides(rak_fake_host *host, const rak_decision *decision) {
  const rak_decision copy = fake_copy_decision(&host->keep, decision);
  const rak_str edited = copy.edited.ptr == NULL ? RAK_NO_STR : json_of(host, "edited", copy.edited.ptr);
  add_reply(host, FAKE_DECISION)->decision = (rak_decision){copy.approved, copy.by, copy.reason, edited};
}

void rak_fake_approves(rak_fake_host *host) {
  rak_fake_decides(host, &(rak_decision){.approved = true});
}

void rak_fake_rejects(rak_fake_host *host, const char *reason) {
  rak_fake_decides(host, &(rak_decision){.reason = rak_str_of(reason)});
}

void rak_fake_answers(rak_fake_host *host, const char *json) {
  const rak_str answer = json_of(host, "answer", json);
  add_reply(host, FAKE_ANSWER)->answer = answer;
}

void rak_fake_silence(rak_fake_host *host) {
  add_reply(host, FAKE_SILENCE);
}

void rak_fake_message_with(rak_fake_host *host, const rak_content *content) {
  const rak_content copy = fake_copy_content(&host->keep, content);
  rak_content *added = fake_list_add(&host->messages, &host->keep, sizeof *added);
  *added = copy;
}

void rak_fake_message(rak_fake_host *host, const char *text) {
  const rak_part part = rak_text_part(rak_str_of(text));
  rak_fake_message_with(host, &(rak_content){RAK_STR("user"), &part, 1});
}

void rak_fake_cancel_after(rak_fake_host *host, uint64_t ms) {
  host->limits.cancel_at_ms = RAK_SOME(ms);
}

void rak_fake_cancel_after_calls(rak_fake_host *host, uint64_t calls) {
  host->limits.cancel_after_calls = RAK_SOME(calls);
}

void rak_fake_deadline(rak_fake_host *host, uint64_t ms) {
  host->limits.deadline_ms = RAK_SOME(ms);
}
