package rak

import (
	entry "rak/internal/bindings/exports/export_rak_agent_entry"
	_ "rak/internal/bindings/exports/wit_exports" // The functions that the host calls.
	"rak/internal/bindings/imports/rak_agent_common"
	"rak/internal/bindings/imports/rak_agent_entry"
	witTypes "rak/internal/wit/types"
)

func init() {
	entry.Describe = describe
	entry.Run = run
}

func describe() rak_agent_entry.Descriptor {
	return toDescriptor(theAgent())
}

func run(input rak_agent_common.Content) entry.Result {
	outcome, failure := runSafely(theAgent().Run, NewContext(imports{}), fromContent(input))
	if failure != nil {
		return witTypes.Err[rak_agent_entry.Outcome](toFailure(failure))
	}
	return witTypes.Ok[rak_agent_entry.Outcome, rak_agent_common.Failure](toOutcome(outcome))
}

func theAgent() *Agent {
	if registered == nil {
		panic("rak: no agent is registered: call rak.Register in an init function of package main")
	}
	return registered
}
