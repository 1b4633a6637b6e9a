// Asking the web.

#include <rak/testing.hpp>

using namespace std::chrono_literals;
using rak::AskedUrl, rak::Context, rak::Failure, rak::FailureKind, rak::FakeHost, rak::HttpAnswer, rak::HttpExchange,
    rak::HttpHead, rak::HttpOptions, rak::HttpResponse, rak::Json, rak::Outcome, rak::Result;

static const std::string place = "https://example.com/a";
static const HttpAnswer slow_answer{.pieces = {"one ", "two ", "", "three ", "four"}, .takes = 4s};

static Result<Outcome> get(Context& cx, std::string_view url) {
  const HttpResponse response = RAK_TRY(cx.http().fetch(url));
  return std::to_string(response.status) + " " + response.header("Content-Type").value_or("-") + " " + response.body;
}

RAK_TEST(an_answer_says_what_it_is) {
  FakeHost host;
  host.http("GET", "https://a/text", {.text = "hi"});
  host.http("GET", "https://a/json", {.json = Json::array({1})});
  host.http("GET", "https://a/own", {.status = 404, .headers = {{"content-type", "text/html"}}, .body = "x"});
  RAK_CHECK_EQ(host.run(get, "https://a/text").answer(), "200 text/plain; charset=utf-8 hi");
  RAK_CHECK_EQ(host.run(get, "https://a/json").answer(), "200 application/json [1]");
  RAK_CHECK_EQ(host.run(get, "https://a/own").answer(), "404 text/html x");
  RAK_CHECK(host.run(get, "https://b").failure().kind == FailureKind::denied);
}

RAK_TEST(what_was_asked_of_the_web_is_kept) {
  const HttpOptions options{
      .method = "PUT",
      .headers = {{"X-A", "b"}},
      .json = Json::object({{"a", 1}}),
      .credential = "c",
      .timeout = 1s,
      .follow_redirects = false,
      .extra = 1,
  };
  const auto echo = [](const std::string& url, const HttpOptions& asked) -> Result<HttpAnswer> {
    if (asked.body.empty()) return Failure::unavailable("nobody is there");
    return HttpAnswer{.text = asked.method + " " + url + " " + asked.body};
  };
  FakeHost host;
  host.http_by("PUT", place, echo);
  const auto run = host.run(
      [&](Context& cx, std::string_view) -> Result<Outcome> {
        RAK_CHECK(cx.http().fetch(place, {.method = "PUT"}).failure() == Failure::unavailable("nobody is there"));
        return RAK_TRY(cx.http().fetch(place, options)).body;
      },
      "");
  RAK_CHECK_EQ(run.answer(), "PUT https://example.com/a {\"a\":1}");
  HttpOptions sent = options;
  sent.json = {};
  sent.body = "{\"a\":1}";
  sent.headers.push_back({"Content-Type", "application/json"});
  const std::vector<AskedUrl> wanted = {{place, {.method = "PUT"}}, {place, sent}};
  RAK_CHECK(run.http_calls == wanted);
}

RAK_TEST(a_body_is_read_as_what_it_is) {
  const auto read = [](Context& cx, std::string_view) -> Result<Outcome> {
    const std::vector<int> numbers = RAK_TRY(RAK_TRY(cx.http().fetch(place)).json<std::vector<int>>());
    return std::to_string(numbers.size());
  };
  RAK_CHECK_EQ(FakeHost().http("GET", place, {.json = Json::array({1, 2})}).run(read, "").answer(), "2");
  RAK_CHECK(FakeHost().http("GET", place, {.text = "<html>"}).run(read, "").failure().kind == FailureKind::failed);
}

RAK_TEST(a_body_is_read_as_it_comes) {
  const auto run = FakeHost().http("GET", place, slow_answer).run(
      [](Context& cx, std::string_view) -> Result<Outcome> {
        const HttpExchange exchange = RAK_TRY(cx.http().open(place));
        const rak::Waitable more = exchange.ready();
        RAK_CHECK(!more.ready());
        RAK_CHECK(RAK_TRY(exchange.head()) == HttpHead{.url = place});
        RAK_CHECK_EQ(RAK_TRY(exchange.read(3)), "one");
        RAK_CHECK(more.ready());
        rak::Stream out = cx.stream();
        for (const Result<std::string>& piece : exchange.pieces()) out << RAK_TRY(piece);
        RAK_CHECK_EQ(RAK_TRY(exchange.read(3)), "");
        return out.answer();
      },
      "");
  RAK_CHECK_EQ(run.answer(), " two three four");
  RAK_CHECK_EQ(run.all<rak::TextDelta>().size(), 4);
  RAK_CHECK(run.slept == 4s);
}

RAK_TEST(a_broken_body_ends_with_why) {
  const Failure ended{.kind = FailureKind::unavailable, .code = "interrupted", .message = "ended"};
  const auto run = FakeHost().http("GET", place, {.pieces = {"one", "two"}, .broken_by = ended}).run(
      [](Context& cx, std::string_view) -> Result<Outcome> {
        const HttpExchange exchange = RAK_TRY(cx.http().open(place));
        std::string shown;
        for (const Result<std::string>& piece : exchange.pieces()) {
          shown += piece ? *piece : piece.failure().is_interrupted() ? "!" : "?";
        }
        return shown;
      },
      "");
  RAK_CHECK_EQ(run.answer(), "onetwo!");
}

RAK_TEST(an_exchange_ends_with_its_scope) {
  const auto run = FakeHost().http("GET", place, slow_answer).run(
      [](Context& cx, std::string_view) -> Result<Outcome> {
        { const HttpExchange dropped = RAK_TRY(cx.http().open(place)); }
        const HttpExchange stopped = RAK_TRY(cx.http().open(place));
        stopped.cancel();
        RAK_CHECK(stopped.head().failure().code == "cancelled");
        RAK_CHECK(cx.http().fetch(place, {.timeout = 1s}).failure().kind == FailureKind::deadline_exceeded);
        return Outcome();
      },
      "");
  RAK_CHECK(run.outcome && run.http_calls.size() == 3);
  RAK_CHECK(run.http_calls[0].cancelled && run.http_calls[1].cancelled && !run.http_calls[2].cancelled);
}
