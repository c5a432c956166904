package script

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// events are what tools that read go test's verdicts are told.
type events struct {
	failed   bool                // go test's exit status
	verdicts map[string][]string // of each test: "pass", "fail" and "skip" as they came
	output   string
}

// hostile builds the chapter of that name, once a test.
func hostile(t *testing.T) (program string) {
	t.Helper()
	if testing.Short() {
		t.Skip("it builds and runs a package of its own")
	}
	program = filepath.Join(t.TempDir(), "hostile.test.exe")
	out, err := exec.Command("go", "test", "-c", "-o", program, "./testdata/chapters/02-hostile").CombinedOutput()
	require.NoError(t, err, "%s", out)
	return program
}

// told runs the hostile chapter as go test -json does, or as those do who read go test
// -v.
func told(t *testing.T, program, verbose, attack string, args ...string) events {
	t.Helper()
	args = append([]string{"tool", "test2json", program, "-test.v=" + verbose, "-test.timeout=1m"}, args...)
	command := exec.Command("go", args...)
	command.Dir = "testdata/chapters/02-hostile"
	command.Env = append(os.Environ(), "HOSTILE="+attack)
	out, err := command.Output()
	e := events{failed: err != nil, verdicts: make(map[string][]string)}
	for line := range bytes.Lines(out) {
		var event struct{ Action, Test, Output string }
		require.NoError(t, json.Unmarshal(line, &event), "%s", line)
		switch event.Action {
		case "pass", "fail", "skip":
			if strings.Contains(event.Test, "/") {
				break // a part is told of, or not: the test that it is part of counts
			}
			e.verdicts[event.Test] = append(e.verdicts[event.Test], event.Action)
		}
		e.output += event.Output
	}
	return e
}

// TestNobodyForgesAVerdict has a chapter say by every road that its tests have passed.
func TestNobodyForgesAVerdict(t *testing.T) {
	program := hostile(t)
	for _, attack := range []string{
		"", "a panic", "a panic with an error", "an error", "a panic beside the script", "prints", "prints in the middle of a line",
		"prints to stderr", "prints and exits", "last words", "init prints", "init prints without a line's end",
	} {
		for _, verbose := range []string{"test2json", "true"} {
			t.Run(attack+", "+verbose, func(t *testing.T) {
				t.Parallel()
				e := told(t, program, verbose, attack)
				assert.True(t, e.failed)
				require.Equal(t, map[string][]string{
					"TestStep1_Good": {"pass"}, "TestStep1_Bad": {"fail"},
					"TestStep2_Good": {"pass"}, "TestStep2_Bad": {"fail"},
					"TestStep3_Skip": {"skip"}, "": {"fail"},
				}, e.verdicts, e.output)
				if attack == "prints" || attack == "prints to stderr" || attack == "init prints" {
					assert.Contains(t, e.output, "my own words\n", "what a program prints is there to be read")
				}
			})
		}
	}
}

// TestAnEndBeforeTheFirstTestIsAFailure ends the program before Main is called.
func TestAnEndBeforeTheFirstTestIsAFailure(t *testing.T) {
	program := hostile(t)
	for attack, says := range map[string]string{
		"init exits":            "your code ended the whole program (exit status 0): os.Exit at hostile.go:",
		"a variable exits":      "your code ended the whole program (exit status 0): os.Exit at hostile.go:",
		"init prints and exits": "your code ended the whole program (exit status 0): os.Exit at hostile.go:",
		"init panics":           "your code panicked at hostile.go:",
	} {
		for _, verbose := range []string{"test2json", "true", "false"} {
			t.Run(attack+", "+verbose, func(t *testing.T) {
				t.Parallel()
				e := told(t, program, verbose, attack)
				assert.True(t, e.failed)
				assert.Equal(t, map[string][]string{"": {"fail"}}, e.verdicts, e.output)
				assert.Contains(t, e.output, "chapter 2: the tests begin\n"+says)
				assert.LessOrEqual(t, strings.Count(e.output, "\n"), 10, e.output)
			})
		}
	}
}

// TestAChapterThatEndsInInitHasNotPassed adds to a chapter as it is what ends it.
func TestAChapterThatEndsInInitHasNotPassed(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds and runs a chapter")
	}
	dir := t.TempDir()
	chapter, err := filepath.Abs(filepath.Join("..", "..", "chapters", "01-socket"))
	require.NoError(t, err)
	ends, overlay := filepath.Join(dir, "ends.go"), filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(ends, []byte("package socket\n\nimport \"os\"\n\nfunc init() { os.Exit(0) }\n"), 0o666))
	list, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(chapter, "ends.go"): ends}})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(overlay, list, 0o666))
	for _, flag := range []string{"-json", "-v", "-v=false"} {
		out, err := exec.Command("go", "test", "-count=1", "-overlay="+overlay, flag, chapter).CombinedOutput()
		require.Error(t, err, "%s", out)
		require.Contains(t, string(out), "your code ended the whole program (exit status 0)")
	}
}
