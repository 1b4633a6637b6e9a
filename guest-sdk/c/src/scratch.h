/* A context for work that belongs to no invocation, as reading JSON in C++. Private to the SDK. */
#ifndef RAK_SRC_SCRATCH_H
#define RAK_SRC_SCRATCH_H

#include <rak/base.h>

RAK_BEGIN

/* A context that no host stands behind: for memory, texts and JSON alone. */
rak_context *rak_scratch_new(void);
void rak_scratch_free(rak_context *scratch);

RAK_END

#endif
