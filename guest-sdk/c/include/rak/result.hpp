/** What can fail, and how a failure is handed on. */
#ifndef RAK_RESULT_HPP
#define RAK_RESULT_HPP

#include <concepts>
#include <type_traits>
#include <utility>
#include <variant>

#include <rak/failure.hpp>
#include <rak/memory.h>

namespace rak {

/** A value, or why there is none. It is made from either, and looked at as a pointer is. */
template <class T>
class [[nodiscard]] Result {
 public:
  template <class U = T>
    requires(std::convertible_to<U, T> && !std::same_as<std::remove_cvref_t<U>, Result> &&
             !std::same_as<std::remove_cvref_t<U>, Failure>)
  Result(U&& value) : state_(std::in_place_index<0>, std::forward<U>(value)) {}
  Result(Failure failure) : state_(std::in_place_index<1>, std::move(failure)) {}

  /** Whether there is a value. */
  explicit operator bool() const { return state_.index() == 0; }

  /** The value. Where there is none, this panics with the failure. */
  T& operator*() & {
    check();
    return *std::get_if<0>(&state_);
  }
  const T& operator*() const& {
    check();
    return *std::get_if<0>(&state_);
  }
  T operator*() && {
    check();
    return std::move(*std::get_if<0>(&state_));
  }
  T* operator->() { return &**this; }
  const T* operator->() const { return &**this; }

  /** The failure. Where there is a value, this panics. */
  const Failure& failure() const& {
    if (*this) rak_panic("this did not fail");
    return *std::get_if<1>(&state_);
  }
  Failure failure() && { return std::as_const(*this).failure(); }

 private:
  void check() const {
    if (!*this) rak_panic("%s", failure().message.c_str());
  }
  std::variant<T, Failure> state_;
};

/** Nothing, or why it went wrong. */
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Failure failure) : failure_(std::move(failure)) {}

  /** Whether it went well. */
  explicit operator bool() const { return !failure_; }

  /** Panics where it went wrong. */
  void operator*() const {
    if (failure_) rak_panic("%s", failure_->message.c_str());
  }

  /** The failure. Where there is none, this panics. */
  const Failure& failure() const {
    if (!failure_) rak_panic("this did not fail");
    return *failure_;
  }

 private:
  std::optional<Failure> failure_;
};

}  // namespace rak

/**
 * The value of a rak::Result; where it has failed, the function around it returns the failure:
 *
 *     auto times = RAK_TRY(cx.session().get<int>("times"));
 *     RAK_TRY(cx.check_cancelled());
 */
#define RAK_TRY(...)                             \
  __extension__({                                \
    auto rak_tried_ = (__VA_ARGS__);             \
    if (!rak_tried_) {                           \
      return ::std::move(rak_tried_).failure();  \
    }                                            \
    *::std::move(rak_tried_);                    \
  })

#endif
