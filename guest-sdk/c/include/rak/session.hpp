/** The conversation so far, and the state kept with it. */
#ifndef RAK_SESSION_HPP
#define RAK_SESSION_HPP

#include <chrono>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <rak/content.hpp>
#include <rak/result.hpp>

namespace rak {

/** Something that was said. */
struct Entry {
  /** Its place in the session: it grows, and has nothing to do with the numbers of events. */
  std::uint64_t seq = 0;
  /** `user`, or the name of the agent that said it. */
  std::string author;
  /** What was said. */
  Content content;
  /** When it was said. */
  std::chrono::sys_time<std::chrono::milliseconds> at = {};
  friend bool operator==(const Entry&, const Entry&) = default;
};

/** A stretch of the history. */
struct Page {
  /** Oldest first. */
  std::vector<Entry> entries;
  /** The `before` of the page before this one; none where this is the oldest. */
  std::optional<std::uint64_t> next;
};

class Session;

/**
 * The whole history, page by page: the newest page first, and in each page the oldest entry first. It ends after a failure.
 *
 *     for (rak::Result<rak::Page> result : cx.session().pages(100)) {
 *       const rak::Page page = RAK_TRY(std::move(result));
 *       …
 *     }
 */
class Pages {
 public:
  Pages(rak_context* raw, std::uint32_t limit) : raw_(raw), limit_(limit) {}

  class Iterator {
   public:
    using value_type = Result<Page>;
    using difference_type = std::ptrdiff_t;
    Iterator(rak_context* raw, std::uint32_t limit);
    Result<Page>& operator*() { return page_; }
    Iterator& operator++();
    void operator++(int) { ++*this; }
    friend bool operator==(const Iterator& it, std::default_sentinel_t) { return it.at_end_; }

   private:
    rak_context* raw_;
    std::uint32_t limit_;
    Result<Page> page_;
    bool at_end_ = false;
  };

  /** Asks for the newest page. */
  Iterator begin() const { return {raw_, limit_}; }
  std::default_sentinel_t end() const { return {}; }

 private:
  rak_context* raw_;
  std::uint32_t limit_;
};

/**
 * The conversation so far, and the state kept with it: `cx.session()`.
 *
 * A key begins with `app:` (all users of the agent), `user:` (all sessions of the user), `temp:` (this invocation), or
 * with none of these (this session). A change is stored with the next event that is stored, or with the outcome; what a
 * failed or cancelled run changed after its last stored event is forgotten.
 */
class Session {
 public:
  explicit Session(rak_context* raw) : raw_(raw) {}

  /**
   * The newest entries before `before` (all of them where it is none), oldest first, at most `limit` of them: what was
   * said before this invocation began. `limit` is 1 to 1000; what lies outside is taken as the nearest of them.
   */
  Result<Page> history(std::optional<std::uint64_t> before, std::uint32_t limit) const;

  /** The whole history in pages of at most `limit` entries. */
  Pages pages(std::uint32_t limit) const { return {raw_, limit}; }

  /** The value at `key`; none where there is none. A failure of the kind `failed` where it has another shape: Json::as. */
  template <class T = Json>
  Result<std::optional<T>> get(std::string_view key) const;

  /** Sets the value at `key`. `null` removes it. */
  Result<void> set(std::string_view key, const Json& value) const;

  /** Removes the value at `key`, if there is one. */
  Result<void> remove(std::string_view key) const;

  /** The keys that begin with `prefix`, sorted. The empty prefix lists every key of every scope. */
  Result<std::vector<std::string>> keys(std::string_view prefix) const;

 private:
  Result<std::optional<Json>> get_json(std::string_view key) const;
  rak_context* raw_;
};

namespace detail {
/** A value of the agent's own shape; `where` and `key` name it where it has another. */
template <class T>
Result<std::optional<T>> decode(const Result<std::optional<Json>>& value, std::string_view where, std::string_view key) {
  if (!value) return value.failure();
  if (!*value) return std::optional<T>();
  std::optional<T> decoded = (*value)->template as<T>();
  if (!decoded) return Failure::failed(std::string(where) + " `" + std::string(key) + "` has another shape");
  return decoded;
}
}  // namespace detail

template <class T>
Result<std::optional<T>> Session::get(std::string_view key) const {
  return detail::decode<T>(get_json(key), "the state at", key);
}

}  // namespace rak

#endif
