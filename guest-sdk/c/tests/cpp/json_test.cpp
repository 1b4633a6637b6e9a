// JSON values and results.

#include <rak/testing.hpp>

using rak::Json;

RAK_TEST(json_is_made_from_what_cpp_has) {
  const Json value = Json::object({
      {"null", nullptr},
      {"bool", true},
      {"int", -1},
      {"large", UINT64_MAX},
      {"double", 0.5},
      {"whole", 2.0},
      {"text", "a\"\n"},
      {"list", std::vector<int>{1, 2}},
      {"array", Json::array({1, "x", Json::array()})},
  });
  RAK_CHECK_EQ(value.dump(),
               "{\"null\":null,\"bool\":true,\"int\":-1,\"large\":18446744073709551615,\"double\":0.5,\"whole\":2.0,"
               "\"text\":\"a\\\"\\n\",\"list\":[1,2],\"array\":[1,\"x\",[]]}");
  RAK_CHECK_EQ(*Json::parse(value.dump()), value);
  RAK_CHECK_EQ(*value.find("int"), -1);
  RAK_CHECK(!value.find("absent") && !Json(1).find("int"));
}

RAK_TEST(json_is_read_where_it_fits) {
  RAK_CHECK(Json(5).as<int>() == 5);
  RAK_CHECK(!Json(300).as<std::uint8_t>() && !Json(-1).as<unsigned>() && !Json(1.0).as<int>() && !Json(true).as<int>());
  RAK_CHECK(Json(5).as<double>() == 5.0);
  RAK_CHECK(Json("x").as<std::string>() == "x");
  RAK_CHECK(!Json(1).as<bool>() && Json(false).as<bool>() == false);
  RAK_CHECK(Json::array({1, 2}).as<std::vector<int>>() == std::vector{1, 2});
  RAK_CHECK(!Json::array({1, "x"}).as<std::vector<int>>());
  RAK_CHECK(Json().is_null() && Json(0.0 / 0.0).dump() == "null");
}

RAK_TEST(what_is_no_json_is_a_failure) {
  const rak::Result<Json> bad = Json::parse("{\"a\":}");
  RAK_CHECK(!bad);
  RAK_CHECK_EQ(bad.failure().message, "this is not JSON: a value is expected at byte 5");
  RAK_CHECK(bad.failure().kind == rak::FailureKind::invalid_argument);
  RAK_CHECK(!Json::parse(""));
}

static rak::Result<int> half(int number) {
  if (number % 2 != 0) return rak::Failure::invalid_argument(std::to_string(number) + " is odd");
  return number / 2;
}

static rak::Result<std::string> quarter(int number) {
  const int quarter = RAK_TRY(half(RAK_TRY(half(number))));
  return std::to_string(quarter);
}

RAK_TEST(a_failure_is_handed_on) {
  RAK_CHECK_EQ(*quarter(8), "2");
  RAK_CHECK_EQ(quarter(6).failure().message, "3 is odd");
  RAK_CHECK_EQ(rak::Failure::failed("x").context("doing").message, "doing: x");
  for (int kind = RAK_CANCELLED; kind <= RAK_FAILED; ++kind) {
    const auto one = static_cast<rak::FailureKind>(kind);
    RAK_CHECK(rak::failure_kind(rak::name_of(one)) == one);
  }
  RAK_CHECK(!rak::failure_kind("Failed"));
}
