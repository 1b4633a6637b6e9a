// Everything that an agent of C++ can do, against the fake host.

#include <rak/testing.hpp>

using namespace std::chrono_literals;
using rak::Context, rak::Content, rak::FakeHost, rak::Json, rak::Outcome, rak::Result;

static Result<Outcome> answer(Context&, std::string_view text) { return text; }

RAK_AGENT(
  .name = "tested",
  .description = "Is tested.",
  .version = "1.0.0",
  .skills = {{.id = "s", .name = "S", .tags = {"a", "b"}}, {.id = "t", .name = "T"}},
  .input_schema = Json::object({{"type", "string"}}),
  .run = answer,
);

RAK_TEST(the_card_is_that_of_the_agent) {
  const rak_agent* agent = rak_the_agent();
  RAK_CHECK(agent == rak_the_agent());
  RAK_CHECK_EQ(agent->name, std::string("tested"));
  RAK_CHECK_EQ(agent->skills[0].tags[1], std::string("b"));
  RAK_CHECK(agent->skills[0].tags[2] == nullptr && agent->skills[0].examples[0] == nullptr);
  RAK_CHECK(agent->skills[1].id == std::string("t") && agent->skills[2].id == nullptr);
  RAK_CHECK_EQ(agent->input_schema, std::string("{\"type\":\"string\"}"));
  RAK_CHECK(agent->extra == nullptr);
  RAK_CHECK_EQ(FakeHost().run("hi").answer(), "hi");
}

RAK_TEST(every_part_comes_through) {
  const Content content{.parts = {
    rak::Text{"a"},
    rak::Thought{"hm"},
    rak::Text{"b"},
    rak::Blob{"a/b", {0, 0xFF}},
    rak::FileRef{"u"},
    rak::FileRef{"u", "m"},
    rak::FunctionCall{"1", "f", Json::object({{"a", 1}})},
    rak::FunctionResponse{"1", "f", 1, true},
    rak::Custom{"n", nullptr},
  }};
  const auto run = FakeHost().run(
      [](Context& cx, const Content& input) -> Result<Outcome> {
        RAK_TRY(cx.events().content(input));
        Outcome outcome(input);
        outcome.escalate = true;
        outcome.transfer_to = "b";
        outcome.extra = Json::array({1});
        return outcome;
      },
      content);
  RAK_CHECK(run.outcome->content == content && run.all<Content>().front() == content);
  RAK_CHECK(run.outcome->escalate && run.outcome->transfer_to == "b" && run.outcome->extra == Json::array({1}));
  RAK_CHECK_EQ(run.answer(), "ab");
}

RAK_TEST(events_are_sent_and_counted) {
  const auto run = FakeHost().run(
      [](Context& cx, std::string_view) -> Result<Outcome> {
        RAK_TRY(cx.events().text_delta("a"));
        RAK_TRY(cx.events().thought_delta("b"));
        RAK_TRY(cx.events().progress({.message = "c", .done = 1, .total = 2}));
        RAK_CHECK_EQ(RAK_TRY(cx.events().emit({})), 0);
        RAK_CHECK_EQ(RAK_TRY(cx.events().content(Content::model("d"))), 1);
        const rak::Event batch[] = {rak::Custom{"e", 1}, rak::TextDelta{"f"}};
        RAK_CHECK_EQ(RAK_TRY(cx.events().emit(batch)), 2);
        return Outcome();
      },
      "");
  RAK_CHECK_EQ(run.events.size(), 6);
  RAK_CHECK_EQ(run.streamed(), "af");
  RAK_CHECK(run.all<rak::Progress>().front() == rak::Progress({.message = "c", .done = 1, .total = 2}));
  RAK_CHECK(!run.outcome->content);
}

RAK_TEST(a_stream_is_written_to) {
  const rak::Run write = [](Context& cx, std::string_view) {
    rak::Stream out = cx.stream();
    out << "n = " << 5 << ' ' << 0.5 << "\xF0\x9F" << "\x98\x80";
    return out.answer();
  };
  const auto run = FakeHost().run(write, "");
  RAK_CHECK_EQ(run.answer(), "n = 5 0.5\xF0\x9F\x98\x80");
  RAK_CHECK_EQ(run.streamed(), run.answer());
  RAK_CHECK_EQ(run.events.size(), 5);
  const auto cancelled = FakeHost().cancel_after_calls(2).run(write, "");
  RAK_CHECK(cancelled.failure() == rak::Failure::cancelled());
  RAK_CHECK_EQ(cancelled.events.size(), 2);
}

RAK_TEST(state_is_kept) {
  const rak::Run count = [](Context& cx, std::string_view) -> Result<Outcome> {
    const auto session = cx.session();
    const int turn = RAK_TRY(session.get<int>("turn")).value_or(0) + 1;
    RAK_TRY(session.set("turn", turn));
    RAK_TRY(session.set("temp:x", "x"));
    RAK_TRY(session.remove("gone"));
    RAK_CHECK((RAK_TRY(session.keys("")) == std::vector<std::string>{"temp:x", "turn"}));
    RAK_CHECK_EQ(session.get<bool>("turn").failure().message, "the state at `turn` has another shape");
    return std::to_string(turn);
  };
  FakeHost host;
  const auto first = host.state("gone", 1).run(count, "");
  RAK_CHECK(first.changes.at("gone") == std::nullopt && first.changes.at("turn") == Json(1));
  const auto second = host.state_after(first).run(count, "");
  RAK_CHECK_EQ(second.answer(), "2");
  RAK_CHECK_EQ(second.state.size(), 1);
}

RAK_TEST(history_pages_go_back_in_time) {
  FakeHost host;
  for (const char* text : {"1", "2", "3", "4"}) host.said("user", text);
  host.entry({.seq = 9, .author = "bot", .content = Content::model("5"), .at = {}});
  const rak::Run read = [](Context& cx, std::string_view) -> Result<Outcome> {
    std::string all;
    for (Result<rak::Page> result : cx.session().pages(2)) {
      const rak::Page page = RAK_TRY(result);
      for (const rak::Entry& entry : page.entries) all += entry.content.text();
      all += '.';
    }
    return all;
  };
  RAK_CHECK_EQ(host.run(read, "").answer(), "45.23.1.");
  RAK_CHECK(host.cancel_after_calls(1).run(read, "").failure().kind == rak::FailureKind::cancelled);
}

RAK_TEST(info_config_and_log) {
  FakeHost host;
  host.info({.invocation_id = "i", .session_id = "s", .user_id = "u", .agent = "a", .agent_version = "v", .attempt = 2,
             .extra = Json(1)});
  const auto run = host.user("ada").session("s1").config("n", 3).config("list", std::vector<int>{1, 2}).run(
      [](Context& cx, std::string_view) -> Result<Outcome> {
        RAK_CHECK((cx.config_keys() == std::vector<std::string>{"list", "n"}));
        RAK_CHECK_EQ(RAK_TRY(cx.config<std::vector<int>>("list")).value().size(), 2);
        RAK_CHECK(!RAK_TRY(cx.config("absent")));
        RAK_CHECK(!cx.config<std::string>("n"));
        cx.log().warning("careful", {{"k", "v"}});
        const rak::Info info = cx.info();
        RAK_CHECK(info.attempt == 2 && info.extra == Json(1) && !info.parent_id);
        return info.user_id + " " + info.session_id;
      },
      "");
  RAK_CHECK_EQ(run.answer(), "ada s1");
  RAK_CHECK(run.logs[0].level == rak::Level::warning && run.logs[0].fields[0].second == "v");
}

RAK_TEST(waits_follow_the_fake_clock) {
  const rak::Run wait = [](Context& cx, std::string_view) -> Result<Outcome> {
    const rak::Waitable slow = cx.timer(9s), quick = cx.timer(1s);
    RAK_CHECK((cx.wait_any({&slow, &quick}) == std::vector<std::size_t>{1}));
    RAK_CHECK(cx.wait_any({&slow}, 500ms).empty() && quick.ready());
    cx.sleep(100us);
    slow.wait();
    RAK_TRY(cx.check_cancelled());
    return "done";
  };
  RAK_CHECK_EQ(FakeHost().run(wait, "").slept.count(), 9000);
  const auto cancelled = FakeHost().cancel_after(2s).run(wait, "");
  RAK_CHECK(cancelled.failure() == rak::Failure::cancelled() && cancelled.slept == 2s);
  const auto late = FakeHost().deadline(5s).run(
      [](Context& cx, std::string_view) -> Result<Outcome> {
        RAK_CHECK(cx.remaining() == 5000ms);
        cx.sleep(1h);
        RAK_TRY(cx.events().text_delta("late"));
        return "never";
      },
      "");
  RAK_CHECK(late.failure().kind == rak::FailureKind::deadline_exceeded && late.slept == 5s);
}

RAK_TEST(failures_keep_everything) {
  const rak::Failure failure{
      .kind = rak::FailureKind::rate_limited, .code = "E", .message = "m", .retry_after = 1500ms, .details = Json(1)};
  const auto run = FakeHost().run([&](Context&, std::string_view) -> Result<Outcome> { return failure; }, "");
  RAK_CHECK(run.failure() == failure);
}

RAK_TEST(texts_are_taken_apart) {
  RAK_CHECK((rak::words("a  b") == std::vector<std::string_view>{"a ", " ", "b"}));
  RAK_CHECK(rak::words("").empty());
  RAK_CHECK_EQ(rak::trim(" \t a b\n"), "a b");
  RAK_CHECK_EQ(rak::trim("  "), "");
}
