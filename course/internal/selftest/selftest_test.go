package selftest

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/course/internal/judge"
	"tcpworkbook/course/internal/place"
	"tcpworkbook/course/internal/result"
	"tcpworkbook/course/internal/run"
	"tcpworkbook/course/internal/sandbox"
	"tcpworkbook/kit/handin"
	"tcpworkbook/kit/workbook"
)

func TestMain(m *testing.M) {
	sandbox.Init()
	os.Exit(m.Run())
}

// TestSelftest tries the fixtures that neither wait nor take much; `grade selftest`, which
// .ci/run calls as a user without rights, tries all.
func TestSelftest(t *testing.T) {
	if testing.Short() {
		t.Skip("it compiles a chapter's tests, and submissions")
	}
	kind, err := sandbox.Find("")
	if err != nil {
		t.Skip("no sandbox works here: ", err)
	}
	w, err := place.Find(".")
	require.NoError(t, err)
	c, err := w.Chapter(Chapter)
	require.NoError(t, err)
	j, err := judge.New(t.Context(), w, c, kind, Seed, workbook.English)
	require.NoError(t, err)
	defer j.Close()
	for _, name := range []string{"untouched stub", "reference", "os.Exit", "forged", "edited tests", "nonsense", "files", "zip", "link"} {
		require.NoError(t, Run(t.Context(), w, j, name, func(f Finding) {
			assert.Empty(t, f.Wrong, "%s: %s", f.Name, f.Says)
		}))
	}
}

// gullible is a judge that believes everybody: what go test in a student's folder is.
type gullible struct{}

func (gullible) Tests() []workbook.Test { return []workbook.Test{{Name: "TestStep1_A", Step: 1}} }
func (gullible) Key() string            { return "" }
func (gullible) Judge(_ context.Context, files handin.Files) (run.Verdict, error) {
	text := string(files["attack.go"])
	if strings.Contains(text, "exec.Command") {
		return run.Verdict{}, errors.New("ill")
	}
	outcome := workbook.Passed
	report := workbook.Report{Outcomes: map[string]workbook.Outcome{"TestStep1_A": outcome}}
	return run.Verdict{Status: result.OK, Report: report}, nil
}

// A judge that can be fooled is found out.
func TestAGullibleJudgeIsFoundOut(t *testing.T) {
	w, err := place.Find(".")
	require.NoError(t, err)
	wrong := make(map[string]string)
	err = Run(t.Context(), w, gullible{}, "", func(f Finding) { wrong[f.Name] = f.Wrong })
	assert.ErrorContains(t, err, "other processes: ill")
	assert.Empty(t, wrong["reference"])
	assert.Empty(t, wrong["zip slip"], "which is refused before anybody judges")
	assert.Equal(t, "1 of 1 tests pass, and none is to", wrong["untouched stub"])
	assert.Equal(t, "1 of 1 tests pass, and none is to", wrong["os.Exit in init"])
	assert.Equal(t, "it loses nothing by it", wrong["endless loop"])
	assert.Equal(t, "it was built", wrong["compile bomb"])
}

// Each fixture says something that no other says, and can be packed.
func TestFixtures(t *testing.T) {
	seen := make(map[string]bool)
	for _, f := range Fixtures("127.0.0.1:1", "/canary", "/reference") {
		assert.False(t, seen[f.Name], f.Name)
		seen[f.Name] = true
		assert.NotEmpty(t, f.Tries)
	}
	assert.GreaterOrEqual(t, len(seen), 33)
}

func TestAGradeThatTakesTooLong(t *testing.T) {
	f := Finding{Fixture: Fixture{Want: Full}, Passed: 1, Of: 1, Took: time.Hour, had: longest}
	f.judge()
	assert.Empty(t, f.Wrong, "the machine had else to do")
	f.had++
	f.judge()
	assert.Equal(t, "its grade took 1m0s", f.Wrong)
}
