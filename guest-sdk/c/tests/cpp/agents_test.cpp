// Calling other agents.

#include <rak/testing.hpp>

using namespace std::chrono_literals;
using rak::AgentCall, rak::AgentSummary, rak::CalledAgent, rak::Child, rak::Content, rak::Context, rak::FakeHost, rak::Json,
    rak::Outcome, rak::Reply, rak::Result, rak::Waitable;

// Sleeps for as many seconds as it is told, and then says its name.
static rak::Run doze(std::string name) {
  return [name](Context& cx, std::string_view text) -> Result<Outcome> {
    const Result<Json> seconds = Json::parse(text);
    if (!seconds) return rak::Failure::invalid_argument("this is no number");
    cx.sleep(std::chrono::seconds(seconds->as<int>().value_or(0)));
    RAK_TRY(cx.check_cancelled());
    return name;
  };
}

static FakeHost host_with_others() {
  return FakeHost().agent("b", doze("b")).agent(
      {.name = "a", .description = "Dozes.", .version = "2.0.0", .input_schema = Json::object(), .run = doze("a")});
}

RAK_TEST(the_agents_that_may_be_called_are_listed) {
  const auto run = host_with_others().run(
      [](Context& cx, std::string_view) -> Result<Outcome> {
        const std::vector<AgentSummary> wanted = {
            {.name = "a", .description = "Dozes.", .version = "2.0.0", .input_schema = Json::object()},
            {.name = "b", .description = "", .version = ""},
        };
        RAK_CHECK(RAK_TRY(cx.agents().available()) == wanted);
        return Outcome();
      },
      "");
  RAK_CHECK(run.outcome && run.slept == 0ms);
}

RAK_TEST(an_agent_answers) {
  const rak::AgentOptions options{
      .session = "s", .timeout = 9s, .relay_events = true, .detached = true, .extra = Json::object({{"n", 1}})};
  const auto run = host_with_others().run(
      [&](Context& cx, std::string_view) -> Result<Outcome> {
        const Reply first = RAK_TRY(cx.agents().call("a", "0"));
        RAK_CHECK(first == Reply({.invocation_id = "test-child-1", .content = Content::model("a")}));
        RAK_CHECK_EQ(RAK_TRY(cx.agents().call("b", Content::user("1"), options)).text(), "b");
        return Outcome();
      },
      "");
  RAK_CHECK(run.outcome && run.slept == 1s);
  const std::vector<CalledAgent> wanted = {
      {.agent = "a", .input = Content::user("0"), .invocation_id = "test-child-1"},
      {.agent = "b", .input = Content::user("1"), .options = options, .invocation_id = "test-child-2"},
  };
  RAK_CHECK(run.agent_calls == wanted);
}

RAK_TEST(a_reply_says_all_that_the_outcome_does) {
  const auto say_all = [](Context& cx, std::string_view) -> Result<Outcome> {
    RAK_CHECK_EQ(cx.info().agent, "all");
    RAK_TRY(cx.events().content(Content::model("last")));
    Outcome outcome;
    outcome.escalate = true;
    outcome.transfer_to = "b";
    outcome.extra = 1;
    return outcome;
  };
  const auto run = FakeHost().agent("all", say_all).run(
      [](Context& cx, std::string_view) -> Result<Outcome> {
        const Reply reply = RAK_TRY(cx.agents().call("all", ""));
        RAK_CHECK(reply.escalate && reply.transfer_to == "b" && reply.extra == Json(1));
        RAK_CHECK_EQ(Reply().text(), "");
        return reply.text();
      },
      "");
  RAK_CHECK_EQ(run.answer(), "last");
}

RAK_TEST(an_agent_that_fails_does_not_end_the_run) {
  const auto run = host_with_others().run(
      [](Context& cx, std::string_view) -> Result<Outcome> {
        const auto wrong = cx.agents().call("a", "soon");
        RAK_CHECK(wrong.failure() == rak::Failure::invalid_argument("this is no number"));
        const auto nobody = cx.agents().start("nobody", "");
        RAK_CHECK(nobody.failure() == rak::Failure::not_found("no agent is called nobody; there is a, b"));
        const auto late = cx.agents().call("a", "9", {.timeout = 2s});
        RAK_CHECK(late.failure().kind == rak::FailureKind::deadline_exceeded && late.failure().code == "timed_out");
        RAK_CHECK(late.failure().details == Json::object({{"invocationId", "test-child-2"}}));
        RAK_TRY(cx.check_cancelled());
        return "done";
      },
      "");
  RAK_CHECK_EQ(run.answer(), "done");
  RAK_CHECK(run.slept == 2s);
}

RAK_TEST(the_first_of_several_children_and_timers) {
  const auto run = host_with_others().run(
      [](Context& cx, std::string_view) -> Result<Outcome> {
        const Child late = RAK_TRY(cx.agents().start("a", "3600"));
        const Child early = RAK_TRY(cx.agents().start("b", Content::user("2")));
        const Waitable late_done = late.done(), early_done = early.done(), timer = cx.timer(1min);
        RAK_CHECK((cx.wait_any({&late_done, &early_done, &timer}) == std::vector<std::size_t>{1}));
        RAK_CHECK_EQ(RAK_TRY(early.finish()).text(), "b");
        RAK_CHECK_EQ(RAK_TRY(early.finish()).text(), "b");
        late.cancel();
        RAK_CHECK(late_done.ready() && late.finish().failure().code == "cancelled");
        return late.invocation_id();
      },
      "");
  RAK_CHECK_EQ(run.answer(), "test-child-1");
  RAK_CHECK(run.slept == 2s && run.agent_calls[0].cancelled && !run.agent_calls[1].cancelled);
}

RAK_TEST(a_child_ends_with_its_scope) {
  const auto run = host_with_others().run(
      [](Context& cx, std::string_view) -> Result<Outcome> {
        { const Child dropped = RAK_TRY(cx.agents().start("a", "1")); }
        { const Child detached = RAK_TRY(cx.agents().start("a", "1", {.detached = true})); }
        Child moved = RAK_TRY(cx.agents().start("a", "1"));
        const Child kept = std::move(moved);
        return RAK_TRY(kept.finish()).text();
      },
      "");
  RAK_CHECK_EQ(run.answer(), "a");
  RAK_CHECK(run.agent_calls[0].cancelled && !run.agent_calls[1].cancelled && !run.agent_calls[2].cancelled);
}

RAK_TEST(all_are_called_at_once) {
  const auto run = host_with_others().run(
      [](Context& cx, std::string_view) -> Result<Outcome> {
        const AgentCall calls[] = {{"a", Content::user("3")}, {"nobody", {}}, {"b", Content::user("1")}};
        const std::vector<Result<Reply>> replies = cx.agents().call_all(calls, {.timeout = 1min});
        RAK_CHECK(replies[1].failure().kind == rak::FailureKind::not_found);
        return replies[0]->text() + replies[2]->text();
      },
      "");
  RAK_CHECK_EQ(run.answer(), "ab");
  RAK_CHECK(run.slept == 3s);
}

RAK_TEST(a_cancelled_run_calls_nobody) {
  const rak::Run call = [](Context& cx, std::string_view) -> Result<Outcome> {
    return RAK_TRY(cx.agents().call("a", "3600")).text();
  };
  const auto late = host_with_others().cancel_after(1s).run(call, "");
  RAK_CHECK(late.failure() == rak::Failure::cancelled() && late.slept == 1s && late.agent_calls[0].cancelled);
  const auto early = host_with_others().cancel_after_calls(0).run(call, "");
  RAK_CHECK(early.failure() == rak::Failure::cancelled() && early.agent_calls.empty());
}
