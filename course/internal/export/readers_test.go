package export

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/course/internal/result"
)

// reader is what the program that reads a form asks of it.
type reader struct {
	source string                     // where that is written, and its version
	parts  func(text string) []string // the JSON in a file; nil for the whole
	fields map[string]is              // by path: tests[].name is that of each test; a ? before it says that it may be missing
	closed []string                   // paths of objects that may have no other fields; "" is the whole
}

// is says what is wrong with a value, "" for nothing.
type is func(value any) string

func kind[T any](name string) is {
	return func(value any) string {
		if _, ok := value.(T); !ok {
			return "is no " + name
		}
		return ""
	}
}

var (
	text    = kind[string]("string")
	numeral = kind[float64]("number")
	boolean = kind[bool]("boolean")
	list    = kind[[]any]("list")
	object  = kind[map[string]any]("object")
)

func anything(any) string { return "" }

// something is a text that is not empty.
func something(value any) string {
	if s, ok := value.(string); !ok || s == "" {
		return "is no text, or an empty one"
	}
	return ""
}

func like(pattern string) is {
	compiled := regexp.MustCompile(pattern)
	return func(value any) string {
		if s, ok := value.(string); !ok || !compiled.MatchString(s) {
			return "is not like " + pattern
		}
		return ""
	}
}

func from(least, most float64) is {
	return func(value any) string {
		if x, ok := value.(float64); !ok || x < least || x > most {
			return fmt.Sprintf("is no number from %v to %v", least, most)
		}
		return ""
	}
}

// integer is a number without a fraction, at least so large.
func integer(least float64) is {
	return func(value any) string {
		if x, ok := value.(float64); !ok || x != float64(int32(x)) || x < least {
			return fmt.Sprintf("is no whole number of 32 bits from %v on", least)
		}
		return ""
	}
}

func oneOf(values ...any) is {
	return func(value any) string {
		if !slices.Contains(values, value) {
			return fmt.Sprintf("is none of %v", values)
		}
		return ""
	}
}

func either(one, other is) is {
	return func(value any) string {
		if one(value) == "" {
			return ""
		}
		return other(value)
	}
}

var null = oneOf(nil)

// lines are those of a text that begin with a brace.
func lines(text string) []string {
	return regexp.MustCompile(`(?m)^\{.*$`).FindAllString(text, -1)
}

func lastLine(text string) []string {
	all := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return all[len(all)-1:]
}

// lastButOne is where Autolab looks for how feedback is to be shown.
func lastButOne(text string) []string {
	all := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return all[len(all)-2 : len(all)-1]
}

var (
	shown   = oneOf("hidden", "after_due_date", "after_published", "visible")
	written = oneOf("text", "html", "simple_format", "md", "ansi")
)

// readers are what is read of each form, by the name of the form and of the part.
var readers = map[string]reader{
	"gradescope": {
		source: "gradescope/autograder_samples, docs/specs.md, af5dee4 (2025-01-15)",
		fields: map[string]is{
			"score": from(0, 100), "?execution_time": numeral, "?output": text, "?output_format": written, "?test_output_format": written,
			"?test_name_format": written, "?visibility": shown, "?stdout_visibility": shown, "?extra_data": object, "tests": list, "?leaderboard": list,
			"tests[].score": from(0, 100), "tests[].max_score": from(0, 100), "tests[].status": oneOf("passed", "failed"), "tests[].name": something,
			"?tests[].name_format": written, "tests[].number": like(`^\d+\.\d+$`), "tests[].output": text, "?tests[].output_format": written,
			"?tests[].tags": list, "tests[].tags[]": text, "?tests[].visibility": shown, "?tests[].extra_data": object,
		},
		closed: []string{"", "tests[]"},
	},
	"classroom50": {
		source: "foundation50/classroom50, schemas/result-v1.schema.json, 6e593c7; validate_result in runner.py, 0c49903 (August 2026)",
		fields: map[string]is{
			"schema": oneOf("classroom50/result/v1"), "classroom": something, "assignment": something, "assignment_type": oneOf("individual", "group", "team"),
			"owner": something, "submission": like(`^submit/`), "commit": something, "release": something, "review": something,
			"datetime": like(`^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$`), "score": integer(0), "max-score": integer(0), "tests": list,
			"tests[].test-name": something, "tests[].passed": boolean, "tests[].score": integer(0), "tests[].max-score": integer(0),
		},
		closed: []string{""},
	},
	"prairielearn": {
		source: "PrairieLearn/PrairieLearn, apps/prairielearn/src/lib/externalGrader.ts and externalGraderCommon.ts, pl-external-grader-results.py, 88fb855 (2026-08-21)",
		fields: map[string]is{
			"gradable": boolean, "score": from(0, 1), "message": text, "output": text, "?format_errors": list, "format_errors[]": something,
			"tests": list, "tests[].name": something, "tests[].description": text, "tests[].points": numeral, "tests[].max_points": numeral,
			"?tests[].message": text, "?tests[].output": text, "?tests[].images": list, "tests[].images[].label": text, "tests[].images[].url": like(`^data:image/`),
		},
	},
	"autolab scores": {
		source: "autolab/Autolab, app/helpers/assessment_autograde_core.rb, 9cc857f (2025-04-22)",
		parts:  lastLine,
		fields: map[string]is{"scores": object, "scores.3.1": numeral, "scores.3.2": numeral, "?scoreboard": list, "scoreboard[]": numeral},
	},
	"autolab feedback": {
		source: "autolab/Autolab, app/controllers/assessments_controller.rb and app/views/assessments/_semantic.html.erb, 9cc857f (2025-04-22)",
		parts:  lastButOne,
		fields: map[string]is{
			"_presentation": oneOf("semantic"), "stages": list, "stages[]": something, "_scores_order": list, "_scores_order[]": something,
			"Step 3.2._order": list, "Step 3.2.TestStep2_A.passed": boolean, "?Step 3.2.TestStep2_A.hint": text, "?Submission": object,
		},
	},
	"coderunner": {
		source: "trampgeek/moodle-qtype_coderunner, classes/jobrunner.php and combinator_grader_outcome.php, 6ecd07e (2026-06-23)",
		fields: map[string]is{
			"fraction": from(0, 1), "?prologuehtml": text, "?testresults": list, "?files": object, "?epiloguehtml": text, "?columnformats": list,
			"?showdifferences": boolean, "?showoutputonly": boolean, "?graderstate": anything, "?instructorhtml": text, "testresults[]": list,
		},
		closed: []string{""},
	},
	"exercism": {
		source: "exercism/docs, building/tooling/test-runners/interface.md, 19e037f (2026-05-30)",
		fields: map[string]is{
			"version": oneOf(3.0), "status": oneOf("pass", "fail", "error"), "?message": either(something, null), "tests": list, "tests[].name": something,
			"tests[].status": oneOf("pass", "fail", "error"), "?tests[].message": either(something, null), "?tests[].test_code": text,
			"?tests[].output": text, "?tests[].task_id": integer(1),
		},
		closed: []string{"", "tests[]"},
	},
	"check50": {
		source: "cs50/check50 3.3.11, docs/source/json_specification.rst, check50/runner.py and __main__.py, f6aa5de (2024-05-02)",
		fields: map[string]is{
			"slug": something, "version": something, "results": list, "results[].name": something, "results[].description": something,
			"results[].passed": oneOf(true, false, nil), "results[].log": list, "results[].cause": either(object, null), "results[].data": object,
			"results[].dependency": either(text, null), "?results[].cause.rationale": something, "?results[].cause.help": either(something, null),
		},
		closed: []string{"", "results[]"},
	},
	"quickfeed": {
		source: "quickfeed/quickfeed, kit/score/parse.go, results.go and score.proto, 6998e9a (2026-07-22)",
		parts:  lines,
		fields: map[string]is{
			"Secret": something, "TestName": something, "TaskName": text, "Score": integer(0), "MaxScore": integer(1), "Weight": integer(1), "TestDetails": text,
		},
		closed: []string{""},
	},
	"submitty": {
		source: "Submitty/Submitty, autograder/autograder/insert_database_version_data.py, site/app/models/gradeable/AutoGradedTestcase.php, 427a3a3 (2026-08-20)",
		fields: map[string]is{
			"testcases": list, "testcases[].test_name": something, "testcases[].points_awarded": numeral, "testcases[].testcase_message": text,
			"automatic_grading_total": numeral, "nonhidden_automatic_grading_total": numeral,
		},
	},
}

// several are results of each kind, with each outcome in them.
func several() map[string]result.Result {
	all := map[string]result.Result{"some": someone()}
	nothing := func(status result.Status, reason string) result.Result {
		r := someone()
		r.Status, r.Why, r.Score, r.Raw = status, reason, 0, 0
		for i := range r.Steps {
			r.Steps[i].Score = 0
			for j, t := range r.Steps[i].Tests {
				r.Steps[i].Tests[j] = result.Test{Name: t.Name, Outcome: result.NotReached}
			}
		}
		return r
	}
	all["refused"] = nothing(result.Refused, "a.s: is <not> Go")
	refused := all["refused"]
	refused.Refused = []string{refused.Why}
	all["refused"] = refused
	all["build"] = nothing(result.Build, "open.go:3: undefined: x\nopen.go:4: undefined: y")
	all["limits"] = nothing(result.Limits, "the tests were not over after 30s")
	ended := someone()
	ended.Status, ended.Why = result.Limits, "the tests were not over after 30s"
	all["ended"] = ended
	late := someone()
	late.Factor, late.Score, late.Raw = 0.5, 30, 60
	all["late"] = late
	done := someone()
	done.Score, done.Raw = 100, 100
	for i := range done.Steps {
		done.Steps[i].Score = done.Steps[i].Max
		for j, t := range done.Steps[i].Tests {
			done.Steps[i].Tests[j] = result.Test{Name: t.Name, Outcome: result.Passed}
		}
	}
	all["done"] = done
	return all
}

// asRunner sets the environment of Classroom 50's runner.
func asRunner(t *testing.T) {
	for name, value := range map[string]string{
		"CLASSROOM": "net", "ASSIGNMENT": "three", "SUBMISSION_TAG": "submit/2026-12-01T10-00-00Z-abc1234",
		"COMMIT_URL": "https://example.org/commit/1", "RELEASE_URL": "https://example.org/releases/1",
	} {
		t.Setenv(name, value)
	}
}

// TestFieldsAsTheirReadersWantThem holds each form against what the program that reads it asks
// for, as that was read in its source.
func TestFieldsAsTheirReadersWantThem(t *testing.T) {
	asRunner(t)
	formats := Formats()
	for name, want := range readers {
		form, _, _ := strings.Cut(name, " ")
		for which, r := range several() {
			t.Run(name+" "+which, func(t *testing.T) {
				file, err := formats[form].Write(r)
				require.NoError(t, err)
				parts := []string{string(file)}
				if want.parts != nil {
					parts = want.parts(string(file))
				}
				require.NotEmpty(t, parts)
				for _, part := range parts {
					var whole any
					require.NoError(t, json.Unmarshal([]byte(part), &whole), part)
					assert.Empty(t, want.wrong(whole), "%s\n%s", want.source, part)
				}
			})
		}
	}
	for form := range formats {
		_, is := readers[form]
		assert.True(t, is || slices.Contains([]string{"autolab", "junit", "vpl"}, form), "nothing is said of who reads %s", form)
	}
}

// wrong returns what is wrong with a value that was read.
func (w reader) wrong(whole any) (wrong []string) {
	for path, is := range w.fields {
		path, may := strings.CutPrefix(path, "?")
		for _, value := range at(whole, steps(path)) {
			switch says := ""; {
			case value.missing && may:
			case value.missing:
				wrong = append(wrong, path+" is missing")
			default:
				if says = is(value.value); says != "" {
					wrong = append(wrong, fmt.Sprintf("%s = %v %s", path, value.value, says))
				}
			}
		}
	}
	for _, path := range w.closed {
		for _, value := range at(whole, steps(path)) {
			fields, _ := value.value.(map[string]any)
			for key := range maps.Keys(fields) {
				full := strings.TrimPrefix(path+"."+key, ".")
				if w.fields[full] == nil && w.fields["?"+full] == nil {
					wrong = append(wrong, full+" is not known")
				}
			}
		}
	}
	slices.Sort(wrong)
	return wrong
}

// steps returns the parts of a path: keys, which may have a dot in them, and [] for each of a
// list.
func steps(path string) []string {
	return regexp.MustCompile(`\[\]|(Step )?\d\.\d|[^.\[]+`).FindAllString(path, -1)
}

type found struct {
	value   any
	missing bool
}

// at returns all values at a path. One is missing if that which it would be in is there.
func at(whole any, path []string) (all []found) {
	if len(path) == 0 {
		return []found{{value: whole}}
	}
	if path[0] == "[]" {
		elements, _ := whole.([]any)
		for _, e := range elements {
			all = append(all, at(e, path[1:])...)
		}
		return all
	}
	fields, ok := whole.(map[string]any)
	if !ok {
		return nil
	}
	value, ok := fields[path[0]]
	if ok {
		return at(value, path[1:])
	}
	if len(path) == 1 {
		return []found{{missing: true}}
	}
	return nil
}

// TestAReaderFindsWhatIsWrong has each kind of mistake.
func TestAReaderFindsWhatIsWrong(t *testing.T) {
	var whole any
	require.NoError(t, json.Unmarshal([]byte(`{"a": 2, "b": [{"c": "x"}, {"d": 1}], "3.1": null}`), &whole))
	w := reader{
		fields: map[string]is{"a": from(0, 1), "b": list, "b[].c": something, "?e": text, "f": text, "3.1": null},
		closed: []string{"", "b[]"},
	}
	assert.Equal(t, []string{"a = 2 is no number from 0 to 1", "b[].c is missing", "b[].d is not known", "f is missing"}, w.wrong(whole))
}

// TestCheck50HasNoError: to check50 a result with a key error, whatever is in it, is a failure
// of its own.
func TestCheck50HasNoError(t *testing.T) {
	for which, r := range several() {
		file, err := Formats()["check50"].Write(r)
		require.NoError(t, err)
		var top struct {
			Results []struct {
				Passed *bool
				Cause  map[string]any
			}
		}
		require.NoError(t, json.Unmarshal(file, &top))
		assert.NotContains(t, string(file), `"error":`, which)
		for _, one := range top.Results {
			assert.Equal(t, one.Passed != nil && *one.Passed, one.Cause == nil, "%s: there is a cause if it has not passed, and only then", which)
		}
	}
}

// TestExercismSaysErrorIfNoTestWasRun, and only then has a message for all.
func TestExercismSaysErrorIfNoTestWasRun(t *testing.T) {
	want := map[string]string{"some": "fail", "late": "fail", "ended": "fail", "done": "pass", "refused": "error", "build": "error", "limits": "error"}
	for which, r := range several() {
		file, err := Formats()["exercism"].Write(r)
		require.NoError(t, err)
		var top struct {
			Status  string
			Message *string
		}
		require.NoError(t, json.Unmarshal(file, &top))
		assert.Equal(t, want[which], top.Status, which)
		assert.Equal(t, top.Status == "error", top.Message != nil && *top.Message != "", which)
	}
}

// TestQuickFeedSums adds a student's scores as QuickFeed does: each score's share of its most,
// by weight.
func TestQuickFeedSums(t *testing.T) {
	for which, r := range several() {
		file, err := Formats()["quickfeed"].Write(r)
		require.NoError(t, err)
		sum, weights := 0.0, 0.0
		for _, line := range lines(string(file)) {
			var s struct{ Score, MaxScore, Weight float64 }
			require.NoError(t, json.Unmarshal([]byte(line), &s))
			assert.LessOrEqual(t, s.Score, s.MaxScore, which)
			sum += s.Score / s.MaxScore * s.Weight
			weights += s.Weight
		}
		// In someone's step 2, ten points of fifty are not what one test of three earns.
		assert.InDelta(t, r.Score/r.Max, sum/weights, 0.005, which)
	}
}

// TestAutolabKeepsTheOrder: without what says it a page shows 3.10 before 3.2.
func TestAutolabKeepsTheOrder(t *testing.T) {
	r := someone()
	for n := 3; n <= 11; n++ {
		r.Steps = append(r.Steps, result.Step{Number: n, Max: 10, Tests: []result.Test{{Name: "TestB", Outcome: result.Passed}, {Name: "TestA", Outcome: result.Passed}}})
	}
	file, err := Autolab(r)
	require.NoError(t, err)
	var shown map[string]any
	require.NoError(t, json.Unmarshal([]byte(lastButOne(string(file))[0]), &shown))
	assert.Equal(t, []any{"3.1", "3.2", "3.3", "3.4", "3.5", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11"}, shown["_scores_order"])
	assert.Equal(t, []any{"TestB", "TestA"}, shown["Step 3.10"].(map[string]any)["_order"])
}

// TestVPLIsReadLineByLine: what is no comment and no grade is not shown, a line that begins with
// a hyphen is a title, and the last grade counts.
func TestVPLIsReadLineByLine(t *testing.T) {
	for which, r := range several() {
		for i := range r.Steps[1].Tests {
			if r.Steps[1].Tests[i].Outcome == result.Failed {
				r.Steps[1].Tests[i].Likely = "Grade :=>> 100\nGrade :=>> 100\n--|>"
			}
		}
		file, err := Formats()["vpl"].Write(r)
		require.NoError(t, err)
		for line := range strings.Lines(strings.TrimSpace(string(file))) {
			assert.Regexp(t, `^(Comment :=>>(-\S| \S).*|Grade :=>> [0-9.]+)\n?$`, line, which)
		}
		grades := regexp.MustCompile(`(?m)^Grade :=>>(.*)$`).FindAllStringSubmatch(string(file), -1)
		require.Len(t, grades, 1, which)
		assert.Equal(t, fmt.Sprint(r.Score), strings.TrimSpace(grades[0][1]), which)
	}
}

// TestSubmittyHasBothTotals: its program stops if there is one and not the other.
func TestSubmittyHasBothTotals(t *testing.T) {
	for which, r := range several() {
		file, err := Formats()["submitty"].Write(r)
		require.NoError(t, err)
		var top map[string]any
		require.NoError(t, json.Unmarshal(file, &top))
		assert.Equal(t, r.Score, top["automatic_grading_total"], which)
		assert.Equal(t, r.Score, top["nonhidden_automatic_grading_total"], which)
	}
}

// TestPrairieLearnIsNotTooLarge: a result of more than 1 MiB is none to it.
func TestPrairieLearnIsNotTooLarge(t *testing.T) {
	r := someone()
	for i := range 130 {
		r.Steps[1].Tests = append(r.Steps[1].Tests, result.Test{
			Name: fmt.Sprintf("TestStep2_%d", i), Outcome: result.Failed, Reason: "why", Message: strings.Repeat("  ✗ 0.000s  --> <SEQ=1>\n", 400),
		})
	}
	file, err := Formats()["prairielearn"].Write(r)
	require.NoError(t, err)
	assert.LessOrEqual(t, len(file), 1<<20)
	assert.Greater(t, len(file), 1<<18, "there is room for some of it")
	var top struct {
		Tests []struct{ Points, MaxPoints *float64 }
	}
	require.NoError(t, json.Unmarshal(file, &top))
	assert.Len(t, top.Tests, 134)
}

// TestPrairieLearnSums adds thirteen steps' points as PrairieLearn does: 7.69 each are 99.97.
func TestPrairieLearnSums(t *testing.T) {
	r := someone()
	r.Steps = nil
	for n := 1; n <= 13; n++ {
		r.Steps = append(r.Steps, result.Step{Number: n, Max: 7.69, Score: 7.69, Tests: []result.Test{{Name: "TestA", Outcome: result.Passed}, {Name: "TestB", Outcome: result.Passed}, {Name: "TestC", Outcome: result.Passed}}})
	}
	points, most := 0.0, 0.0
	for _, one := range PrairieLearn(r).(prairieLearnResults).Tests {
		assert.Equal(t, one.MaxPoints, one.Points, "else it is drawn red")
		points, most = points+one.Points, most+one.MaxPoints
	}
	assert.InDelta(t, 100, points, 0.004)
	assert.InDelta(t, 100, most, 0.004)
}

// TestAPassedTestHasAllOfItsPoints: two thirds of 7.69 points, cut to hundredths, are not twice
// a third of them, and PrairieLearn draws a test red that has other points than its most.
func TestAPassedTestHasAllOfItsPoints(t *testing.T) {
	passed := result.Test{Name: "TestA", Outcome: result.Passed}
	s := result.Step{Max: 7.69, Score: 5.13, Tests: []result.Test{passed, passed, {Name: "TestB", Outcome: result.Failed}}}
	score, most := share(s, passed)
	assert.Equal(t, most, score)
	s.Given, s.Score = true, 2.56
	score, most = share(s, passed)
	assert.Equal(t, [...]float64{1.28, 2.56}, [...]float64{score, most})
}

// TestJUnitOfARefusedOne is red: a report with skipped tests only would be green.
func TestJUnitOfARefusedOne(t *testing.T) {
	for which, r := range several() {
		file, err := JUnit(r)
		require.NoError(t, err)
		var top struct {
			XMLName xml.Name
			Attrs   []xml.Attr `xml:",any,attr"`
		}
		require.NoError(t, xml.Unmarshal(file, &top))
		numbers := make(map[string]string)
		for _, a := range top.Attrs {
			numbers[a.Name.Local] = a.Value
			// jenkinsci/xunit-plugin, junit-10.xsd, 031e285: an unknown one refuses the report.
			assert.Contains(t, []string{"name", "time", "tests", "failures", "errors"}, a.Name.Local, which)
		}
		assert.Equal(t, r.Status != result.OK, numbers["errors"] == "1", which)
	}
}

func TestClassroom50IsExportedWhereItsRunnerIs(t *testing.T) {
	out, to := t.TempDir(), t.TempDir()
	require.NoError(t, someone().Save(out+"/s1"))
	asRunner(t)
	t.Setenv("RELEASE_URL", "")
	_, err := Each(out, to, Formats()["classroom50"])
	assert.ErrorContains(t, err, "RELEASE_URL is not set")
	t.Setenv("RELEASE_URL", "x")
	n, err := Each(out, to, Formats()["classroom50"])
	require.NoError(t, err)
	assert.Equal(t, 1, n)
}
