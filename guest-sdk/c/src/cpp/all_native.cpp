// The same for tests: with the fake host.

#include "all.cpp"
#include "testing.cpp"
#include "testing_http.cpp"
#include "testing_models.cpp"
