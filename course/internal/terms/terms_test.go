package terms

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/workbook"
)

var three = workbook.Chapter{Name: "03-transfer", Number: 3}

const example = `
name = "Networks, winter"
seed = 7
given = 0.5
version = "best"

[chapters.3]
points = 24
steps = [2, 1, 1]
score = "steps"
deadline = 2026-12-07T23:59:00+09:00
late = [{ within = "1d", factor = 0.8 }, { within = "72h", factor = 0.5 }]
release = 2026-12-09T09:00:00+09:00
[chapters.3.extensions]
kim = "2d"
`

func TestCourse(t *testing.T) {
	c, err := parse([]byte(example))
	require.NoError(t, err)
	chapter := c.Chapter(three)
	shares, err := chapter.Shares(3)
	require.NoError(t, err)
	assert.Equal(t, []float64{12, 6, 6}, shares)
	_, err = chapter.Shares(4)
	assert.ErrorContains(t, err, "3 steps, and the chapter has 4")

	deadline := chapter.Deadline
	for _, test := range []struct {
		student string
		after   time.Duration
		late    time.Duration
		factor  float64
	}{
		{"lee", -time.Hour, 0, 1}, {"lee", 0, 0, 1}, {"lee", time.Second, time.Second, 0.8}, {"lee", 24 * time.Hour, 24 * time.Hour, 0.8},
		{"lee", 25 * time.Hour, 25 * time.Hour, 0.5}, {"lee", 73 * time.Hour, 73 * time.Hour, 0}, {"kim", 48 * time.Hour, 0, 1}, {"kim", 49 * time.Hour, time.Hour, 0.8},
	} {
		late, factor := chapter.Lateness(test.student, deadline.Add(test.after))
		assert.Equal(t, test.late, late, "%+v", test)
		assert.Equal(t, test.factor, factor, "%+v", test)
	}
	assert.True(t, deadline.Add(5*24*time.Hour).Equal(chapter.Published()), "two days more for kim, and three for who is late")
}

func TestACourseWithoutOne(t *testing.T) {
	c, err := Load(filepath.Join(t.TempDir(), "course.toml"))
	require.NoError(t, err)
	chapter := c.Chapter(three)
	shares, err := chapter.Shares(4)
	require.NoError(t, err)
	assert.Equal(t, []float64{25, 25, 25, 25}, shares)
	late, factor := chapter.Lateness("kim", time.Now())
	assert.Zero(t, late)
	assert.Equal(t, 1.0, factor)
	assert.True(t, chapter.Published().IsZero())
}

func TestCourseSaysWhatIsWrong(t *testing.T) {
	for want, text := range map[string]string{
		"there is no such setting":         "sed = 7",
		"given is 2":                       "given = 2.0",
		`version is "first"`:               `version = "first"`,
		"a chapter is named by its number": "[chapters.transfer]\npoints = 1",
		`score is "luck"`:                  "[chapters.3]\nscore = \"luck\"",
		"each within is to be longer":      "[chapters.3]\ndeadline = 2026-12-07T23:59:00Z\nlate = [{within=\"2d\", factor=1.0},{within=\"1d\", factor=0.5}]",
		"factor is 3":                      "[chapters.3]\ndeadline = 2026-12-07T23:59:00Z\nlate = [{within=\"2d\", factor=3.0}]",
		"there is no deadline":             "[chapters.3]\nlate = [{within=\"2d\", factor=1.0}]",
	} {
		_, err := parse([]byte(text))
		assert.ErrorContains(t, err, want)
	}
}

func TestRoster(t *testing.T) {
	r, err := readRoster(strings.NewReader("\ufeffID,Name,Email,Section,Canvas,GitHub\ns1,Kim Minsu,kim@x.kr,A,901,minsu\ns2,\"Lee, Jin\",,B,902,\ns3,Kim Minsu,,B,,\n"))
	require.NoError(t, err)
	for name, want := range map[string]string{"s1": "s1", "901": "s1", "MINSU": "s1", "kim@x.kr": "s1", "leejin": "s2", "Lee Jin": "s2"} {
		s, ok := r.Find("nobody", name)
		assert.True(t, ok, name)
		assert.Equal(t, want, s.ID, name)
	}
	_, ok := r.Find("Kim Minsu", "")
	assert.False(t, ok, "two are called so")

	for want, text := range map[string]string{
		"no first line": "", "no column is called id": "name\nKim\n", "line 2 has no id": "id,name\n,Kim\n",
		"line 3 has the id of line 2": "id\na\na\n", "wrong number of fields": "id,name\na\n",
	} {
		_, err := readRoster(strings.NewReader(text))
		assert.ErrorContains(t, err, want)
	}
}
