package guard

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
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

// hostile returns the command that runs the chapter of that name, with an attack.
func hostile(t *testing.T, attack string, args ...string) *exec.Cmd {
	t.Helper()
	command := program(t, "02-hostile", args...)
	command.Env = append(os.Environ(), "HOSTILE="+attack)
	return command
}

// test2json is the path of the tool. To have go tool start it takes longer than its work.
var test2json = sync.OnceValues(func() (string, error) {
	path, err := exec.Command("go", "tool", "-n", "test2json").Output()
	return strings.TrimSpace(string(path)), err
})

// asJSON returns the command with what it says told in JSON, as go test -json does.
func asJSON(t *testing.T, command *exec.Cmd) *exec.Cmd {
	t.Helper()
	tool, err := test2json()
	require.NoError(t, err)
	told := exec.Command(tool, command.Args...)
	told.Dir, told.Env = command.Dir, command.Env
	return told
}

// told runs the hostile chapter as go test -json does, or as those do who read go test
// -v.
func told(t *testing.T, verbose, attack string, args ...string) events {
	t.Helper()
	out, err := asJSON(t, hostile(t, attack, append(args, "-test.v="+verbose)...)).Output()
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
	for _, attack := range []string{
		"", "a panic", "a panic with an error", "an error", "a panic beside the script", "prints", "prints in the middle of a line",
		"prints to stderr", "prints and exits", "last words", "init prints", "init prints without a line's end",
	} {
		for _, verbose := range []string{"test2json", "true"} {
			t.Run(attack+", "+verbose, func(t *testing.T) {
				t.Parallel()
				e := told(t, verbose, attack)
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
	for attack, says := range map[string]string{
		"init exits":            "your code ended the whole program (exit status 0): os.Exit at hostile.go:",
		"a variable exits":      "your code ended the whole program (exit status 0): os.Exit at hostile.go:",
		"init prints and exits": "your code ended the whole program (exit status 0): os.Exit at hostile.go:",
		"init panics":           "your code panicked at hostile.go:",
	} {
		for _, verbose := range []string{"test2json", "true", "false"} {
			t.Run(attack+", "+verbose, func(t *testing.T) {
				t.Parallel()
				e := told(t, verbose, attack)
				assert.True(t, e.failed)
				assert.Equal(t, map[string][]string{"": {"fail"}}, e.verdicts, e.output)
				assert.Contains(t, e.output, "chapter 2: the tests begin\n"+says)
				assert.LessOrEqual(t, strings.Count(e.output, "\n"), 10, e.output)
				assert.NotContains(t, e.output, "bad input")
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
	program := filepath.Join(dir, "socket.test.exe")
	chapter, err := filepath.Abs(filepath.Join("..", "..", "chapters", "01-socket"))
	require.NoError(t, err)
	ends, overlay := filepath.Join(dir, "ends.go"), filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(ends, []byte("package socket\n\nimport \"os\"\n\nfunc init() { os.Exit(0) }\n"), 0o666))
	list, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(chapter, "ends.go"): ends}})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(overlay, list, 0o666))
	compile(t, "-overlay="+overlay, "-o", program, chapter)
	for _, verbose := range []string{"test2json", "true", "false"} {
		command := exec.Command(program, "-test.v="+verbose, "-test.paniconexit0")
		command.Dir = chapter
		out, err := command.CombinedOutput()
		require.Error(t, err, "%s", out)
		require.Contains(t, string(out), "your code ended the whole program (exit status 0)")
	}
}

// TestWhatIsBelieved has a program say what package testing does, and what it does not.
func TestWhatIsBelieved(t *testing.T) {
	once := voice{verbose: true, times: 1}
	for said, voices := range map[string]map[voice]bool{
		"=== RUN   TestA\nwords\n    a_test.go:1: no\n--- FAIL: TestA (0.00s)\n=== RUN   TestB\n--- SKIP: TestB (0.00s)\nFAIL\n":                                         {once: true},
		"=== RUN   TestA\n=== RUN   TestA/x\n=== NAME  TestA\n    told\n--- PASS: TestA (0.00s)\n    --- PASS: TestA/x (0.00s)\nPASS\ncoverage: 1%\n":                    {once: true},
		"=== RUN   TestA\n=== PAUSE TestA\n=== RUN   TestB\n=== PAUSE TestB\n=== CONT  TestA\n=== CONT  TestB\n--- PASS: TestB (0.00s)\n--- PASS: TestA (0.00s)\nPASS\n": {once: true},
		"=== RUN   TestA\n--- PASS: TestA (0.00s)\n=== RUN   TestA\n--- PASS: TestA (0.00s)\nPASS\n": {
			once: false, {verbose: true, times: 2}: true,
		},
		"testing: warning: no tests to run\nPASS\n":                                                  {once: true},
		"=== RUN   BenchmarkA\nBenchmarkA-2 \t 1\t 2 ns/op\nPASS\n":                                  {once: true},
		"--- FAIL: TestA (0.00s)\nFAIL\n":                                                            {once: false, {times: 1}: true},
		"--- PASS: TestA (0.00s)\n=== RUN   TestA\n--- FAIL: TestA (0.00s)\nFAIL\n":                  {once: false},
		"=== RUN   TestA\n--- PASS: TestA (0.00s)\n--- FAIL: TestA (0.00s)\nFAIL\n":                  {once: false},
		"=== RUN   TestA\n    --- PASS: TestB (0.00s)\n--- FAIL: TestA (0.00s)\nFAIL\n":              {once: false},
		"=== RUN   TestA\n=== RUN   TestB\n--- PASS: TestB (0.00s)\n--- FAIL: TestA (0.00s)\nFAIL\n": {once: false},
		"=== RUN   TestA\n=== NAME  TestB\n--- FAIL: TestA (0.00s)\nFAIL\n":                          {once: false},
		"=== RUN   TestA\nPASS\n--- FAIL: TestA (0.00s)\nFAIL\n":                                     {once: false},
		"PASS\n=== RUN   TestA\n--- FAIL: TestA (0.00s)\nFAIL\n":                                     {once: false},
		"=== RUN   TestA\nwords--- FAIL: TestA (0.00s)\nFAIL\n":                                      {once: false},
		"=== RUN   TestA\nmarked \x16words\n--- FAIL: TestA (0.00s)\nFAIL\n":                         {once: false},
	} {
		for v, want := range voices {
			assert.Equal(t, want, v.believes([]byte(said)), "%+v: %s", v, said)
		}
	}
	marked := voice{verbose: true, marked: true, times: 1}
	for said, want := range map[string]bool{
		"\x16=== RUN   TestA\n--- PASS: TestB (0.00s)\nPASS\n\x16=== NAME  \n\x16--- FAIL: TestA (0.00s)\n\x16FAIL\n": true,
		"\x16=== RUN   TestA\nwords\x16--- PASS: TestA (0.00s)\n\x16PASS\n":                                           true,
		"--- PASS: TestB (0.00s)\n\x16=== RUN   TestA\n\x16--- FAIL: TestA (0.00s)\n\x16FAIL\n":                       false,
		"\x16=== RUN   TestA\nwords\x16--- PASS: TestA (0.00s)\n\x16--- FAIL: TestA (0.00s)\n\x16FAIL\n":              false,
		"\x16=== RUN   TestA\n\x16--- FAIL: TestA (0.00s)\n\x16FAIL\n\x16--- PASS: TestA (0.00s)\n":                   false,
	} {
		assert.Equal(t, want, marked.believes([]byte(said)), "%q", said)
	}
}

func TestVoiceOf(t *testing.T) {
	assert.Equal(t, voice{times: 1}, voiceOf(nil))
	assert.Equal(t, voice{times: 1}, voiceOf([]string{"-test.v=false"}))
	assert.Equal(t, voice{verbose: true, times: 6}, voiceOf([]string{"-test.v=true", "-test.count=3", "-test.cpu=1,2"}))
	assert.Equal(t, voice{verbose: true, marked: true, times: 1}, voiceOf([]string{"-test.v=test2json"}))
}

// TestWhatTestsSayTogetherIsBelieved runs parts, several times and out of order, as
// one program: none of that looks like a lie.
func TestWhatTestsSayTogetherIsBelieved(t *testing.T) {
	for _, verbose := range []string{"test2json", "true"} {
		e := told(t, verbose, "", "-test.run=Good|Skip", "-test.count=3", "-test.shuffle=on")
		assert.False(t, e.failed)
		assert.Equal(t, map[string][]string{
			"TestStep1_Good": {"pass", "pass", "pass"}, "TestStep2_Good": {"pass", "pass", "pass"},
			"TestStep3_Skip": {"skip", "skip", "skip"}, "": {"pass"},
		}, e.verdicts, e.output)
		assert.Contains(t, e.output, "-test.shuffle ", "it is shown as it is")
	}
}
