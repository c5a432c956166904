package guard

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatHasPassedRunsAgain(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds and runs a package of its own")
	}
	output := func(environment string, args ...string) string {
		t.Helper()
		c := exec.Command("go", append([]string{"test", "-count=1"}, append(args, "./testdata/03-numbers")...)...)
		if c.Env = c.Environ(); environment != "" {
			c.Env = append(c.Env, environment)
		}
		out, err := c.CombinedOutput()
		require.Error(t, err)
		return string(out)
	}
	text := output("FAILS=1", "-v")
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

	text = output("", "-run=Plain")
	require.Contains(t, text, "--- FAIL: TestStep1_Plain")
	require.Contains(t, output("", "-json"), `"Action":"fail"`)
}

func TestVaries(t *testing.T) {
	Varies("TestA", true)
	Varies("TestB/one", true)
	Varies("TestB/two", false)
	Varies("TestB/three", true)
	require.Equal(t, map[string]bool{"TestA": true, "TestB": false}, passing)
}
