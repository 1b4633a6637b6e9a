/** How a run ends well. */
#ifndef RAK_OUTCOME_HPP
#define RAK_OUTCOME_HPP

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <rak/content.hpp>

namespace rak {

/** How a run ends well: mostly with an answer, so a text or a Content is one. */
struct Outcome {
  /** The answer, where it was not emitted already. */
  std::optional<Content> content = {};
  /** Tells a workflow above to stop. */
  bool escalate = false;
  /** Hands the conversation to another agent. */
  std::optional<std::string> transfer_to = {};
  /** Anything else the client and the agent agree on. */
  std::optional<Json> extra = {};

  /** Nothing more to say: everything was emitted already. */
  Outcome() = default;
  Outcome(Content answer) : content(std::move(answer)) {}
  template <class T>
    requires std::convertible_to<T, std::string_view>
  Outcome(const T& answer) : content(Content::model(std::string(std::string_view(answer)))) {}

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

}  // namespace rak

#endif
