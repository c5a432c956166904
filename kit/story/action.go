package story

import (
	"strconv"
	"strings"

	"tcpworkbook/kit/tcp"
)

// Story is what happens, in order.
type Story struct {
	Actions []Action

	// At is the row that is looked at; -1 for the last one. See Play.Rows.
	At int

	// Scenario is the name of the scenario of which it is one, "5.1", which package scenario
	// knows; "" for none.
	Scenario string

	// Digest is what came out where the link was made; "" if that is not known. See
	// Play.Digest.
	Digest string
}

// Version is that of the language: a text of another one does not play.
const Version = 1

// Action is one thing that is done. See the package's documentation for which there are.
type Action struct {
	Verb    string
	Host    string // "A", "B", or "" where it has none
	Numbers []int64
	Fields  []Field // in the order in which they were given
}

// Field is a name and its value; that of "flags" is a tcp.Flags.
type Field struct {
	Name  string
	Value int64
}

// String writes the action as Parse reads it.
func (a Action) String() string {
	words := []string{a.Verb}
	if a.Host != "" {
		words = append(words, a.Host)
	}
	for _, n := range a.Numbers {
		words = append(words, strconv.FormatInt(n, 10))
	}
	for _, f := range a.Fields {
		words = append(words, f.Name, f.value())
	}
	return strings.Join(words, ".")
}

func (f Field) value() string {
	if f.Name != "flags" {
		return strconv.FormatInt(f.Value, 10)
	}
	var names []string
	for i, name := range flagNames {
		if f.Value&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return noFlags
	}
	return strings.Join(names, "+")
}

// flagNames are the names of flags in a story, by their bit.
var flagNames = [...]string{"fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr"}

const noFlags = "none"

// parseFlags reads flags as a story has them: "rst+ack".
func parseFlags(word string) (tcp.Flags, bool) {
	if word == noFlags {
		return 0, true
	}
	var flags tcp.Flags
	for name := range strings.SplitSeq(word, "+") {
		bit := -1
		for i, known := range flagNames {
			if name == known {
				bit = i
			}
		}
		if bit < 0 {
			return 0, false
		}
		flags |= 1 << bit
	}
	return flags, true
}

// number returns the i-th number, or otherwise where there are fewer.
func (a Action) number(i int, otherwise int64) int64 {
	if i < len(a.Numbers) {
		return a.Numbers[i]
	}
	return otherwise
}

// field returns the value of a field, the last one given, and whether there is one.
func (a Action) field(name string) (value int64, given bool) {
	for _, f := range a.Fields {
		if f.Name == name {
			value, given = f.Value, true
		}
	}
	return value, given
}

// String writes the story as a link has it, in one line; Lines, an action a line.
func (s Story) String() string { return s.write(";", "") }

// Lines is described at String.
func (s Story) Lines() string { return s.write("\n", "\n") + "\n" }

func (s Story) write(separator, beforeNotes string) string {
	var b strings.Builder
	if s.Scenario != "" {
		b.WriteString(s.Scenario + scenarioEnds)
	}
	b.WriteString(strconv.Itoa(Version))
	for _, a := range s.Actions {
		b.WriteString(separator + a.String())
	}
	if s.At >= 0 {
		b.WriteString(beforeNotes + "@" + strconv.Itoa(s.At))
	}
	if s.Digest != "" {
		b.WriteString(beforeNotes + "~" + s.Digest)
	}
	return b.String()
}
