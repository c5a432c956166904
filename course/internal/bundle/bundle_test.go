package bundle

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
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
	quoted := strings.NewReplacer(`"file://$proxy"`, `file://$proxy`, `'^$'`, `"^$"`)
	translated := strings.NewReplacer(`file:///!proxy!`, `file://$proxy`, "exit /b ", "exit ",
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

// strange is a folder's name with all in it that means something where an address is looked for.
const strange = "wörk, #1 50% a%20b|c?d 'e' !f"

// fakeModule writes a module as a proxy has it.
func fakeModule(t *testing.T, folder string) {
	t.Helper()
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	for name, text := range map[string]string{"go.mod": "module example.com/m\n", "m.go": "package m\n"} {
		entry, err := z.Create("example.com/m@v1.0.0/" + name)
		require.NoError(t, err)
		_, err = io.WriteString(entry, text)
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	require.NoError(t, os.MkdirAll(folder, 0o777))
	for name, text := range map[string]string{
		"list": "v1.0.0\n", "v1.0.0.info": `{"Version":"v1.0.0"}`, "v1.0.0.mod": "module example.com/m\n", "v1.0.0.zip": packed.String(),
	} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o666))
	}
}

// TestTheModulesAreFoundInAnyFolder has the starter's own lines say where they are.
func TestTheModulesAreFoundInAnyFolder(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("it needs a POSIX shell")
	}
	folder := filepath.Join(t.TempDir(), strange)
	fakeModule(t, filepath.Join(folder, "modules", "example.com", "m", "@v"))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "go.mod"), []byte("module m\n\ngo 1.25.0\n\nrequire example.com/m v1.0.0\n"), 0o666))
	script := ""
	for _, line := range starter(t, "start.sh", "#") {
		if strings.HasPrefix(line, "proxy=") || strings.HasPrefix(line, "export ") {
			script += line + "\n"
		}
	}
	command := exec.Command("sh", "-ec", script+"go mod download")
	command.Dir = folder
	command.Env = append(os.Environ(), "GOMODCACHE="+t.TempDir(), "GOFLAGS=-modcacherw")
	out, err := command.CombinedOutput()
	require.NoError(t, err, "%s", out)

	// What Windows allows in a name is the same there.
	inShell := regexp.MustCompile(`s/(.)/(%..)/g`).FindAllStringSubmatch(script, -1)
	require.NotEmpty(t, inShell)
	batch := strings.Join(starter(t, "start.cmd", "rem "), "\n")
	for _, m := range inShell {
		if !strings.Contains("|?", m[1]) {
			character, escaped := strings.ReplaceAll(m[1], "%", "%%"), strings.ReplaceAll(m[2], "%", "%%")
			assert.Contains(t, batch, `set "proxy=!proxy:`+character+"="+escaped+`!"`)
		}
	}
	assert.Less(t, strings.Index(batch, "%%25"), strings.Index(batch, "%%2C"), "the others have one in them")
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
