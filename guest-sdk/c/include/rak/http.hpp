/** The web, as far as the agent's manifest lets it go there. */
#ifndef RAK_HTTP_HPP
#define RAK_HTTP_HPP

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <rak/http.h>
#include <rak/pieces.hpp>
#include <rak/result.hpp>
#include <rak/wait.hpp>

namespace rak {

/** Names and values of headers. */
using Headers = std::vector<std::pair<std::string, std::string>>;

/** The value of the first header of this name, in whatever case. */
std::optional<std::string> find_header(const Headers& headers, std::string_view name);

/** More about a request: `{.method = "POST", .json = value}`. */
struct HttpOptions {
  std::string method = "GET";
  /** The host sets `Host`, `Content-Length`, and what belongs to the connection. */
  Headers headers = {};
  /** What is sent: bytes of any kind. */
  std::string body = {};
  /** What is sent in place of `body`, with a header `Content-Type` where there is none. */
  std::optional<Json> json = {};
  /** A credential of the host's, by name: the host adds it on the way. */
  std::optional<std::string> credential = {};
  /** How long it may take to the end of the answer; the host's own limit without it, and never longer than that. */
  std::optional<std::chrono::milliseconds> timeout = {};
  /** Whether the host goes where an answer leads. */
  bool follow_redirects = true;
  /** Anything else that the host is told. */
  std::optional<Json> extra = {};
  friend bool operator==(const HttpOptions&, const HttpOptions&) = default;
};

/** The beginning of an answer: all but its body. */
struct HttpHead {
  /** For example 200. */
  std::uint16_t status = 200;
  /** Where the answer came from, after redirects. */
  std::string url;
  /** Their names are in lower case. */
  Headers headers = {};
  /** Anything else. */
  std::optional<Json> extra = {};

  /** Whether the status is one from 200 to 299. */
  bool is_success() const { return status >= 200 && status < 300; }

  /** The value of the first header of this name, in whatever case. */
  std::optional<std::string> header(std::string_view name) const { return find_header(headers, name); }

  friend bool operator==(const HttpHead&, const HttpHead&) = default;
};

/** A whole answer. */
struct HttpResponse : HttpHead {
  /** Bytes of any kind. */
  std::string body;

  /** Reads the body, which is JSON. A failure of the kind `failed` where it has another shape: Json::as. */
  template <class T = Json>
  Result<T> json() const {
    const Result<Json> value = Json::parse(body);
    std::optional<T> decoded = value ? value->template as<T>() : std::nullopt;
    if (!decoded) return Failure::failed("the answer of `" + url + "` has another shape");
    return *std::move(decoded);
  }

  friend bool operator==(const HttpResponse&, const HttpResponse&) = default;
};

/** An answer that is coming: Http::open makes one. It is given up when it goes out of scope. */
class HttpExchange {
 public:
  HttpExchange(rak_context* cx, rak_exchange* raw) : cx_(cx), raw_(raw) {}

  /** Waits for the beginning of the answer. It is the same again for who asks again. */
  Result<HttpHead> head() const;

  /**
   * The body as it comes, piece by piece. A piece may end within a character, which a Stream knows to keep back. It fails as
   * Http::fetch does, and as `unavailable` where the host ended meanwhile, which Failure::is_interrupted knows. It may not
   * outlive the exchange.
   */
  Pieces pieces() const;

  /** The next bytes of the body, `max` at most, waiting for them; none at the end. */
  Result<std::string> read(std::uint32_t max) const;

  /** Gives it up; nothing where it is over. */
  void cancel() const { rak_exchange_cancel(raw_.get()); }

  /**
   * Something that is ready when there is more of the answer than the agent knows: its beginning, bytes, or the end. For
   * Context::wait_any; it may not outlive the exchange.
   */
  Waitable ready() const { return Waitable(rak_exchange_ready(raw_.get())); }

 private:
  struct Drop {
    void operator()(rak_exchange* raw) const { rak_exchange_drop(raw); }
  };
  rak_context* cx_;
  std::unique_ptr<rak_exchange, Drop> raw_;
};

/**
 * The web: `cx.http()`. The host makes the connections, follows redirects, and adds the credentials, which the agent never
 * sees.
 *
 * An answer with a status of 400 and more is an answer. A call fails where there is none: as `denied` (the place, its port
 * or the credential is not granted), `invalid_argument` (it is no request), `unavailable` (nobody is there, or the connection
 * was cut off), `deadline_exceeded`, `limit_exceeded` (the answer is too large), or `conflict` with the code
 * `unknown_outcome` where the host ended during a request that may not be made twice: one that is no `GET`, `HEAD`,
 * `OPTIONS`, `PUT` or `DELETE` and has no header `Idempotency-Key`. The run goes on after each of them.
 */
class Http {
 public:
  explicit Http(rak_context* raw) : raw_(raw) {}

  /** Asks, and waits for the whole answer. */
  Result<HttpResponse> fetch(std::string_view url, const HttpOptions& options = {}) const;

  /** Asks, and gives the answer as it comes. Does not wait, so several can be asked at once. */
  Result<HttpExchange> open(std::string_view url, const HttpOptions& options = {}) const;

 private:
  rak_context* raw_;
};

}  // namespace rak

#endif
