/** What an agent is handed beside its input. */
#ifndef RAK_CONTEXT_HPP
#define RAK_CONTEXT_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <rak/agents.hpp>
#include <rak/artifacts.hpp>
#include <rak/events.hpp>
#include <rak/http.hpp>
#include <rak/log.hpp>
#include <rak/models.hpp>
#include <rak/people.hpp>
#include <rak/session.hpp>
#include <rak/stream.hpp>
#include <rak/tools.hpp>
#include <rak/wait.hpp>

namespace rak {

/** Who is asking, and which invocation this is. */
struct Info {
  /** This invocation. */
  std::string invocation_id;
  /** The conversation. */
  std::string session_id;
  /** Whose conversation it is. */
  std::string user_id;
  /** The name the agent runs under. */
  std::string agent;
  /** Which version runs: a digest over the component and what its manifest says. */
  std::string agent_version;
  /** 1 for the first run; higher after the host resumed the invocation. */
  std::uint32_t attempt = 1;
  /** The invocation that called this one. */
  std::optional<std::string> parent_id = {};
  /** The W3C trace context this invocation belongs to. */
  std::optional<std::string> traceparent = {};
  /** Anything else the host says. */
  std::optional<Json> extra = {};
};

/** Whole milliseconds, rounded up so that a wait is never shorter than what was asked for; nothing negative. */
template <class Rep, class Period>
std::uint64_t to_millis(std::chrono::duration<Rep, Period> time) {
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(time).count();
  return ms < 0 ? 0 : static_cast<std::uint64_t>(ms);
}

/** The invocation, as its agent sees it: who asks, what is left, and everything the host does for it. */
class Context {
 public:
  explicit Context(rak_context* raw) : raw_(raw) {}
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  /** Who is asking, and which invocation this is. */
  Info info() const;

  /**
   * A value of the agent's manifest; none where it has no such key. A failure of the kind `failed` where it has another
   * shape: Json::as.
   */
  template <class T = Json>
  Result<std::optional<T>> config(std::string_view key) const {
    return detail::decode<T>(config_json(key), "the agent's configuration value", key);
  }

  /** The keys of the manifest's configuration, sorted. */
  std::vector<std::string> config_keys() const;

  /** Whether the invocation is being cancelled. An agent that loops asks now and then, and returns once it is. */
  bool is_cancelled() const;

  /** Fails as `cancelled` once the invocation is being cancelled. */
  Result<void> check_cancelled() const;

  /** How much time is left; none where there is no deadline. */
  std::optional<std::chrono::milliseconds> remaining() const;

  /** What the client sees. */
  Events events() const { return Events(raw_); }

  /** An answer that the client sees while it is being written. */
  Stream stream() const { return Stream(raw_); }

  /** The conversation so far, and the state kept with it. */
  Session session() const { return Session(raw_); }

  /** The persons in the loop: they decide, answer, and say something while the agent works. */
  People people() const { return People(raw_); }

  /** The other agents of this host. */
  Agents agents() const { return Agents(raw_); }

  /** What the agent may use. */
  Tools tools() const { return Tools(raw_); }

  /** The models that the host brokers. */
  Models models() const { return Models(raw_); }

  /** The web, as far as the agent may go there. */
  Http http() const { return Http(raw_); }

  /** Files that outlive the run. */
  Artifacts artifacts() const { return Artifacts(raw_); }

  /** What the operator reads. */
  Log log() const { return Log(raw_); }

  /** Waits. Returns at once when the invocation is being cancelled, so a loop asks check_cancelled after it. */
  template <class Rep, class Period>
  void sleep(std::chrono::duration<Rep, Period> time) const {
    rak_sleep(raw_, to_millis(time));
  }

  /** Something that is ready after this time. */
  template <class Rep, class Period>
  Waitable timer(std::chrono::duration<Rep, Period> time) const {
    return Waitable(rak_timer(raw_, to_millis(time)));
  }

  /**
   * Waits for the first of them: `cx.wait_any({&a, &b}, 5s)`. The indexes of those that are ready, ascending; none after
   * the timeout, when the invocation is being cancelled, and at once for no waitables and no timeout.
   */
  std::vector<std::size_t> wait_any(std::span<const Waitable* const> of,
                                    std::optional<std::chrono::milliseconds> timeout = {}) const;
  std::vector<std::size_t> wait_any(std::initializer_list<const Waitable*> of,
                                    std::optional<std::chrono::milliseconds> timeout = {}) const {
    return wait_any(std::span(of.begin(), of.size()), timeout);
  }

 private:
  Result<std::optional<Json>> config_json(std::string_view key) const;
  rak_context* raw_;
};

}  // namespace rak

#endif
