package check

import (
	"slices"
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
// has a TODO for it. Those that still have come first.
func (s Step) Places(untouched []workbook.Function) []Place {
	return places(s.Chapter, s.Number, untouched)
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
