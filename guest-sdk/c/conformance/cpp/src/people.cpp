// Asking people, and hearing what they say.

#include "behaviours.hpp"

using namespace std::chrono_literals;
using Expiry = std::optional<std::chrono::milliseconds>;
using rak::Json;

// What an argument asks for: when the question expires, never where that is 0, and a JSON text.
struct Question {
  Expiry expires_in;
  Json json;
};

static rak::Result<Question> question_of(const Call& call) {
  const auto [expiry, json] = cut(call.argument);
  const auto ms = RAK_TRY((Call{call.input, expiry}).number());
  return Question{ms == 0 ? Expiry() : std::chrono::milliseconds(ms), RAK_TRY(Json::parse(json))};
}

Answer approve(rak::Context& cx, const Call& call) {
  const Question question = RAK_TRY(question_of(call));
  const rak::Decision decision = RAK_TRY(cx.people().approve("Do it?", question.json, question.expires_in));
  return Json::object({
                          {"approved", decision.approved},
                          {"by", or_null(decision.by)},
                          {"reason", or_null(decision.reason)},
                          {"edited", decision.edited.value_or(Json())},
                      })
      .dump();
}

Answer ask(rak::Context& cx, const Call& call) {
  const Question question = RAK_TRY(question_of(call));
  return RAK_TRY(cx.people().ask("Well?", question.json, question.expires_in)).dump();
}

Answer message(rak::Context& cx, const Call& call) {
  Expiry timeout;
  if (call.argument != "ever") timeout = std::chrono::milliseconds(RAK_TRY(call.number()));
  const auto said = RAK_TRY(cx.people().next_message(timeout));
  const auto* text = said && !said->parts.empty() ? std::get_if<rak::Text>(&said->parts.front()) : nullptr;
  return text ? text->text : "none";
}

Answer expired(rak::Context& cx, const Call&) {
  const auto answer = cx.people().ask("Well?", Json::object(), 1ms);
  return answer ? "answered" : kind_and_code(answer.failure());
}
