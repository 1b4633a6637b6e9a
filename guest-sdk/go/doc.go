// Package rak is for writing agents for the RAK host in Go: one function, one WebAssembly component.
//
//	func init() {
//		rak.Register(rak.Agent{Name: "greeter", Description: "Greets people.", Run: rak.RunText(run)})
//	}
//
//	func run(cx *rak.Context, name string) (string, error) {
//		return "Hello, " + name + "!", nil
//	}
//
//	func main() {}
//
// # What an agent is
//
// A component is one agent, which an init function gives to [Register]. Its Run is a [RunFunc], which takes a [Content]
// and returns an [Outcome], or a simpler function in [RunText] or [RunJSON]. The function main is never called.
//
// One run is one invocation in a new instance: variables do not survive it, and nothing of another user is ever there.
// Init functions run before each invocation, so keep them short.
//
// # What the host offers
//
// Everything goes through the [Context]: who asks ([Context.Info], [Config]), what the client sees ([Context.Emit],
// [Context.Stream], [Context.Text], [Context.Progress]), what was said and what is remembered ([Context.Session],
// [Get]), what people decide, answer and say meanwhile ([Context.People], [Ask]), other agents ([Context.Agents]), tools
// ([Context.Tools]), models ([Context.Models], [Structured]), the web ([Context.HTTP]), files that outlive the run
// ([Context.Artifacts]), waiting ([Context.Sleep], [Context.Timer], [Context.WaitAny]), when to stop ([Context.Err],
// [Context.Context], [Context.Remaining]), and the operator's log ([Context.Log]).
//
// # Failing
//
// A run ends badly with an error. Return a [Failure] for what the client can do something about; what other errors come
// to is in [FailureOf]. A panic that nothing recovers is a failure with the code exception and the goroutine's stack in
// its details. In another goroutine than the one that Run was called on, it ends the component, as do running out of
// memory and a deadlock: the Go runtime writes why to the error output, and the host reports it.
//
// # Being cancelled
//
// Once an invocation is being cancelled, waits return at once, and every call to the host that can fail fails with
// [Cancelled]. An agent that returns the errors it gets is therefore cancelled at its next call. One that only computes
// asks [Context.Err] now and then. One that does neither is stopped by the host, without a chance to clean up.
//
// # Goroutines
//
// They work, on one thread: nothing runs in parallel, and while a call to the host waits, all of them stand still. Calls
// to the host are made one after the other, whoever makes them.
//
// # Testing
//
// The package is an ordinary one natively. Package rak/raktest has a host in memory whose clock only moves when
// somebody waits, so unit tests need neither a host nor patience.
package rak
