package mine

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"tcpworkbook/cmd/lab/internal/terminal"
	"tcpworkbook/kit/stack"
)

// WriteOwners says whose chapters run, where they may be the learner's.
func WriteOwners(t *terminal.Terminal) {
	first, rest := Owners()
	switch {
	case first == "":
	case first == allMine:
		t.Printf("%s\n", t.Styled("1;32", t.Phrase(first)))
	default:
		t.Printf("%s%s\n", t.Bold(t.Phrase(first)), t.Phrase(rest))
	}
}

const allMine = "Every chapter is yours: this is your own TCP."

// Owners says whose chapters run, in one sentence or two; "" where they can only
// be the reference's.
func Owners() (first, rest string) {
	_, mine := Chapters()
	all := reflect.TypeFor[stack.Chapters]().NumField()
	switch {
	case !Composed:
		return "", ""
	case len(mine) == 0:
		return "No chapter is yours yet, so this is the reference's TCP.", ""
	case len(mine) == all:
		return allMine, ""
	}
	var reference []int
	for n := 1; n <= all; n++ {
		if !slices.Contains(mine, n) {
			reference = append(reference, n)
		}
	}
	return "Yours: " + numbers(mine) + ".", " The reference's: " + numbers(reference) + "."
}

// Missing says which chapters nobody is there to run, where the workbook was handed
// out without some of its solutions; "" when there is somebody for each.
func Missing() string {
	chapters, _ := Chapters()
	var none []int
	for i, all := 0, reflect.ValueOf(chapters); i < all.NumField(); i++ {
		if all.Field(i).IsNil() {
			none = append(none, i+1)
		}
	}
	if len(none) == 0 {
		return ""
	}
	how := "lab runs yours with --mine, once every step is done"
	if Composed {
		how = "yours are not finished"
	}
	return "nobody is there to run " + numbers(none) + ": this copy has no reference for them, and " + how
}

// numbers writes "chapter 2" or "chapters 1, 2 and 4".
func numbers(chapters []int) string {
	var words []string
	for _, n := range chapters {
		words = append(words, fmt.Sprint(n))
	}
	last := len(words) - 1
	if last == 0 {
		return "chapter " + words[0]
	}
	return "chapters " + strings.Join(words[:last], ", ") + " and " + words[last]
}
