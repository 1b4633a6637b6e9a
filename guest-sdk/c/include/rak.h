/**
 * Agents for the RAK host, in C: one function, one macro, one WebAssembly component.
 *
 *     #include <rak.h>
 *
 *     static rak_status run(rak_context *cx, const rak_content *input) {
 *       return rak_answer(cx, "Hello, %s!", rak_text(cx, input).ptr);
 *     }
 *
 *     RAK_AGENT(.name = "greeter", .description = "Greets people.", .version = "1.0.0", .run = run);
 *
 * **Memory.** Whatever a function of the SDK hands out lives in the run's arena and is freed when the run ends: an author
 * frees nothing. A loop that runs for long gives back what a turn of it took with rak_mark and rak_release.
 *
 * **Text.** A rak_str is a pointer and a length. Every one that the SDK hands out has a zero byte after its last byte, so
 * that its `ptr` is a C string as well; the length counts where the text has zero bytes inside.
 *
 * **Errors.** What can fail returns a rak_status. RAK_TRY returns from the function around it with the first one that is
 * not RAK_OK, and a run that returns one has failed with the text that was said when it went wrong.
 *
 * **C++** has a header of its own, rak.hpp, over this one.
 */
#ifndef RAK_H
#define RAK_H

#include <rak/agent.h>
#include <rak/agents.h>
#include <rak/artifacts.h>
#include <rak/content.h>
#include <rak/context.h>
#include <rak/events.h>
#include <rak/failure.h>
#include <rak/http.h>
#include <rak/json.h>
#include <rak/log.h>
#include <rak/memory.h>
#include <rak/models.h>
#include <rak/outcome.h>
#include <rak/people.h>
#include <rak/session.h>
#include <rak/state.h>
#include <rak/stream.h>
#include <rak/text.h>
#include <rak/tools.h>
#include <rak/wait.h>

#endif
