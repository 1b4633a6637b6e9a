/** What the operator reads. */
#ifndef RAK_LOG_HPP
#define RAK_LOG_HPP

#include <initializer_list>
#include <string_view>
#include <utility>

#include <rak/log.h>

namespace rak {

/** How much a line matters. */
enum class Level { trace = RAK_TRACE, debug = RAK_DEBUG, info = RAK_INFO, warning = RAK_WARNING, severe = RAK_SEVERE };

/** The level's name in the contract, for example `warning`. */
inline std::string_view name_of(Level level) { return rak_level_name(static_cast<rak_level>(level)); }

/** Lines of the host's log, with the invocation's id beside them: `cx.log().info("greeted", {{"times", "3"}})`. */
class Log {
 public:
  /** What is said beside the message. */
  using Fields = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  explicit Log(rak_context* raw) : raw_(raw) {}

  void write(Level level, std::string_view message, Fields fields = {}) const;
  void trace(std::string_view message, Fields fields = {}) const { write(Level::trace, message, fields); }
  void debug(std::string_view message, Fields fields = {}) const { write(Level::debug, message, fields); }
  void info(std::string_view message, Fields fields = {}) const { write(Level::info, message, fields); }
  void warning(std::string_view message, Fields fields = {}) const { write(Level::warning, message, fields); }
  void severe(std::string_view message, Fields fields = {}) const { write(Level::severe, message, fields); }

 private:
  rak_context* raw_;
};

}  // namespace rak

#endif
