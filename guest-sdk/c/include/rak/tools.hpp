/** What an agent may use. */
#ifndef RAK_TOOLS_HPP
#define RAK_TOOLS_HPP

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <rak/content.hpp>
#include <rak/result.hpp>
#include <rak/tools.h>
#include <rak/wait.hpp>

namespace rak {

/** What is known of the effects of a tool. */
struct Hints {
  /** It changes nothing. */
  bool read_only = false;
  /** What it changes may be lost. */
  bool destructive = false;
  /** A second call with the same arguments changes nothing more. */
  bool idempotent = false;
  /** It deals with a world outside this host. */
  bool open_world = false;
  /** The host asks a person before each call. */
  bool needs_approval = false;
  friend bool operator==(const Hints&, const Hints&) = default;
};

/** A tool that may be called. */
struct Tool {
  /** What to call it by. */
  std::string name;
  /** What it does, for a model. */
  std::string description;
  /** JSON Schema of its arguments. */
  Json parameters;
  Hints hints = {};
  /** Anything else. */
  std::optional<Json> extra = {};
  friend bool operator==(const Tool&, const Tool&) = default;
};

/** More about a call: `{.timeout = 5s}`. */
struct ToolOptions {
  /** How long it may take; not counted while a person is asked. */
  std::optional<std::chrono::milliseconds> timeout = {};
  /**
   * A tool that takes keys does once what is asked for several times with the same one; without it the host makes one for
   * each call.
   */
  std::optional<std::string> idempotency_key = {};
  /** Whether this invocation's client sees what an agent emits that is called as a tool. */
  bool relay_events = false;
  /** Anything else that the host is told. */
  std::optional<Json> extra = {};
  friend bool operator==(const ToolOptions&, const ToolOptions&) = default;
};

/** A call that was started: Tools::start makes one. It is given up when it goes out of scope. */
class Running {
 public:
  Running(rak_context* cx, rak_running* raw) : cx_(cx), raw_(raw) {}

  /** Waits for its end, as Tools::call does. It is the same again for who asks again. */
  Result<FunctionResponse> finish() const;

  /** Gives it up; nothing where it is over. */
  void cancel() const { rak_running_cancel(raw_.get()); }

  /** Something that is ready when the call is over, for Context::wait_any; it may not outlive the call. */
  Waitable done() const { return Waitable(rak_running_done(raw_.get())); }

 private:
  struct Drop {
    void operator()(rak_running* raw) const { rak_running_drop(raw); }
  };
  rak_context* cx_;
  std::unique_ptr<rak_running, Drop> raw_;
};

/**
 * What an agent may use: `cx.tools()`. The host's own tools, tools of MCP servers (`mcp.SERVER.TOOL`), and other agents
 * (`agent.NAME`) are in one namespace.
 *
 * A tool that says of itself that it failed has a response all the same, with `failed`, for the model to read. A call that
 * goes wrong fails as `not_found`, `denied` (not granted; with the code `rejected` where a person said no),
 * `invalid_argument` (the arguments do not satisfy the schema), `deadline_exceeded` (Failure::is_expired where nobody
 * approved it in time), `limit_exceeded`, `unavailable`, or `conflict` with the code `unknown_outcome` where the host ended
 * during the call of a tool that may not be called twice. The run goes on after each of them.
 */
class Tools {
 public:
  explicit Tools(rak_context* raw) : raw_(raw) {}

  /** The tools that may be called, by name. */
  Result<std::vector<Tool>> available() const;

  /** Calls a tool as a model wants it called. A call without an id gets one, and one whose `args` are null has none. */
  Result<FunctionResponse> call(const FunctionCall& call, const ToolOptions& options = {}) const;

  /** Calls the tool of this name: `call("calculator", rak::Json::object({{"expression", "1 + 1"}}))`. */
  Result<FunctionResponse> call(std::string_view name, const Json& args = Json::object(),
                                const ToolOptions& options = {}) const {
    return call(FunctionCall{.id = "", .name = std::string(name), .args = args}, options);
  }

  /** Calls tools all at once. The results are in the order of the calls. */
  std::vector<Result<FunctionResponse>> call_all(std::span<const FunctionCall> calls,
                                                 const ToolOptions& options = {}) const;

  /** Starts a call, and does not wait for it. */
  Result<Running> start(const FunctionCall& call, const ToolOptions& options = {}) const;
  Result<Running> start(std::string_view name, const Json& args = Json::object(), const ToolOptions& options = {}) const {
    return start(FunctionCall{.id = "", .name = std::string(name), .args = args}, options);
  }

 private:
  rak_context* raw_;
};

}  // namespace rak

#endif
