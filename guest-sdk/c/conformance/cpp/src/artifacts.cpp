// Keeping files.

#include "behaviours.hpp"

using rak::ArtifactInfo, rak::Blob;

static Blob plain(std::string_view text) { return {"text/plain", {text.begin(), text.end()}}; }

static std::string shown(const std::optional<Blob>& blob) {
  return blob ? blob->mime_type + " " + blob->text() : "none";
}

Answer artifact(rak::Context& cx, const Call& call) {
  return std::to_string(RAK_TRY(cx.artifacts().save("notes/today.txt", plain(call.argument))));
}

Answer artifact_load(rak::Context& cx, const Call& call) { return shown(RAK_TRY(cx.artifacts().load(call.argument))); }

Answer artifact_version(rak::Context& cx, const Call& call) {
  const auto [name, version] = cut(call.argument);
  const auto number = static_cast<std::uint32_t>(RAK_TRY(Call{call.input, version}.number()));
  return shown(RAK_TRY(cx.artifacts().load(name, number)));
}

Answer artifact_bytes(rak::Context& cx, const Call&) {
  const Blob raw{"application/octet-stream", {0x00, 0x01, 0xfe, 0xff}};
  RAK_TRY(cx.artifacts().save("user:raw.bin", raw));
  const std::optional<Blob> loaded = RAK_TRY(cx.artifacts().load("user:raw.bin"));
  if (!loaded) return rak::Failure::not_found("what was saved is not there");
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : loaded->data) text += {digits[byte >> 4], digits[byte & 15]};
  return text;
}

Answer artifact_pieces(rak::Context& cx, const Call&) {
  const std::uint32_t version = RAK_TRY(cx.artifacts().save("long.txt", plain("one two three")));
  std::string all;
  for (const rak::Result<std::string>& piece : cx.artifacts().pieces("long.txt", version, 5)) {
    all += (all.empty() ? "" : "|") + RAK_TRY(piece);
  }
  return all;
}

Answer artifacts(rak::Context& cx, const Call& call) {
  std::string all;
  for (const ArtifactInfo& info : RAK_TRY(cx.artifacts().list(call.argument))) {
    all += (all.empty() ? "" : ",") + info.name + "@" + std::to_string(info.version) + ":" + std::to_string(info.size);
  }
  return all;
}

Answer artifact_versions(rak::Context& cx, const Call& call) {
  std::string all;
  for (const ArtifactInfo& info : RAK_TRY(cx.artifacts().versions(call.argument))) {
    all += (all.empty() ? "" : ",") + std::to_string(info.version);
  }
  return all;
}

Answer artifact_remove(rak::Context& cx, const Call& call) {
  return RAK_TRY(cx.artifacts().remove(call.argument)) ? "true" : "false";
}

Answer artifact_fails(rak::Context& cx, const Call& call) {
  const auto version = cx.artifacts().save(call.argument, plain("x"));
  return version ? std::to_string(*version) : kind_and_code(version.failure());
}
