/** What an agent is. */
#ifndef RAK_AGENT_H
#define RAK_AGENT_H

#include <rak/content.h>

RAK_BEGIN

/** One thing an agent can be asked for. */
typedef struct rak_skill {
  /** A stable word for it, unique in the agent. */
  const char *id;
  /** Its name, for a person. */
  const char *name;
  /** What it does. */
  const char *description;
  /** Words to find it by, ended by NULL; or NULL. */
  const char *const *tags;
  /** Inputs to try, ended by NULL; or NULL. */
  const char *const *examples;
} rak_skill;

/** What a run does: it looks at the input, calls the host, and answers or fails. */
typedef rak_status rak_run(rak_context *cx, const rak_content *input);

/** An agent: its card, and what it does. */
typedef struct rak_agent {
  /** What clients call it. */
  const char *name;
  /** What it does, in a sentence or two. */
  const char *description;
  /** The version of the agent. */
  const char *version;
  /** What it can be asked for. The last one has no id; or NULL. */
  const rak_skill *skills;
  /** JSON Schema of a structured input, where the agent wants one; or NULL. */
  const char *input_schema;
  /** Anything else a client may want to know, a JSON text; or NULL. */
  const char *extra;
  /** What a run does. One run is one invocation in a new instance: static variables do not survive it. */
  rak_run *run;
} rak_agent;

/** The agent of this program: RAK_AGENT makes it. */
const rak_agent *rak_the_agent(void);

#ifndef __cplusplus
/** Makes the agent of this program, once in one source file: `RAK_AGENT(.name = "greeter", …, .run = run);`. */
#define RAK_AGENT(...)                                                \
  static const rak_agent rak_this_agent = {__VA_ARGS__};              \
  const rak_agent *rak_the_agent(void) { return &rak_this_agent; }    \
  _Static_assert(1, "takes the semicolon")

/** The skills of an agent that are written down. */
#define RAK_SKILLS(...) (const rak_skill[]){__VA_ARGS__, {0}}
/** Several words that are written down. */
#define RAK_WORDS(...) (const char *const[]){__VA_ARGS__, NULL}
#endif

RAK_END

#endif
