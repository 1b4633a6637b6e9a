// The README's examples and their tests as one translation unit, for the headers' sake. A program has one agent, so that
// these are values here; the agent `greeter` is one as an author's is.

#include <rak/testing.hpp>

#undef RAK_AGENT
#define RAK_AGENT(...) static const rak::Agent agent = {__VA_ARGS__}

namespace briefer {
#include "briefer.cpp"
#include "briefer_test.cpp"
}  // namespace briefer

namespace diarist {
#include "diarist.cpp"
#include "diarist_test.cpp"
}  // namespace diarist

namespace poet {
#include "poet.cpp"
#include "poet_test.cpp"
}  // namespace poet

namespace reckoner {
#include "reckoner.cpp"
#include "reckoner_test.cpp"
}  // namespace reckoner

namespace sender {
#include "sender.cpp"
#include "sender_test.cpp"
}  // namespace sender

namespace watcher {
#include "watcher.cpp"
#include "watcher_test.cpp"
}  // namespace watcher
