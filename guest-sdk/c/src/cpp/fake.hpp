// What the fake host of C++ is made of. Private to the SDK.
#ifndef RAK_SRC_CPP_FAKE_HPP
#define RAK_SRC_CPP_FAKE_HPP

#include <rak/testing.hpp>

#include "../scratch.h"
#include "../testing/owner.h"

namespace rak::detail {

// Memory for what a host is given, which copies it.
class Given {
 public:
  ~Given() { rak_scratch_free(raw_); }
  operator rak_context*() const { return raw_; }

 private:
  rak_context* raw_ = rak_scratch_new();
};

// A copy that lasts as long as the host.
template <class T>
T* keep_in(rak_fake_host* host, const T& value) {
  T* copy = new T(value);
  fake_own(host, copy, [](void* owner) { delete static_cast<T*>(owner); });
  return copy;
}

CalledModel to_cpp(const rak_test_model_call& call);
EmbeddedTexts to_cpp(const rak_test_embed_call& call);
AskedUrl to_cpp(const rak_test_http_call& call);

}  // namespace rak::detail

#endif
