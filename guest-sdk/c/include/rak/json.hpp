/** JSON values. */
#ifndef RAK_JSON_HPP
#define RAK_JSON_HPP

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <rak/json.h>

namespace rak {

template <class T>
class Result;

/**
 * A JSON value, made from what C++ has of it:
 *
 *     rak::Json::object({{"name", "Ada"}, {"born", 1815}, {"tags", rak::Json::array({"first"})}})
 */
class Json {
 public:
  using Array = std::vector<Json>;
  /** A key and its value. */
  using Member = std::pair<std::string, Json>;
  /** In the order in which they were written. */
  using Object = std::vector<Member>;

  /** null */
  Json() = default;
  Json(std::nullptr_t) {}
  template <std::same_as<bool> T>
  Json(T value) : value_(value) {}
  template <std::signed_integral T>
  Json(T value) : value_(static_cast<std::int64_t>(value)) {}
  template <std::unsigned_integral T>
    requires(!std::same_as<T, bool>)
  Json(T value) {
    if (std::uint64_t{value} <= std::uint64_t{std::numeric_limits<std::int64_t>::max()}) {
      value_ = static_cast<std::int64_t>(value);
    } else {
      value_ = std::uint64_t{value};
    }
  }
  /** A number that is not finite becomes null, for which JSON has no other word. */
  template <std::floating_point T>
  Json(T value) : value_(static_cast<double>(value)) {}
  Json(std::string value) : value_(std::move(value)) {}
  Json(std::string_view value) : value_(std::string(value)) {}
  Json(const char* value) : value_(std::string(value)) {}
  template <class T>
    requires std::convertible_to<const T&, Json>
  Json(const std::vector<T>& items) : value_(Array(items.begin(), items.end())) {}

  static Json array(Array items = {});
  static Json object(Object members = {});

  /** Reads one value that is all of the text; a failure of the kind `invalid_argument` says where it is none. */
  static Result<Json> parse(std::string_view text);

  /** Compact JSON. */
  std::string dump() const;

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }

  /**
   * The value as a bool, a number, a string, a Json, or a vector of one of these; none where it is something else, or a
   * whole number that does not fit.
   */
  template <class T>
  std::optional<T> as() const;

  /** The items of an array, or the members of an object; null where it is none. */
  const Array* items() const { return std::get_if<Array>(&value_); }
  const Object* members() const { return std::get_if<Object>(&value_); }

  /** The member with this key; null where there is none, and for everything but an object. */
  const Json* find(std::string_view key) const;

  friend bool operator==(const Json& a, const Json& b);

 private:
  friend struct JsonReader;
  void write(rak_json_writer* writer) const;
  template <std::integral T>
  std::optional<T> as_integer() const;

  std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, Array, Object> value_;
};

namespace detail {
template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;
}  // namespace detail

template <std::integral T>
std::optional<T> Json::as_integer() const {
  if (const auto* number = std::get_if<std::int64_t>(&value_); number && std::in_range<T>(*number)) {
    return static_cast<T>(*number);
  }
  if (const auto* number = std::get_if<std::uint64_t>(&value_); number && std::in_range<T>(*number)) {
    return static_cast<T>(*number);
  }
  return std::nullopt;
}

template <class T>
std::optional<T> Json::as() const {
  if constexpr (std::same_as<T, Json>) {
    return *this;
  } else if constexpr (std::same_as<T, bool> || std::same_as<T, std::string>) {
    const T* found = std::get_if<T>(&value_);
    return found ? std::optional<T>(*found) : std::nullopt;
  } else if constexpr (std::integral<T>) {
    return as_integer<T>();
  } else if constexpr (std::floating_point<T>) {
    if (const auto* number = std::get_if<double>(&value_)) return static_cast<T>(*number);
    if (const auto* number = std::get_if<std::int64_t>(&value_)) return static_cast<T>(*number);
    if (const auto* number = std::get_if<std::uint64_t>(&value_)) return static_cast<T>(*number);
    return std::nullopt;
  } else {
    static_assert(detail::is_vector<T>, "a bool, a number, a string, a Json, or a vector of one of these");
    const Array* array = items();
    if (!array) return std::nullopt;
    T all;
    for (const Json& item : *array) {
      auto one = item.as<typename T::value_type>();
      if (!one) return std::nullopt;
      all.push_back(std::move(*one));
    }
    return all;
  }
}

}  // namespace rak

#endif
