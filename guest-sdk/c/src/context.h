/* What a context is made of. Private to the SDK. */
#ifndef RAK_SRC_CONTEXT_H
#define RAK_SRC_CONTEXT_H

#include <rak.h>

/* A stretch of memory that the arena cuts pieces from. */
typedef struct rak_block {
  struct rak_block *before;
  size_t capacity;
  size_t used;
  _Alignas(max_align_t) unsigned char bytes[];
} rak_block;

typedef struct rak_arena {
  rak_block *newest;
} rak_arena;

/* The fake host that runs natively; a component has none. */
struct fake_run;

struct rak_context {
  rak_arena arena;
  /* The newest failure that a call noted; RAK_OK where there is none. */
  rak_failure failure;
  rak_outcome outcome;
  rak_waitable *waitables;
  /* How many calls of tools the SDK made an id for. */
  size_t tool_calls;
  struct fake_run *fake;
};

/* Memory that is not zeroed, aligned for everything. */
void *rak_arena_take(rak_arena *arena, size_t size);

/* Gives back everything since the mark. */
void rak_arena_release(rak_arena *arena, rak_arena_mark mark);

/* Ends the run, because the host grants no more memory. */
RAK_NORETURN void rak_out_of_memory(void);

/* Frees all that a run took. */
void rak_context_clear(rak_context *cx);

/* The text where it is UTF-8, and else a copy with U+FFFD for what is not. */
rak_str rak_utf8(rak_context *cx, rak_str text);

/* How many bytes at the end of the text are the beginning of a character that is not complete. */
size_t rak_utf8_incomplete(rak_str text);

/* The call with what it needs: an id, and arguments. */
rak_call rak_whole_call(rak_context *cx, const rak_call *call);

/* The request with what it needs: its method, and what is sent as its body. */
rak_http_options rak_whole_request(rak_context *cx, const rak_http_options *options);

/* What the reasons of an answer's end are called in the contract; NULL for RAK_FINISH_OTHER. */
extern const char *const rak_finish_names[];

/* Runs an agent: its status is RAK_OK and the outcome is in the context, or the failure is what rak_failure_of says. */
rak_status rak_run_agent(rak_context *cx, rak_run *run, const rak_content *input);

#endif
