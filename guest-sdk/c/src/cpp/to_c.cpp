// From C++ to C.

#include "convert.hpp"

namespace rak::detail {

rak_str to_c(std::string_view text) { return {text.empty() ? "" : text.data(), text.size()}; }

rak_str to_c_optional(const std::optional<std::string>& text) { return text ? to_c(std::string_view(*text)) : rak_str{}; }

rak_optional to_c(const std::optional<std::uint64_t>& number) { return {number.has_value(), number.value_or(0)}; }

rak_optional to_c(std::optional<std::chrono::milliseconds> time) {
  return time ? rak_optional{true, to_millis(*time)} : rak_optional{};
}

// Unlike other texts these are copied: nobody else has them.
rak_str to_c(rak_context* raw, const Json& value) { return rak_copy(raw, to_c(std::string_view(value.dump()))); }

rak_blob to_c(const Blob& blob) { return {to_c(blob.mime_type), {blob.data.data(), blob.data.size()}}; }

const rak_header* to_c(rak_context* raw, const Headers& headers) {
  auto* list = static_cast<rak_header*>(rak_alloc_array(raw, headers.size(), sizeof(rak_header)));
  for (std::size_t i = 0; i < headers.size(); ++i) list[i] = {to_c(headers[i].first), to_c(headers[i].second)};
  return list;
}

static rak_custom to_c(rak_context* raw, const Custom& custom) { return {to_c(custom.name), to_c(raw, custom.value)}; }

namespace {

// One part of each kind.
struct PartToC {
  rak_context* raw;
  rak_part part = {};

  void operator()(const Text& text) {
    part.kind = RAK_PART_TEXT;
    part.text = to_c(text.text);
  }
  void operator()(const Thought& thought) {
    part.kind = RAK_PART_THOUGHT;
    part.text = to_c(thought.text);
  }
  void operator()(const Blob& blob) {
    part.kind = RAK_PART_BLOB;
    part.blob = to_c(blob);
  }
  void operator()(const FileRef& file) {
    part.kind = RAK_PART_FILE;
    part.file = {to_c_optional(file.mime_type), to_c(file.uri)};
  }
  void operator()(const FunctionCall& call) {
    part.kind = RAK_PART_CALL;
    part.call = {to_c(call.id), to_c(call.name), to_c(raw, call.args)};
  }
  void operator()(const FunctionResponse& response) {
    part.kind = RAK_PART_RESPONSE;
    part.response = {to_c(response.id), to_c(response.name), to_c(raw, response.response), response.failed};
  }
  void operator()(const Custom& custom) {
    part.kind = RAK_PART_OTHER;
    part.other = to_c(raw, custom);
  }
};

// One event of each kind.
struct EventToC {
  rak_context* raw;
  rak_event event = {};

  void operator()(const Content& content) {
    event.kind = RAK_EVENT_CONTENT;
    event.content = to_c(raw, content);
  }
  void operator()(const TextDelta& delta) {
    event.kind = RAK_EVENT_TEXT_DELTA;
    event.text = to_c(delta.text);
  }
  void operator()(const ThoughtDelta& delta) {
    event.kind = RAK_EVENT_THOUGHT_DELTA;
    event.text = to_c(delta.text);
  }
  void operator()(const Progress& progress) {
    event.kind = RAK_EVENT_PROGRESS;
    event.progress = {to_c(progress.message), to_c(progress.done), to_c(progress.total)};
  }
  void operator()(const Custom& custom) {
    event.kind = RAK_EVENT_OTHER;
    event.other = to_c(raw, custom);
  }
};

}  // namespace

const rak_part* to_c(rak_context* raw, const std::vector<Part>& parts) {
  auto* list = static_cast<rak_part*>(rak_alloc_array(raw, parts.size(), sizeof(rak_part)));
  for (std::size_t i = 0; i < parts.size(); ++i) {
    PartToC convert{raw};
    std::visit(convert, parts[i]);
    list[i] = convert.part;
  }
  return list;
}

rak_content to_c(rak_context* raw, const Content& content) {
  return {to_c(content.role), to_c(raw, content.parts), content.parts.size()};
}

rak_event to_c(rak_context* raw, const Event& event) {
  EventToC convert{raw};
  std::visit(convert, event);
  return convert.event;
}

rak_status to_c(rak_context* raw, const Failure& failure) {
  rak_failure noted = {};
  noted.kind = static_cast<rak_status>(failure.kind);
  noted.code = rak_copy(raw, to_c_optional(failure.code));
  noted.message = rak_copy(raw, to_c(failure.message));
  if (failure.retry_after) noted.retry_after_ms = {true, to_millis(*failure.retry_after)};
  if (failure.details) noted.details = to_c(raw, *failure.details);
  return rak_fail_with(raw, &noted);
}

}  // namespace rak::detail
