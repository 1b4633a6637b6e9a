// The agent as the C part of the SDK knows it.

#include "agent.hpp"

#include <new>

#include "convert.hpp"

namespace rak::detail {

rak_status run_as_c(rak_context* raw, const Run& run, const rak_content& input) {
  // The outcome has no copies of its texts, so that they have to last until it was handed over.
  static std::optional<Result<Outcome>> ended;
  Context cx(raw);
  ended.emplace(run(cx, to_cpp(input)));
  if (!*ended) return to_c(raw, ended->failure());
  const Outcome& outcome = **ended;
  if (outcome.content) {
    const rak_content content = to_c(raw, *outcome.content);
    rak_answer_content(raw, &content);
  }
  if (outcome.escalate) rak_escalate(raw);
  if (outcome.transfer_to) rak_transfer_to(raw, to_c_optional(outcome.transfer_to));
  if (outcome.extra) rak_extra(raw, to_c(raw, *outcome.extra));
  return RAK_OK;
}

namespace {

// The card with the types of C, whose texts are those of the agent.
struct Card {
  std::vector<std::vector<const char*>> lists;
  std::vector<rak_skill> skills;
  std::string input_schema, extra;
  rak_agent agent = {};

  const char* const* list_of(const std::vector<std::string>& words) {
    std::vector<const char*> list;
    for (const std::string& word : words) list.push_back(word.c_str());
    list.push_back(nullptr);
    return lists.emplace_back(std::move(list)).data();
  }

  void add(const Skill& skill) {
    skills.push_back({skill.id.c_str(), skill.name.c_str(), skill.description.c_str(), list_of(skill.tags),
                      list_of(skill.examples)});
  }
};

const Agent* the_agent;

// Says what happened, where the standard library would speak of an exception that nobody can throw here.
void out_of_memory() { rak_panic("out of memory: the agent asked for more than it may have"); }

rak_status run_the_agent(rak_context* raw, const rak_content* input) { return run_as_c(raw, the_agent->run, *input); }

}  // namespace

const rak_agent* c_agent(const Agent& agent) {
  static Card card;
  if (the_agent) return &card.agent;
  the_agent = &agent;
  std::set_new_handler(out_of_memory);
  for (const Skill& skill : agent.skills) card.add(skill);
  card.skills.push_back({});
  if (agent.input_schema) card.input_schema = agent.input_schema->dump();
  if (agent.extra) card.extra = agent.extra->dump();
  card.agent = {
      .name = agent.name.c_str(),
      .description = agent.description.c_str(),
      .version = agent.version.c_str(),
      .skills = card.skills.data(),
      .input_schema = agent.input_schema ? card.input_schema.c_str() : nullptr,
      .extra = agent.extra ? card.extra.c_str() : nullptr,
      .run = run_the_agent,
  };
  return &card.agent;
}

}  // namespace rak::detail
