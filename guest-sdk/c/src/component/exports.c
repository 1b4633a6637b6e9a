/* What the host calls: the agent of the program, behind the generated bindings. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convert.h"

/*
 * `rak build` calls this once, after the constructors of C++ and before it writes the memory down as that of every run. The
 * allocator takes a page of WebAssembly for each class of sizes, powers of two up to half a page; to have them before a run
 * begins is cheaper than to grow the memory in each.
 */
__attribute__((__export_name__("wizer-initialize"))) void rak_prepare(void) {
  for (size_t slot = 16; slot <= 32768; slot *= 2) {
    void *volatile piece = malloc(slot / 4 * 3);
    free(piece);
  }
}

/* One invocation an instance, so one context. */
static rak_context context;

static exports_rak_agent_entry_list_skill_t skills_of(const rak_skill *skills) {
  size_t count = 0;
  while (skills != NULL && skills[count].id != NULL) {
    count++;
  }
  exports_rak_agent_entry_skill_t *list = rak_alloc_array(&context, count, sizeof *list);
  for (size_t i = 0; i < count; i++) {
    list[i] = (exports_rak_agent_entry_skill_t){
        .id = to_string(&context, rak_str_of(skills[i].id)),
        .name = to_string(&context, rak_str_of(skills[i].name)),
        .description = to_string(&context, rak_str_of(skills[i].description)),
        .tags = to_strings(&context, skills[i].tags),
        .examples = to_strings(&context, skills[i].examples),
    };
  }
  return (exports_rak_agent_entry_list_skill_t){list, count};
}

void exports_rak_agent_entry_describe(exports_rak_agent_entry_descriptor_t *descriptor) {
  const rak_agent *agent = rak_the_agent();
  const rak_agent_common_option_json_t schema = to_option_json(&context, rak_str_of(agent->input_schema));
  const rak_agent_common_option_json_t extra = to_option_json(&context, rak_str_of(agent->extra));
  *descriptor = (exports_rak_agent_entry_descriptor_t){
      .name = to_string(&context, rak_str_of(agent->name)),
      .description = to_string(&context, rak_str_of(agent->description)),
      .version = to_string(&context, rak_str_of(agent->version)),
      .skills = skills_of(agent->skills),
      .input_schema = {schema.is_some, schema.val},
      .extra = {extra.is_some, extra.val},
  };
}

static exports_rak_agent_entry_outcome_t outcome_of(const rak_outcome *outcome) {
  exports_rak_agent_entry_outcome_t out;
  memset(&out, 0, sizeof out);
  if (outcome->has_content) {
    out.content.is_some = true;
    out.content.val = to_content(&context, &outcome->content);
  }
  const rak_agent_common_option_json_t extra = to_option_json(&context, outcome->extra);
  out.escalate = outcome->escalate;
  out.transfer_to = to_option_string(&context, outcome->transfer_to);
  out.extra.is_some = extra.is_some;
  out.extra.val = extra.val;
  return out;
}

bool exports_rak_agent_entry_run(exports_rak_agent_entry_content_t *input, exports_rak_agent_entry_outcome_t *outcome,
                                 exports_rak_agent_entry_failure_t *failure) {
  const rak_content content = from_content(&context, input);
  const rak_status status = rak_run_agent(&context, rak_the_agent()->run, &content);
  /* Nothing else does it: the program of a component never exits. */
  fflush(NULL);
  if (status != RAK_OK) {
    const rak_failure noted = rak_failure_of(&context, status);
    *failure = to_failure(&context, &noted);
    return false;
  }
  *outcome = outcome_of(&context.outcome);
  return true;
}

/*
 * The generated ones free what was returned, piece by piece. Here it is in the arena, and the instance ends: these take
 * their place.
 */
__attribute__((__export_name__("cabi_post_rak:agent/entry@0.1.5#describe"))) void
__wasm_export_exports_rak_agent_entry_describe_post_return(uint8_t *returned) {
  (void)returned;
}

__attribute__((__export_name__("cabi_post_rak:agent/entry@0.1.5#run"))) void
__wasm_export_exports_rak_agent_entry_run_post_return(uint8_t *returned) {
  (void)returned;
}
