#include <rak.hpp>

static rak::Result<rak::Outcome> run(rak::Context& cx, std::string_view url) {
  const rak::HttpExchange log = RAK_TRY(cx.http().open(url));
  const rak::HttpHead head = RAK_TRY(log.head());
  if (!head.is_success()) return "The log says " + std::to_string(head.status) + ".";
  // The client sees it as it comes.
  rak::Stream out = cx.stream();
  for (const rak::Result<std::string>& piece : log.pieces()) {
    if (!piece && piece.failure().is_interrupted()) return "The log broke off; ask for it again.";
    out << RAK_TRY(piece);
  }
  return out.answer();
}

RAK_AGENT(.name = "watcher", .description = "Shows a log.", .version = "0.1.0", .run = run);
