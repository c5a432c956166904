// Package greeting says hello.
package greeting

// Chapter greets.
type Chapter struct{}

// Hello returns "hello", and ", " and the name of whom it greets, if there is one.
func (Chapter) Hello(name string) string {
	if name == "" {
		return "hello"
	}
	return "hello" + addressed(name)
}

// addressed returns a name with what stands before it.
func addressed(name string) string { return ", " + name }

// Bye returns "bye".
func (Chapter) Bye() string { return "bye" }
