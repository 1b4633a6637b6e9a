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
  const std::size_t space = std::min(call.argument.find(' '), call.argument.size());
  const std::string_view json = call.argument.substr(std::min(space + 1, call.argument.size()));
  const auto ms = RAK_TRY((Call{call.input, call.argument.substr(0, space)}).number());
  return Question{ms == 0 ? Expiry() : std::chrono::milliseconds(ms), RAK_TRY(Json::parse(json))};
}

static Json or_null(const std::optional<std::string>& text) { return text ? Json(*text) : Json(); }

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
  if (answer) return "answered";
  const rak::Failure& failure = answer.failure();
  return std::string(rak::name_of(failure.kind)) + " " + failure.code.value_or("");
}
