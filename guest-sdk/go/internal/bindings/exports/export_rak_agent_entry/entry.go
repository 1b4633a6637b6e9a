// Package export_rak_agent_entry is what the generated exports call. The SDK brings the two functions, so that this
// package need not import it.
package export_rak_agent_entry

import (
	"rak/internal/bindings/imports/rak_agent_common"
	"rak/internal/bindings/imports/rak_agent_entry"
	witTypes "rak/internal/wit/types"
)

// Result is how a run ends.
type Result = witTypes.Result[rak_agent_entry.Outcome, rak_agent_common.Failure]

// Describe says what the agent is; the SDK sets it.
var Describe func() rak_agent_entry.Descriptor

// Run is one invocation; the SDK sets it.
var Run func(rak_agent_common.Content) Result
