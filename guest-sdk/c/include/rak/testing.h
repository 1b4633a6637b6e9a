/**
 * Unit tests for agents: a host in memory, with a clock that only moves when somebody waits.
 *
 *     #include <rak/testing.h>
 *
 *     RAK_TEST(greets) {
 *       rak_fake_host *host = rak_fake_host_new();
 *       const rak_test_run *run = rak_fake_run(host, "Ada");
 *       RAK_CHECK_TEXT(rak_test_answer(run), "Hello, Ada!");
 *     }
 *
 * The program is the agent's own sources and the tests; `main` comes with the SDK, runs every test, or those whose names
 * its arguments are, and fails where a check failed. Nothing has to be freed: a fake host and its runs last until the
 * end of the test. A panic of the agent ends the program.
 */
#ifndef RAK_TESTING_H
#define RAK_TESTING_H

#include <rak.h>

RAK_BEGIN

/** A host in memory: what an agent finds when it runs. Each run begins with the same. Texts are copied. */
typedef struct rak_fake_host rak_fake_host;

/** A user without history, state or artifacts, an agent without configuration, no deadline. */
rak_fake_host *rak_fake_host_new(void);

/** Frees every fake host and its runs. `main` of the SDK does it after each test. */
void rak_fake_host_free_all(void);

/** Whose conversation it is. */
void rak_fake_user(rak_fake_host *host, const char *id);

/** Which conversation it is. */
void rak_fake_session(rak_fake_host *host, const char *id);

/** Everything that rak_info_of says. */
void rak_fake_info(rak_fake_host *host, const rak_info *info);

/** A value of the agent's manifest, a JSON text. */
void rak_fake_config(rak_fake_host *host, const char *key, const char *json);

/** Something that was said before, after everything else that was said; a second later than the last. */
void rak_fake_said(rak_fake_host *host, const char *author, const char *text);

/** An entry of the history, after everything that is there. */
void rak_fake_entry(rak_fake_host *host, const rak_entry *entry);

/** A value of the state, a JSON text, under its whole key (`count`, `user:count`, `app:count`). `null` is no value. */
void rak_fake_state(rak_fake_host *host, const char *key, const char *json);

/**
 * What people say to the questions of the agent, one each, in the order of these calls; a `reason` of NULL is none, and
 * rak_fake_silence is nobody who answers. After the last of them nobody answers either. Where nobody does, the agent waits
 * until the question expires, or the run is cancelled or too late; where none of this is to come, that is a panic.
 */
void rak_fake_approves(rak_fake_host *host);
void rak_fake_rejects(rak_fake_host *host, const char *reason);
void rak_fake_decides(rak_fake_host *host, const rak_decision *decision);
void rak_fake_answers(rak_fake_host *host, const char *json);
void rak_fake_silence(rak_fake_host *host);

/**
 * What the user says while the agent works, after all other messages, as soon as the agent wants it. After the last one
 * the agent waits in vain, until its timeout or as above.
 */
void rak_fake_message(rak_fake_host *host, const char *text);
void rak_fake_message_with(rak_fake_host *host, const rak_content *content);

/**
 * Another agent that the agent may call: of its card the name and the function are needed. It runs on a fake host of its
 * own, with the same user, and takes as long as it waits there, at most its timeout.
 */
void rak_fake_agent(rak_fake_host *host, const rak_agent *agent);

/**
 * What a tool does under test: it sets the `response` of the response, a JSON text, and `failed` where it says of itself
 * that it failed; or it fails as an agent does, and the call with it. `args` is a JSON text, `data` is that of the tool, and
 * `cx` is for memory and for failing.
 */
typedef rak_status rak_test_tool_run(rak_context *cx, rak_str args, rak_response *response, void *data);

/** A tool that an agent may call under test; the name and the function are needed. */
typedef struct rak_test_tool {
  /** What to call it by. */
  const char *name;
  /** What it does; or NULL. */
  const char *description;
  /** JSON Schema of its arguments, which are not checked against it; NULL is any object. */
  const char *parameters;
  /**
   * What is known of its effects. Where it needs approval, the next of what people say decides whether it is called: a
   * rejection is RAK_DENIED with the code `rejected`, and where nobody answers for a day the call expires.
   */
  rak_hints hints;
  /** Anything else, a JSON text; or NULL. */
  const char *extra;
  rak_test_tool_run *run;
  /** What the function is handed; or NULL. */
  void *data;
  /** How long a call takes on the fake clock. */
  uint64_t takes_ms;
} rak_test_tool;

/** A tool that the agent may call. */
void rak_fake_tool(rak_fake_host *host, const rak_test_tool *tool);

/** What a model answers under test; `{0}` is an empty answer. */
typedef struct rak_model_answer {
  /** A text; or NULL. */
  const char *text;
  /** What else it answers, behind the text. */
  const rak_part *parts;
  size_t part_count;
  /** Why it ends, by the reason's name; NULL is `function-calls` for an answer with calls, and else `stop`. */
  const char *finish;
  rak_usage usage;
  /** Anything else that the provider says, a JSON text; or NULL. */
  const char *extra;
  /** How it comes; without any the texts come in words, the thoughts and the calls as a whole. */
  const rak_delta *deltas;
  size_t delta_count;
  /** What it fails with, after the deltas; or NULL. The code `interrupted` is what a host says that ended meanwhile. */
  const rak_failure *failure;
  /** How long it takes on the fake clock. The deltas come evenly over this time. */
  uint64_t takes_ms;
} rak_model_answer;

/**
 * What a model does under test: it sets the `answer`, or fails as an agent does, and the request with it. `data` is that of
 * the model, and `cx` is for memory and for failing.
 */
typedef rak_status rak_test_model_run(rak_context *cx, const rak_content *contents, size_t count,
                                      const rak_model_options *options, rak_model_answer *answer, void *data);

/** How a model turns texts into vectors under test: `vectors` has room for one each. */
typedef rak_status rak_test_embed_run(rak_context *cx, rak_strs texts, rak_vector *vectors, void *data);

/** A model that an agent may ask under test; the name is needed. */
typedef struct rak_test_model {
  /** The alias to ask it by. */
  const char *name;
  /** What it is good for; or NULL. */
  const char *description;
  /** Anything else, a JSON text; or NULL. */
  const char *extra;
  /** What it answers; or NULL, and then its answers are those of rak_fake_model_answers. */
  rak_test_model_run *run;
  /** How it turns texts into vectors; or NULL where it has none. */
  rak_test_embed_run *embed;
  /** What the functions are handed; or NULL. */
  void *data;
} rak_test_model;

/** A model that the agent may ask. The first one is the agent's default. */
void rak_fake_model(rak_fake_host *host, const rak_test_model *model);

/**
 * What a model answers, one each, in the order of these calls. The model is added where there is none of this name. A
 * request after the last of its answers is a panic.
 */
void rak_fake_model_says(rak_fake_host *host, const char *model, const char *text);
void rak_fake_model_answers(rak_fake_host *host, const char *model, const rak_model_answer *answer);

/** What a place of the web answers under test; `{0}` is an answer of the status 200 without a body. */
typedef struct rak_http_answer {
  /** 0 is 200. */
  uint16_t status;
  /** Their names are in lower case, as the host gives them. */
  const rak_header *headers;
  size_t header_count;
  /** A body of the type `text/plain; charset=utf-8`; or NULL. */
  const char *text;
  /** A body of the type `application/json`; or NULL. */
  const char *json;
  /** A body of no type. */
  rak_bytes body;
  /** A body that comes in pieces. */
  const rak_str *pieces;
  size_t piece_count;
  /** Where it comes from, as after redirects; NULL is the URL that was asked. The fake host follows none by itself. */
  const char *url;
  /** What there is in place of an answer; or NULL. */
  const rak_failure *failure;
  /** What the answer ends with after its last piece; or NULL. */
  const rak_failure *broken_by;
  /** How long it takes on the fake clock. The pieces come evenly over this time, and it begins with the first of them. */
  uint64_t takes_ms;
} rak_http_answer;

/**
 * A place of the web that the agent may reach: what it answers to this method at this URL. A URL that ends with `*` stands
 * for all that begin with the rest; one that says more comes before one that says less. What no answer is said for is
 * RAK_DENIED, as a place is that the agent's manifest does not grant.
 */
void rak_fake_http(rak_fake_host *host, const char *method, const char *url, const rak_http_answer *answer);

/**
 * What a place of the web does under test: it sets the `answer`, or fails as an agent does, and the request with it. `data`
 * is that of the place, and `cx` is for memory and for failing.
 */
typedef rak_status rak_test_http_run(rak_context *cx, rak_str url, const rak_http_options *options,
                                     rak_http_answer *answer, void *data);

/** As rak_fake_http, with a function that answers; `data` is what it is handed, or NULL. */
void rak_fake_http_run(rak_fake_host *host, const char *method, const char *url, rak_test_http_run *run, void *data);

/** A file that is there: its first version, or one more of those that this was said of before. It is from 1970. */
void rak_fake_artifact(rak_fake_host *host, const char *name, rak_blob content);

/** Grants the agent no artifacts: each call is RAK_DENIED. */
void rak_fake_without_artifacts(rak_fake_host *host);

/** Cancels the run after this time of the fake clock. */
void rak_fake_cancel_after(rak_fake_host *host, uint64_t ms);

/**
 * Cancels the run after this number of calls to the host; with 0 it is cancelled from the beginning. Every call counts,
 * rak_is_cancelled and log lines too.
 */
void rak_fake_cancel_after_calls(rak_fake_host *host, uint64_t calls);

/** Gives the run a deadline. Nothing waits longer than that, and every call that can fail does so after it. */
void rak_fake_deadline(rak_fake_host *host, uint64_t ms);

/** A value of the state. A `value.ptr` of NULL says that it was removed. */
typedef struct rak_test_value {
  rak_str key;
  /** Compact JSON. */
  rak_str value;
} rak_test_value;

/** Values of the state, sorted by key. */
typedef struct rak_test_values {
  const rak_test_value *items;
  size_t count;
} rak_test_values;

/** What sort of answer a question wants. */
typedef enum rak_question_kind {
  /** A decision: rak_approve, and tools that need approval. */
  RAK_QUESTION_APPROVE,
  /** A value: rak_ask. */
  RAK_QUESTION_ASK,
} rak_question_kind;

/** What an agent asked people. */
typedef struct rak_test_question {
  rak_question_kind kind;
  /** The question, or what the agent wanted to do. */
  rak_str prompt;
  /** What a person was shown to decide, as compact JSON; no text where a value is wanted. */
  rak_str details;
  /** The JSON Schema of the value, as compact JSON; no text where a decision is wanted. */
  rak_str schema;
  /** How long it could be answered. */
  rak_optional expires_in_ms;
} rak_test_question;

/** A call of another agent that the agent made. */
typedef struct rak_test_agent_call {
  /** Which agent it called. */
  rak_str agent;
  /** What it told it. */
  rak_content input;
  /** What it said beside that. */
  rak_agent_options options;
  /** The child; they are `test-child-1`, `test-child-2` and so on. */
  rak_str invocation_id;
  /** Whether it was cancelled before it was over: by the agent, by giving it up, or with the run. */
  bool cancelled;
} rak_test_agent_call;

/** A call of a tool that the agent made. */
typedef struct rak_test_tool_call {
  /** What it called; its arguments are compact JSON. */
  rak_call call;
  /** What it said beside that. */
  rak_tool_options options;
  /** Whether it was given up before it was over: by the agent, or with the run. */
  bool cancelled;
} rak_test_tool_call;

/** A request that the agent made of a model. */
typedef struct rak_test_model_call {
  /** The alias of the model, that of the default one too. */
  rak_str model;
  /** The conversation. */
  const rak_content *contents;
  size_t content_count;
  /** What it said beside that. */
  rak_model_options options;
  /** Whether it was given up before it was over: by the agent, or with the run. */
  bool cancelled;
} rak_test_model_call;

/** Texts that the agent wanted vectors of. */
typedef struct rak_test_embed_call {
  /** The alias of the model, that of the default one too. */
  rak_str model;
  rak_strs texts;
} rak_test_embed_call;

/** What the agent asked of the web. What the test has no answer for is not among it. */
typedef struct rak_test_http_call {
  rak_str url;
  /** What it said beside that. What was given as `text` or `json` is the body. */
  rak_http_options options;
  /** Whether it was given up before it was over: by the agent, or with the run. A timeout is an end. */
  bool cancelled;
} rak_test_http_call;

/** A version of an artifact. */
typedef struct rak_test_version {
  rak_str name;
  uint32_t version;
  rak_blob content;
  /** In milliseconds of the fake clock. */
  uint64_t created_at_ms;
  /** Whether it was removed. */
  bool removed;
} rak_test_version;

/** A line of the log. */
typedef struct rak_test_log {
  rak_level level;
  rak_str message;
  const rak_field *fields;
  size_t field_count;
} rak_test_log;

/** What a run under test left behind. */
typedef struct rak_test_run {
  /** How it ended: RAK_OK, and then `outcome` says more; or the kind of its `failure`. */
  rak_status status;
  rak_outcome outcome;
  rak_failure failure;
  /** What it emitted, in order. */
  const rak_event *events;
  size_t event_count;
  /** The state that the next invocation would find. */
  rak_test_values state;
  /**
   * What of it this run changed. What a failed run changed after its last stored event is not in it, nor is anything
   * under `temp:`.
   */
  rak_test_values changes;
  /** What it asked people, in order. */
  const rak_test_question *questions;
  size_t question_count;
  /** Which other agents it called, in order. */
  const rak_test_agent_call *agent_calls;
  size_t agent_call_count;
  /** Which tools it called, in order. */
  const rak_test_tool_call *tool_calls;
  size_t tool_call_count;
  /** What it asked models, in order. */
  const rak_test_model_call *model_calls;
  size_t model_call_count;
  /** The texts that it wanted vectors of, in order. */
  const rak_test_embed_call *embed_calls;
  size_t embed_call_count;
  /** What it asked of the web, in order. */
  const rak_test_http_call *http_calls;
  size_t http_call_count;
  /** The artifacts that the next invocation would find, by name and version. What was saved stays where a run fails. */
  const rak_test_version *artifacts;
  size_t artifact_count;
  /** What it logged, in order. */
  const rak_test_log *logs;
  size_t log_count;
  /** How long it waited, in milliseconds of the fake clock. */
  uint64_t slept_ms;
} rak_test_run;

/** Runs the agent of this program, that of RAK_AGENT, with a text that the user says. */
const rak_test_run *rak_fake_run(rak_fake_host *host, const char *text);

/** Runs any agent's function with any input. */
const rak_test_run *rak_fake_run_with(rak_fake_host *host, rak_run *run, const rak_content *input);

/** The state that another run left behind, in place of what is there: the next turn of a conversation. */
void rak_fake_state_after(rak_fake_host *host, const rak_test_run *run);

/** The artifacts that another run left behind, in place of those that are there. */
void rak_fake_artifacts_after(rak_fake_host *host, const rak_test_run *run);

/** The newest version of an artifact that the next invocation would find; NULL where there is none. */
const rak_blob *rak_test_artifact(const rak_test_run *run, const char *name);

/** The text that the run answered with; a run that failed is a panic. */
rak_str rak_test_answer(const rak_test_run *run);

/** All text deltas as one text. */
rak_str rak_test_streamed(const rak_test_run *run);

/** The value that the next invocation would find at the key, as compact JSON; its `ptr` is NULL where there is none. */
rak_str rak_test_state(const rak_test_run *run, const char *key);

/** How many events of a kind it emitted. */
size_t rak_test_count(const rak_test_run *run, rak_event_kind kind);

/** A test, which RAK_TEST makes and `main` runs. */
typedef struct rak_test {
  const char *name;
  void (*function)(void);
  struct rak_test *next;
} rak_test;

/** What the macros below call. */
void rak_test_add(rak_test *test);
bool rak_check(bool ok, const char *file, int line, const char *what);
bool rak_check_text(rak_str actual, rak_str expected, const char *file, int line, const char *what);
bool rak_check_int(long long actual, long long expected, const char *file, int line, const char *what);

/** Defines a test: `RAK_TEST(greets) { … }`. */
#define RAK_TEST(test_name)                                                                \
  static void test_##test_name(void);                                                      \
  __attribute__((__constructor__)) static void add_##test_name(void) {                     \
    static rak_test test = {#test_name, test_##test_name, NULL};                           \
    rak_test_add(&test);                                                                   \
  }                                                                                        \
  static void test_##test_name(void)

/** Says where a condition does not hold, and lets the test fail when it ends. The value is the condition's. */
#define RAK_CHECK(...) rak_check((__VA_ARGS__), __FILE__, __LINE__, #__VA_ARGS__)

/** Says where a text is not the expected C string, and both of them. */
#define RAK_CHECK_TEXT(actual, expected) \
  rak_check_text((actual), rak_str_of(expected), __FILE__, __LINE__, #actual)

/** Says where a whole number is not the expected one, and both of them. */
#define RAK_CHECK_INT(actual, expected) \
  rak_check_int((long long)(actual), (long long)(expected), __FILE__, __LINE__, #actual)

RAK_END

#endif
