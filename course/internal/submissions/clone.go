package submissions

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	commitName = regexp.MustCompile(`^[0-9a-f]{40}([0-9a-f]{24})?$`)
	committer  = regexp.MustCompile(`(?m)^committer .* ([0-9]+) [+-][0-9]{4}$`)
)

// committed returns when the commit was made that a git clone has checked out, which is
// what its author's clock said.
//
// git obeys what a repository's configuration says, and this one is a stranger's. So it
// is asked in an empty repository, to which the clone lends its objects only.
func committed(folder fs.FS, source string) (time.Time, bool) {
	name, ok := head(folder)
	if !ok {
		return time.Time{}, false
	}
	objects, err := filepath.Abs(filepath.Join(source, ".git", "objects"))
	if err != nil {
		return time.Time{}, false
	}
	scratch, err := os.MkdirTemp("", "clone-")
	if err != nil {
		return time.Time{}, false
	}
	defer os.RemoveAll(scratch)
	git := func(args ...string) ([]byte, error) {
		command := exec.Command("git", args...)
		command.Dir = scratch
		command.Env = []string{"PATH=" + os.Getenv("PATH"), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_DIR=" + scratch, "GIT_OBJECT_DIRECTORY=" + objects}
		return command.Output()
	}
	for file, text := range map[string]string{"HEAD": "ref: refs/heads/main\n", "config": "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"} {
		if os.WriteFile(filepath.Join(scratch, file), []byte(text), 0o666) != nil {
			return time.Time{}, false
		}
	}
	if os.MkdirAll(filepath.Join(scratch, "refs"), 0o777) != nil {
		return time.Time{}, false
	}
	size, err := git("cat-file", "-s", name)
	if n, wrong := strconv.Atoi(strings.TrimSpace(string(size))); err != nil || wrong != nil || n > most {
		return time.Time{}, false // git would read all of it, which may be a thousand times what it is packed
	}
	commit, err := git("cat-file", "commit", name)
	m := committer.FindSubmatch(commit)
	if err != nil || m == nil {
		return time.Time{}, false
	}
	seconds, err := strconv.ParseInt(string(m[1]), 10, 64)
	return time.Unix(seconds, 0).UTC(), err == nil
}

// head returns the name of the commit that a clone has checked out.
func head(folder fs.FS) (string, bool) {
	read := func(name string) string {
		text, err := small(folder, ".git/"+name)
		if err != nil {
			return ""
		}
		return strings.TrimSpace(string(text))
	}
	name := read("HEAD")
	if ref, isRef := strings.CutPrefix(name, "ref: "); isRef {
		if !fs.ValidPath(ref) {
			return "", false
		}
		if name = read(ref); name == "" {
			for line := range strings.Lines(read("packed-refs")) {
				if commit, of, _ := strings.Cut(strings.TrimSpace(line), " "); of == ref {
					name = commit
				}
			}
		}
	}
	return name, commitName.MatchString(name)
}
