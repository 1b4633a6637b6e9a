// Content and events.

#include "behaviours.hpp"

using rak::Json;

Answer echo(rak::Context& cx, const Call& call) {
  rak::Stream out = cx.stream();
  for (const std::string_view word : rak::words(call.argument)) out << word;
  return out.answer();
}

Answer answer(rak::Context&, const Call& call) { return call.argument; }

Answer nothing(rak::Context& cx, const Call&) {
  RAK_TRY(cx.events().content(rak::Content::model("said before")));
  return rak::Outcome();
}

Answer parts(rak::Context&, const Call& call) {
  return rak::Content{.parts = {call.input.parts.begin() + 1, call.input.parts.end()}};
}

Answer kinds(rak::Context&, const Call&) {
  return rak::Content{.parts = {
    rak::Text{"a"},
    rak::Thought{"b"},
    rak::Blob{"application/octet-stream", {0x00, 0x01, 0xFE, 0xFF}},
    rak::FileRef{"file:///a", "text/plain"},
    rak::FileRef{"file:///b"},
    rak::FunctionCall{"1", "f", Json::object({{"a", 1}})},
    rak::FunctionResponse{"1", "f", Json::object({{"b", Json::array({2})}}), true},
    rak::Custom{"x", Json::object({{"c", nullptr}})},
  }};
}

Answer events(rak::Context& cx, const Call&) {
  const rak::Event batch[] = {
      rak::Content::model("one"),
      rak::Progress{.message = "half", .done = 1, .total = 2},
      rak::Custom{"note", Json::object({{"k", "v"}})},
      rak::ThoughtDelta{"hm"},
      rak::TextDelta{"two"},
  };
  return std::to_string(RAK_TRY(cx.events().emit(batch)));
}

Answer progress(rak::Context& cx, const Call&) {
  RAK_TRY(cx.events().progress({.message = "no numbers"}));
  return "done";
}

Answer outcome(rak::Context&, const Call&) {
  rak::Outcome outcome("done");
  outcome.escalate = true;
  outcome.transfer_to = "other";
  outcome.extra = Json::object({{"n", 1}});
  return outcome;
}

Answer bytes(rak::Context&, const Call& call) { return std::string(RAK_TRY(call.number()), 'x'); }

// The second part, where it is of this type.
template <class T>
static rak::Result<const T*> second(const Call& call) {
  const auto* part = call.input.parts.size() < 2 ? nullptr : std::get_if<T>(&call.input.parts[1]);
  if (!part) return rak::Failure::invalid_argument("there is no second part of this kind");
  return part;
}

Answer text_size(rak::Context&, const Call& call) {
  return std::to_string(RAK_TRY(second<rak::Text>(call))->text.size());
}

Answer data_size(rak::Context&, const Call& call) {
  return std::to_string(RAK_TRY(second<rak::Blob>(call))->data.size());
}
