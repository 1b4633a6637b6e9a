// The C++ part of the SDK as one translation unit: most of what each of these files would compile is the headers.

#include "agent.cpp"
#include "agents.cpp"
#include "context.cpp"
#include "events.cpp"
#include "json.cpp"
#include "models.cpp"
#include "people.cpp"
#include "session.cpp"
#include "to_c.cpp"
#include "to_cpp.cpp"
#include "tools.cpp"
