package feedback

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/course/internal/result"
)

var update = flag.Bool("update", false, "write testdata anew; then look at it")

// halfDone is a student's result who has understood one step of three; the name would do
// things to a page, or to Markdown, that believes it.
func halfDone() result.Result {
	return result.Result{
		Chapter: "03-transfer", ID: "s1", Name: "<script>alert(1)</script> *Kim*", Status: result.OK, Score: 12.5, Raw: 25, Max: 100, LateBy: "1h0m0s", Factor: 0.5,
		Submission: result.Submission{Received: time.Date(2026, 12, 1, 10, 0, 0, 0, time.UTC)},
		Ignored:    []string{"step01_test.go", "<b>.txt"},
		Steps: []result.Step{
			{Number: 1, Title: "Judge what arrives", Score: 33.33, Max: 33.33, Given: true, Tests: []result.Test{{Name: "TestStep1_A", Outcome: result.Passed}}},
			{Number: 2, Title: "Take the ACK", Max: 33.33, Tests: []result.Test{
				{Name: "TestStep2_A", Outcome: result.Failed, Reason: "an ACK frees", Message: "step02_test.go:41: step 3.2: an ACK frees\n  want 1, got <2>\n  ``` likely: no"},
				{Name: "TestStep2_B", Outcome: result.Failed, Reason: "another | one"},
			}},
			{Number: 3, Title: "Receive", Max: 33.34, Tests: []result.Test{{Name: "TestStep3_A", Outcome: result.NotReached}}},
		},
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o777))
		require.NoError(t, os.WriteFile(file, got, 0o666))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got))
}

func TestFeedback(t *testing.T) {
	refused := result.Result{Chapter: "03-transfer", ID: "s2", Status: result.Refused, Max: 100, Factor: 1, Refused: []string{`a.go:3: imports "C": a chapter is written in Go`}}
	build := result.Result{Chapter: "03-transfer", ID: "s3", Status: result.Build, Max: 100, Factor: 1, Why: "open.go:3: undefined: x"}
	limits := result.Result{Chapter: "03-transfer", ID: "s4", Status: result.Limits, Max: 100, Factor: 1, Why: "three calls did not return"}
	inKorean := halfDone()
	inKorean.Language, inKorean.Seed = "ko", 7
	for name, r := range map[string]result.Result{"korean": inKorean, "half-done": halfDone(), "refused": refused, "build": build, "limits": limits} {
		folder := t.TempDir()
		require.NoError(t, Write(folder, r))
		for _, form := range []string{"md", "html"} {
			got, err := os.ReadFile(filepath.Join(folder, "feedback."+form))
			require.NoError(t, err)
			golden(t, name+"."+form, got)
		}
	}
}

func TestANameIsShownAsText(t *testing.T) {
	page, err := HTML(halfDone())
	require.NoError(t, err)
	assert.NotContains(t, string(page), "<script>")
	assert.NotContains(t, string(page), "<b>.txt")
	md, err := Markdown(halfDone())
	require.NoError(t, err)
	assert.NotContains(t, string(md), "<script>")
	assert.Contains(t, string(md), "````\nstep02_test.go", "a fence that the message does not have")
}
