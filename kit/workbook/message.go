package workbook

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// How a failure is written. ReadFailure takes it apart again.
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
	if at := placeOf(test).String(); at != "" {
		return at + ": " + reason
	}
	return reason
}

// Advice returns the last lines of a test's failure: what is likely behind it, and where
// to read on, in the lesson and in what see names. Either may be "".
func Advice(test, likely, see string) []string {
	var lines []string
	if likely != "" {
		lines = wrap("likely: ", likely)
	}
	if read := placeOf(test).reading(see); read != "" {
		lines = append(lines, "read:   "+read)
	}
	return lines
}

// Upon returns the line that tells what event has broken a frame, and where in the test it
// is, if that is known: "upon Arrive at step3_receive_test.go:52".
func Upon(event, file string, line int) string {
	if file == "" {
		return "upon " + event
	}
	return "upon " + event + " at " + file + ":" + strconv.Itoa(line)
}

// A failure's ladder is cut so that the whole fits on a screen. A program that shows
// failures in its own way, as lab watch does, asks with this variable in the tests'
// environment, set to this value, for ladders that are not.
const (
	LadderVariable = "TCPWORKBOOK_LADDER"
	WholeLadders   = "whole"
)

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
	chapter := ""
	if p.chapter != "" {
		chapter = strings.TrimPrefix(p.chapter[:2], "0")
	}
	switch {
	case p.step != 0 && chapter != "":
		return "step " + chapter + "." + strconv.Itoa(p.step)
	case p.step != 0:
		return "step " + strconv.Itoa(p.step)
	case chapter != "":
		return "chapter " + chapter
	}
	return ""
}

// reading returns where the lesson says more, and see.
func (p place) reading(see string) string {
	var parts []string
	if p.chapter != "" {
		lesson := Stubs + "/" + p.chapter + "/" + English.Readme()
		if p.step != 0 {
			lesson += ", step " + strconv.Itoa(p.step)
		}
		parts = append(parts, lesson)
	}
	if see != "" {
		parts = append(parts, see)
	}
	return strings.Join(parts, " · ")
}

// wrap breaks a sentence into lines of at most 72 columns, the first of which
// begins with label and the others with as many spaces.
func wrap(label, sentence string) []string {
	const width = 72
	var lines []string
	line := label
	for _, word := range strings.Fields(sentence) {
		if len(line)+len(word) > width && strings.TrimSpace(line) != "" && line != label {
			lines = append(lines, strings.TrimRight(line, " "))
			line = strings.Repeat(" ", len(label))
		}
		line += word + " "
	}
	return append(lines, strings.TrimRight(line, " "))
}
