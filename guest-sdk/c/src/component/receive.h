/* Where the host puts what it hands over. Private to the component. */
#ifndef RAK_SRC_COMPONENT_RECEIVE_H
#define RAK_SRC_COMPONENT_RECEIVE_H

#include "convert.h"

/*
 * While a call to the host is under way, what it hands over goes into the arena of the context. At all other times it
 * is memory that nobody frees: the input of a run, and what the WASI adapter keeps for itself as long as the instance is.
 */
void rak_receive_into(rak_context *cx);
void rak_receive_end(void);

/* Ends it after a call that can fail. The status is that of the call, with its failure noted. */
rak_status rak_received(rak_context *cx, bool ok, const rak_agent_common_failure_t *failure);

#endif
