package check

import (
	"cmp"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tcpworkbook/kit/workbook"
)

// Place is where something is to be written.
type Place struct {
	File     string // from the workbook's folder, with slashes: "chapters/02-handshake/open.go"
	Line     int
	Function string // "Open"
	Todo     string // what to write, as the TODO comment there says; "" when it is gone
}

// Places returns where a step is to be written: the functions whose untouched stub
// has a TODO for it. Those that still have come first, in the order that their TODOs name:
// "first, start the timer".
func (s Step) Places(untouched []workbook.Function) []Place {
	return places(s.Chapter, s.Number, untouched)
}

// Failing returns where to look for what keeps a step from being done: the place at which
// its first failed test says that the code panicked or does not return, or the function of
// the step that its message is most likely about; while something is yet to be written, the
// first of Places. It returns false where there is none.
func (s Step) Failing(untouched []workbook.Function) (Place, bool) {
	all := s.Places(untouched)
	if len(s.Failures) == 0 {
		return first(all)
	}
	f := s.Failures[0]
	if m := troubleAt.FindStringSubmatch(f.Trouble); m != nil {
		place := Place{File: s.Chapter.File(m[1])}
		place.Line, _ = strconv.Atoi(m[2])
		place.Function = functionAt(filepath.Join(s.Chapter.StubFolder(), m[1]), place.Line)
		return place, true
	}
	if len(all) > 0 && all[0].Todo != "" {
		return all[0], true // it is yet to be written
	}
	written, _ := workbook.Functions(s.Chapter.StubFolder())
	subject := f.Subject(s.Number, untouched, written)
	for _, place := range all {
		if place.Function == subject {
			return place, true
		}
	}
	return first(all)
}

// troubleAt finds the place in what kit/guard says of trouble.
var troubleAt = regexp.MustCompile(`([\w.-]+\.go):([0-9]+)\b`)

func first(all []Place) (Place, bool) {
	if len(all) == 0 {
		return Place{}, false
	}
	return all[0], true
}

func places(c workbook.Chapter, step int, untouched []workbook.Function) []Place {
	written, _ := workbook.Functions(c.StubFolder()) // as far as it can be read
	var todo, begun []Place
	for _, f := range written {
		place := Place{File: c.File(f.File), Line: f.Line, Function: f.Name}
		if m, ok := f.Marker(step); ok {
			place.Line, place.Todo = m.Line, sentence(m.Text)
			todo = append(todo, place)
		} else if belongs(f, step, untouched) {
			begun = append(begun, place)
		}
	}
	slices.SortStableFunc(todo, func(a, b Place) int { return cmp.Compare(turn(a.Todo), turn(b.Todo)) })
	found := append(todo, begun...)
	if len(found) == 0 { // the file cannot be read as Go
		for _, f := range untouched {
			if _, ok := f.Marker(step); ok {
				found = append(found, Place{File: c.File(f.File), Line: f.Line, Function: f.Name})
			}
		}
	}
	return found
}

// turn returns the place in the order of writing that a TODO names; one behind all where it
// names none.
func turn(todo string) int {
	ordinals := []string{"first", "second", "third", "fourth", "fifth"}
	word, _, found := strings.Cut(todo, ",")
	if n := slices.Index(ordinals, word); found && n >= 0 {
		return n
	}
	return len(ordinals)
}

// belongs reports whether the untouched stub has f in a step.
func belongs(f workbook.Function, step int, untouched []workbook.Function) bool {
	return slices.ContainsFunc(untouched, func(u workbook.Function) bool {
		_, ok := u.Marker(step)
		return ok && u.Name == f.Name && u.Receiver == f.Receiver
	})
}

// sentence ends a text with a full stop.
func sentence(text string) string {
	if strings.HasSuffix(text, ".") || strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}

// StepsOf returns the steps that the untouched stub has a function in, in order.
func StepsOf(function string, untouched []workbook.Function) []int {
	var steps []int
	for _, f := range untouched {
		if f.Name != function {
			continue
		}
		for _, m := range f.Markers {
			steps = append(steps, m.Step)
		}
	}
	slices.Sort(steps)
	return slices.Compact(steps)
}
