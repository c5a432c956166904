package solutions_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/guard"
	"tcpworkbook/kit/workbook"
	"tcpworkbook/solutions/internal/proof"
)

// untilThen is what stands in a function's place until its step, where that is more than
// nothing: the lesson says so.
var untilThen = map[string]string{
	"CongestionTimeout": "b.Congestion.Window = uint32(b.Snd.MSS)", // step 3.6
}

// A part is what a function gets later than the rest of it: in another step than the one in
// which it is begun, or in that step's second sitting.
type part struct {
	of      string // as turnOf says it
	code    string // in the reference
	guarded string // the same, of which nothing happens until it is written: %s says whether it is
}

// parts are those that a table names. Without them a row that needs one, and does not say so,
// would look right.
var parts = []part{
	{"3.11 CongestionACK", "c.DupACKs = 0\n\tswitch {", "if %s { c.DupACKs = 0 }\n\tswitch {"},
	{"3.11 CongestionACK", "case c.Recovery:\n\t\tRecoveryACK(", "case c.Recovery && %s:\n\t\tRecoveryACK("},
	{"3.11 CongestionACK, again", "c.Recover = c.Recover.Max(b.Snd.Una)", "if %s { c.Recover = c.Recover.Max(b.Snd.Una) }"},
	{"3.11 RecoveryACK, again", "\tResendEarliest(b)\n\tc.Window -= ", "\tif !%s { return }\n\tResendEarliest(b)\n\tc.Window -= "},
}

// turnOf names what a step's tables ask of a function: the first time, or again.
func turnOf(chapter, step int, function string, before int) string {
	return fmt.Sprintf("%d.%d %s", chapter, step, function) + strings.Repeat(", again", before)
}

// passing matches the lines of a run's output that tell of what passes.
var passing = regexp.MustCompile(`(?m)^ *(=== RUN|--- PASS).*\n`)

// TestSittings shows that one may stop after each step: the reference passes the tests of
// the steps so far while every function of a later step still does nothing, as in the
// stub, though it is called already.
//
// Where a step's Check says in a table which tests pass once which functions are written, it
// shows that too: each of the tests passes with the functions of its row and of those above,
// and fails without those of its row; and no test that has passed fails again from row to row.
// The command that runs a sitting's tests runs those of whole rows, and none that needs more.
// A row may name a line of a function from an earlier step, too: `Retransmit`:
// `b.RTO.Timing = false`. A function that the lesson gives is tried as it stands there.
func TestSittings(t *testing.T) {
	if testing.Short() {
		t.Skip("a program for each chapter")
	}
	chapters, err := proof.Chapters("..")
	require.NoError(t, err)
	require.NotEmpty(t, chapters)
	for _, c := range chapters {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			proveSittings(t, c)
		})
	}
}

func proveSittings(t *testing.T, c proof.Chapter) {
	edited, err := c.Edited()
	require.NoError(t, err)
	if len(edited) > 0 {
		t.Skip("this is not the untouched stub, there is code in ", strings.Join(edited, ", "))
	}
	stub, err := workbook.Functions(c.StubFolder())
	require.NoError(t, err)
	folder := t.TempDir()
	lesson, err := c.Lesson()
	require.NoError(t, err)
	files, err := workbook.GoFiles(c.SolutionFolder(), false)
	require.NoError(t, err)
	given := givenByLesson(lesson.Text)
	apart := make(map[string]bool) // the parts of this chapter
	for _, file := range files {
		text, err := emptyUntil(file, firstSteps(stub), linesNamed(lesson), given)
		require.NoError(t, err)
		for _, p := range parts {
			if step := stepOfTurn(p.of, c.Number); step > 0 && strings.Contains(text, p.code) {
				written := fmt.Sprintf("(stepsWritten >= %d && !notYet(%q))", step, p.of)
				text = strings.Replace(text, p.code, fmt.Sprintf(p.guarded, written), 1)
				apart[p.of] = true
			}
		}
		require.NoError(t, os.WriteFile(filepath.Join(folder, filepath.Base(file)), []byte(text), 0o666))
	}
	clock := fmt.Sprintf(`package %s

import (
	"os"
	"slices"
	"strconv"
	"strings"
)

var stepsWritten, _ = strconv.Atoi(os.Getenv("STEPS_WRITTEN"))

func notYet(function string) bool {
	return slices.Contains(strings.Split(os.Getenv("NOT_YET"), ";"), function)
}
`, c.Subject())
	require.NoError(t, os.WriteFile(filepath.Join(folder, "steps_written.go"), []byte(clock), 0o666))

	for _, p := range parts {
		require.True(t, apart[p.of] || stepOfTurn(p.of, c.Number) == 0, "the reference has the part %q of %s", p.code, p.of)
	}

	program, err := c.Variant(folder)
	require.NoError(t, err)
	binary, err := program.Compile(t.TempDir())
	require.NoError(t, err)
	tests, err := c.Tests()
	require.NoError(t, err)
	run := func(step int, tests string, notYet []string, more ...string) (string, error) {
		run := exec.Command(binary, "-test.v", "-test.timeout=2m", "-test.run=^"+tests)
		run.Dir = program.Folder
		run.Env = append(os.Environ(), "GOMAXPROCS=1", "GOGC=400", fmt.Sprint("STEPS_WRITTEN=", step), "NOT_YET="+strings.Join(notYet, ";"))
		run.Env = append(run.Env, more...)
		out, err := run.CombinedOutput()
		return string(out), err
	}
	// passes runs tests once, in a variation, with nothing to be guarded from.
	passes := func(step int, tests string, variation int) {
		out, err := run(step, tests, nil, guard.DebuggerVariable+"=1", fmt.Sprint(guard.VariationVariable, "=", variation))
		if err != nil {
			out = passing.ReplaceAllString(out, "")
			t.Errorf("after step %d.%d, with the later functions empty, in variation %d: %v\n%.2000s", c.Number, step, variation, err, out)
		}
	}
	storm := workbook.Steps(tests) // nothing is written for it, and it is the same in all variations
	passes(storm, fmt.Sprintf("TestStep%d_", storm), 0)
	var soFar []string
	for step := 1; step < storm; step++ {
		soFar = append(soFar, fmt.Sprint(step))
		for _, variation := range guard.Variations() {
			passes(step, "TestStep("+strings.Join(soFar, "|")+")_", variation)
		}
	}
	for _, step := range lesson.Steps {
		rows := passOnce(step)
		require.Equal(t, strings.Contains(step.Text, "| these pass |"), len(rows) > 0, "step %d.%d: the table in its Check", c.Number, step.Number)
		if len(rows) == 0 {
			continue
		}
		named := make(map[string]int)
		for _, r := range rows {
			for n, function := range r.functions {
				if turn := turnOf(c.Number, step.Number, function, named[function]); apart[turn] {
					r.functions[n] = turn
				}
				named[function]++
			}
		}
		became := make([]map[string]string, len(rows)+1) // PASS or FAIL by test, once the first so many rows are written
		for n := range became {
			var notYet []string
			for _, later := range rows[n:] {
				notYet = append(notYet, later.functions...)
			}
			out, _ := run(step.Number, fmt.Sprintf("TestStep%d_", step.Number), notYet)
			became[n] = make(map[string]string)
			for _, v := range verdict.FindAllStringSubmatch(out, -1) {
				became[n][v[2]] = v[1]
			}
		}
		for i, r := range rows {
			before, then := became[i], became[i+1]
			for _, test := range r.tests {
				assert.Equal(t, "PASS", then[test], "step %d.%d: %s once %v are written", c.Number, step.Number, test, r.functions)
				assert.Equal(t, "FAIL", before[test], "step %d.%d: %s before %v are written", c.Number, step.Number, test, r.functions)
			}
			for test := range then {
				assert.False(t, before[test] == "PASS" && then[test] == "FAIL", "step %d.%d: %s passes before %v are written, and then no more", c.Number, step.Number, test, r.functions)
			}
		}
		for _, m := range ofASitting.FindAllStringSubmatch(step.Text, -1) {
			pattern, written := regexp.MustCompile("^"+m[1]), 0
			for i, r := range rows {
				if slices.ContainsFunc(r.tests, pattern.MatchString) {
					written = i + 1
					for _, test := range r.tests {
						assert.Regexp(t, pattern, test, "step %d.%d: it runs others of the row", c.Number, step.Number)
					}
				}
			}
			assert.Positive(t, written, "step %d.%d: no row names a test of %s", c.Number, step.Number, m[0])
			for test, became := range became[written] {
				assert.False(t, pattern.MatchString(test) && became != "PASS", "step %d.%d: %s, which %s runs, needs a row below the last whose tests it names", c.Number, step.Number, test, m[0])
			}
		}
	}
}

// ofASitting matches the pattern by which a lesson runs just the tests of a sitting.
var ofASitting = regexp.MustCompile(`(?m)^go test \S+ -run '(TestStep\d+_\([^']+\))'`)

// verdict matches what became of a test, in a run's output.
var verdict = regexp.MustCompile(`(?m)^--- (PASS|FAIL): (TestStep\w+) \(`)

// stepOfTurn returns the step of a turn, if it is this chapter's; 0 if not.
func stepOfTurn(turn string, chapter int) int {
	of, step := 0, 0
	if fmt.Sscanf(turn, "%d.%d", &of, &step); of != chapter {
		return 0
	}
	return step
}

// goBlock matches a block of Go in a lesson that is one function, and its body.
var goBlock = regexp.MustCompile("(?m)^```go\nfunc (\\w+)\\([^{]*\\{\n((?:.*\n)*?)\\}\n```$")

// givenByLesson returns the bodies of the functions that a lesson gives: here they stand in
// the place of the reference's.
func givenByLesson(text string) map[string]string {
	given := make(map[string]string)
	for _, f := range goBlock.FindAllStringSubmatch(text, -1) {
		given[f[1]] = f[2]
	}
	return given
}

// row is a row of the table in a step's Check: once the functions are written, and those of
// the rows above, the tests pass. A line of a function is called as the row has it,
// without the quotes: "Retransmit: b.RTO.Timing = false".
type row struct{ functions, tests []string }

var (
	tableRow = regexp.MustCompile("(?m)^\\| (`[A-Z].*) \\| (`…_.*) \\|$")
	inQuotes = regexp.MustCompile("`([^`]+)`")
	toWrite  = regexp.MustCompile("`([^`]+)`(?:: `([^`]+)`)?")
)

// passOnce returns the rows of the table in a step's Check, none where it has no table.
func passOnce(step workbook.Step) []row {
	_, text, _ := strings.Cut(step.Text, "**Check**")
	var rows []row
	for _, cells := range tableRow.FindAllStringSubmatch(text, -1) {
		var r row
		for _, named := range toWrite.FindAllStringSubmatch(cells[1], -1) {
			if named[2] != "" {
				named[1] += ": " + named[2]
			}
			r.functions = append(r.functions, named[1])
		}
		for _, test := range inQuotes.FindAllStringSubmatch(cells[2], -1) {
			r.tests = append(r.tests, strings.Replace(test[1], "…", fmt.Sprint("TestStep", step.Number), 1))
		}
		rows = append(rows, r)
	}
	return rows
}

// linesNamed returns the lines of functions that the lesson's tables name.
func linesNamed(lesson proof.Lesson) []string {
	var lines []string
	for _, step := range lesson.Steps {
		for _, r := range passOnce(step) {
			for _, name := range r.functions {
				if strings.Contains(name, ": ") {
					lines = append(lines, name)
				}
			}
		}
	}
	return lines
}

// firstSteps returns the step in which each of the stub's functions is begun.
func firstSteps(stub []workbook.Function) map[string]int {
	first := make(map[string]int)
	for _, f := range stub {
		for _, m := range f.Markers {
			if s, ok := first[f.String()]; !ok || m.Step < s {
				first[f.String()] = m.Step
			}
		}
	}
	return first
}

// emptyUntil returns the text of a file in which each function does nothing while
// stepsWritten is less than the step in which it is begun, or it is not yet written; nor
// does one of the lines, until that is written. What a lesson gives stands in the place of
// the reference's.
func emptyUntil(file string, first map[string]int, lines []string, given map[string]string) (string, error) {
	source, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	positions := token.NewFileSet()
	tree, err := parser.ParseFile(positions, file, source, parser.SkipObjectResolution)
	if err != nil {
		return "", err
	}
	var text strings.Builder
	done := 0
	for _, d := range tree.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Body == nil {
			continue
		}
		step := first[nameOf(f)]
		if step == 0 {
			continue
		}
		body := positions.Position(f.Body.Lbrace).Offset + 1
		text.Write(source[done:body])
		fmt.Fprintf(&text, "\nif stepsWritten < %d || notYet(%q) { %s; return %s }\n",
			step, f.Name.Name, untilThen[f.Name.Name], zeros(f, source, positions))
		done = body
		if given[f.Name.Name] != "" {
			text.WriteString(given[f.Name.Name])
			done = positions.Position(f.Body.Rbrace).Offset
			continue
		}
		ast.Inspect(f.Body, func(n ast.Node) bool {
			s, ok := n.(*ast.AssignStmt)
			if !ok {
				return true
			}
			from, to := positions.Position(s.Pos()).Offset, positions.Position(s.End()).Offset
			if line := fmt.Sprintf("%s: %s", f.Name.Name, source[from:to]); slices.Contains(lines, line) {
				text.Write(source[done:from])
				fmt.Fprintf(&text, "if !notYet(%q) { %s }", line, source[from:to])
				done = to
			}
			return true
		})
	}
	text.Write(source[done:])
	return text.String(), nil
}

// nameOf returns a function's name as workbook.Function.String does.
func nameOf(f *ast.FuncDecl) string {
	if of := workbook.Receiver(f); of != "" {
		return "func (" + of + ") " + f.Name.Name
	}
	return "func " + f.Name.Name
}

// zeros returns the zero values that a function returns.
func zeros(f *ast.FuncDecl, source []byte, positions *token.FileSet) string {
	var all []string
	if f.Type.Results != nil {
		for _, r := range f.Type.Results.List {
			from, to := positions.Position(r.Type.Pos()).Offset, positions.Position(r.Type.End()).Offset
			for range max(1, len(r.Names)) {
				all = append(all, fmt.Sprintf("*new(%s)", source[from:to]))
			}
		}
	}
	return strings.Join(all, ", ")
}
