package export

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"

	"tcpworkbook/course/internal/feedback"
	"tcpworkbook/course/internal/result"
	"tcpworkbook/course/internal/table"
	"tcpworkbook/course/internal/terms"
)

// Filled is a platform's table with the points in it.
type Filled struct {
	Text    []byte
	Rows    int      // that were filled
	Missing []string // results that no row is for
}

// naming are the columns that say whose a row is, in lower case, the surest first:
// Canvas's, Moodle's, Gradescope's.
var naming = []string{
	"sis user id", "sis login id", "id", "id number", "useridnumber", "identifier", "sid", "student id", "email address", "email", "useremail",
	"username", "user name", "student", "full name", "name",
}

// Fill puts each student's points into one column of a table that a platform has
// exported, and what he is told into another, if that has a name. All other cells stay as
// they are, so that it can be imported again.
func Fill(text []byte, column, told string, all []result.Result, roster terms.Roster) (Filled, error) {
	mark, body := cutMark(text)
	read := csv.NewReader(bytes.NewReader(body))
	read.Comma = separator(body)
	read.FieldsPerRecord = -1
	rows, err := read.ReadAll()
	if err != nil {
		return Filled{}, err
	}
	if len(rows) == 0 {
		return Filled{}, fmt.Errorf("the table is empty")
	}
	at, err := find(rows[0], column)
	if err != nil {
		return Filled{}, err
	}
	toldAt := -1
	if told != "" {
		if toldAt, err = find(rows[0], told); err != nil {
			return Filled{}, err
		}
	}
	f := Filled{}
	used := make(map[string]bool)
	for _, row := range rows[1:] {
		r, ok := whose(rows[0], row, all, roster)
		if !ok || at >= len(row) {
			continue
		}
		used[r.ID] = true
		row[at] = feedback.Points(r.Score)
		if toldAt >= 0 && toldAt < len(row) {
			row[toldAt] = table.Safe(brief(r))
		}
		f.Rows++
	}
	for _, r := range all {
		if !used[r.ID] {
			f.Missing = append(f.Missing, r.ID)
		}
	}
	var b bytes.Buffer
	b.Write(mark)
	out := csv.NewWriter(&b)
	out.Comma = read.Comma
	out.UseCRLF = bytes.Contains(body, []byte("\r\n"))
	err = out.WriteAll(rows)
	f.Text = b.Bytes()
	return f, err
}

// cutMark takes the byte order mark off that Canvas and Excel put first.
func cutMark(text []byte) (mark, body []byte) {
	const bom = "\xef\xbb\xbf"
	if bytes.HasPrefix(text, []byte(bom)) {
		return text[:len(bom)], text[len(bom):]
	}
	return nil, text
}

// separator returns what stands between the cells of a table: Canvas and Moodle write a
// semicolon where the comma is in numbers, and Moodle a tab, if it is told to. It is what makes
// the most cells of the first row.
func separator(text []byte) rune {
	best, most := ',', 0
	for _, s := range []rune{',', ';', '\t'} {
		read := csv.NewReader(bytes.NewReader(text))
		read.Comma = s
		if row, err := read.Read(); err == nil && len(row) > most {
			best, most = s, len(row)
		}
	}
	return best
}

// find returns the column of that name, or the only one that begins with it: Canvas puts a
// number behind an assignment's name.
func find(head []string, name string) (int, error) {
	if i := slices.Index(head, name); i >= 0 {
		return i, nil
	}
	var found []int
	for i, h := range head {
		if strings.HasPrefix(h, name) {
			found = append(found, i)
		}
	}
	if len(found) == 1 && name != "" {
		return found[0], nil
	}
	return 0, fmt.Errorf("the table has no column %q; it has %q", name, head)
}

// whose returns the result of the student whom a row is for.
func whose(head, row []string, all []result.Result, roster terms.Roster) (result.Result, bool) {
	for _, by := range naming {
		for i, h := range head {
			if i >= len(row) || strings.ToLower(strings.TrimSpace(h)) != by || strings.TrimSpace(row[i]) == "" {
				continue
			}
			names := []string{strings.TrimSpace(row[i])}
			names = append(names, strings.TrimPrefix(names[0], "Participant ")) // Moodle's worksheet
			id := names[0]
			if s, ok := roster.Find(names...); ok {
				id = s.ID
			}
			for _, r := range all {
				if r.ID == id || r.ID == names[1] || r.Email != "" && strings.EqualFold(r.Email, names[0]) {
					return r, true
				}
			}
		}
	}
	return result.Result{}, false
}

// brief returns what a student is told in a cell.
func brief(r result.Result) string {
	switch r.Status {
	case result.Refused, result.Build:
		return why(r)
	}
	i := r.First()
	if i < 0 {
		return fmt.Sprintf("All %d steps are done.", len(r.Steps))
	}
	s := r.Steps[i]
	text := fmt.Sprintf("%d of %d steps are done. Step %s, %s: %d of %d tests pass.", r.Done(), len(r.Steps), number(r, s), s.Title, s.Passed(), len(s.Tests))
	if t, ok := s.Failure(); ok && t.Likely != "" {
		text += " " + line(t.Likely)
	}
	return text
}

// Table returns a table of our own, for a platform that takes any: Moodle finds students
// by email or idnumber. There is a column of emails only if each has one: Moodle gives what
// stands in a row without one to the student of the row before.
func Table(all []result.Result) ([]byte, error) {
	rows := [][]string{{"idnumber", "email", "name", "grade", "max", "feedback"}}
	for _, r := range all {
		rows = append(rows, []string{r.ID, r.Email, r.Name, feedback.Points(r.Score), feedback.Points(r.Max), brief(r)})
	}
	if slices.ContainsFunc(all, func(r result.Result) bool { return strings.TrimSpace(r.Email) == "" }) {
		for i := range rows {
			rows[i] = slices.Delete(rows[i], 1, 2)
		}
	}
	var b bytes.Buffer
	err := table.Write(&b, rows)
	return b.Bytes(), err
}
