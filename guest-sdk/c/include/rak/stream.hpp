/** An answer that the client sees while it is being written. */
#ifndef RAK_STREAM_HPP
#define RAK_STREAM_HPP

#include <concepts>
#include <string>
#include <string_view>
#include <vector>

#include <rak/outcome.hpp>
#include <rak/result.hpp>

namespace rak {

/**
 * Sends what is written to it as text deltas, one each `<<`, and keeps it all:
 *
 *     rak::Stream out = cx.stream();
 *     out << "Hello, " << name << '!';
 *     return out.answer();
 *
 * As with the streams of the standard library a failure stays: what is written after it is not sent, and the answer, or
 * `status`, is that failure. A character that is written in two halves is sent with the second.
 */
class Stream {
 public:
  explicit Stream(rak_context* raw) : raw_(raw) {}

  Stream& operator<<(std::string_view text);
  Stream& operator<<(const char* text) { return *this << std::string_view(text); }
  Stream& operator<<(char character) { return *this << std::string_view(&character, 1); }
  template <class T>
    requires((std::integral<T> && !std::same_as<T, bool>) || std::floating_point<T>)
  Stream& operator<<(T number) {
    return *this << std::string_view(Json(number).dump());
  }

  /** Whether everything could be sent: a long loop ends where it is false. */
  explicit operator bool() const { return static_cast<bool>(status_); }

  /** The failure of the first write that had one. */
  const Result<void>& status() const { return status_; }

  /** Everything that was written. */
  const std::string& text() const { return whole_; }

  /** Everything that was written as the answer of the run; the failure, where there was one. */
  Result<Outcome> answer() const;

 private:
  rak_context* raw_;
  std::string whole_;
  std::size_t sent_ = 0;
  Result<void> status_;
};

/** The text in pieces that each end after a space: for streaming a text word by word. They are views of it. */
std::vector<std::string_view> words(std::string_view text);

/** The text without the white space around it: a view of it. */
std::string_view trim(std::string_view text);

}  // namespace rak

#endif
