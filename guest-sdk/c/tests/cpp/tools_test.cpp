// Calling tools.

#include <rak/testing.hpp>

using namespace std::chrono_literals;
using rak::CalledTool, rak::Context, rak::FakeHost, rak::FakeTool, rak::FunctionCall, rak::FunctionResponse, rak::Json,
    rak::Outcome, rak::Result, rak::Running, rak::Tool, rak::ToolResponse;

// Doubles the number `n`, in a second.
static FakeTool twice() {
  return {
      .name = "double",
      .description = "Doubles a number.",
      .parameters = Json::object(),
      .hints = {.read_only = true, .idempotent = true},
      .call = [](const Json& args) -> Result<ToolResponse> {
        const Json* n = args.find("n");
        if (!n) return ToolResponse::failing("there is no n");
        return Json(2 * n->as<int>().value_or(0));
      },
      .takes = 1s,
  };
}

static Result<ToolResponse> same(const Json& args) { return args; }

static Json n(int value) { return Json::object({{"n", value}}); }

static FakeHost host_with_tools() { return FakeHost().tool("same", same).tool(twice()); }

RAK_TEST(the_tools_that_may_be_called_are_listed) {
  const auto run = host_with_tools().run(
      [](Context& cx, std::string_view) -> Result<Outcome> {
        const std::vector<Tool> wanted = {
            {.name = "double",
             .description = "Doubles a number.",
             .parameters = Json::object(),
             .hints = {.read_only = true, .idempotent = true}},
            {.name = "same", .description = "", .parameters = Json::object({{"type", "object"}})},
        };
        RAK_CHECK(RAK_TRY(cx.tools().available()) == wanted);
        return Outcome();
      },
      "");
  RAK_CHECK(run.outcome && run.slept == 0ms);
}

RAK_TEST(a_tool_answers) {
  const rak::ToolOptions options{.timeout = 9s, .idempotency_key = "k", .relay_events = true, .extra = 1};
  const auto run = host_with_tools().run(
      [&](Context& cx, std::string_view) -> Result<Outcome> {
        RAK_CHECK(RAK_TRY(cx.tools().call("double", n(3))) == FunctionResponse({"call-1", "double", 6}));
        RAK_CHECK(RAK_TRY(cx.tools().call({"7", "double", n(4)}, options)) == FunctionResponse({"7", "double", 8}));
        const FunctionResponse failed = RAK_TRY(cx.tools().call("double"));
        RAK_CHECK(failed == FunctionResponse({"call-2", "double", "there is no n", true}));
        RAK_CHECK(RAK_TRY(cx.tools().call({"8", "same", {}})).response == Json::object());
        return Outcome();
      },
      "");
  RAK_CHECK(run.outcome && run.slept == 3s);
  const std::vector<CalledTool> wanted = {
      {.call = {"call-1", "double", n(3)}},
      {.call = {"7", "double", n(4)}, .options = options},
      {.call = {"call-2", "double", Json::object()}},
      {.call = {"8", "same", Json::object()}},
  };
  RAK_CHECK(run.tool_calls == wanted);
}

RAK_TEST(a_call_that_goes_wrong_does_not_end_the_run) {
  const rak::Failure full = rak::Failure::limit_exceeded("too much");
  const auto run = host_with_tools().tool("full", [&](const Json&) { return full; }).run(
      [&](Context& cx, std::string_view) -> Result<Outcome> {
        RAK_CHECK(cx.tools().call("full").failure() == full);
        const auto nothing = cx.tools().start("half");
        RAK_CHECK(nothing.failure() == rak::Failure::not_found("no tool is called half; there is double, full, same"));
        const auto late = cx.tools().call("double", n(1), {.timeout = 1ms});
        RAK_CHECK(late.failure().kind == rak::FailureKind::deadline_exceeded && !late.failure().is_expired());
        RAK_TRY(cx.check_cancelled());
        return "done";
      },
      "");
  RAK_CHECK_EQ(run.answer(), "done");
}

RAK_TEST(a_person_says_whether_a_tool_is_called) {
  FakeHost host;
  host.tool({.name = "erase", .hints = {.needs_approval = true}, .call = same});
  const auto run = host.approves().decides({.approved = true, .edited = 2}).rejects("not today").run(
      [](Context& cx, std::string_view) -> Result<Outcome> {
        RAK_CHECK(RAK_TRY(cx.tools().call("erase", 1)).response == Json(1));
        RAK_CHECK(RAK_TRY(cx.tools().call("erase", 1)).response == Json(2));
        const auto rejected = cx.tools().call("erase", 1);
        RAK_CHECK(rejected.failure().kind == rak::FailureKind::denied && rejected.failure().code == "rejected");
        RAK_CHECK(cx.tools().call("erase", 1).failure().is_expired());
        return Outcome();
      },
      "");
  RAK_CHECK(run.outcome && run.slept == 24h);
  RAK_CHECK_EQ(run.questions.size(), 4);
  RAK_CHECK(run.questions[0].prompt == "Call erase?" && run.questions[0].details == Json(1));
}

RAK_TEST(tools_are_called_at_once) {
  const auto run = host_with_tools().run(
      [](Context& cx, std::string_view) -> Result<Outcome> {
        const FunctionCall calls[] = {{"a", "double", n(1)}, {"b", "half", {}}, {"", "same", {}}};
        const std::vector<Result<FunctionResponse>> results = cx.tools().call_all(calls);
        RAK_CHECK(*results[0] == FunctionResponse({"a", "double", 2}));
        RAK_CHECK(results[1].failure().kind == rak::FailureKind::not_found);
        RAK_CHECK_EQ(results[2]->id, "call-1");
        RAK_CHECK(cx.tools().call_all({}).empty());
        return Outcome();
      },
      "");
  RAK_CHECK(run.outcome && run.slept == 1s);
}

RAK_TEST(a_call_is_given_up_with_its_scope) {
  const auto run = host_with_tools().run(
      [](Context& cx, std::string_view) -> Result<Outcome> {
        { const Running dropped = RAK_TRY(cx.tools().start("double")); }
        const Running first = RAK_TRY(cx.tools().start("double", n(1)));
        const Running second = RAK_TRY(cx.tools().start({"x", "double", n(2)}));
        const rak::Waitable first_done = first.done(), timer = cx.timer(1h);
        RAK_CHECK((cx.wait_any({&timer, &first_done}) == std::vector<std::size_t>{1}));
        RAK_CHECK(RAK_TRY(first.finish()).response == Json(2) && RAK_TRY(second.finish()).id == "x");
        const Running cancelled = RAK_TRY(cx.tools().start("double"));
        cancelled.cancel();
        RAK_CHECK(cancelled.finish().failure().code == "cancelled");
        return Outcome();
      },
      "");
  RAK_CHECK(run.outcome && run.slept == 1s);
  RAK_CHECK(run.tool_calls[0].cancelled && !run.tool_calls[1].cancelled && run.tool_calls[3].cancelled);
}

RAK_TEST(a_cancelled_run_calls_no_tool) {
  const auto run = host_with_tools().cancel_after_calls(0).run(
      [](Context& cx, std::string_view) -> Result<Outcome> {
        RAK_TRY(cx.tools().call("same"));
        return Outcome();
      },
      "");
  RAK_CHECK(run.failure() == rak::Failure::cancelled() && run.tool_calls.empty());
}
