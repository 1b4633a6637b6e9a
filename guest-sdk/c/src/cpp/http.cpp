// Asking the web.

#include <algorithm>

#include "convert.hpp"

namespace rak {

using detail::to_c;
using detail::to_cpp;

namespace {

// How much of an answer HttpExchange::pieces asks for at once.
constexpr std::uint32_t piece_bytes = 64 * 1024;

char lower(char letter) { return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter; }

// It points into the options.
rak_http_options options_of(rak_context* raw, const HttpOptions& options) {
  return {
      .method = to_c(options.method),
      .headers = to_c(raw, options.headers),
      .header_count = options.headers.size(),
      .body = {},
      .text = to_c(options.body),
      .json = options.json ? to_c(raw, *options.json) : rak_str{},
      .credential = detail::to_c_optional(options.credential),
      .timeout_ms = to_c(options.timeout),
      .no_redirects = !options.follow_redirects,
      .extra = options.extra ? to_c(raw, *options.extra) : rak_str{},
  };
}

HttpHead head_of(const rak_http_head& head) {
  return {
      .status = head.status,
      .url = to_cpp(head.url),
      .headers = detail::to_cpp(head.headers, head.header_count),
      .extra = detail::to_cpp_optional_json(head.extra),
  };
}

}  // namespace

std::optional<std::string> find_header(const Headers& headers, std::string_view name) {
  for (const auto& [known, value] : headers) {
    if (std::ranges::equal(known, name, {}, lower, lower)) return value;
  }
  return std::nullopt;
}

Result<HttpResponse> Http::fetch(std::string_view url, const HttpOptions& options) const {
  const detail::Frame frame(raw_);
  const rak_http_options more = options_of(raw_, options);
  rak_http_response response;
  const rak_status status = rak_fetch(raw_, to_c(url), &more, &response);
  if (status != RAK_OK) return detail::failure_of(raw_, status);
  return HttpResponse{head_of(response.head), to_cpp(rak_http_text(&response))};
}

Result<HttpExchange> Http::open(std::string_view url, const HttpOptions& options) const {
  const detail::Frame frame(raw_);
  const rak_http_options more = options_of(raw_, options);
  rak_exchange* exchange;
  const rak_status status = rak_open_exchange(raw_, to_c(url), &more, &exchange);
  if (status != RAK_OK) return detail::failure_of(raw_, status);
  return HttpExchange(raw_, exchange);
}

Result<HttpHead> HttpExchange::head() const {
  const detail::Frame frame(cx_);
  rak_http_head head;
  const rak_status status = rak_exchange_head(raw_.get(), &head);
  if (status != RAK_OK) return detail::failure_of(cx_, status);
  return head_of(head);
}

Pieces HttpExchange::pieces() const {
  return Pieces([this] { return read(piece_bytes); });
}

Result<std::string> HttpExchange::read(std::uint32_t max) const {
  const detail::Frame frame(cx_);
  rak_bytes piece;
  const rak_status status = rak_exchange_read(raw_.get(), max, &piece);
  if (status != RAK_OK) return detail::failure_of(cx_, status);
  return to_cpp(piece);
}

}  // namespace rak
