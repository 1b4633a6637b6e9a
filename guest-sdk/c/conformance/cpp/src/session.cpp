// State and history.

#include "behaviours.hpp"

Answer set(rak::Context& cx, const Call& call) {
  const std::size_t space = std::min(call.argument.find(' '), call.argument.size());
  const std::string_view value = call.argument.substr(std::min(space + 1, call.argument.size()));
  RAK_TRY(cx.session().set(call.argument.substr(0, space), RAK_TRY(rak::Json::parse(value))));
  return "set";
}

Answer get(rak::Context& cx, const Call& call) {
  const auto value = RAK_TRY(cx.session().get(call.argument));
  return value ? value->dump() : "none";
}

Answer remove_it(rak::Context& cx, const Call& call) {
  RAK_TRY(cx.session().remove(call.argument));
  return "removed";
}

static std::string join(const std::vector<std::string>& texts, std::string_view between) {
  std::string all;
  for (const std::string& text : texts) {
    if (&text != &texts.front()) all += between;
    all += text;
  }
  return all;
}

Answer keys(rak::Context& cx, const Call& call) { return join(RAK_TRY(cx.session().keys(call.argument)), ","); }

// The entries of a page, one line each.
static std::string lines_of(const rak::Page& page) {
  std::vector<std::string> lines;
  for (const rak::Entry& entry : page.entries) lines.push_back(entry.author + ": " + entry.content.text());
  return join(lines, "\n");
}

Answer history(rak::Context& cx, const Call& call) {
  const auto limit = static_cast<std::uint32_t>(RAK_TRY(call.number()));
  return lines_of(RAK_TRY(cx.session().history(std::nullopt, limit)));
}

Answer pages(rak::Context& cx, const Call& call) {
  std::string lines;
  for (rak::Result<rak::Page> page : cx.session().pages(static_cast<std::uint32_t>(RAK_TRY(call.number())))) {
    // Each page is older than those before it.
    const std::string older = lines_of(RAK_TRY(page));
    lines = lines.empty() ? older : older + "\n" + lines;
  }
  return lines;
}
