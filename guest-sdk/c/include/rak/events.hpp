/** What the client sees, in order. */
#ifndef RAK_EVENTS_HPP
#define RAK_EVENTS_HPP

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include <rak/content.hpp>
#include <rak/result.hpp>

namespace rak {

/** Text still being written: sent, not stored. */
struct TextDelta {
  std::string text;
  friend bool operator==(const TextDelta&, const TextDelta&) = default;
};

/** A thought still being thought: sent, not stored. */
struct ThoughtDelta {
  std::string text;
  friend bool operator==(const ThoughtDelta&, const ThoughtDelta&) = default;
};

/** How far the work is: sent, and the newest one kept with the invocation's status. */
struct Progress {
  /** What is being done, for a person. */
  std::string message;
  /** How much of it is done, in the agent's own unit. */
  std::optional<std::uint64_t> done = {};
  /** How much there is, in the same unit. */
  std::optional<std::uint64_t> total = {};
  friend bool operator==(const Progress&, const Progress&) = default;
};

/** One thing the client sees. A Content and a Custom are stored, then sent; the others are only sent. */
using Event = std::variant<Content, TextDelta, ThoughtDelta, Progress, Custom>;

/**
 * Sends events to the client: `cx.events()`.
 *
 * Every call can fail: as `cancelled` once the invocation is being cancelled, or because a limit is reached. RAK_TRY is the
 * right answer to both.
 */
class Events {
 public:
  explicit Events(rak_context* raw) : raw_(raw) {}

  /** Sends all of them or none. The sequence number of this invocation's newest stored event. */
  Result<std::uint64_t> emit(std::span<const Event> events) const;

  /** Text still being written. A client shows it at once; the finished content follows. */
  Result<void> text_delta(std::string_view text) const;

  /** A thought still being thought. */
  Result<void> thought_delta(std::string_view text) const;

  /** A finished piece of the conversation. Its sequence number. */
  Result<std::uint64_t> content(const Content& content) const;

  /** How far the work is: `progress({.message = "reading", .done = 1, .total = 2})`. */
  Result<void> progress(const Progress& progress) const;

  /** Anything the client and the agent agree on. Its sequence number. */
  Result<std::uint64_t> other(std::string_view name, const Json& value) const;

 private:
  rak_context* raw_;
};

}  // namespace rak

#endif
