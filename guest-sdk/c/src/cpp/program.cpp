// Running the program's own agent: apart, because tests of other functions have none.

#include <rak/testing.hpp>

namespace rak {

TestRun FakeHost::run(const Content& input) const { return run_function(rak_the_agent()->run, input); }

}  // namespace rak
