package run

import (
	"errors"
	"path/filepath"
	"strings"

	"tcpworkbook/kit/workbook"
)

// Catalogue is a chapter's catalogue of mistakes, to tell from a failure which of them it
// leads to.
type Catalogue []workbook.Mistake

// ReadCatalogue reads a chapter's catalogue.
func ReadCatalogue(c workbook.Chapter) (Catalogue, error) {
	mistakes, errs := workbook.ReadCatalogue(filepath.Join(c.SolutionFolder(), "mistakes.md"))
	return mistakes, errors.Join(errs...)
}

// english has a failure's likely misconception in the language of the catalogue, whatever the
// tests speak.
func english(f workbook.Failure, spoken *workbook.Phrases) workbook.Failure {
	f.Likely = spoken.Back(f.Likely)
	return f
}

// Of returns the mistake that a failure leads to: the entry that this very test catches
// with these words, or else the first that another test of the chapter catches with them.
// Two entries may share test and words; then they share the misconception.
func (c Catalogue) Of(f workbook.Failure) (workbook.Mistake, bool) {
	if f.Likely == "" {
		return workbook.Mistake{}, false
	}
	likely := squeeze(f.Likely)
	var elsewhere *workbook.Mistake
	for i, m := range c {
		if !strings.Contains(likely, squeeze(m.Says)) {
			continue
		}
		if f.Test == m.Test || strings.HasPrefix(f.Test, m.Test+"/") {
			return m, true
		}
		if elsewhere == nil {
			elsewhere = &c[i]
		}
	}
	if elsewhere != nil {
		return *elsewhere, true
	}
	return workbook.Mistake{}, false
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }
