/** What an agent is. */
#ifndef RAK_AGENT_HPP
#define RAK_AGENT_HPP

#include <concepts>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <rak/agent.h>
#include <rak/context.hpp>
#include <rak/outcome.hpp>

namespace rak {

/** One thing an agent can be asked for. */
struct Skill {
  /** A stable word for it, unique in the agent. */
  std::string id;
  /** Its name, for a person. */
  std::string name;
  /** What it does. */
  std::string description = {};
  /** Words to find it by. */
  std::vector<std::string> tags = {};
  /** Inputs to try. */
  std::vector<std::string> examples = {};
};

/**
 * What a run does: a function of a Context& and of a Content, or of a text, which then is the text of the input. It returns
 * a Result<Outcome>, or anything that one is made from: an Outcome, a Content, a text, a Failure.
 */
class Run {
 public:
  template <class F>
    requires std::invocable<const F&, Context&, const Content&> || std::invocable<const F&, Context&, std::string_view>
  Run(F function) : function_([function = std::move(function)](Context& cx, const Content& input) -> Result<Outcome> {
    if constexpr (std::invocable<const F&, Context&, const Content&>) {
      return function(cx, input);
    } else {
      return function(cx, std::string_view(input.text()));
    }
  }) {}

  Result<Outcome> operator()(Context& cx, const Content& input) const { return function_(cx, input); }

 private:
  std::function<Result<Outcome>(Context&, const Content&)> function_;
};

/** An agent: its card, and what it does. */
struct Agent {
  /** What clients call it. */
  std::string name;
  /** What it does, in a sentence or two. */
  std::string description;
  /** The version of the agent. */
  std::string version;
  /** What it can be asked for. */
  std::vector<Skill> skills = {};
  /** JSON Schema of a structured input, where the agent wants one. */
  std::optional<Json> input_schema = {};
  /** Anything else a client may want to know. */
  std::optional<Json> extra = {};
  /** What a run does. One run is one invocation in a new instance: static variables do not survive it. */
  Run run;
};

namespace detail {
/** The agent as the C part of the SDK knows it. */
const rak_agent* c_agent(const Agent& agent);
}  // namespace detail

}  // namespace rak

/** Makes the agent of this program, once in one source file: `RAK_AGENT(.name = "greeter", …, .run = run);`. */
#define RAK_AGENT(...)                                    \
  extern "C" const rak_agent* rak_the_agent(void) {       \
    static const ::rak::Agent the_agent{__VA_ARGS__};     \
    return ::rak::detail::c_agent(the_agent);             \
  }                                                       \
  static_assert(true, "takes the semicolon")

#endif
