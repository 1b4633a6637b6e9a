// JSON values, over the reader and the writer of C.

#include <cstdlib>

#include "../scratch.h"
#include "convert.hpp"

namespace rak {

namespace {

// Memory for one text.
struct Scratch {
  rak_context* raw = rak_scratch_new();
  Scratch() = default;
  Scratch(const Scratch&) = delete;
  ~Scratch() { rak_scratch_free(raw); }
};

}  // namespace

// Makes values of the tree that C has read.
struct JsonReader {
  static Json number(const rak_json* value) {
    std::int64_t whole;
    if (rak_json_int(value, &whole)) return whole;
    std::uint64_t large;
    if (rak_parse_u64(value->text, &large)) return large;
    return std::strtod(value->text.ptr, nullptr);
  }

  static Json read(const rak_json* value) {
    switch (value->kind) {
      case RAK_JSON_NULL:
        return {};
      case RAK_JSON_BOOL:
        return value->truth;
      case RAK_JSON_NUMBER:
        return number(value);
      case RAK_JSON_STRING:
        return detail::to_cpp(value->text);
      case RAK_JSON_ARRAY:
        return items(value);
      case RAK_JSON_OBJECT:
        break;
    }
    return members(value);
  }

  static Json items(const rak_json* array) {
    Json::Array all;
    for (const rak_json* item = array->first; item; item = item->next) all.push_back(read(item));
    return Json::array(std::move(all));
  }

  static Json members(const rak_json* object) {
    Json::Object all;
    for (const rak_json* member = object->first; member; member = member->next) {
      all.emplace_back(detail::to_cpp(member->key), read(member));
    }
    return Json::object(std::move(all));
  }
};

Json Json::array(Array items) {
  Json value;
  value.value_ = std::move(items);
  return value;
}

Json Json::object(Object members) {
  Json value;
  value.value_ = std::move(members);
  return value;
}

Result<Json> Json::parse(std::string_view text) {
  const Scratch scratch;
  const rak_json* value = nullptr;
  const rak_status status = rak_json_parse(scratch.raw, detail::to_c(text), &value);
  if (status != RAK_OK) return Failure::invalid_argument(detail::to_cpp(rak_failure_of(scratch.raw, status).message));
  return JsonReader::read(value);
}

std::string Json::dump() const {
  const Scratch scratch;
  rak_json_writer writer = rak_json_writer_of(scratch.raw);
  write(&writer);
  return detail::to_cpp(rak_json_written(&writer));
}

bool operator==(const Json& a, const Json& b) { return a.value_ == b.value_; }

const Json* Json::find(std::string_view key) const {
  const Json* found = nullptr;
  if (const Object* all = members()) {
    for (const auto& [name, value] : *all) {
      if (name == key) found = &value;
    }
  }
  return found;
}

void Json::write(rak_json_writer* writer) const {
  if (const Array* all = items()) {
    rak_json_array(writer);
    for (const Json& item : *all) item.write(writer);
    rak_json_end(writer);
  } else if (const Object* all_members = members()) {
    rak_json_object(writer);
    for (const auto& [name, value] : *all_members) {
      rak_json_key_str(writer, detail::to_c(name));
      value.write(writer);
    }
    rak_json_end(writer);
  } else if (const auto* text = std::get_if<std::string>(&value_)) {
    rak_json_write_str(writer, detail::to_c(*text));
  } else if (const auto* truth = std::get_if<bool>(&value_)) {
    rak_json_write_bool(writer, *truth);
  } else if (const auto* whole = std::get_if<std::int64_t>(&value_)) {
    rak_json_write_int(writer, *whole);
  } else if (const auto* large = std::get_if<std::uint64_t>(&value_)) {
    rak_json_write_raw(writer, detail::to_c(std::to_string(*large)));
  } else if (const auto* number = std::get_if<double>(&value_)) {
    rak_json_write_double(writer, *number);
  } else {
    rak_json_write_null(writer);
  }
}

}  // namespace rak
