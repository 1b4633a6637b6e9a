// Running an agent of C++ as one of C. Private to the SDK.
#ifndef RAK_SRC_CPP_AGENT_HPP
#define RAK_SRC_CPP_AGENT_HPP

#include <rak.hpp>

namespace rak::detail {

// Runs it, and notes its outcome or its failure in the context.
rak_status run_as_c(rak_context* raw, const Run& run, const rak_content& input);

}  // namespace rak::detail

#endif
