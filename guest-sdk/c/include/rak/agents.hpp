/** Calling the other agents of this host. */
#ifndef RAK_AGENTS_HPP
#define RAK_AGENTS_HPP

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <rak/agents.h>
#include <rak/content.hpp>
#include <rak/result.hpp>
#include <rak/wait.hpp>

namespace rak {

/** An agent that may be called. */
struct AgentSummary {
  /** What to call it by. */
  std::string name;
  /** What it does. */
  std::string description;
  /** The version of the agent. */
  std::string version;
  /** JSON Schema of a structured input, where the agent wants one. */
  std::optional<Json> input_schema = {};
  /** Anything else that it says about itself. */
  std::optional<Json> extra = {};
  friend bool operator==(const AgentSummary&, const AgentSummary&) = default;
};

/** More about a call: `{.session = "s", .timeout = 5s}`. */
struct AgentOptions {
  /**
   * The child's session among its agent's sessions of this user; without it the child has a new one. Children in the same
   * session run one after the other.
   */
  std::optional<std::string> session = {};
  /** How long it may take. */
  std::optional<std::chrono::milliseconds> timeout = {};
  /** Whether this invocation's client sees what the child emits. */
  bool relay_events = false;
  /** Whether it goes on when this invocation ends, or gives it up. */
  bool detached = false;
  /** Anything else that the host is told. */
  std::optional<Json> extra = {};
  friend bool operator==(const AgentOptions&, const AgentOptions&) = default;
};

/** How a child ended well. */
struct Reply {
  /** The child. */
  std::string invocation_id;
  /** What it answered: the content of its outcome, or the last content that it emitted where that has none. */
  std::optional<Content> content = {};
  /** Whether it wants a workflow above to stop. */
  bool escalate = false;
  /** Which agent it wants to hand the conversation to. */
  std::optional<std::string> transfer_to = {};
  /** What it says beside that. */
  std::optional<Json> extra = {};

  /** The text of the content; empty where there is none. */
  std::string text() const { return content ? content->text() : ""; }

  friend bool operator==(const Reply&, const Reply&) = default;
};

/**
 * An agent that was started: Agents::start makes one. It is given up when it goes out of scope: cancelled where it is not
 * over, unless it is detached.
 */
class Child {
 public:
  Child(rak_context* cx, rak_child* raw) : cx_(cx), raw_(raw) {}

  /** The child's invocation. */
  std::string invocation_id() const;

  /** Waits for its end, as Agents::call does. It is the same again for who asks again. */
  Result<Reply> finish() const;

  /** Stops it; nothing where it is over. */
  void cancel() const { rak_child_cancel(raw_.get()); }

  /** Something that is ready when the child is over, for Context::wait_any; it may not outlive the child. */
  Waitable done() const { return Waitable(rak_child_done(raw_.get())); }

 private:
  struct Drop {
    void operator()(rak_child* raw) const { rak_child_drop(raw); }
  };
  rak_context* cx_;
  std::unique_ptr<rak_child, Drop> raw_;
};

/** One of the calls of Agents::call_all. */
struct AgentCall {
  /** The name of the agent. */
  std::string agent;
  /** What it is told. */
  Content input;
};

/**
 * The other agents of this host: `cx.agents()`. Each call is an invocation of its own: a child of this one, with a session
 * of its own agent, and this invocation's user.
 *
 * A child recovers with its parent after a crash of the host, and ends with it: what a parent leaves running at its end is
 * cancelled, unless it is detached.
 *
 * A child that fails is the failure that it ended with. One that was stopped for itself fails with the code that says why
 * (`cancelled`, `timed_out`), and the details name its invocation: the run goes on then, although the kind may be
 * `cancelled` or `deadline_exceeded`. Context::check_cancelled tells whether it is the run that is being cancelled.
 */
class Agents {
 public:
  explicit Agents(rak_context* raw) : raw_(raw) {}

  /** The agents that may be called, by name. */
  Result<std::vector<AgentSummary>> available() const;

  /** Starts a child with a text or a content, and waits for its end. */
  Result<Reply> call(std::string_view agent, const Content& input, const AgentOptions& options = {}) const;
  Result<Reply> call(std::string_view agent, std::string_view text, const AgentOptions& options = {}) const {
    return call(agent, Content::user(std::string(text)), options);
  }

  /** Starts a child for each call, all at once, and waits for all of them. The results are in the order of the calls. */
  std::vector<Result<Reply>> call_all(std::span<const AgentCall> calls, const AgentOptions& options = {}) const;

  /** Starts a child with a text or a content, and does not wait for it. */
  Result<Child> start(std::string_view agent, const Content& input, const AgentOptions& options = {}) const;
  Result<Child> start(std::string_view agent, std::string_view text, const AgentOptions& options = {}) const {
    return start(agent, Content::user(std::string(text)), options);
  }

 private:
  rak_context* raw_;
};

}  // namespace rak

#endif
