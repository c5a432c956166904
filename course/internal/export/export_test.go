package export

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/joshdk/go-junit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/course/internal/result"
	"tcpworkbook/course/internal/terms"
)

var update = flag.Bool("update", false, "write testdata anew; then look at it")

// someone is a result with each outcome in it.
func someone() result.Result {
	return result.Result{
		Schema: result.Schema, Chapter: "03-transfer", ID: "s1", Name: "Kim Minsu", Email: "kim@x.kr", Status: result.OK, Score: 60, Raw: 60, Max: 100, Factor: 1, Seconds: 1.5,
		Submission: result.Submission{Digest: "abc", Received: time.Date(2026, 12, 1, 10, 0, 0, 0, time.UTC)},
		Steps: []result.Step{
			{Number: 1, Title: "Judge what arrives", Score: 50, Max: 50, Tests: []result.Test{{Name: "TestStep1_A", Outcome: result.Passed}}},
			{Number: 2, Title: "Take the \"ACK\"", Score: 10, Max: 50, Tests: []result.Test{
				{Name: "TestStep2_A", Outcome: result.Failed, Reason: "an ACK frees <what> it acknowledges", Likely: "you took\nits own number", Mistake: "own-number", Message: "step02_test.go:41: step 3.2: an ACK frees\n  ✗ 0.000s  --> <SEQ=1>"},
				{Name: "TestStep2_B", Outcome: result.Passed},
				{Name: "TestStep2_C", Outcome: result.NotReached},
			}},
		},
	}
}

// TestFormats compares each form with what was looked at, and reads it as its platform
// would.
func TestFormats(t *testing.T) {
	asRunner(t)
	refused := someone()
	refused.ID, refused.Status, refused.Score, refused.Refused, refused.Why = "s2", result.Refused, 0, []string{"a.s: is not Go"}, "a.s: is not Go"
	for i := range refused.Steps {
		refused.Steps[i].Score = 0
		for j, one := range refused.Steps[i].Tests {
			refused.Steps[i].Tests[j] = result.Test{Name: one.Name, Outcome: result.NotReached}
		}
	}
	for name, f := range Formats() {
		for kind, r := range map[string]result.Result{"": someone(), "-refused": refused} {
			got, err := f.Write(r)
			require.NoError(t, err, name)
			file := filepath.Join("testdata", name+kind+filepath.Ext(f.File))
			if *update {
				require.NoError(t, os.MkdirAll("testdata", 0o777))
				require.NoError(t, os.WriteFile(file, got, 0o666))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			assert.Equal(t, string(want), string(got), name)
			switch name {
			case "gradescope", "classroom50", "prairielearn", "coderunner", "exercism", "check50", "submitty":
				assert.True(t, json.Valid(got), "%s: %s", name, got)
			}
		}
	}
}

// TestJUnitIsReadByAnother has a parser read it that nobody here wrote.
func TestJUnitIsReadByAnother(t *testing.T) {
	text, err := JUnit(someone())
	require.NoError(t, err)
	suites, err := junit.Ingest(text)
	require.NoError(t, err)
	require.Len(t, suites, 2)
	assert.Equal(t, `step 3.2 Take the "ACK"`, suites[1].Name)
	assert.Equal(t, junit.Totals{Tests: 3, Passed: 1, Skipped: 1, Failed: 1}, suites[1].Totals)
	failed := suites[1].Tests[0]
	assert.Equal(t, [...]string{"TestStep2_A", "chapters/03-transfer"}, [...]string{failed.Name, failed.Classname})
	assert.Equal(t, junit.StatusFailed, failed.Status)
	assert.Equal(t, junit.Error{
		Message: "an ACK frees <what> it acknowledges", Type: "own-number",
		Body: someone().Steps[1].Tests[0].Message,
	}, failed.Error)
	assert.Equal(t, junit.StatusPassed, suites[1].Tests[1].Status)
	assert.Equal(t, "not reached", suites[1].Tests[2].Message)
}

// TestClassroom50Sums has eight steps share a hundred points, of which each is 12.5: rounded
// one by one they would be 104.
func TestClassroom50Sums(t *testing.T) {
	r := someone()
	r.Steps, r.Score, r.Factor = nil, 40, 0.5
	for i := range 8 {
		s := result.Step{Number: i + 1, Max: 12.5, Tests: []result.Test{{Name: "TestA", Outcome: result.Passed}}}
		if s.Score = 12.5; i == 7 {
			s.Score, s.Tests[0].Outcome = 12.4, result.Failed
		}
		r.Steps = append(r.Steps, s)
	}
	c := Classroom50(r, func(name string) string {
		return map[string]string{"OWNER": "octo", "ASSIGNMENT_TYPE": "group", "COMMIT_URL": "u"}[name]
	}).(classroom50Result)
	assert.Equal(t, 100, c.MaxScore)
	assert.Equal(t, [...]string{"octo", "group", "u"}, [...]string{c.Owner, c.AssignmentType, c.Review})
	sum, most := 0, 0
	for _, one := range c.Tests {
		assert.LessOrEqual(t, one.Score, one.MaxScore)
		sum, most = sum+one.Score, most+one.MaxScore
	}
	assert.Equal(t, [...]int{c.Score, c.MaxScore}, [...]int{sum, most})
	assert.InDelta(t, 50, c.Score, 8)
	r.Factor = 1
	c = Classroom50(r, func(string) string { return "" }).(classroom50Result)
	for i, one := range c.Tests {
		assert.Equal(t, i < 7, one.Score == one.MaxScore, "%d: all of its points only when it is done", i)
	}
}

func TestFillLeavesTheRest(t *testing.T) {
	other := someone()
	other.ID, other.Email, other.Score = "s9", "", 7
	all := []result.Result{someone(), other}
	roster := terms.Roster{{ID: "s1", Name: "Kim Minsu", Others: []string{"901"}}}
	canvas := "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Chapter 3 (4711),Chapter 4 (4712)\r\n\"    Points Possible\",,,,,100,100\r\n\"Kim, Minsu\",901,,,A,,=5\r\n\"Lee, Jin\",902,,,A,3,4\r\n"
	f, err := Fill([]byte(canvas), "Chapter 3", "", all, roster)
	require.NoError(t, err)
	assert.Equal(t, strings.Replace(canvas, "A,,=5", "A,60,=5", 1), string(f.Text))
	assert.Equal(t, 1, f.Rows)
	assert.Equal(t, []string{"s9"}, f.Missing)

	moodle := "Identifier,Full name,Email address,Status,Grade,Feedback comments\nParticipant 1001,Kim Minsu,kim@x.kr,Submitted,,\n"
	f, err = Fill([]byte(moodle), "Grade", "Feedback comments", all, nil)
	require.NoError(t, err)
	assert.Contains(t, string(f.Text), `Submitted,60,"1 of 2 steps are done. Step 3.2, Take the ""ACK"": 1 of 3 tests pass. you took its own number"`)

	// Where 1,5 is a number, Canvas and Moodle write semicolons.
	f, err = Fill([]byte(strings.ReplaceAll(strings.ReplaceAll(canvas, `"Kim, Minsu"`, "Kim Minsu"), ",", ";")), "Chapter 3", "", all, roster)
	require.NoError(t, err)
	assert.Contains(t, string(f.Text), "Kim Minsu;901;;;A;60;=5\r\n")

	_, err = Fill([]byte(canvas), "Chapter 5", "", all, nil)
	assert.ErrorContains(t, err, `no column "Chapter 5"`)
	_, err = Fill([]byte(canvas), "Chapter", "", all, nil)
	assert.Error(t, err, "two begin so")
}

func TestTable(t *testing.T) {
	r := someone()
	r.Name = "=HYPERLINK(1)"
	text, err := Table([]result.Result{r})
	require.NoError(t, err)
	assert.Contains(t, string(text), "s1,kim@x.kr,'=HYPERLINK(1),60,100,")

	// To Moodle a row without an email is one more of the student's before.
	other := someone()
	other.ID, other.Email = "s2", ""
	text, err = Table([]result.Result{someone(), other})
	require.NoError(t, err)
	assert.Contains(t, string(text), "idnumber,name,grade,max,feedback\ns1,Kim Minsu,60,100,")
}

func TestEach(t *testing.T) {
	out, to := t.TempDir(), t.TempDir()
	_, err := Each(out, to, Formats()["junit"])
	assert.ErrorContains(t, err, "there are no results")
	require.NoError(t, someone().Save(filepath.Join(out, "s1")))
	n, err := Each(out, to, Formats()["junit"])
	require.NoError(t, err)
	assert.Equal(t, 1, n)
	assert.FileExists(t, filepath.Join(to, "s1", "junit.xml"))
}

func TestATemplateThatIsWrongSaysSo(t *testing.T) {
	_, err := Template("mine", "{{.Nothing}}", someone())
	assert.ErrorContains(t, err, "Nothing")
}
