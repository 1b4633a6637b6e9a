/**
 * Unit tests for agents: a host in memory, with a clock that only moves when somebody waits.
 *
 *     #include <rak/testing.hpp>
 *
 *     RAK_TEST(greets) {
 *       const rak::TestRun run = rak::FakeHost().run("Ada");
 *       RAK_CHECK_EQ(run.answer(), "Hello, Ada!");
 *     }
 *
 * The program is the agent's own sources and the tests; `main` comes with the SDK. See rak/testing.h for the rest.
 */
#ifndef RAK_TESTING_HPP
#define RAK_TESTING_HPP

#include <chrono>
#include <concepts>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <rak.hpp>
#include <rak/testing.h>

namespace rak {

/** What sort of answer a question wants. */
enum class QuestionKind {
  /** A decision: People::approve, and tools that need approval. */
  approve = RAK_QUESTION_APPROVE,
  /** A value: People::ask. */
  ask = RAK_QUESTION_ASK,
};

/** What an agent asked people. */
struct Question {
  QuestionKind kind;
  /** The question, or what the agent wanted to do. */
  std::string prompt;
  /** What a person was shown to decide; none where a value is wanted. */
  std::optional<Json> details = {};
  /** The JSON Schema of the value; none where a decision is wanted. */
  std::optional<Json> schema = {};
  /** How long it could be answered. */
  std::optional<std::chrono::milliseconds> expires_in = {};
  friend bool operator==(const Question&, const Question&) = default;
};

/** A call of another agent that the agent made. */
struct CalledAgent {
  /** Which agent it called. */
  std::string agent;
  /** What it told it. */
  Content input;
  /** What it said beside that. */
  AgentOptions options = {};
  /** The child; they are `test-child-1`, `test-child-2` and so on. */
  std::string invocation_id;
  /** Whether it was cancelled before it was over: by the agent, by giving it up, or with the run. */
  bool cancelled = false;
  friend bool operator==(const CalledAgent&, const CalledAgent&) = default;
};

/** What a tool answers under test. */
struct ToolResponse {
  Json response;
  /** Whether the tool says of itself that it failed. */
  bool failed = false;

  ToolResponse(Json value) : response(std::move(value)) {}
  static ToolResponse failing(Json value) {
    ToolResponse answer(std::move(value));
    answer.failed = true;
    return answer;
  }
};

/** A tool that an agent may call under test; the name and the function are needed. */
struct FakeTool {
  /** What to call it by. */
  std::string name;
  /** What it does. */
  std::string description = {};
  /** JSON Schema of its arguments, which are not checked against it. */
  Json parameters = Json::object({{"type", "object"}});
  /**
   * What is known of its effects. Where it needs approval, the next of what people say decides whether it is called: a
   * rejection is `denied` with the code `rejected`, and where nobody answers for a day the call expires.
   */
  Hints hints = {};
  /** Anything else. */
  std::optional<Json> extra = {};
  /** What it does with its arguments. */
  std::function<Result<ToolResponse>(const Json& args)> call;
  /** How long a call takes on the fake clock. */
  std::chrono::milliseconds takes = {};
};

/** A call of a tool that the agent made. */
struct CalledTool {
  /** What it called. */
  FunctionCall call;
  /** What it said beside that. */
  ToolOptions options = {};
  /** Whether it was given up before it was over: by the agent, or with the run. */
  bool cancelled = false;
  friend bool operator==(const CalledTool&, const CalledTool&) = default;
};

/** What a model answers under test. */
struct ModelAnswer {
  /** A text. */
  std::optional<std::string> text = {};
  /** What else it answers, behind the text. */
  std::vector<Part> parts = {};
  /** Why it ends, by the reason's name; none is `function-calls` for an answer with calls, and else `stop`. */
  std::optional<std::string> finish = {};
  Usage usage = {};
  /** Anything else that the provider says. */
  std::optional<Json> extra = {};
  /** How it comes; without any the texts come in words, the thoughts and the calls as a whole. */
  std::vector<Delta> deltas = {};
  /** What it fails with, after the deltas. The code `interrupted` is what a host says that ended meanwhile. */
  std::optional<Failure> failure = {};
  /** How long it takes on the fake clock. The deltas come evenly over this time. */
  std::chrono::milliseconds takes = {};
};

/** A model that an agent may ask under test; the name is needed. */
struct FakeModel {
  /** The alias to ask it by. */
  std::string name;
  /** What it is good for. */
  std::string description = {};
  /** Anything else. */
  std::optional<Json> extra = {};
  /** What it answers; without it its answers are those of FakeHost::model_answers. */
  std::function<Result<ModelAnswer>(const std::vector<Content>& contents, const ModelOptions& options)> answer = {};
  /** How it turns texts into vectors; without it it has none. */
  std::function<Result<std::vector<std::vector<float>>>(const std::vector<std::string>& texts)> embed = {};
};

/** A request that the agent made of a model. */
struct CalledModel {
  /** The alias of the model, that of the default one too. */
  std::string model;
  /** The conversation. */
  std::vector<Content> contents;
  /** What it said beside that. */
  ModelOptions options = {};
  /** Whether it was given up before it was over: by the agent, or with the run. */
  bool cancelled = false;
  friend bool operator==(const CalledModel&, const CalledModel&) = default;
};

/** Texts that the agent wanted vectors of. */
struct EmbeddedTexts {
  /** The alias of the model, that of the default one too. */
  std::string model;
  std::vector<std::string> texts;
  friend bool operator==(const EmbeddedTexts&, const EmbeddedTexts&) = default;
};

/** What a place of the web answers under test: `{.text = "Good day!"}`. */
struct HttpAnswer {
  std::uint16_t status = 200;
  /** Their names are in lower case, as the host gives them. */
  Headers headers = {};
  /** A body of the type `text/plain; charset=utf-8`. */
  std::optional<std::string> text = {};
  /** A body of the type `application/json`. */
  std::optional<Json> json = {};
  /** A body of no type. */
  std::string body = {};
  /** A body that comes in pieces. */
  std::vector<std::string> pieces = {};
  /** Where it comes from, as after redirects; none is the URL that was asked. The fake host follows none by itself. */
  std::optional<std::string> url = {};
  /** What there is in place of an answer. */
  std::optional<Failure> failure = {};
  /** What the answer ends with after its last piece. */
  std::optional<Failure> broken_by = {};
  /** How long it takes on the fake clock. The pieces come evenly over this time, and it begins with the first of them. */
  std::chrono::milliseconds takes = {};
};

/** What the agent asked of the web. What the test has no answer for is not among it. */
struct AskedUrl {
  std::string url;
  /** What it said beside that. What was given as `json` is the body. */
  HttpOptions options = {};
  /** Whether it was given up before it was over: by the agent, or with the run. A timeout is an end. */
  bool cancelled = false;
  friend bool operator==(const AskedUrl&, const AskedUrl&) = default;
};

/** A line of the log. */
struct LogLine {
  Level level;
  std::string message;
  std::vector<std::pair<std::string, std::string>> fields;
};

/** What a run under test left behind. */
struct TestRun {
  /** How it ended. */
  Result<Outcome> outcome;
  /** What it emitted, in order. */
  std::vector<Event> events;
  /** The state that the next invocation would find. */
  std::map<std::string, Json> state;
  /**
   * What of it this run changed: the new value, or none where it removed one. What a failed run changed after its last
   * stored event is not in it, nor is anything under `temp:`.
   */
  std::map<std::string, std::optional<Json>> changes;
  /** What it asked people, in order. */
  std::vector<Question> questions;
  /** Which other agents it called, in order. */
  std::vector<CalledAgent> agent_calls;
  /** Which tools it called, in order. */
  std::vector<CalledTool> tool_calls;
  /** What it asked models, in order. */
  std::vector<CalledModel> model_calls;
  /** The texts that it wanted vectors of, in order. */
  std::vector<EmbeddedTexts> embed_calls;
  /** What it asked of the web, in order. */
  std::vector<AskedUrl> http_calls;
  /** What it logged, in order. */
  std::vector<LogLine> logs;
  /** How long it waited, on the fake clock. */
  std::chrono::milliseconds slept;
  /** The same as C has it; it lasts until the end of the test. */
  const rak_test_run* raw;

  /** The text that the run answered with; a run that failed is a panic. */
  std::string answer() const { return outcome->content ? outcome->content->text() : ""; }

  /** The failure that the run ended with; a run that did not fail is a panic. */
  const Failure& failure() const { return outcome.failure(); }

  /** The newest version of an artifact that the next invocation would find; what was saved stays where a run fails. */
  std::optional<Blob> artifact(const std::string& name) const;

  /** All text deltas as one text. */
  std::string streamed() const;

  /** Those of its events that are of this type, in order: `run.all<rak::Progress>()`. */
  template <class T>
  std::vector<T> all() const {
    std::vector<T> found;
    for (const Event& event : events) {
      if (const T* one = std::get_if<T>(&event)) found.push_back(*one);
    }
    return found;
  }
};

/** A host in memory: what an agent finds when it runs. Each run begins with the same. It lasts until the end of the test. */
class FakeHost {
 public:
  /** A user without history, state or artifacts, an agent without configuration, no deadline. */
  FakeHost() : raw_(rak_fake_host_new()) {}

  /** Whose conversation it is. */
  FakeHost& user(const std::string& id);
  /** Which conversation it is. */
  FakeHost& session(const std::string& id);
  /** Everything that `cx.info()` says. */
  FakeHost& info(const Info& info);
  /** A value of the agent's manifest. */
  FakeHost& config(const std::string& key, const Json& value);
  /** Something that was said before, after everything else that was said; a second later than the last. */
  FakeHost& said(const std::string& author, const std::string& text);
  /** An entry of the history, after everything that is there. */
  FakeHost& entry(const Entry& entry);
  /** A value of the state, under its whole key (`count`, `user:count`, `app:count`). `null` is no value. */
  FakeHost& state(const std::string& key, const Json& value);
  /** The state that another run left behind, in place of what is there: the next turn of a conversation. */
  FakeHost& state_after(const TestRun& run);
  /**
   * What people say to the questions of the agent, one each, in the order of these calls; `silence` is nobody who answers.
   * After the last of them nobody answers either. Where nobody does, the agent waits until the question expires, or the run
   * is cancelled or too late; where none of this is to come, that is a panic.
   */
  FakeHost& approves() { return decides({.approved = true}); }
  FakeHost& rejects(const std::string& reason) { return decides({.reason = reason}); }
  FakeHost& decides(const Decision& decision);
  FakeHost& answers(const Json& value);
  FakeHost& silence();
  /**
   * What the user says while the agent works, after all other messages, as soon as the agent wants it. After the last one
   * the agent waits in vain, until its timeout or as above.
   */
  FakeHost& message(const std::string& text) { return message(Content::user(text)); }
  FakeHost& message(const Content& content);
  /**
   * Another agent that the agent may call: a whole one, or a name and a function. It runs on a fake host of its own, with
   * the same user, and takes as long as it waits there, at most its timeout.
   */
  FakeHost& agent(const Agent& agent);
  FakeHost& agent(const std::string& name, const Run& run) {
    return agent({.name = name, .description = "", .version = "", .run = run});
  }
  /** A tool that the agent may call: a whole one, or a name and a function. */
  FakeHost& tool(const FakeTool& tool);
  FakeHost& tool(const std::string& name, std::function<Result<ToolResponse>(const Json& args)> call) {
    return tool({.name = name, .call = std::move(call)});
  }
  /** A model that the agent may ask. The first one is the agent's default. */
  FakeHost& model(const FakeModel& model);
  /**
   * What a model answers, one each, in the order of these calls. The model is added where there is none of this name. A
   * request after the last of its answers is a panic.
   */
  FakeHost& model_says(const std::string& name, const std::string& text) { return model_answers(name, {.text = text}); }
  FakeHost& model_answers(const std::string& name, const ModelAnswer& answer);
  /**
   * A place of the web that the agent may reach: what it answers to this method at this URL, or the function that does. A URL
   * that ends with `*` stands for all that begin with the rest; one that says more comes before one that says less. What no
   * answer is said for is `denied`, as a place is that the agent's manifest does not grant.
   */
  FakeHost& http(const std::string& method, const std::string& url, const HttpAnswer& answer);
  FakeHost& http_by(const std::string& method, const std::string& url,
                    std::function<Result<HttpAnswer>(const std::string& url, const HttpOptions& options)> answer);
  /** A file that is there: its first version, or one more of those that this was said of before. It is from 1970. */
  FakeHost& artifact(const std::string& name, const Blob& content);
  FakeHost& artifact(const std::string& name, const std::string& text) { return artifact(name, Blob::of(text)); }
  /** The artifacts that another run left behind, in place of those that are there. */
  FakeHost& artifacts_after(const TestRun& run);
  /** Grants the agent no artifacts: each call is `denied`. */
  FakeHost& without_artifacts();
  /** Cancels the run after this time of the fake clock. */
  FakeHost& cancel_after(std::chrono::milliseconds time);
  /** Cancels the run after this number of calls to the host; with 0 from the beginning. Every call counts. */
  FakeHost& cancel_after_calls(std::uint64_t calls);
  /** Gives the run a deadline. Nothing waits longer than that, and every call that can fail does so after it. */
  FakeHost& deadline(std::chrono::milliseconds time);

  /** Runs the agent of this program, that of RAK_AGENT, with a text or a content that the user says. */
  TestRun run(const std::string& text) const { return run(Content::user(text)); }
  TestRun run(const Content& input) const { return run_function(rak_the_agent()->run, input); }

  /** Runs any agent's function. */
  TestRun run(const Run& function, const std::string& text) const { return run(function, Content::user(text)); }
  TestRun run(const Run& function, const Content& input) const;

 private:
  TestRun run_function(rak_run* function, const Content& input) const;
  rak_fake_host* raw_;
};

/** Whole numbers of any type are equal where their values are. */
template <class A, class E>
bool are_equal(const A& actual, const E& expected) {
  if constexpr (std::integral<A> && std::integral<E> && !std::same_as<A, bool> && !std::same_as<E, bool>) {
    return std::cmp_equal(actual, expected);
  } else {
    return actual == expected;
  }
}

/** What the macro below calls. */
template <class A, class E>
bool check_equal(const A& actual, const E& expected, const char* file, int line, const char* what) {
  if (are_equal(actual, expected)) return true;
  std::string text = what;
  if constexpr (std::convertible_to<const A&, Json> && std::convertible_to<const E&, Json>) {
    text += " is " + Json(actual).dump() + ", not " + Json(expected).dump();
  } else {
    text += " is something else";
  }
  return rak_check(false, file, line, text.c_str());
}

}  // namespace rak

/** Says where two values differ, and, where they are of JSON's kinds, both of them. */
#define RAK_CHECK_EQ(actual, expected) ::rak::check_equal((actual), (expected), __FILE__, __LINE__, #actual)

#endif
