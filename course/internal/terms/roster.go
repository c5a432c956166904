package terms

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// Student is a line of roster.csv. What it has besides id, name, email and section are
// other names of the student's: in Canvas, in Moodle, on GitHub.
type Student struct {
	ID, Name, Email, Section string
	Others                   []string
}

// Roster is roster.csv.
type Roster []Student

// LoadRoster reads a roster; none where the file is not there. Its first line names the
// columns, of which id is one.
func LoadRoster(file string) (Roster, error) {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	roster, err := readRoster(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return roster, nil
}

func readRoster(r io.Reader) (Roster, error) {
	read := csv.NewReader(r)
	read.TrimLeadingSpace = true
	rows, err := read.ReadAll()
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("there is no first line, which names the columns")
	}
	head := rows[0]
	for i := range head {
		head[i] = strings.ToLower(strings.Trim(head[i], " \ufeff"))
	}
	if !slices.Contains(head, "id") {
		return nil, fmt.Errorf("no column is called id")
	}
	var roster Roster
	seen := make(map[string]int)
	for i, row := range rows[1:] {
		var s Student
		for column, value := range row {
			value = strings.TrimSpace(value)
			switch head[column] {
			case "id":
				s.ID = value
			case "name":
				s.Name = value
			case "email":
				s.Email = value
			case "section":
				s.Section = value
			default:
				if value != "" {
					s.Others = append(s.Others, value)
				}
			}
		}
		line := i + 2
		if s.ID == "" {
			return nil, fmt.Errorf("line %d has no id", line)
		}
		if first := seen[s.ID]; first > 0 {
			return nil, fmt.Errorf("line %d has the id of line %d, %q", line, first, s.ID)
		}
		seen[s.ID] = line
		roster = append(roster, s)
	}
	return roster, nil
}

// Find returns the student whom one of these names belongs to: an id, a mail address, a
// name that only one student has, or another of the roster's columns.
func (r Roster) Find(names ...string) (Student, bool) {
	for _, name := range names {
		if name == "" {
			continue
		}
		var found []Student
		for _, s := range r {
			if s.is(name) {
				found = append(found, s)
			}
		}
		if len(found) == 1 {
			return found[0], true
		}
	}
	return Student{}, false
}

func (s Student) is(name string) bool {
	same := func(other string) bool { return other != "" && plain(other) == plain(name) }
	return same(s.ID) || same(s.Email) || same(s.Name) || slices.ContainsFunc(s.Others, same)
}

// plain returns a name without what learning platforms change in it.
func plain(name string) string {
	return strings.ToLower(strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r == ' ' || r == '_' || r == ',' }), ""))
}
