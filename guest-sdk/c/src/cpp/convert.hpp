// Between the types of C++ and those of C. Private to the SDK.
#ifndef RAK_SRC_CPP_CONVERT_HPP
#define RAK_SRC_CPP_CONVERT_HPP

#include <rak.h>

#include <rak.hpp>

namespace rak::detail {

// Gives back what a call took from the arena: what C++ hands out is its own.
class Frame {
 public:
  explicit Frame(rak_context* raw) : raw_(raw), mark_(rak_mark(raw)) {}
  ~Frame() { rak_release(raw_, mark_); }
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;

 private:
  rak_context* raw_;
  rak_arena_mark mark_;
};

// To C. Texts are not copied, so that what they are made from has to last.
rak_str to_c(std::string_view text);
rak_str to_c_optional(const std::optional<std::string>& text);
rak_optional to_c(const std::optional<std::uint64_t>& number);
rak_optional to_c(std::optional<std::chrono::milliseconds> time);
rak_str to_c(rak_context* raw, const Json& value);
const rak_part* to_c(rak_context* raw, const std::vector<Part>& parts);
rak_content to_c(rak_context* raw, const Content& content);
rak_blob to_c(const Blob& blob);
const rak_header* to_c(rak_context* raw, const Headers& headers);
rak_event to_c(rak_context* raw, const Event& event);
rak_status to_c(rak_context* raw, const Failure& failure);

// From C, copied.
std::string to_cpp(rak_str text);
std::optional<std::string> to_cpp_optional(rak_str text);
std::vector<std::string> to_cpp(rak_strs texts);
// A JSON text of the host, which is JSON.
Json to_cpp_json(rak_str json);
std::optional<Json> to_cpp_optional_json(rak_str json);
Content to_cpp(const rak_content& content);
std::string to_cpp(rak_bytes bytes);
Blob to_cpp(const rak_blob& blob);
Headers to_cpp(const rak_header* headers, std::size_t count);
Event to_cpp(const rak_event& event);
Entry to_cpp(const rak_entry& entry);
Failure to_cpp(const rak_failure& failure);
// What the newest call with this status noted.
Failure failure_of(rak_context* raw, rak_status status);

// How a call without a value went.
inline Result<void> result_of(rak_context* raw, rak_status status) {
  if (status != RAK_OK) return failure_of(raw, status);
  return {};
}

}  // namespace rak::detail

#endif
