package bundle

import (
	"archive/zip"
	"bytes"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/course/internal/place"
)

// starter returns the lines of a starter, without comments.
func starter(t *testing.T, name, comment string) (lines []string) {
	t.Helper()
	text, err := starters.ReadFile(name)
	require.NoError(t, err)
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, comment) {
			lines = append(lines, line)
		}
	}
	return lines
}

// steps returns what a starter does once it has Go: what it sets, says and calls, as a POSIX
// shell would write it.
func steps(lines []string, same *strings.Replacer) (all []string) {
	for _, line := range lines {
		line = same.Replace(line)
		if line == "exit 0" || len(all) == 0 && !strings.HasPrefix(line, "export ") {
			continue // it ends; or it still looks for Go
		}
		all = append(all, line)
	}
	return all
}

// TestBothStartersDoTheSame translates the one for Windows, line by line, into the other.
func TestBothStartersDoTheSame(t *testing.T) {
	var sh, cmd []string
	for _, line := range starter(t, "start.sh", "#") {
		if settings, found := strings.CutPrefix(line, "export "); found {
			for _, one := range strings.Fields(settings) {
				sh = append(sh, "export "+one)
			}
			continue
		}
		sh = append(sh, line)
	}
	set := regexp.MustCompile(`^set "([A-Z]+)=(.*)"$`)
	echo := regexp.MustCompile(`^echo (.+)$`)
	for _, line := range starter(t, "start.cmd", "rem ") {
		line = set.ReplaceAllString(line, "export $1=$2")
		line = echo.ReplaceAllString(line, `echo "$1"`)
		cmd = append(cmd, line)
	}
	quoted := strings.NewReplacer(`"file://$PWD/modules"`, `file://$PWD/modules`, `'^$'`, `"^$"`)
	translated := strings.NewReplacer(`file:///%CD:\=/%/modules`, `file://$PWD/modules`, "exit /b ", "exit ",
		">nul 2>nul", ">/dev/null 2>&1", "-o NUL ", "-o /dev/null ", "echo.", "echo")
	want := steps(sh, quoted)
	require.Greater(t, len(want), 8)
	assert.Equal(t, want, steps(cmd, translated))
}

// TestCmdReadsItAsItIsMeant has what cmd.exe takes otherwise than it looks.
func TestCmdReadsItAsItIsMeant(t *testing.T) {
	for _, line := range starter(t, "start.cmd", "rem ") {
		assert.Regexp(t, `^[ -~]*$`, line, "which code page it reads it in nobody knows")
		if strings.HasPrefix(line, "set ") {
			assert.Regexp(t, `^set "[A-Za-z]+=.*"$`, line, "a folder may be called R&D")
		}
		if strings.Contains(line, "exit") {
			assert.Contains(t, line, "exit /b ", "exit closes the window that it was called from")
		}
		if strings.HasPrefix(line, "echo") {
			assert.NotRegexp(t, `[&|<>()^%!]`, line, "which would not be said, but done")
		}
		for _, command := range []string{"pushd ", "go mod", "go build", "go run ./cmd/lab doctor"} {
			if strings.HasPrefix(line, command) {
				assert.Contains(t, line, " || exit /b 1")
			}
		}
	}
}

func TestTheBundleHasWhatStartsIt(t *testing.T) {
	if testing.Short() {
		t.Skip("it collects the modules")
	}
	w, err := place.Find(".")
	require.NoError(t, err)
	var packed bytes.Buffer
	require.NoError(t, Write(t.Context(), w, &packed))
	z, err := zip.NewReader(bytes.NewReader(packed.Bytes()), int64(packed.Len()))
	require.NoError(t, err)
	texts := make(map[string]string)
	modules := 0
	for _, f := range z.File {
		name := strings.TrimPrefix(f.Name, Folder+"/")
		require.NotEqual(t, f.Name, name)
		assert.NotRegexp(t, `^(course|judges|\.git|\.ci)(/|$)`, name)
		if strings.HasPrefix(name, "modules/") {
			modules++
		}
		if strings.HasPrefix(name, "start.") {
			r, err := f.Open()
			require.NoError(t, err)
			text, err := io.ReadAll(r)
			require.NoError(t, err)
			texts[name] = string(text)
			assert.Equal(t, name == "start.sh", f.Mode()&0o111 != 0, name)
		}
	}
	assert.Greater(t, modules, 10)
	assert.NotContains(t, texts["start.sh"], "\r")
	assert.Equal(t, strings.Count(texts["start.cmd"], "\n"), strings.Count(texts["start.cmd"], "\r\n"))
	assert.Contains(t, texts["start.cmd"], "\r\n")
}
