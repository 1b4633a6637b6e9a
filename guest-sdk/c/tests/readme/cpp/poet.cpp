#include <rak.hpp>

static std::string loud(std::string text) {
  for (char& letter : text) {
    if (letter >= 'a' && letter <= 'z') letter -= 'a' - 'A';
  }
  return text;
}

static rak::Result<rak::Outcome> run(rak::Context& cx, std::string_view topic) {
  rak::Completion poem = RAK_TRY(cx.models().open("Write a poem about " + std::string(topic)));
  rak::Stream out = cx.stream();
  for (const rak::Result<rak::Delta>& delta : poem.deltas()) {
    if (!delta && delta.failure().is_interrupted()) return "The poem broke off; ask for it again.";
    const rak::Delta written = RAK_TRY(delta);
    if (const auto* text = std::get_if<rak::TextDelta>(&written)) out << loud(text->text);
  }
  return out.answer();
}

RAK_AGENT(.name = "poet", .description = "Writes loud poems.", .version = "0.1.0", .run = run);
