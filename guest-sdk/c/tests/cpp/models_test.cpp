// Asking models.

#include <rak/testing.hpp>

using namespace std::chrono_literals;
using rak::CalledModel, rak::Completion, rak::Content, rak::Context, rak::Delta, rak::Embeddings, rak::FakeHost,
    rak::FakeModel, rak::FunctionCall, rak::FunctionResponse, rak::Json, rak::ModelAnswer, rak::ModelOptions,
    rak::ModelResponse, rak::ModelSummary, rak::ModelTool, rak::Outcome, rak::Part, rak::Result, rak::Text,
    rak::TextDelta, rak::Thought, rak::ThoughtDelta;

// Answers what it was told last, with a thought first, in three seconds.
static FakeModel polite() {
  return {
      .name = "polite",
      .description = "Answers in whole sentences.",
      .answer = [](const std::vector<Content>& contents, const ModelOptions&) -> Result<ModelAnswer> {
        return ModelAnswer{
            .text = {},
            .parts = {Thought{"hm"}, Text{contents.back().text() + " indeed"}},
            .usage = {.input_tokens = 3, .output_tokens = 4},
            .takes = 3s,
        };
      },
      .embed = [](const std::vector<std::string>& texts) -> Result<std::vector<std::vector<float>>> {
        std::vector<std::vector<float>> vectors;
        for (const std::string& text : texts) vectors.push_back({static_cast<float>(text.size()), 0.5f});
        return vectors;
      },
  };
}

static FakeHost host_with_polite() { return FakeHost().model(polite()); }

RAK_TEST(the_models_that_may_be_asked_are_listed) {
  const auto run = host_with_polite().model({.name = "zeta"}).model({.name = "alpha", .extra = 1}).run(
      [](Context& cx, std::string_view) -> Result<Outcome> {
        const std::vector<ModelSummary> wanted = {
            {.name = "polite", .description = "Answers in whole sentences."},
            {.name = "alpha", .extra = 1},
            {.name = "zeta"},
        };
        RAK_CHECK(RAK_TRY(cx.models().available()) == wanted);
        return Outcome();
      },
      "");
  RAK_CHECK(run.outcome && run.model_calls.empty());
}

RAK_TEST(a_model_answers_and_what_it_was_asked_is_kept) {
  const std::vector<Content> conversation = {Content::user("a"), Content::model("b"), Content::user("c")};
  const ModelOptions options{
      .model = "polite",
      .system = "Be brief.",
      .tools = {{.name = "add", .description = "Adds.", .parameters = Json::object()}},
      .tool_mode = rak::ToolMode::named,
      .tool_name = "add",
      .max_output_tokens = 9,
      .temperature = 0.5f,
      .stop = {".", "!"},
      .response_schema = true,
      .relay = rak::Relay::text,
      .extra = Json::object({{"seed", 1}}),
  };
  const auto run = host_with_polite().run(
      [&](Context& cx, std::string_view text) -> Result<Outcome> {
        const ModelResponse wanted{
            .model = "polite",
            .content = {.parts = {Thought{"hm"}, Text{"so it is indeed"}}},
            .finish = rak::FinishReason::stop,
            .finish_name = "stop",
            .usage = {.input_tokens = 3, .output_tokens = 4},
        };
        const ModelResponse first = RAK_TRY(cx.models().complete(text));
        RAK_CHECK(first == wanted);
        RAK_CHECK_EQ(first.text(), "so it is indeed");
        return RAK_TRY(cx.models().complete(conversation, options)).text();
      },
      "so it is");
  RAK_CHECK_EQ(run.answer(), "c indeed");
  RAK_CHECK(run.slept == 6s);
  const std::vector<CalledModel> wanted = {
      {.model = "polite", .contents = {Content::user("so it is")}},
      {.model = "polite", .contents = conversation, .options = options},
  };
  RAK_CHECK(run.model_calls == wanted);
}

RAK_TEST(a_model_wants_functions_called) {
  const FunctionCall add{"1", "add", Json::object({{"a", 1}})};
  FakeHost host;
  host.model_answers("small", {.parts = {add}, .extra = "x"}).model_says("small", "three");
  const auto run = host.run(
      [&](Context& cx, std::string_view text) -> Result<Outcome> {
        std::vector<Content> contents = {Content::user(std::string(text))};
        const ModelResponse first = RAK_TRY(cx.models().complete(contents));
        RAK_CHECK(first.function_calls() == std::vector<FunctionCall>{add});
        RAK_CHECK(first.finish == rak::FinishReason::function_calls && first.extra == Json("x"));
        contents.push_back(first.content);
        contents.push_back({"function", {FunctionResponse{"1", "add", 3}}});
        return RAK_TRY(cx.models().complete(contents)).text();
      },
      "add, please");
  RAK_CHECK_EQ(run.answer(), "three");
  RAK_CHECK_EQ(run.model_calls.back().contents.size(), 3);
}

RAK_TEST(a_structured_answer_is_read) {
  FakeHost host;
  host.model_answers("small", {.text = "[1, 2]", .finish = "bored"}).model_says("small", "one, two");
  const auto run = host.run(
      [](Context& cx, std::string_view) -> Result<Outcome> {
        const ModelResponse response = RAK_TRY(cx.models().complete("Count."));
        RAK_CHECK(response.finish == rak::FinishReason::other && response.finish_name == "bored");
        RAK_CHECK(RAK_TRY(response.json<std::vector<int>>()) == std::vector<int>({1, 2}));
        RAK_CHECK(RAK_TRY(response.json()) == Json::array({1, 2}));
        RAK_CHECK(response.json<int>().failure().kind == rak::FailureKind::failed);
        const ModelResponse words = RAK_TRY(cx.models().complete("Count."));
        RAK_CHECK_EQ(words.json().failure().message, "the answer of the model `small` has another shape");
        return Outcome();
      },
      "");
  RAK_CHECK(run.outcome && run.model_calls.size() == 2);
}

RAK_TEST(an_answer_is_read_as_it_comes) {
  const auto run = host_with_polite().run(
      [](Context& cx, std::string_view text) -> Result<Outcome> {
        Completion completion = RAK_TRY(cx.models().open(text));
        std::vector<Delta> all;
        for (const Result<Delta>& delta : completion.deltas()) {
          all.push_back(RAK_TRY(delta));
          break;
        }
        for (const Result<Delta>& delta : completion.deltas()) all.push_back(RAK_TRY(delta));
        RAK_CHECK((all == std::vector<Delta>{ThoughtDelta{"hm"}, TextDelta{"so "}, TextDelta{"indeed"}}));
        RAK_CHECK(RAK_TRY(completion.next()).empty());
        RAK_CHECK(*completion.finish() == *completion.finish());
        return RAK_TRY(completion.finish()).text();
      },
      "so");
  RAK_CHECK_EQ(run.answer(), "so indeed");
  RAK_CHECK(run.slept == 3s && run.events.empty() && !run.model_calls.front().cancelled);
}

RAK_TEST(a_loop_that_is_left_loses_nothing) {
  const std::vector<Delta> deltas = {TextDelta{"a"}, FunctionCall{"1", "add", {}}, Json(1)};
  const auto run = FakeHost().model_answers("small", {.text = "a", .deltas = deltas}).run(
      [&](Context& cx, std::string_view text) -> Result<Outcome> {
        Completion completion = RAK_TRY(cx.models().open(text));
        for (const Result<Delta>& delta : completion.deltas()) {
          RAK_CHECK(*delta == deltas[0]);
          break;
        }
        RAK_CHECK((RAK_TRY(completion.next()) == std::vector<Delta>{deltas[1], deltas[2]}));
        return Outcome();
      },
      "");
  RAK_CHECK(run.outcome && !run.model_calls.front().cancelled);
}

RAK_TEST(an_answer_is_given_up_with_its_scope) {
  const auto run = host_with_polite().run(
      [](Context& cx, std::string_view text) -> Result<Outcome> {
        { const Completion dropped = RAK_TRY(cx.models().open(text)); }
        Completion cancelled = RAK_TRY(cx.models().open(text));
        const rak::Waitable ready = cancelled.ready(), timer = cx.timer(1500ms);
        RAK_CHECK((cx.wait_any({&timer, &ready}) == std::vector<std::size_t>{1}));
        RAK_CHECK_EQ(RAK_TRY(cancelled.next()).size(), 1);
        RAK_CHECK((cx.wait_any({&timer, &ready}) == std::vector<std::size_t>{0}));
        cancelled.cancel();
        RAK_CHECK(ready.ready() && cancelled.next().failure().code == "cancelled");
        RAK_TRY(cx.check_cancelled());
        return Outcome();
      },
      "so");
  RAK_CHECK(run.outcome && run.slept == 1500ms);
  RAK_CHECK(run.model_calls[0].cancelled && run.model_calls[1].cancelled);
}

RAK_TEST(an_answer_is_relayed) {
  const auto run = host_with_polite().run(
      [](Context& cx, std::string_view text) -> Result<Outcome> {
        return RAK_TRY(cx.models().complete(text, {.relay = rak::Relay::all})).text();
      },
      "so");
  RAK_CHECK_EQ(run.streamed(), run.answer());
  RAK_CHECK(run.events.front() == rak::Event(ThoughtDelta{"hm"}));
}

RAK_TEST(an_answer_that_breaks_off_says_so) {
  const rak::Failure ended{.kind = rak::FailureKind::unavailable, .code = "interrupted", .message = "the host ended"};
  FakeHost host;
  host.model_answers("small", {.deltas = {TextDelta{"Once upon"}}, .failure = ended});
  host.model({.name = "away", .answer = [](const auto&, const auto&) -> Result<ModelAnswer> {
                return rak::Failure::unavailable("down");
              }});
  const auto run = host.run(
      [&](Context& cx, std::string_view text) -> Result<Outcome> {
        Completion completion = RAK_TRY(cx.models().open(text));
        std::string all;
        for (const Result<Delta>& delta : completion.deltas()) {
          if (delta) all += std::get<TextDelta>(*delta).text;
          else RAK_CHECK(delta.failure() == ended && delta.failure().is_interrupted());
        }
        const auto away = cx.models().complete(text, {.model = "away"});
        RAK_CHECK(away.failure().kind == rak::FailureKind::unavailable && !away.failure().is_interrupted());
        const auto large = cx.models().open(text, {.model = "large"});
        RAK_CHECK_EQ(large.failure().message, "no model is called large; there is small, away");
        return all;
      },
      "");
  RAK_CHECK_EQ(run.answer(), "Once upon");
}

RAK_TEST(texts_become_vectors) {
  const auto run = host_with_polite().model_says("small", "I have no vectors.").run(
      [](Context& cx, std::string_view) -> Result<Outcome> {
        const std::string texts[] = {"abc", ""};
        const Embeddings wanted{.model = "polite", .vectors = {{3, 0.5f}, {0, 0.5f}}};
        RAK_CHECK(RAK_TRY(cx.models().embed(texts)) == wanted);
        RAK_CHECK(cx.models().embed(texts, "small").failure().kind == rak::FailureKind::unsupported);
        return Outcome();
      },
      "");
  RAK_CHECK(run.outcome && run.model_calls.empty());
  RAK_CHECK((run.embed_calls.front() == rak::EmbeddedTexts{"polite", {"abc", ""}}));
}

RAK_TEST(a_cancelled_run_asks_no_model) {
  const auto run = host_with_polite().cancel_after_calls(0).run(
      [](Context& cx, std::string_view text) -> Result<Outcome> { return RAK_TRY(cx.models().complete(text)).text(); },
      "");
  RAK_CHECK(run.failure() == rak::Failure::cancelled() && run.model_calls.empty());
}
