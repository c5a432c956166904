package workbook

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Subject returns the name of the function that a failed test of a step is most likely
// about, of those that the step writes to; "" where it writes to none. Untouched are the
// functions of the chapter's stub, written those of who was tested.
//
// Each word of the message counts for the functions whose comment or code has it, too: the
// more, the fewer they are, and most in what is likely. A function that the step begins
// counts double, since what the others do was tested before.
func (f Failure) Subject(step int, untouched, written []Function) string {
	words := make([]map[string]bool, len(untouched))
	have := make(map[string]int) // how many functions have a word
	for i, u := range untouched {
		words[i] = vocabulary(u, untouched, written)
		for w := range words[i] {
			have[w]++
		}
	}
	text, _, _ := strings.Cut(f.Text, "so far:") // and not its ladder
	said, likely := wordsOfText(text), wordsOfText(f.Likely)
	best, most := "", -1.0
	for i, u := range untouched {
		if _, here := u.Marker(step); !here {
			continue
		}
		score := 0.0
		for w := range words[i] {
			if said[w] {
				score += 1 / float64(have[w])
			}
			if likely[w] {
				score += 2 / float64(have[w])
			}
		}
		if u.Begins(step) {
			score *= 2
		}
		if score > most {
			best, most = u.Name, score
		}
	}
	return best
}

// Begins reports whether a step is the first in which the function is written.
func (f Function) Begins(step int) bool {
	_, here := f.Marker(step)
	return here && !slices.ContainsFunc(f.Markers, func(m Marker) bool { return m.Step < step })
}

// vocabulary returns the words of a function of the stub: of its comment, and of what stands
// behind it.
func vocabulary(of Function, untouched, written []Function) map[string]bool {
	words := maps.Clone(wordsOfFunction(of.Text))
	for _, f := range Behind(of.Name, untouched, written) {
		for word := range wordsOfFunction(f.Text) {
			words[word] = true
		}
	}
	return words
}

// Behind returns, of the functions that were written, those of a name, and all that they call
// and the untouched stub has not.
func Behind(name string, untouched, written []Function) (all []Function) {
	names := []string{name}
	for i := 0; i < len(names); i++ { // it grows
		for _, f := range written {
			if f.Name != names[i] {
				continue
			}
			all = append(all, f)
			for _, called := range f.Calls {
				is := func(u Function) bool { return u.Name == called }
				if !slices.Contains(names, called) && !slices.ContainsFunc(untouched, is) {
					names = append(names, called)
				}
			}
		}
	}
	return all
}

var (
	wordForm = regexp.MustCompile(`[A-Za-z]{2,}`)

	// remark matches what a message says besides, and the names of tests, which it refers to.
	remark = regexp.MustCompile(`(?s)\(If nothing else helps: .*|TestStep\w+`)
)

// wordsOfFunctions are the words of functions that were looked through: whoever asks about
// many failures asks about the same functions each time.
var wordsOfFunctions sync.Map // text: map[string]bool

// wordsOfFunction returns the words in a function's text. They are not to be changed.
func wordsOfFunction(text string) map[string]bool {
	words, known := wordsOfFunctions.Load(text)
	if !known {
		words, _ = wordsOfFunctions.LoadOrStore(text, wordsOfText(text))
	}
	return words.(map[string]bool)
}

// wordsOfText returns the words in a text, in lower case.
func wordsOfText(text string) map[string]bool {
	words := make(map[string]bool)
	for _, w := range wordForm.FindAllString(remark.ReplaceAllString(text, ""), -1) {
		words[strings.ToLower(w)] = true
	}
	return words
}
