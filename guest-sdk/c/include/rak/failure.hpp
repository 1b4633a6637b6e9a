/** How a run ends badly, and how a host call is refused. */
#ifndef RAK_FAILURE_HPP
#define RAK_FAILURE_HPP

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <rak/base.h>
#include <rak/json.hpp>

namespace rak {

/** What sort of failure it is. */
enum class FailureKind {
  /** The invocation is being cancelled. */
  cancelled = RAK_CANCELLED,
  /** There was not enough time. */
  deadline_exceeded = RAK_DEADLINE_EXCEEDED,
  /** The agent's manifest does not grant this. */
  denied = RAK_DENIED,
  /** It is not there. */
  not_found = RAK_NOT_FOUND,
  /** The input is wrong; say what to send instead. */
  invalid_argument = RAK_INVALID_ARGUMENT,
  /** It was changed by another. */
  conflict = RAK_CONFLICT,
  /** A quota of the invocation, the agent or the user is used up. */
  limit_exceeded = RAK_LIMIT_EXCEEDED,
  /** Too much in too short a time. */
  rate_limited = RAK_RATE_LIMITED,
  /** It is down now and may be back later. */
  unavailable = RAK_UNAVAILABLE,
  /** The agent or the host cannot do this. */
  unsupported = RAK_UNSUPPORTED,
  /** Anything else. */
  failed = RAK_FAILED,
};

/** The kind's name in the contract, for example `invalid-argument`. */
std::string_view name_of(FailureKind kind);

/** The kind with this name in the contract; none where there is none. */
std::optional<FailureKind> failure_kind(std::string_view name);

/**
 * Why something failed. The client reads the kind and the message, so the message is written for them.
 *
 *     return rak::Failure::not_found("there is no such page");
 *     return rak::Failure{.kind = rak::FailureKind::rate_limited, .message = "too fast", .retry_after = 2s};
 */
struct Failure {
  FailureKind kind = FailureKind::failed;
  /** A finer, stable word of the agent's own, for example `quota_exceeded`. */
  std::optional<std::string> code = {};
  /** What happened, for a person. */
  std::string message;
  /** When trying again makes sense. */
  std::optional<std::chrono::milliseconds> retry_after = {};
  /** More for a program, in the agent's own shape. */
  std::optional<Json> details = {};

  static Failure of(FailureKind kind, std::string message) { return {.kind = kind, .message = std::move(message)}; }
  static Failure cancelled() { return of(FailureKind::cancelled, "the invocation was cancelled"); }
  static Failure deadline_exceeded() { return of(FailureKind::deadline_exceeded, "the deadline has passed"); }
  static Failure denied(std::string message) { return of(FailureKind::denied, std::move(message)); }
  static Failure not_found(std::string message) { return of(FailureKind::not_found, std::move(message)); }
  static Failure invalid_argument(std::string message) { return of(FailureKind::invalid_argument, std::move(message)); }
  static Failure conflict(std::string message) { return of(FailureKind::conflict, std::move(message)); }
  static Failure limit_exceeded(std::string message) { return of(FailureKind::limit_exceeded, std::move(message)); }
  static Failure rate_limited(std::string message) { return of(FailureKind::rate_limited, std::move(message)); }
  static Failure unavailable(std::string message) { return of(FailureKind::unavailable, std::move(message)); }
  static Failure unsupported(std::string message) { return of(FailureKind::unsupported, std::move(message)); }
  static Failure failed(std::string message) { return of(FailureKind::failed, std::move(message)); }

  /** Whether nobody answered a question in time: the kind is `deadline_exceeded` then. */
  bool is_expired() const { return kind == FailureKind::deadline_exceeded && code == "expired"; }

  /** Whether the host ended while a model wrote or the web answered: the kind is `unavailable` then. */
  bool is_interrupted() const { return kind == FailureKind::unavailable && code == "interrupted"; }

  /** Says what was being done, before what went wrong. */
  Failure context(std::string_view doing) && {
    message.insert(0, std::string(doing) + ": ");
    return std::move(*this);
  }

  friend bool operator==(const Failure&, const Failure&) = default;
};

}  // namespace rak

#endif
