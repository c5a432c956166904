package watch

import "context"

// resized tells nothing: a console has no signal for its size, and the next page
// has the new one.
func resized(context.Context) <-chan struct{} { return nil }
