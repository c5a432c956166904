package guard

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatHasPassedRunsAgain(t *testing.T) {
	output := func(command *exec.Cmd, environment ...string) string {
		t.Helper()
		command.Env = append(os.Environ(), environment...)
		out, err := command.CombinedOutput()
		require.Error(t, err)
		return string(out)
	}
	text := output(program(t, "03-numbers", "-test.v"), "FAILS=1")
	require.Equal(t, 2, strings.Count(text, "=== RUN   TestStep1_Plain\n"), text)
	for _, once := range []string{"=== RUN   TestStep1_Good\n", "--- FAIL: TestStep1_Fails", "--- FAIL: TestStep1_Plain"} {
		require.Equal(t, 1, strings.Count(text, once), text)
	}
	_, again, _ := strings.Cut(text, "--- PASS: TestStep1_Plain")
	for _, want := range []string{"what comes later is later", "with iss=100 and irs=300 this test passes",
		"your code ended the whole program", "--- FAIL: TestStep1_Exits"} {
		require.Contains(t, again, want)
	}
	require.NotContains(t, text, "another misconception")
	require.NotContains(t, text, "\nPASS\n")

	require.Contains(t, output(program(t, "03-numbers", "-test.run=Plain")), "--- FAIL: TestStep1_Plain")
	require.Contains(t, output(asJSON(t, program(t, "03-numbers", "-test.v=test2json"))), `"Action":"fail","Test":"TestStep1_Plain"`)
}

// A test that fails in a run in which several things vary is told of where it fails with one of
// them alone, and where they vary together only if there is none.
func TestToldWithAsLittleAsPossible(t *testing.T) {
	out, err := program(t, "03-numbers", "-test.v", "-test.run=One|Other|Both|Apart").CombinedOutput()
	require.Error(t, err)
	text := string(out)
	for _, want := range []struct {
		test      string
		variation int
		likely    string
	}{
		{"TestStep1_One", Timestamps, "without timestamps this test passes"},
		{"TestStep1_Other", Windows, "where nobody scales windows this test passes"},
		{"TestStep1_Both", varying(rounds[1]), "here they meet: numbers that wrap, timestamps"},
	} {
		require.Equal(t, 1, strings.Count(text, "--- FAIL: "+want.test+" "), text)
		told := text[strings.LastIndex(text, "=== RUN   "+want.test+"\n"):]
		told, _, _ = strings.Cut(told, "--- FAIL")
		require.Contains(t, told, fmt.Sprintf("variation %d\n", want.variation), text)
		require.Contains(t, strings.Join(strings.Fields(told), " "), want.likely)
	}
	require.NotContains(t, text, "--- FAIL: TestStep1_Apart")
	require.Equal(t, 1, strings.Count(text, "--- PASS: TestStep1_Apart"), text)
}

func TestVaries(t *testing.T) {
	Varies("TestA", true)
	Varies("TestB/one", true)
	Varies("TestB/two", false)
	Varies("TestB/three", true)
	require.Equal(t, map[string]bool{"TestA": true, "TestB": false}, passing)
}
