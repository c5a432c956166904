// Package words has what feedback and report say in other languages than English, as a
// catalogue of phrases: see workbook.Phrases.
package words

import (
	_ "embed"
	"fmt"
	"sync"

	"tcpworkbook/kit/workbook"
)

//go:embed messages.ko.txt
var korean string

var phrases = sync.OnceValue(func() *workbook.Phrases {
	p, _ := workbook.ReadPhrases(korean) // what is wrong with it is TestPhrases's to say
	return p
})

// In returns what says an English text, which is formatted like package fmt's, in the language
// of an ISO 639 name, as a result has it; in English where there is no other.
func In(language string) func(format string, args ...any) string {
	if language != workbook.Korean.Name() {
		return fmt.Sprintf
	}
	return func(format string, args ...any) string { return phrases().Say(fmt.Sprintf(format, args...)) }
}
