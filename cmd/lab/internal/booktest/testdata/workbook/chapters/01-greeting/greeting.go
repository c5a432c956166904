// Package greeting says hello.
package greeting

// Chapter greets.
type Chapter struct{}

// Hello returns "hello", and ", " and the name of whom it greets, if there is one.
func (Chapter) Hello(name string) string {
	// TODO(step 1.1): the word
	// TODO(step 1.2): and to whom
	// it is said
	return ""
}

// Bye returns "bye".
func (Chapter) Bye() string {
	// TODO(step 1.3): the other word
	return ""
}
