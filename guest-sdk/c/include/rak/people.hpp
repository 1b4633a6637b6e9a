/** The persons in the loop: they decide, answer, and say something while the agent works. */
#ifndef RAK_PEOPLE_HPP
#define RAK_PEOPLE_HPP

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <rak/content.hpp>
#include <rak/result.hpp>

namespace rak {

/** What a person says to People::approve. */
struct Decision {
  /** Whether it may be done. */
  bool approved = false;
  /** Who decided, where the client said so. */
  std::optional<std::string> by = {};
  /** Why, where they said so. */
  std::optional<std::string> reason = {};
  /** What is to be done instead of what was asked: the details as the person changed them. */
  std::optional<Json> edited = {};
  friend bool operator==(const Decision&, const Decision&) = default;
};

/**
 * The persons in the loop: `cx.people()`.
 *
 * A run that waits for a person may wait for weeks. Where it is durable the host gives up its memory meanwhile, and makes
 * it again by running the agent from the beginning, with what the host answered before: code before the question may run
 * again, but its calls to the host are answered from the record and have no effect a second time. So write a plain
 * function, and keep effects behind calls to the host.
 *
 * Every call fails as `cancelled` where the run is cancelled while it waits, and as `deadline_exceeded` where its time is
 * over, or where nobody answered in time: Failure::is_expired tells these two apart.
 */
class People {
 public:
  explicit People(rak_context* raw) : raw_(raw) {}

  /**
   * Asks whether something may be done: `approve("Send it?", order, 72h)`. `details` is what a person needs to see to
   * decide. Without `expires_in` the question never expires. A rejection is no failure.
   */
  Result<Decision> approve(std::string_view action, const Json& details = {},
                           std::optional<std::chrono::milliseconds> expires_in = {}) const;

  /**
   * Asks a question, whose answer satisfies the JSON Schema. Without `expires_in` it never expires. A failure of the kind
   * `failed` where the answer has another shape: Json::as.
   */
  template <class T = Json>
  Result<T> ask(std::string_view question, const Json& schema,
                std::optional<std::chrono::milliseconds> expires_in = {}) const {
    const Result<Json> answer = ask_json(question, schema, expires_in);
    if (!answer) return answer.failure();
    std::optional<T> decoded = answer->template as<T>();
    if (!decoded) return Failure::failed("the answer to `" + std::string(question) + "` has another shape");
    return *std::move(decoded);
  }

  /**
   * What the user says while the agent works, in the order in which it was sent. Waits for it, and without `timeout`
   * without end; none after that, and at once for a timeout of 0 where nothing was said.
   */
  Result<std::optional<Content>> next_message(std::optional<std::chrono::milliseconds> timeout = {}) const;

 private:
  Result<Json> ask_json(std::string_view question, const Json& schema,
                        std::optional<std::chrono::milliseconds> expires_in) const;
  rak_context* raw_;
};

}  // namespace rak

#endif
