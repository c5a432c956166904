package workbook

import (
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// theWorkbook is the folder of this very workbook.
const theWorkbook = "../.."

// lessons returns the English README of the workbook and of each of its chapters.
func lessons(t *testing.T) []string {
	t.Helper()
	chapters, err := Chapters(theWorkbook, Stubs)
	require.NoError(t, err)
	files := []string{English.Readme()}
	for _, c := range chapters {
		files = append(files, c.File(English.Readme()))
	}
	return files
}

// otherDocuments are what lessons link to, and what is to link to what exists. They need
// not be the same in each edition, nor have one.
var otherDocuments = []string{
	"CHANGELOG.md", "CONTRIBUTING.md", "CONTRIBUTING.ko.md", "solutions/README.md",
}

// documents reads every README there is, in each edition, and the other documents.
func documents(t *testing.T) map[string]document {
	t.Helper()
	names := slices.Clone(otherDocuments)
	for _, file := range lessons(t) {
		for _, e := range Editions {
			names = append(names, path.Join(path.Dir(file), e.Readme()))
		}
	}
	all := make(map[string]document)
	for _, name := range names {
		if _, err := os.Stat(filepath.Join(theWorkbook, name)); err == nil {
			all[name] = readDocument(t, theWorkbook, name)
		}
	}
	return all
}

// TestEditions keeps the Korean edition of each README the same as the English one:
// who changes one is told here what to change in the other.
func TestEditions(t *testing.T) {
	all := documents(t)
	for _, file := range lessons(t) {
		t.Run(file, func(t *testing.T) {
			korean := path.Join(path.Dir(file), Korean.Readme())
			require.Contains(t, slices.Collect(maps.Keys(all)), korean, "the Korean edition of %s is missing", file)
			for _, wrong := range compare(all[file], all[korean], all) {
				t.Error(wrong)
			}
		})
	}
}

// TestLinksLeadSomewhere follows the links of both editions to files, and to the
// headings in them.
func TestLinksLeadSomewhere(t *testing.T) {
	all := documents(t)
	for file, d := range all {
		for _, s := range d.sections {
			targets, images := links(s.prose())
			for _, target := range append(targets, images...) {
				if strings.Contains(target, "://") {
					continue
				}
				name, anchor, _ := strings.Cut(target, "#")
				to := file
				if name != "" {
					to = path.Join(path.Dir(file), name)
				}
				_, err := os.Stat(filepath.Join(theWorkbook, filepath.FromSlash(to)))
				assert.NoError(t, err, "%s:%d: a link to %s", file, s.line, target)
				if other, isLesson := all[to]; isLesson && anchor != "" {
					assert.Contains(t, other.anchors(), anchor, "%s:%d: a link to %s", file, s.line, target)
				}
			}
		}
	}
}

// TestOneWordForOneThing looks whether what the lessons have in common, headings
// and the words in bold before a colon, is called the same in all of them.
func TestOneWordForOneThing(t *testing.T) {
	all := documents(t)
	type use struct{ korean, file string }
	uses := make(map[string][]use)
	for _, file := range lessons(t) {
		koreanFile := path.Join(path.Dir(file), Korean.Readme())
		en, ko := all[file], all[koreanFile]
		if len(en.sections) != len(ko.sections) {
			continue // that is told elsewhere
		}
		for i := range en.sections {
			e, k := labels(en.sections[i]), labels(ko.sections[i])
			if len(e) != len(k) {
				continue
			}
			for j := range e {
				uses[e[j]] = append(uses[e[j]], use{k[j], koreanFile})
			}
		}
	}
	assert.NotEmpty(t, uses)
	for english, all := range uses {
		for _, u := range all {
			assert.Equal(t, all[0].korean, u.korean, "%q, in %s and in %s", english, all[0].file, u.file)
		}
	}
	for _, w := range [][2]string{{wordsOf[English].write, wordsOf[Korean].write}} {
		assert.Equal(t, w[1], uses[w[0]][0].korean, "and lab knows it")
	}
}

// labels returns a section's heading, and what it has in bold at the beginning of
// a paragraph.
func labels(s section) []string {
	all := []string{s.heading}
	for _, b := range s.of(paragraph) {
		if bold, isBold := strings.CutPrefix(b.text, "**"); isBold {
			label, _, _ := strings.Cut(bold, "**")
			all = append(all, label)
		}
	}
	return slices.Clip(all)
}
