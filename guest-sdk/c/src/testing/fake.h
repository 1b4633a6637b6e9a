/* What the fake host is made of. Private to the SDK. */
#ifndef RAK_SRC_TESTING_FAKE_H
#define RAK_SRC_TESTING_FAKE_H

#include <rak/testing.h>

#include "../context.h"

/* Values by key, sorted by the bytes of the keys. They live in the arena of `cx`. */
typedef struct fake_map {
  rak_test_value *items;
  size_t count;
  size_t capacity;
} fake_map;

void fake_map_put(fake_map *map, rak_context *cx, rak_str key, rak_str value);
void fake_map_remove(fake_map *map, rak_str key);
/* No text where there is none. */
rak_str fake_map_get(const fake_map *map, rak_str key);
fake_map fake_map_copy(const fake_map *map, rak_context *cx);

/* State as the contract has it: a change is seen at once and stored later. */
typedef struct fake_state {
  /* What the agent sees. */
  fake_map seen;
  /* What a later invocation would see. */
  fake_map stored;
  /* What is stored of this run's changes, and what is not stored yet; no text for what was removed. */
  fake_map changes;
  fake_map pending;
} fake_state;

void fake_state_put(fake_state *state, rak_context *cx, rak_str key, rak_str value);
void fake_state_store(fake_state *state, rak_context *cx);

/* When a run is to end. */
typedef struct fake_limits {
  rak_optional cancel_after_calls;
  rak_optional cancel_at_ms;
  rak_optional deadline_ms;
} fake_limits;

/* Time since the run began, in milliseconds. It moves only when somebody waits. */
typedef struct fake_clock {
  uint64_t now_ms;
  uint64_t calls;
  fake_limits limits;
} fake_clock;

bool fake_clock_is_cancelled(const fake_clock *clock);
rak_optional fake_clock_remaining(const fake_clock *clock);
/* `ms` milliseconds from now. */
uint64_t fake_clock_in(const fake_clock *clock, uint64_t ms);
/* Waits until then, or until the run is cancelled or too late, whichever is first. */
void fake_clock_wait(fake_clock *clock, uint64_t at_ms);

/* A list that grows in an arena. */
typedef struct fake_list {
  void *items;
  size_t count;
  size_t capacity;
} fake_list;

/* Room for one more thing at the end. */
void *fake_list_add(fake_list *list, rak_context *cx, size_t size);
/* Room in a list of things that begin with their names, where one of this name stands in their order. */
void *fake_list_insert(fake_list *list, rak_context *cx, size_t size, rak_str name);
/* The one of this name; a failure that says which there are where there is none. `what` says what they are. */
rak_status fake_find(rak_context *cx, const fake_list *list, size_t size, const char *what, rak_str name,
                     const void **found);

/* A child, or the call of a tool. */
typedef struct fake_task {
  /* When it is over, on the clock of the run that wants it. */
  uint64_t over_ms;
  /* How it ends. */
  rak_status status;
  rak_failure failure;
  /* What it fails with where it is cancelled. */
  rak_failure stopped;
  /* Whether it goes on when nobody wants it any more. */
  bool detached;
  bool cancelled;
} fake_task;

/* Waits for its end in the middle of a call, which fails where the run is cancelled or too late meanwhile. */
rak_status fake_task_wait(fake_task *task, rak_context *cx);
void fake_task_fail(fake_task *task, const rak_failure *failure);
/* Nothing where it is over. */
void fake_task_cancel(fake_task *task, const fake_clock *clock);
/* As dropping it does: what is detached goes on. */
void fake_task_give_up(fake_task *task, const fake_clock *clock);

/* A tool. */
typedef struct fake_tool {
  rak_tool card;
  rak_test_tool_run *run;
  void *data;
  uint64_t takes_ms;
} fake_tool;

/* A model. */
typedef struct fake_model {
  rak_model_summary card;
  rak_test_model_run *run;
  rak_test_embed_run *embed;
  void *data;
  /* Its answers, where it has no function. */
  fake_list answers;
} fake_model;

/* The model with this alias, the default one where there is none. */
rak_status fake_find_model(rak_context *cx, rak_str alias, const fake_model **model);

/* A place of the web: what it answers, or the function that does. */
typedef struct fake_place {
  rak_str method;
  /* All that begin with the rest, where it ends with a star. */
  rak_str url;
  rak_http_answer answer;
  rak_test_http_run *run;
  void *data;
} fake_place;

/* Another agent. */
typedef struct fake_agent {
  rak_agent_summary card;
  rak_run *run;
  void *owner;
} fake_agent;

typedef enum fake_reply_kind {
  FAKE_SILENCE,
  FAKE_DECISION,
  FAKE_ANSWER,
} fake_reply_kind;

/* What a person says to one question. */
typedef struct fake_reply {
  fake_reply_kind kind;
  union {
    rak_decision decision;
    rak_str answer;
  };
} fake_reply;

typedef struct fake_run {
  rak_context cx;
  /* Where what the run leaves behind is kept: an agent may release its own arena. */
  rak_context keep;
  const rak_fake_host *host;
  fake_clock clock;
  fake_state state;
  fake_list events;
  fake_list questions;
  fake_list logs;
  /* Pointers to what was started, in order. */
  fake_list children;
  fake_list running;
  fake_list completions;
  fake_list embeds;
  fake_list exchanges;
  /* Each version of each artifact, also those that were removed. */
  fake_list files;
  /* How many of its answers each model of the host gave already. */
  size_t *answers_taken;
  /* How much of what people say the agent got already. */
  size_t replies_taken;
  size_t messages_taken;
  rak_test_run result;
  struct fake_run *next;
} fake_run;

struct rak_fake_host {
  rak_context keep;
  rak_info info;
  fake_map config;
  fake_map state;
  fake_list history;
  fake_list replies;
  fake_list messages;
  fake_list agents;
  fake_list tools;
  fake_list models;
  fake_list places;
  fake_list files;
  bool denies_artifacts;
  fake_limits limits;
  /* What the agent that runs belongs to, and all that is freed with the host. */
  void *owner;
  fake_list owned;
  fake_run *runs;
  rak_fake_host *next;
};

/* Copies with all that they point to. Texts are made UTF-8, as they are on their way to a real host. */
rak_str fake_copy_text(rak_context *cx, rak_str text);
rak_content fake_copy_content(rak_context *cx, const rak_content *content);
rak_blob fake_copy_blob(rak_context *cx, rak_blob blob);
rak_event fake_copy_event(rak_context *cx, const rak_event *event);
rak_info fake_copy_info(rak_context *cx, const rak_info *info);
rak_call fake_copy_call(rak_context *cx, const rak_call *call);
rak_failure fake_copy_failure(rak_context *cx, const rak_failure *failure);
rak_strs fake_copy_texts(rak_context *cx, rak_strs texts);
rak_delta fake_copy_delta(rak_context *cx, const rak_delta *delta);
rak_usage fake_copy_usage(rak_context *cx, const rak_usage *usage);
rak_model_answer fake_copy_answer(rak_context *cx, const rak_model_answer *answer);
rak_decision fake_copy_decision(rak_context *cx, const rak_decision *decision);

/* Every call counts. */
fake_clock *fake_call(rak_context *cx);
/* What every call that can fail does first: it counts, and is refused where the run is cancelled or too late. */
rak_status fake_gate(rak_context *cx);
/* The same in the middle of a call, which counts no more. */
rak_status fake_refusal(rak_context *cx);

/* Something that is ready at this point of the clock, or at the point that `moving_ms` is at where there is one. */
rak_waitable *fake_waitable(rak_context *cx, uint64_t at_ms, const uint64_t *moving_ms);

/* Ends what runs beside the agent when its run is over, and puts down what was called. */
void fake_finish_agents(fake_run *run);
void fake_finish_tools(fake_run *run);
void fake_finish_models(fake_run *run);
void fake_finish_http(fake_run *run);
void fake_finish_artifacts(fake_run *run);

/* The versions of artifacts, with all that they point to. */
fake_list fake_copy_files(rak_context *cx, const rak_test_version *files, size_t count);

/* Shows the client what models have written since the last time, where that is relayed. */
void fake_show_models(fake_run *run);

/* What the next person says to a question, which is kept. */
void fake_reply_to(rak_context *cx, fake_reply_kind wanted, const rak_test_question *question, fake_reply *reply);
/* That nobody answered in time. */
extern const rak_failure fake_expired;

/* A JSON text in compact form; one that is no JSON is a failure of `cx`. */
rak_status fake_compact(rak_context *cx, rak_str json, rak_str *compact);

#endif
