package rak

// Event is one thing the client sees: a [Content] or [Custom], which are stored, then sent; or a [TextDelta],
// [ThoughtDelta] or [Progress], which are only sent.
type Event interface {
	isEvent()
}

// TextDelta is text still being written. A client shows it at once; the finished content follows.
type TextDelta string

// ThoughtDelta is a thought still being thought.
type ThoughtDelta string

// Progress is how far the work is; the newest is kept with the invocation's status.
type Progress struct {
	// Message is what is being done, for a person.
	Message string
	// Done is how much of it is done, in the agent's own unit. It is sent where it is not 0 or there is a Total.
	Done uint64
	// Total is how much there is, in the same unit; 0 where that is not known.
	Total uint64
}

func (Content) isEvent()      {}
func (Custom) isEvent()       {}
func (TextDelta) isEvent()    {}
func (ThoughtDelta) isEvent() {}
func (Progress) isEvent()     {}

// Emit sends all of the events or none, and returns the number of this invocation's newest stored event. It fails with
// [Cancelled] once the invocation is being cancelled, or because a limit is reached; return the error in both cases.
func (cx *Context) Emit(events ...Event) (uint64, error) {
	seq, err := cx.host.Emit(events)
	return seq, cx.noticed(err)
}

// TextDelta sends text that is still being written. [Context.Text] does the same as a writer.
func (cx *Context) TextDelta(text string) error {
	_, err := cx.Emit(TextDelta(text))
	return err
}

// Progress says how far the work is: done of total, in the agent's own unit; 0 and 0 where there are no numbers.
func (cx *Context) Progress(message string, done, total uint64) error {
	_, err := cx.Emit(Progress{Message: message, Done: done, Total: total})
	return err
}
