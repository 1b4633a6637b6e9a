// From C to C++.

#include "convert.hpp"

namespace rak::detail {

std::string to_cpp(rak_str text) { return text.ptr ? std::string(text.ptr, text.len) : std::string(); }

std::optional<std::string> to_cpp_optional(rak_str text) {
  return text.ptr ? std::optional(to_cpp(text)) : std::nullopt;
}

std::vector<std::string> to_cpp(rak_strs texts) {
  std::vector<std::string> all;
  all.reserve(texts.count);
  for (std::size_t i = 0; i < texts.count; ++i) all.push_back(to_cpp(texts.items[i]));
  return all;
}

Json to_cpp_json(rak_str json) {
  Result<Json> value = Json::parse({json.ptr, json.len});
  return *std::move(value);
}

std::optional<Json> to_cpp_optional_json(rak_str json) {
  return json.ptr ? std::optional(to_cpp_json(json)) : std::nullopt;
}

std::string to_cpp(rak_bytes bytes) { return std::string(bytes.ptr, bytes.ptr + bytes.len); }

Blob to_cpp(const rak_blob& blob) {
  return {to_cpp(blob.mime_type), {blob.data.ptr, blob.data.ptr + blob.data.len}};
}

Headers to_cpp(const rak_header* headers, std::size_t count) {
  Headers all;
  for (std::size_t i = 0; i < count; ++i) all.emplace_back(to_cpp(headers[i].name), to_cpp(headers[i].value));
  return all;
}

static Custom to_cpp(const rak_custom& custom) { return {to_cpp(custom.name), to_cpp_json(custom.value)}; }

static Part to_cpp(const rak_part& part) {
  switch (part.kind) {
    case RAK_PART_TEXT:
      return Text{to_cpp(part.text)};
    case RAK_PART_THOUGHT:
      return Thought{to_cpp(part.text)};
    case RAK_PART_BLOB:
      return to_cpp(part.blob);
    case RAK_PART_FILE:
      return FileRef{to_cpp(part.file.uri), to_cpp_optional(part.file.mime_type)};
    case RAK_PART_CALL:
      return FunctionCall{to_cpp(part.call.id), to_cpp(part.call.name), to_cpp_json(part.call.args)};
    case RAK_PART_RESPONSE:
      return FunctionResponse{to_cpp(part.response.id), to_cpp(part.response.name),
                              to_cpp_json(part.response.response), part.response.failed};
    case RAK_PART_OTHER:
      break;
  }
  return to_cpp(part.other);
}

Content to_cpp(const rak_content& content) {
  Content out{.role = to_cpp(content.role)};
  out.parts.reserve(content.part_count);
  for (std::size_t i = 0; i < content.part_count; ++i) out.parts.push_back(to_cpp(content.parts[i]));
  return out;
}

static std::optional<std::uint64_t> to_cpp(rak_optional number) {
  return number.is_some ? std::optional(number.value) : std::nullopt;
}

Event to_cpp(const rak_event& event) {
  switch (event.kind) {
    case RAK_EVENT_CONTENT:
      return to_cpp(event.content);
    case RAK_EVENT_TEXT_DELTA:
      return TextDelta{to_cpp(event.text)};
    case RAK_EVENT_THOUGHT_DELTA:
      return ThoughtDelta{to_cpp(event.text)};
    case RAK_EVENT_PROGRESS:
      return Progress{to_cpp(event.progress.message), to_cpp(event.progress.done), to_cpp(event.progress.total)};
    case RAK_EVENT_OTHER:
      break;
  }
  return to_cpp(event.other);
}

Entry to_cpp(const rak_entry& entry) {
  const std::chrono::milliseconds since_1970(entry.at_ms);
  return {entry.seq, to_cpp(entry.author), to_cpp(entry.content),
          std::chrono::sys_time<std::chrono::milliseconds>(since_1970)};
}

Failure to_cpp(const rak_failure& failure) {
  Failure out{.kind = static_cast<FailureKind>(failure.kind),
              .code = to_cpp_optional(failure.code),
              .message = to_cpp(failure.message),
              .details = to_cpp_optional_json(failure.details)};
  if (failure.retry_after_ms.is_some) out.retry_after = std::chrono::milliseconds(failure.retry_after_ms.value);
  return out;
}

Failure failure_of(rak_context* raw, rak_status status) { return to_cpp(rak_failure_of(raw, status)); }

}  // namespace rak::detail
