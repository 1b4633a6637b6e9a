/* What functions of C++ need, which have more than their code. Private to the SDK. */
#ifndef RAK_SRC_TESTING_OWNER_H
#define RAK_SRC_TESTING_OWNER_H

#include <rak/testing.h>

RAK_BEGIN

/* Calls `free_it` with the owner when the host is freed. */
void fake_own(rak_fake_host *host, void *owner, void (*free_it)(void *owner));

/* As rak_fake_agent; while the agent runs, its owner is what fake_owner says. */
void fake_add_agent(rak_fake_host *host, const rak_agent *agent, void *owner);

/* The owner of the other agent whose run this is. */
void *fake_owner(rak_context *cx);

RAK_END

#endif
