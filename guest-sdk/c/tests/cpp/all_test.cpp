// All of these tests as one translation unit, for the headers' sake.

#include "agent_test.cpp"
#include "agents_test.cpp"
#include "artifacts_test.cpp"
#include "http_test.cpp"
#include "json_test.cpp"
#include "models_test.cpp"
#include "people_test.cpp"
#include "tools_test.cpp"
