/** What is said: one Content is one turn of the conversation, made of parts. */
#ifndef RAK_CONTENT_HPP
#define RAK_CONTENT_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <rak/json.hpp>

namespace rak {

/** Text to show. */
struct Text {
  std::string text;
  friend bool operator==(const Text&, const Text&) = default;
};

/** The model's reasoning: shown apart, never an answer. */
struct Thought {
  std::string text;
  friend bool operator==(const Thought&, const Thought&) = default;
};

/** Bytes that travel with the message. */
struct Blob {
  /** For example `image/png`. */
  std::string mime_type;
  std::vector<std::uint8_t> data;

  /** The bytes of a text, of the type `text/plain; charset=utf-8`. */
  static Blob of(std::string_view text) { return {"text/plain; charset=utf-8", {text.begin(), text.end()}}; }

  /** The bytes as a text. */
  std::string text() const { return {data.begin(), data.end()}; }

  friend bool operator==(const Blob&, const Blob&) = default;
};

/** Bytes that are somewhere else. */
struct FileRef {
  std::string uri;
  /** For example `image/png`, where it is known. */
  std::optional<std::string> mime_type = {};
  friend bool operator==(const FileRef&, const FileRef&) = default;
};

/** A tool that the model wants called. */
struct FunctionCall {
  /** Pairs the call with its response. */
  std::string id;
  std::string name;
  /** In the tool's own shape. */
  Json args;
  friend bool operator==(const FunctionCall&, const FunctionCall&) = default;
};

/** What the tool answered. */
struct FunctionResponse {
  /** The id of the call. */
  std::string id;
  std::string name;
  /** In the tool's own shape. */
  Json response;
  /** Whether the answer is an error. */
  bool failed = false;
  friend bool operator==(const FunctionResponse&, const FunctionResponse&) = default;
};

/** A named JSON value: anything the agent and its client agree on. */
struct Custom {
  std::string name;
  Json value;
  friend bool operator==(const Custom&, const Custom&) = default;
};

/** One piece of a content: `std::get_if<rak::Blob>(&part)`. */
using Part = std::variant<Text, Thought, Blob, FileRef, FunctionCall, FunctionResponse, Custom>;

/** One turn of the conversation. */
struct Content {
  /** Who speaks: `user`, `model` (the agent), `function` (the answer of a tool) or `system`. */
  std::string role = "model";
  /** What is said, in order. */
  std::vector<Part> parts = {};

  /** Text that the agent says. */
  static Content model(std::string text) { return {"model", {Text{std::move(text)}}}; }
  /** Text that the user says. */
  static Content user(std::string text) { return {"user", {Text{std::move(text)}}}; }

  /** All text parts as one string. Thoughts are not part of it. */
  std::string text() const;

  friend bool operator==(const Content&, const Content&) = default;
};

}  // namespace rak

#endif
