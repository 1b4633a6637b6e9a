// Asking people, and hearing what they say.

#include <rak/testing.hpp>

using namespace std::chrono_literals;
using rak::Content, rak::Context, rak::Decision, rak::FakeHost, rak::Json, rak::Outcome, rak::Question, rak::Result;

RAK_TEST(a_decision_is_what_the_person_said) {
  const Decision other{.approved = true, .by = "ada", .edited = Json::object({{"n", 2}})};
  const auto run = FakeHost().approves().rejects("too dear").decides(other).run(
      [&](Context& cx, std::string_view) -> Result<Outcome> {
        RAK_CHECK(RAK_TRY(cx.people().approve("Do it?")) == Decision{.approved = true});
        const Decision no = RAK_TRY(cx.people().approve("Do more?", Json::object({{"n", 1}}), 1h));
        RAK_CHECK(no == Decision{.reason = "too dear"});
        RAK_CHECK(RAK_TRY(cx.people().approve("Do that?", 1)) == other);
        return Outcome();
      },
      "");
  RAK_CHECK(run.outcome && run.slept == 0ms);
  RAK_CHECK(run.questions == std::vector<Question>{
                                 {.kind = rak::QuestionKind::approve, .prompt = "Do it?", .details = Json()},
                                 {.kind = rak::QuestionKind::approve,
                                  .prompt = "Do more?",
                                  .details = Json::object({{"n", 1}}),
                                  .expires_in = 1h},
                                 {.kind = rak::QuestionKind::approve, .prompt = "Do that?", .details = Json(1)},
                             });
}

RAK_TEST(an_answer_has_the_type_that_is_asked_for) {
  const Json schema = Json::object({{"type", "array"}});
  const auto run = FakeHost().answers(4).answers("first").answers(Json::array({1, 2})).run(
      [&](Context& cx, std::string_view) -> Result<Outcome> {
        RAK_CHECK_EQ(RAK_TRY(cx.people().ask<int>("How many?", true)), 4);
        const auto which = cx.people().ask<int>("Which?", true);
        RAK_CHECK(!which && which.failure().kind == rak::FailureKind::failed);
        RAK_CHECK_EQ(which.failure().message, "the answer to `Which?` has another shape");
        RAK_CHECK(RAK_TRY(cx.people().ask("What?", schema, 1min)) == Json::array({1, 2}));
        return Outcome();
      },
      "");
  RAK_CHECK(run.outcome && run.questions.size() == 3);
  const Question last{.kind = rak::QuestionKind::ask, .prompt = "What?", .schema = schema, .expires_in = 1min};
  RAK_CHECK(run.questions.back() == last);
}

RAK_TEST(a_question_expires_and_the_run_goes_on) {
  const auto run = FakeHost().deadline(9h).silence().approves().run(
      [](Context& cx, std::string_view) -> Result<Outcome> {
        const auto expired = cx.people().approve("Do it?", {}, 1h);
        RAK_CHECK(expired.failure().is_expired() && expired.failure().code == "expired");
        RAK_CHECK(RAK_TRY(cx.people().approve("And now?", {}, 1h)).approved);
        RAK_CHECK(cx.people().ask("Well?", true, 0ms).failure().is_expired());
        return RAK_TRY(cx.people().ask<std::string>("Well?", true));
      },
      "");
  RAK_CHECK(run.failure().kind == rak::FailureKind::deadline_exceeded && !run.failure().is_expired());
  RAK_CHECK(run.slept == 9h);
}

RAK_TEST(a_cancelled_run_waits_for_nobody) {
  const rak::Run runs[] = {
      [](Context& cx, std::string_view) -> Result<Outcome> {
        RAK_TRY(cx.people().approve("Do it?", {}, 1h));
        return Outcome();
      },
      [](Context& cx, std::string_view) -> Result<Outcome> {
        RAK_TRY(cx.people().ask("Well?", true));
        return Outcome();
      },
      [](Context& cx, std::string_view) -> Result<Outcome> {
        RAK_TRY(cx.people().next_message());
        return Outcome();
      },
  };
  for (const rak::Run& wait : runs) {
    const auto run = FakeHost().cancel_after(1s).run(wait, "");
    RAK_CHECK(run.failure() == rak::Failure::cancelled() && run.slept == 1s);
  }
}

RAK_TEST(messages_come_in_order) {
  const auto run = FakeHost().message("one").message(Content{.role = "user", .parts = {rak::Thought{"hm"}}}).run(
      [](Context& cx, std::string_view) -> Result<Outcome> {
        RAK_CHECK(RAK_TRY(cx.people().next_message()) == Content::user("one"));
        RAK_CHECK_EQ(RAK_TRY(cx.people().next_message(1h))->parts.size(), 1);
        RAK_CHECK(!RAK_TRY(cx.people().next_message(0ms)));
        RAK_CHECK(!RAK_TRY(cx.people().next_message(1s)));
        return Outcome();
      },
      "");
  RAK_CHECK(run.outcome && run.slept == 1s);
}
