/** Bytes that come in pieces. */
#ifndef RAK_PIECES_HPP
#define RAK_PIECES_HPP

#include <cstddef>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include <rak/result.hpp>

namespace rak {

/**
 * Bytes that the host gives in pieces: HttpExchange::pieces and Artifacts::pieces.
 *
 *     for (const rak::Result<std::string>& piece : exchange.pieces()) …
 *
 * It ends with the last piece, or after a failure. Who left the loop goes on in the next one of the same.
 */
class Pieces {
 public:
  /** Gives the next piece; an empty one at the end. */
  using Next = std::function<Result<std::string>()>;

  explicit Pieces(Next next) : next_(std::move(next)) {}

  class Iterator {
   public:
    using value_type = Result<std::string>;
    using difference_type = std::ptrdiff_t;

    explicit Iterator(const Next& next) : next_(&next) { ++*this; }
    const Result<std::string>& operator*() const { return *piece_; }
    Iterator& operator++() {
      if (piece_ && !*piece_) {
        piece_.reset();
        return *this;
      }
      piece_.emplace((*next_)());
      if (*piece_ && (*piece_)->empty()) piece_.reset();
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const Iterator& it, std::default_sentinel_t) { return !it.piece_; }

   private:
    const Next* next_;
    std::optional<Result<std::string>> piece_;
  };

  /** Waits for the first one. */
  Iterator begin() const { return Iterator(next_); }
  std::default_sentinel_t end() const { return {}; }

 private:
  Next next_;
};

}  // namespace rak

#endif
