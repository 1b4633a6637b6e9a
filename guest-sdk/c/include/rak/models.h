/**
 * The models that the host brokers: the agent names an alias, the host holds the key and counts the tokens.
 *
 * The host asks a model again that refuses, breaks off or is too slow, and then others, as it is set up. A call fails with
 * what is left: RAK_NOT_FOUND (no such alias), RAK_DENIED (not granted), RAK_INVALID_ARGUMENT (the provider refused the
 * request, or cannot do what is asked), RAK_RATE_LIMITED, RAK_UNAVAILABLE, RAK_DEADLINE_EXCEEDED, RAK_LIMIT_EXCEEDED (a
 * budget of tokens is used up, or the answer is too large), or RAK_FAILED with the code `invalid_response` where the answer
 * is not what was asked for. The run goes on after each of them.
 */
#ifndef RAK_MODELS_H
#define RAK_MODELS_H

#include <rak/content.h>
#include <rak/failure.h>
#include <rak/json.h>
#include <rak/wait.h>

RAK_BEGIN

/** A model that may be asked. */
typedef struct rak_model_summary {
  /** The alias to ask it by. */
  rak_str name;
  /** What it is good for. */
  rak_str description;
  /** Anything else, a JSON text; optional. */
  rak_str extra;
} rak_model_summary;

/** Several models. */
typedef struct rak_model_summaries {
  const rak_model_summary *items;
  size_t count;
} rak_model_summaries;

/** A function that a model may call. The agent calls it, and tells the model what came of it. */
typedef struct rak_model_tool {
  /** What the model calls it by. */
  rak_str name;
  /** What it does, and when to use it. */
  rak_str description;
  /** JSON Schema of its arguments. */
  rak_str parameters;
} rak_model_tool;

/** How free a model is to call functions. */
typedef enum rak_tool_mode {
  /** It calls what it sees fit. */
  RAK_TOOL_AUTO,
  /** It calls none. */
  RAK_TOOL_NONE,
  /** It calls at least one. */
  RAK_TOOL_REQUIRED,
  /** It calls the one that is named. */
  RAK_TOOL_NAMED,
} rak_tool_mode;

/** What the host sends on to the client while a model writes: as deltas, so that the agent still gives the answer whole. */
typedef enum rak_relay {
  /** Nothing. */
  RAK_RELAY_OFF,
  /** The text. */
  RAK_RELAY_TEXT,
  /** The text, and the thoughts. */
  RAK_RELAY_ALL,
} rak_relay;

/** More about a request; `{0}`, as NULL in its place, is nothing more. */
typedef struct rak_model_options {
  /** An alias; optional: without it the agent's default is asked. */
  rak_str model;
  /** The instruction; optional. */
  rak_str system;
  /** The functions that the model may call. */
  const rak_model_tool *tools;
  size_t tool_count;
  /** Which of them it is to call, and for RAK_TOOL_NAMED the name of that one. */
  rak_tool_mode tool_mode;
  rak_str tool_name;
  /** The longest answer, in tokens; 0 says nothing of it. */
  uint32_t max_output_tokens;
  /** How freely the model chooses its words; NULL says nothing of it. */
  const float *temperature;
  /** Texts that end the answer. */
  rak_strs stop;
  /** JSON Schema that the answer has to satisfy, which is JSON then: rak_model_json reads it. Optional. */
  rak_str response_schema;
  /** What the host sends on to the client while the model writes. */
  rak_relay relay;
  /** Members of the provider's own request that have no member here, an object as a JSON text; optional. */
  rak_str extra;
} rak_model_options;

/** Why an answer ends. */
typedef enum rak_finish {
  /** It is complete. */
  RAK_FINISH_STOP,
  /** The model had no more tokens. */
  RAK_FINISH_LENGTH,
  /** Functions are to be called. */
  RAK_FINISH_CALLS,
  /** The provider held it back. */
  RAK_FINISH_FILTERED,
  /** For a reason of the provider's own. */
  RAK_FINISH_OTHER,
} rak_finish;

/** What an answer cost, in tokens. */
typedef struct rak_usage {
  /** What was read, what the provider had cached included. */
  uint64_t input_tokens;
  /** What was written, thoughts included. */
  uint64_t output_tokens;
  /** What of the input the provider had cached. */
  uint64_t cached_tokens;
  /** What of the output were thoughts. */
  uint64_t thought_tokens;
  /** Anything else, a JSON text; optional. */
  rak_str extra;
} rak_usage;

/** What a model answered. */
typedef struct rak_model_response {
  /** The provider's name of the model that answered. */
  rak_str model;
  /** The answer, with the role `model`. The next request has it among its contents as it is. */
  rak_content content;
  rak_finish finish;
  /** The reason's name in the contract, for example `function-calls`; the provider's word for RAK_FINISH_OTHER. */
  rak_str finish_name;
  rak_usage usage;
  /** Anything else that the provider says, a JSON text; optional. */
  rak_str extra;
} rak_model_response;

/** Several calls of functions. */
typedef struct rak_calls {
  const rak_call *items;
  size_t count;
} rak_calls;

/** The texts of an answer as one text in the arena. */
rak_str rak_model_text(rak_context *cx, const rak_model_response *response);

/** The functions that a model wants called, in order, in the arena. */
rak_calls rak_model_calls(rak_context *cx, const rak_model_response *response);

/** Reads the answer to a request with a `response_schema`. RAK_FAILED where it is no JSON. */
rak_status rak_model_json(rak_context *cx, const rak_model_response *response, const rak_json **value);

/** The models that may be asked, by alias, the agent's default first. */
rak_status rak_models_available(rak_context *cx, rak_model_summaries *models);

/** Asks a model with a text of the user, and waits for the whole answer: `rak_complete(cx, text, NULL, &response)`. */
rak_status rak_complete(rak_context *cx, rak_str text, const rak_model_options *options, rak_model_response *response);

/**
 * As rak_complete, with a conversation, oldest first: what the user said, what the model answered, and in the role
 * `function` what came of the functions that it called.
 */
rak_status rak_complete_with(rak_context *cx, const rak_content *contents, size_t count, const rak_model_options *options,
                             rak_model_response *response);

/** What a delta is, and with that which member of its union holds it. */
typedef enum rak_delta_kind {
  /** Text, to be put behind what came before: `text`. */
  RAK_DELTA_TEXT,
  /** The model's reasoning: `text`. */
  RAK_DELTA_THOUGHT,
  /** A whole call of a function: `call`. */
  RAK_DELTA_CALL,
  /** Whatever else the provider sends, a JSON text: `other`. */
  RAK_DELTA_OTHER,
} rak_delta_kind;

/** A piece of an answer that is still being written. */
typedef struct rak_delta {
  rak_delta_kind kind;
  union {
    rak_str text;
    rak_call call;
    rak_str other;
  };
} rak_delta;

/** Several deltas. */
typedef struct rak_deltas {
  const rak_delta *items;
  size_t count;
} rak_deltas;

/** An answer that a model is writing. It is given up when the run ends, or by rak_completion_drop. */
typedef struct rak_completion rak_completion;

/** Asks a model with a text of the user, and gives what it writes as it comes. */
rak_status rak_open_completion(rak_context *cx, rak_str text, const rak_model_options *options,
                               rak_completion **completion);

/** As rak_open_completion, with a conversation. */
rak_status rak_open_completion_with(rak_context *cx, const rak_content *contents, size_t count,
                                    const rak_model_options *options, rak_completion **completion);

/**
 * What was written since the last time, waiting for it where there is nothing new; none at the end. It fails as
 * rak_complete does, and with RAK_UNAVAILABLE where the host ended while the model wrote, which rak_is_interrupted knows:
 * the rest is lost, and the model may be asked again.
 *
 *     rak_deltas deltas;
 *     do {
 *       RAK_TRY(rak_completion_next(completion, &deltas));
 *       for (size_t i = 0; i < deltas.count; i++) …
 *     } while (deltas.count > 0);
 */
rak_status rak_completion_next(rak_completion *completion, rak_deltas *deltas);

/** Waits for the whole answer, as rak_complete does. It is the same again for who asks again. */
rak_status rak_completion_finish(rak_completion *completion, rak_model_response *response);

/** Gives it up; nothing where it is over. */
void rak_completion_cancel(rak_completion *completion);

/**
 * Something that is ready when rak_completion_next has something to tell, or the end: for rak_wait_any. Each call makes one;
 * it is dropped when the run ends, or by rak_drop, before the answer.
 */
rak_waitable *rak_completion_ready(rak_completion *completion);

/** Gives it up where it is not over. It may not be used afterwards. NULL does nothing. */
void rak_completion_drop(rak_completion *completion);

/** Whether the newest call with this status failed because the host ended while a model wrote, or the web answered. */
bool rak_is_interrupted(rak_context *cx, rak_status status);

/** The vector of a text. */
typedef struct rak_vector {
  const float *items;
  size_t count;
} rak_vector;

/** The vectors of texts. */
typedef struct rak_embeddings {
  /** The provider's name of the model. */
  rak_str model;
  /** One for each text, in their order. */
  const rak_vector *vectors;
  size_t count;
  rak_usage usage;
  /** Anything else that the provider says, a JSON text; optional. */
  rak_str extra;
} rak_embeddings;

/** Turns texts into vectors. `model` is an alias; no text is the agent's default. */
rak_status rak_embed(rak_context *cx, rak_str model, rak_strs texts, rak_embeddings *embeddings);

RAK_END

#endif
