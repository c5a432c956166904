package script

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// place is where in the workbook a test stands.
type place struct {
	chapter string // the folder's name, "02-handshake"; "" outside a chapter
	step    string // "2", or "" when the test's name has none
}

var (
	stepInName   = regexp.MustCompile(`^Test[A-Za-z]*?Step(\d+)`)
	chapterInDir = regexp.MustCompile(`^(\d\d)-[a-z]`)
)

// placeOf finds the place of a test: the step in its name, TestStep2_..., and the
// chapter in the folder it runs in.
func placeOf(test string) place {
	var p place
	if m := stepInName.FindStringSubmatch(test); m != nil {
		p.step = m[1]
	}
	if dir, err := os.Getwd(); err == nil && chapterInDir.MatchString(filepath.Base(dir)) {
		p.chapter = filepath.Base(dir)
	}
	return p
}

// String returns "step 2.3", chapter and step, or as much as is known.
func (p place) String() string {
	var parts []string
	if p.chapter != "" {
		n, _ := strconv.Atoi(p.chapter[:2])
		parts = append(parts, strconv.Itoa(n))
	}
	if p.step == "" {
		if len(parts) == 0 {
			return ""
		}
		return "chapter " + parts[0]
	}
	return "step " + strings.Join(append(parts, p.step), ".")
}

// reading returns where the lesson says more.
func (p place) reading(see string) string {
	var parts []string
	if p.chapter != "" {
		lesson := "chapters/" + p.chapter + "/README.md"
		if p.step != "" {
			lesson += ", step " + p.step
		}
		parts = append(parts, lesson)
	}
	if see != "" {
		parts = append(parts, see)
	}
	return strings.Join(parts, " · ")
}
