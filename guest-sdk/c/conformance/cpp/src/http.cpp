// Asking the web.

#include "behaviours.hpp"

using rak::HttpExchange, rak::HttpResponse;

static std::string shown(const HttpResponse& response) { return std::to_string(response.status) + " " + response.body; }

// Asks for the URL, by the method before it.
static rak::Result<HttpResponse> ask_by_method(rak::Context& cx, const Call& call) {
  const auto [method, url] = cut(call.argument);
  return cx.http().fetch(url, {.method = std::string(method)});
}

Answer http(rak::Context& cx, const Call& call) { return shown(RAK_TRY(ask_by_method(cx, call))); }

Answer http_send(rak::Context& cx, const Call& call) {
  const auto [url, text] = cut(call.argument);
  const rak::HttpOptions options{.method = "POST", .headers = {{"X-Sent", "1"}}, .body = std::string(text)};
  return shown(RAK_TRY(cx.http().fetch(url, options)));
}

Answer http_header(rak::Context& cx, const Call& call) {
  return RAK_TRY(cx.http().fetch(call.argument)).header("X-KIND").value_or("");
}

Answer http_stays(rak::Context& cx, const Call& call) {
  const HttpResponse response = RAK_TRY(cx.http().fetch(call.argument, {.follow_redirects = false}));
  return std::to_string(response.status) + (response.header("location") ? " true" : " false");
}

Answer http_secret(rak::Context& cx, const Call& call) {
  return shown(RAK_TRY(cx.http().fetch(call.argument, {.credential = "sesame"})));
}

Answer http_stream(rak::Context& cx, const Call& call) {
  const HttpExchange exchange = RAK_TRY(cx.http().open(call.argument));
  std::string all = std::to_string(RAK_TRY(exchange.head()).status) + " ";
  for (const rak::Result<std::string>& piece : exchange.pieces()) {
    const std::string text = RAK_TRY(piece);
    RAK_TRY(cx.events().text_delta(text));
    all += text;
  }
  return all;
}

static rak::Result<std::string> read_all(const HttpExchange& exchange) {
  std::string all;
  for (const rak::Result<std::string>& piece : exchange.pieces()) all += RAK_TRY(piece);
  return all;
}

Answer http_two(rak::Context& cx, const Call& call) {
  const auto [first_url, second_url] = cut(call.argument);
  const HttpExchange first = RAK_TRY(cx.http().open(first_url));
  const HttpExchange second = RAK_TRY(cx.http().open(second_url));
  const std::string text = RAK_TRY(read_all(first));
  return text + "," + RAK_TRY(read_all(second));
}

Answer http_drop(rak::Context& cx, const Call& call) {
  const HttpExchange exchange = RAK_TRY(cx.http().open(call.argument));
  return "dropped";
}

Answer http_fails(rak::Context& cx, const Call& call) {
  const auto response = ask_by_method(cx, call);
  return response ? shown(*response) : kind_and_code(response.failure());
}
