package workbook

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"tcpworkbook/kit/columns"
)

// How a failure is written. ReadFailure takes it apart again, in either language; see Say.
//
//	step 2.3: the SYN,ACK is acknowledged             Heading: the step, and the reason
//	want <SEQ=101><ACK=301><CTL=ACK>, but nothing …   what was expected, and what was found
//	so far: …                                         the ladder, if there is one
//	likely: an ACK is owed for every SYN.             Advice: the misconception,
//	read:   chapters/02-handshake/README.md, step 3   and where to read on

// Heading returns the first line of a test's failure: "step 2.3: the SYN,ACK is
// acknowledged". The step is in the test's name, TestStep3_..., and the chapter in the
// name of the folder that the program runs in; without them reason stands alone.
func Heading(test, reason string) string {
	reason = Say(reason)
	if at := placeOf(test).String(); at != "" {
		return at + ": " + reason
	}
	return reason
}

// Advice returns the last lines of a test's failure: what is likely behind it, and where
// to read on, in the lesson and in what see names. Either may be "".
func Advice(test, likely, see string) []string {
	var lines []string
	w := wordsOf[Spoken()]
	width := max(columns.Width(w.likely), columns.Width(w.read)) + 1
	if likely != "" {
		indented := 4 * strings.Count(test, "/") // by go test, a subtest's text
		lines = wrap(columns.Pad(w.likely, width), Say(likely), adviceWidth-indented)
	}
	if read := placeOf(test).reading(where(see)); read != "" {
		lines = append(lines, columns.Pad(w.read, width)+read)
	}
	return lines
}

// Upon returns the line that tells what event has broken a frame, and where in the test it
// is, if that is known: "upon Arrive at step3_receive_test.go:52".
func Upon(event, file string, line int) string {
	upon := "upon " + event
	if file != "" {
		upon += " at " + file + ":" + strconv.Itoa(line)
	}
	return Say(upon)
}

// A failure's ladder is cut so that the whole fits on a screen. A program that shows
// failures in its own way, as lab watch does, asks with this variable in the tests'
// environment, set to this value, for ladders that are not.
const (
	LadderVariable = "TCPWORKBOOK_LADDER"
	WholeLadders   = "whole"
)

// RecordVariable names the environment variable that names a file. A test that fails adds
// its conversation to that: a line of JSON, a story.Recording.
const RecordVariable = "TCPWORKBOOK_RECORD"

// place is where in the workbook a test stands.
type place struct {
	chapter string // the folder's name, "02-handshake"; "" outside a chapter
	step    int    // 0 when the test's name has none
}

var chapterFolder = regexp.MustCompile(`^\d\d-[a-z]`)

func placeOf(test string) place {
	p := place{step: StepOf(test)}
	if dir, err := os.Getwd(); err == nil && chapterFolder.MatchString(filepath.Base(dir)) {
		p.chapter = filepath.Base(dir)
	}
	return p
}

// Folder returns the name of the chapter's folder that the program runs in,
// "02-handshake"; "" outside a chapter.
func Folder() string { return placeOf("").chapter }

// String returns "step 2.3", chapter and step, or as much as is known.
func (p place) String() string {
	w, chapter := wordsOf[Spoken()], ""
	if p.chapter != "" {
		chapter = strings.TrimPrefix(p.chapter[:2], "0")
	}
	switch {
	case p.step != 0 && chapter != "":
		return strings.ToLower(w.step) + " " + chapter + "." + strconv.Itoa(p.step)
	case p.step != 0:
		return strings.ToLower(w.step) + " " + strconv.Itoa(p.step)
	case chapter != "":
		return fmt.Sprintf(w.chapter, chapter)
	}
	return ""
}

// reading returns where the lesson says more, and see.
func (p place) reading(see string) string {
	var parts []string
	if p.chapter != "" {
		e := Spoken()
		lesson := Stubs + "/" + p.chapter + "/" + e.Readme()
		if p.step != 0 {
			lesson += ", " + strings.ToLower(wordsOf[e].step) + " " + strconv.Itoa(p.step)
		}
		parts = append(parts, lesson)
	}
	if see != "" {
		parts = append(parts, see)
	}
	return strings.Join(parts, " · ")
}

// where says in the language that is spoken where to read: "RFC 9293 §3.5, figure 6".
func where(see string) string {
	if Spoken() == Korean {
		return koreanPlaces.Replace(see)
	}
	return see
}

var koreanPlaces = strings.NewReplacer(
	"figure ", "그림 ", "table ", "표 ", "case ", "경우 ", "fix ", "수정안 ", ", and ", ", ",
	"first check", "첫 번째 검사", "second check", "두 번째 검사", "third check", "세 번째 검사",
	"fourth check", "네 번째 검사", "fifth check", "다섯 번째 검사", "sixth check", "여섯 번째 검사",
	"seventh check", "일곱 번째 검사", "eighth check", "여덟 번째 검사",
)

// adviceWidth is how wide advice is: go test indents it by 8 columns of 80.
const adviceWidth = 72

// wrap breaks a sentence into lines of at most width columns, the first of which
// begins with label and the others with as many spaces.
func wrap(label, sentence string, width int) []string {
	var lines []string
	line := label
	for _, word := range strings.Fields(sentence) {
		if columns.Width(line)+columns.Width(word) > width && strings.TrimSpace(line) != "" && line != label {
			lines = append(lines, strings.TrimRight(line, " "))
			line = columns.Spaces(columns.Width(label))
		}
		line += word + " "
	}
	return append(lines, strings.TrimRight(line, " "))
}
