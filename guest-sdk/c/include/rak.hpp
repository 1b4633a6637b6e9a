/**
 * Agents for the RAK host, in C++20: one function, one macro, one WebAssembly component.
 *
 *     #include <rak.hpp>
 *
 *     static rak::Result<rak::Outcome> run(rak::Context& cx, std::string_view name) {
 *       RAK_TRY(cx.events().progress({.message = "thinking"}));
 *       return "Hello, " + std::string(name) + "!";
 *     }
 *
 *     RAK_AGENT(.name = "greeter", .description = "Greets people.", .version = "1.0.0", .run = run);
 *
 * Components have no exceptions, so what can fail returns a rak::Result, and RAK_TRY hands a failure on. What the SDK hands
 * out are values of its own: nothing has to be freed.
 */
#ifndef RAK_HPP
#define RAK_HPP

#include <rak/agent.hpp>
#include <rak/agents.hpp>
#include <rak/artifacts.hpp>
#include <rak/content.hpp>
#include <rak/context.hpp>
#include <rak/events.hpp>
#include <rak/failure.hpp>
#include <rak/http.hpp>
#include <rak/json.hpp>
#include <rak/log.hpp>
#include <rak/models.hpp>
#include <rak/outcome.hpp>
#include <rak/people.hpp>
#include <rak/pieces.hpp>
#include <rak/result.hpp>
#include <rak/session.hpp>
#include <rak/stream.hpp>
#include <rak/tools.hpp>
#include <rak/wait.hpp>

#endif
