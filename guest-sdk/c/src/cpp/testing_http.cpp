// The web and the artifacts of the fake host, for C++.

#include "convert.hpp"
#include "fake.hpp"

namespace rak {

using detail::Given;
using detail::keep_in;
using detail::to_c;
using detail::to_cpp;

namespace {

HttpOptions options_of(const rak_http_options& options) {
  HttpOptions out{
      .method = to_cpp(options.method),
      .headers = detail::to_cpp(options.headers, options.header_count),
      .body = to_cpp(options.body),
      .credential = detail::to_cpp_optional(options.credential),
      .follow_redirects = !options.no_redirects,
      .extra = detail::to_cpp_optional_json(options.extra),
  };
  if (options.timeout_ms.is_some) out.timeout = std::chrono::milliseconds(options.timeout_ms.value);
  return out;
}

const rak_failure* failure_of(rak_context* raw, const std::optional<Failure>& failure) {
  if (!failure) return nullptr;
  auto* out = static_cast<rak_failure*>(rak_alloc(raw, sizeof(rak_failure)));
  *out = rak_failure_of(raw, to_c(raw, *failure));
  return out;
}

// It points into the answer.
rak_http_answer answer_of(rak_context* raw, const HttpAnswer& answer) {
  auto* pieces = static_cast<rak_str*>(rak_alloc_array(raw, answer.pieces.size(), sizeof(rak_str)));
  for (std::size_t i = 0; i < answer.pieces.size(); ++i) pieces[i] = to_c(answer.pieces[i]);
  return {
      .status = answer.status,
      .headers = to_c(raw, answer.headers),
      .header_count = answer.headers.size(),
      .text = answer.text ? answer.text->c_str() : nullptr,
      .json = answer.json ? to_c(raw, *answer.json).ptr : nullptr,
      .body = {reinterpret_cast<const std::uint8_t*>(answer.body.data()), answer.body.size()},
      .pieces = pieces,
      .piece_count = answer.pieces.size(),
      .url = answer.url ? answer.url->c_str() : nullptr,
      .failure = failure_of(raw, answer.failure),
      .broken_by = failure_of(raw, answer.broken_by),
      .takes_ms = to_millis(answer.takes),
  };
}

using Answering = std::function<Result<HttpAnswer>(const std::string& url, const HttpOptions& options)>;

rak_status ask_the_place(rak_context* raw, rak_str url, const rak_http_options* options, rak_http_answer* answer,
                         void* data) {
  // It lasts until the host has copied it.
  static std::optional<Result<HttpAnswer>> given;
  given.emplace((*static_cast<const Answering*>(data))(to_cpp(url), options_of(*options)));
  if (!*given) return to_c(raw, given->failure());
  *answer = answer_of(raw, **given);
  return RAK_OK;
}

}  // namespace

namespace detail {

AskedUrl to_cpp(const rak_test_http_call& call) { return {to_cpp(call.url), options_of(call.options), call.cancelled}; }

}  // namespace detail

FakeHost& FakeHost::http(const std::string& method, const std::string& url, const HttpAnswer& answer) {
  const Given given;
  const rak_http_answer raw = answer_of(given, answer);
  rak_fake_http(raw_, method.c_str(), url.c_str(), &raw);
  return *this;
}

FakeHost& FakeHost::http_by(const std::string& method, const std::string& url, Answering answer) {
  rak_fake_http_run(raw_, method.c_str(), url.c_str(), ask_the_place, keep_in(raw_, answer));
  return *this;
}

FakeHost& FakeHost::artifact(const std::string& name, const Blob& content) {
  return rak_fake_artifact(raw_, name.c_str(), to_c(content)), *this;
}

FakeHost& FakeHost::artifacts_after(const TestRun& run) { return rak_fake_artifacts_after(raw_, run.raw), *this; }

FakeHost& FakeHost::without_artifacts() { return rak_fake_without_artifacts(raw_), *this; }

std::optional<Blob> TestRun::artifact(const std::string& name) const {
  const rak_blob* newest = rak_test_artifact(raw, name.c_str());
  return newest ? std::optional(to_cpp(*newest)) : std::nullopt;
}

}  // namespace rak
