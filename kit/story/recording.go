package story

import (
	"encoding/json"
	"os"
	"slices"
)

// Recording is a conversation that was not played from actions: that of a test which has
// failed, as package script or a Witness saw it. Host A is the one under test.
type Recording struct {
	Test    string  `json:"test"`
	Play    *Play   `json:"play"`
	Views   []View  `json:"views"` // the first is the beginning
	Of      []int   `json:"of"`    // of each row: its view, as an index
	Failure Failure `json:"failure"`
	Both    bool    `json:"both"` // host B is a whole TCP, too; else it does only what the test says
}

// MostRows is how many rows a recording has at most.
const MostRows = 400

// LastRows returns the last rows of a conversation, numbered anew, as many as a recording has,
// and how many were cut off before them.
func LastRows(all []Row) (last []Row, cut int) {
	cut = max(0, len(all)-MostRows)
	last = slices.Clone(all[cut:])
	for n := range last {
		row := &last[n]
		row.N = n
		if row.FromRow >= 0 {
			row.FromRow = max(0, row.FromRow-cut)
		}
	}
	return last, cut
}

// AddTo adds the recording to a file, as a line of JSON.
func (r *Recording) AddTo(file string) error {
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(append(line, '\n'))
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}

// Failure is what a test has found wrong.
type Failure struct {
	Row    int      `json:"row"`    // where: the first wrong segment's, or the last; -1 for none
	Lines  []string `json:"lines"`  // the step and the reason first; then what there was instead
	Wanted []string `json:"wanted"` // that taken apart, where it can be
	Got    []string `json:"got"`
	Advice []string `json:"advice"` // what is likely behind it, and where to read
	Cut    int      `json:"cut"`    // how many rows before the first are left out
}
