/** Waiting for several things at once. */
#ifndef RAK_WAIT_HPP
#define RAK_WAIT_HPP

#include <chrono>
#include <memory>

#include <rak/wait.h>

namespace rak {

/**
 * Something that becomes ready: `cx.timer`, Child::done, Running::done, Completion::ready and HttpExchange::ready make one.
 * It is forgotten when it goes out of scope.
 */
class Waitable {
 public:
  explicit Waitable(rak_waitable* raw) : raw_(raw) {}

  /** Whether it is ready. */
  bool ready() const { return rak_ready(raw_.get()); }

  /** Returns when it is ready, or at once when the invocation is being cancelled. */
  void wait() const { rak_wait(raw_.get()); }

 private:
  friend class Context;
  struct Drop {
    void operator()(rak_waitable* raw) const { rak_drop(raw); }
  };
  std::unique_ptr<rak_waitable, Drop> raw_;
};

}  // namespace rak

#endif
