package guard

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/workbook"
)

// TestMain has failures told in English: that is what the tests here expect.
func TestMain(m *testing.M) {
	os.Setenv(workbook.LanguageVariable, workbook.English.Name())
	code := m.Run()
	os.RemoveAll(built.folder)
	os.Exit(code)
}

// built are the test programs of all chapters in testdata, once a test has asked for one.
var built struct {
	sync.Once
	folder string
}

// program returns the command that runs the tests of a chapter in testdata, as go test would:
// in their folder, with these arguments.
func program(t *testing.T, chapter string, args ...string) *exec.Cmd {
	t.Helper()
	if testing.Short() {
		t.Skip("it builds and runs a package of its own")
	}
	chapters := []string{"./testdata/02-deaths", "./testdata/03-numbers", "./testdata/chapters/02-hostile"}
	built.Do(func() {
		folder, err := os.MkdirTemp("", "guard")
		require.NoError(t, err)
		built.folder = folder
		compile(t, append(chapters, "-o", folder)...)
	})
	for _, folder := range chapters {
		if filepath.Base(folder) == chapter {
			command := exec.Command(filepath.Join(built.folder, chapter+".test"), append(args, "-test.timeout=1m")...)
			command.Dir = folder
			return command
		}
	}
	t.Fatal("there is no chapter ", chapter)
	return nil
}

// compile has the toolchain compile tests, and not run them.
func compile(t *testing.T, args ...string) {
	t.Helper()
	out, err := exec.Command("go", append([]string{"test", "-c", "-ldflags=-s -w"}, args...)...).CombinedOutput()
	require.NoError(t, err, "%s", out)
}

// TestWhatEndsAProgramCostsOneTest runs a chapter whose tests end in every way there is.
func TestWhatEndsAProgramCostsOneTest(t *testing.T) {
	output, err := program(t, "02-deaths", "-test.v", "-test.paniconexit0").CombinedOutput()
	require.Error(t, err)
	text := string(output)
	report := func(test string) string {
		_, rest, found := strings.Cut(text, "=== RUN   "+test+"\n")
		require.True(t, found, "%s did not run:\n%s", test, text)
		own, _, _ := strings.Cut(rest, "=== RUN")
		return own
	}
	require.Contains(t, report("TestStep1_Good"), "--- PASS: TestStep1_Good")
	require.Contains(t, report("TestStep2_Good"), "--- PASS: TestStep2_Good")
	for test, want := range map[string][]string{
		"TestStep1_Exit":     {"step 2.1: ", "your code ended the whole program (exit status 1): os.Exit at deaths.go:30", "it never ends"},
		"TestStep1_ExitWell": {"deaths_test.go:34: step 2.1: Connect", "your code ends the whole program at deaths.go:33: os.Exit(0)"},
		"TestStep1_Fatal":    {"your code ended the whole program (exit status 1)", "log.Fatal at deaths.go:36"},
		"TestStep1_Panic":    {"deaths_test.go:36: step 2.1: Connect", "your code panicked at deaths.go:41: runtime error: index out of range"},
		"TestStep1_Recurse":  {"your code calls itself without end at deaths.go:4", "each call needs a reason to be the last"},
		"TestStep1_Hog":      {"your code does not return and takes ever more memory; it is at deaths.go:5", "so far:", "Connect(10.0.0.2:80)"},
		"TestStep1_Direct":   {"your code panicked at deaths.go:41: runtime error: index out of range"},
	} {
		got := report(test)
		require.Contains(t, got, "--- FAIL: "+test)
		require.Contains(t, got, "chapters/02-deaths/README.md, step 1")
		for _, w := range want {
			require.Contains(t, got, w)
		}
		require.LessOrEqual(t, strings.Count(got, "\n"), 25, got)
	}
	require.NotContains(t, text, "\nPASS\n", "one verdict for all of them")
	require.Contains(t, text, "\nFAIL")
}

// TestAPassingProgramIsShownAsItIs looks at the ordinary case.
func TestAPassingProgramIsShownAsItIs(t *testing.T) {
	output, err := program(t, "02-deaths", "-test.v", "-test.run=Good").CombinedOutput()
	require.NoError(t, err, string(output))
	require.Regexp(t, `(?s)^=== RUN   TestStep1_Good\n--- PASS: TestStep1_Good .*\n--- PASS: TestStep2_Good \(.*?\)\nPASS\n$`, string(output))
}

func TestFlagValue(t *testing.T) {
	args := []string{"-test.run=A", "--test.v", "-test.run=B/c"}
	require.Equal(t, "B/c", flagValue(args, "run"))
	require.Equal(t, "true", flagValue(args, "v"))
	require.Empty(t, flagValue(args, "list"))
}

func TestOutputIsBounded(t *testing.T) {
	stopped := 0
	b := bounded{stop: func() { stopped++ }}
	chunk := make([]byte, 1<<20)
	for range 20 {
		// As os/exec copies: by ReadFrom, if there were one.
		n, err := io.Copy(&b, bytes.NewReader(chunk))
		require.EqualValues(t, len(chunk), n)
		require.NoError(t, err)
	}
	require.Equal(t, mostOutput, b.kept.Len())
	require.Equal(t, 1, stopped)
}
