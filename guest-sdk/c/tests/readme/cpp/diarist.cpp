#include <rak.hpp>

static rak::Result<rak::Outcome> run(rak::Context& cx, std::string_view entry) {
  // The user's, in all their sessions with this agent. Without `user:` it would be this session's.
  const std::string before = RAK_TRY(cx.artifacts().load("user:diary.md")).value_or(rak::Blob{}).text();
  if (entry == "print") return before;
  rak::Blob longer = rak::Blob::of(before + "- " + std::string(entry) + "\n");
  longer.mime_type = "text/markdown";
  return "Kept, as version " + std::to_string(RAK_TRY(cx.artifacts().save("user:diary.md", longer))) + ".";
}

RAK_AGENT(.name = "diarist", .description = "Keeps a diary.", .version = "0.1.0", .run = run);
