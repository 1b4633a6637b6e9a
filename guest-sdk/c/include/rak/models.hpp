/** The models that the host brokers. */
#ifndef RAK_MODELS_HPP
#define RAK_MODELS_HPP

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <rak/content.hpp>
#include <rak/events.hpp>
#include <rak/models.h>
#include <rak/result.hpp>
#include <rak/wait.hpp>

namespace rak {

/** A model that may be asked. */
struct ModelSummary {
  /** The alias to ask it by. */
  std::string name;
  /** What it is good for. */
  std::string description = {};
  /** Anything else. */
  std::optional<Json> extra = {};
  friend bool operator==(const ModelSummary&, const ModelSummary&) = default;
};

/** A function that a model may call. The agent calls it, and tells the model what came of it. */
struct ModelTool {
  /** What the model calls it by. */
  std::string name;
  /** What it does, and when to use it. */
  std::string description = {};
  /** JSON Schema of its arguments. */
  Json parameters = Json::object({{"type", "object"}});
  friend bool operator==(const ModelTool&, const ModelTool&) = default;
};

/** How free a model is to call functions. */
enum class ToolMode {
  /** It calls what it sees fit. */
  automatic = RAK_TOOL_AUTO,
  /** It calls none. */
  none = RAK_TOOL_NONE,
  /** It calls at least one. */
  required = RAK_TOOL_REQUIRED,
  /** It calls the one that is named. */
  named = RAK_TOOL_NAMED,
};

/** What the host sends on to the client while a model writes: as deltas, so that the agent still gives the answer whole. */
enum class Relay {
  /** Nothing. */
  off = RAK_RELAY_OFF,
  /** The text. */
  text = RAK_RELAY_TEXT,
  /** The text, and the thoughts. */
  all = RAK_RELAY_ALL,
};

/** More about a request: `{.system = "Be brief.", .relay = rak::Relay::text}`. */
struct ModelOptions {
  /** An alias; without it the agent's default is asked. */
  std::optional<std::string> model = {};
  /** The instruction. */
  std::optional<std::string> system = {};
  /** The functions that the model may call. */
  std::vector<ModelTool> tools = {};
  /** Which of them it is to call, and for ToolMode::named the name of that one. */
  ToolMode tool_mode = ToolMode::automatic;
  std::string tool_name = {};
  /** The longest answer, in tokens. */
  std::optional<std::uint32_t> max_output_tokens = {};
  /** How freely the model chooses its words. */
  std::optional<float> temperature = {};
  /** Texts that end the answer. */
  std::vector<std::string> stop = {};
  /** JSON Schema that the answer has to satisfy, which is JSON then: ModelResponse::json reads it. */
  std::optional<Json> response_schema = {};
  /** What the host sends on to the client while the model writes. */
  Relay relay = Relay::off;
  /** Members of the provider's own request that have no member here: an object. */
  std::optional<Json> extra = {};
  friend bool operator==(const ModelOptions&, const ModelOptions&) = default;
};

/** Why an answer ends. */
enum class FinishReason {
  /** It is complete. */
  stop = RAK_FINISH_STOP,
  /** The model had no more tokens. */
  length = RAK_FINISH_LENGTH,
  /** Functions are to be called. */
  function_calls = RAK_FINISH_CALLS,
  /** The provider held it back. */
  filtered = RAK_FINISH_FILTERED,
  /** For a reason of the provider's own. */
  other = RAK_FINISH_OTHER,
};

/** What an answer cost, in tokens. */
struct Usage {
  /** What was read, what the provider had cached included. */
  std::uint64_t input_tokens = 0;
  /** What was written, thoughts included. */
  std::uint64_t output_tokens = 0;
  /** What of the input the provider had cached. */
  std::uint64_t cached_tokens = 0;
  /** What of the output were thoughts. */
  std::uint64_t thought_tokens = 0;
  /** Anything else. */
  std::optional<Json> extra = {};
  friend bool operator==(const Usage&, const Usage&) = default;
};

/** What a model answered. */
struct ModelResponse {
  /** The provider's name of the model that answered. */
  std::string model;
  /** The answer, with the role `model`. The next request has it among its contents as it is. */
  Content content;
  FinishReason finish = FinishReason::stop;
  /** The reason's name in the contract, for example `function-calls`; the provider's word for FinishReason::other. */
  std::string finish_name;
  Usage usage = {};
  /** Anything else that the provider says. */
  std::optional<Json> extra = {};

  /** The texts of the answer as one string. */
  std::string text() const { return content.text(); }

  /** The functions that the model wants called, in order. */
  std::vector<FunctionCall> function_calls() const;

  /**
   * Reads the answer to a request with a `response_schema`. A failure of the kind `failed` where it has another shape:
   * Json::as.
   */
  template <class T = Json>
  Result<T> json() const {
    const Result<Json> value = Json::parse(text());
    std::optional<T> decoded = value ? value->template as<T>() : std::nullopt;
    if (!decoded) return Failure::failed("the answer of the model `" + model + "` has another shape");
    return *std::move(decoded);
  }

  friend bool operator==(const ModelResponse&, const ModelResponse&) = default;
};

/**
 * A piece of an answer that is still being written: text, a thought, a whole call of a function, or whatever else the
 * provider sends.
 */
using Delta = std::variant<TextDelta, ThoughtDelta, FunctionCall, Json>;

class Deltas;

/** An answer that a model is writing: Models::open makes one. It is given up when it goes out of scope. */
class Completion {
 public:
  Completion(rak_context* cx, rak_completion* raw) : cx_(cx), raw_(raw) {}

  /**
   * What the model writes, as it comes:
   *
   *     for (const rak::Result<rak::Delta>& delta : completion.deltas()) …
   *
   * It ends with the answer, or after a failure: as of Models::complete, or one of the kind `unavailable` where the host
   * ended while the model wrote, which Failure::is_interrupted knows. Who left the loop goes on in the next one.
   */
  Deltas deltas();

  /**
   * What was written since the last time, waiting for it where there is nothing new; none at the end. It is for who waits
   * with `ready`.
   */
  Result<std::vector<Delta>> next();

  /** Waits for the whole answer, as Models::complete does. It is the same again for who asks again. */
  Result<ModelResponse> finish() const;

  /** Gives it up; nothing where it is over. */
  void cancel() const { rak_completion_cancel(raw_.get()); }

  /**
   * Something that is ready when `next` has something to tell, or the end, for Context::wait_any; it may not outlive the
   * answer.
   */
  Waitable ready() const { return Waitable(rak_completion_ready(raw_.get())); }

 private:
  friend class Deltas;
  /** The next one of what the host gives in batches; none at the end. */
  std::optional<Result<Delta>> take();

  struct Drop {
    void operator()(rak_completion* raw) const { rak_completion_drop(raw); }
  };
  rak_context* cx_;
  std::unique_ptr<rak_completion, Drop> raw_;
  /** What the host gave last, and how much of it was read. */
  std::vector<Delta> batch_;
  std::size_t read_ = 0;
};

/** What a model writes: Completion::deltas. */
class Deltas {
 public:
  explicit Deltas(Completion& completion) : completion_(&completion) {}

  class Iterator {
   public:
    using value_type = Result<Delta>;
    using difference_type = std::ptrdiff_t;

    explicit Iterator(Completion& completion) : completion_(&completion), delta_(completion.take()) {}
    const Result<Delta>& operator*() const { return *delta_; }
    Iterator& operator++() {
      delta_ = *delta_ ? completion_->take() : std::nullopt;
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const Iterator& it, std::default_sentinel_t) { return !it.delta_; }

   private:
    Completion* completion_;
    std::optional<Result<Delta>> delta_;
  };

  /** Waits for the first one. */
  Iterator begin() const { return Iterator(*completion_); }
  std::default_sentinel_t end() const { return {}; }

 private:
  Completion* completion_;
};

inline Deltas Completion::deltas() { return Deltas(*this); }

/** The vectors of texts. */
struct Embeddings {
  /** The provider's name of the model. */
  std::string model;
  /** One for each text, in their order. */
  std::vector<std::vector<float>> vectors;
  Usage usage = {};
  /** Anything else that the provider says. */
  std::optional<Json> extra = {};
  friend bool operator==(const Embeddings&, const Embeddings&) = default;
};

/**
 * The models that the host brokers: `cx.models()`. The agent names an alias, the host holds the key and counts the tokens.
 *
 * The host asks a model again that refuses, breaks off or is too slow, and then others, as it is set up. A call fails with
 * what is left: as `not_found` (no such alias), `denied` (not granted), `invalid_argument` (the provider refused the
 * request, or cannot do what is asked), `rate_limited`, `unavailable`, `deadline_exceeded`, `limit_exceeded` (a budget of
 * tokens is used up, or the answer is too large), or `failed` with the code `invalid_response` where the answer is not what
 * was asked for. The run goes on after each of them.
 */
class Models {
 public:
  explicit Models(rak_context* raw) : raw_(raw) {}

  /** The models that may be asked, by alias, the agent's default first. */
  Result<std::vector<ModelSummary>> available() const;

  /**
   * Asks a model with a text of the user, or with a conversation, and waits for the whole answer. A conversation is what the
   * user said, what the model answered, and in the role `function` what came of the functions that it called, oldest first.
   */
  Result<ModelResponse> complete(std::span<const Content> contents, const ModelOptions& options = {}) const;
  Result<ModelResponse> complete(std::string_view text, const ModelOptions& options = {}) const {
    const Content content = Content::user(std::string(text));
    return complete({&content, 1}, options);
  }

  /** Asks a model with a text of the user, or with a conversation, and gives what it writes as it comes. */
  Result<Completion> open(std::span<const Content> contents, const ModelOptions& options = {}) const;
  Result<Completion> open(std::string_view text, const ModelOptions& options = {}) const {
    const Content content = Content::user(std::string(text));
    return open({&content, 1}, options);
  }

  /** Turns texts into vectors. `model` is an alias; without it the agent's default is asked. */
  Result<Embeddings> embed(std::span<const std::string> texts, std::optional<std::string> model = {}) const;

 private:
  rak_context* raw_;
};

}  // namespace rak

#endif
