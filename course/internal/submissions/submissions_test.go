package submissions

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/workbook"
)

var three = workbook.Chapter{Name: "03-transfer", Number: 3}

const chapterFile = "package transfer\n"

// lay writes files into a new folder.
func lay(t *testing.T, files map[string]string) string {
	t.Helper()
	root := filepath.Join(t.TempDir(), "class")
	for name, text := range files {
		file := filepath.Join(root, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o777))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o666))
	}
	return root
}

// zipOf packs files.
func zipOf(t *testing.T, files map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		header := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Date(2026, 12, 1, 10, 0, 0, 0, time.UTC)}
		if to, isLink := strings.CutPrefix(files[name], "-> "); isLink {
			header.SetMode(fs.ModeSymlink | 0o777)
			files[name] = to
		}
		entry, err := z.CreateHeader(header)
		require.NoError(t, err)
		_, err = entry.Write([]byte(files[name]))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return b.String()
}

// found tells who has handed in which files.
func found(t *testing.T, names ...string) map[string]string {
	t.Helper()
	all, err := Find(names, three)
	require.NoError(t, err)
	who := make(map[string]string)
	for _, s := range all {
		line := strings.Join(slices.Sorted(maps.Keys(s.Files)), " ")
		for _, r := range s.Refused {
			line += " refused: " + r.String()
		}
		assert.NotContains(t, who, s.ID)
		who[s.ID] = line
	}
	return who
}

func TestFolders(t *testing.T) {
	root := lay(t, map[string]string{
		"kim/chapters/03-transfer/open.go":               chapterFile,
		"kim/chapters/03-transfer/open_test.go":          "package transfer\n",
		"kim/solutions/03-transfer/cheat.go":             chapterFile,
		"kim/kit/tcp/x.go":                               "package tcp\n",
		"lee/03-transfer/a.go":                           chapterFile,
		"park/a.go":                                      chapterFile,
		"choi/my homework/deep/b.go":                     chapterFile,
		"han/wrong.go":                                   "package handshake\n",
		"jung/tcp-03-transfer/solutions/x.go":            "package solutions\n",
		"jung/tcp-03-transfer/chapters/03-transfer/c.go": chapterFile,
		"notes.txt":                                      "nothing",
	})
	want := map[string]string{
		"kim": "open.go", "lee": "a.go", "park": "a.go", "choi": "b.go", "jung": "c.go",
		"han": " refused: there is no folder with Go files of package transfer in it",
	}
	assert.Equal(t, want, found(t, root))
	assert.Equal(t, map[string]string{"kim": "open.go", "park": "a.go"}, found(t, filepath.Join(root, "kim"), filepath.Join(root, "park")))
}

func TestZips(t *testing.T) {
	kim := zipOf(t, map[string]string{"chapters/03-transfer/open.go": chapterFile, "handout.json": `{"version":"0.2"}`})
	lee := zipOf(t, map[string]string{"03-transfer/a.go": chapterFile, "__MACOSX/03-transfer/._a.go": "x"})
	root := lay(t, map[string]string{"kim.zip": kim, "lee.zip": lee, "broken.zip": "no zip"})
	assert.Equal(t, map[string]string{"kim": "open.go", "lee": "a.go", "broken": " refused: is no zip: zip: not a valid zip file"}, found(t, root))
	all, err := Find([]string{filepath.Join(root, "kim.zip")}, three)
	require.NoError(t, err)
	assert.Equal(t, `{"version":"0.2"}`, string(all[0].Manifest))

	download := lay(t, map[string]string{"all.zip": zipOf(t, map[string]string{"kim.zip": kim, "lee/03-transfer/a.go": chapterFile})})
	assert.Equal(t, map[string]string{"kim": "open.go", "lee": "a.go"}, found(t, filepath.Join(download, "all.zip")))
}

func TestPlatforms(t *testing.T) {
	kim := zipOf(t, map[string]string{"chapters/03-transfer/open.go": chapterFile})
	moodle := lay(t, map[string]string{"m.zip": zipOf(t, map[string]string{
		"Kim Minsu_1001_assignsubmission_file/kim.zip":    kim,
		"Lee Jin_1002_assignsubmission_file_homework.zip": kim,
		"Park Seo_1003_assignsubmission_file_a.go":        chapterFile,
		"Park Seo_1003_assignsubmission_file_b.go":        chapterFile,
	})})
	assert.Equal(t, map[string]string{"1001": "open.go", "1002": "open.go", "1003": "a.go b.go"}, found(t, filepath.Join(moodle, "m.zip")))

	canvas := lay(t, map[string]string{
		"kimminsu_901_5001_submission-03-transfer.zip": kim, "leejin_LATE_902_5002_open.go": chapterFile, "leejin_LATE_902_5003_close-1.go": chapterFile,
	})
	assert.Equal(t, map[string]string{"901": "open.go", "902": "close.go open.go"}, found(t, canvas))
	all, err := Find([]string{canvas}, three)
	require.NoError(t, err)
	assert.True(t, all[1].Late)

	gradescope := lay(t, map[string]string{"g.zip": zipOf(t, map[string]string{
		"assignment_7_export/submission_metadata.yml":                    "---\nsubmission_55:\n  :submitters:\n  - :name: Kim Minsu\n    :sid: s1\n    :email: kim@x.kr\n  :created_at: 2026-12-01 09:30:00.5 Z\n  :score: 0.0\n",
		"assignment_7_export/submission_55/chapters/03-transfer/open.go": chapterFile,
		"assignment_7_export/submission_56/a.go":                         chapterFile,
	})})
	assert.Equal(t, map[string]string{"s1": "open.go", "submission_56": "a.go"}, found(t, filepath.Join(gradescope, "g.zip")))
	all, err = Find([]string{filepath.Join(gradescope, "g.zip")}, three)
	require.NoError(t, err)
	assert.Equal(t, []string{"s1", "kim@x.kr", "Kim Minsu"}, all[0].Names)
	assert.Equal(t, "2026-12-01 09:30:00.5 +0000 UTC", all[0].Received.String())
}

func TestAZipOfWindows(t *testing.T) {
	root := lay(t, map[string]string{"kim.zip": zipOf(t, map[string]string{`chapters\03-transfer\open.go`: chapterFile, `chapters\`: ""})})
	for _, name := range []string{root, filepath.Join(root, "kim.zip")} {
		assert.Equal(t, "open.go", found(t, name)["kim"])
	}
}

func TestAZipWithTwoFilesOfOneName(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"03-transfer/", "03-transfer/a.go", "03-transfer/", `03-transfer\a.go`} {
		_, err := z.Create(name)
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	root := lay(t, map[string]string{"kim.zip": b.String()})
	for _, name := range []string{root, filepath.Join(root, "kim.zip")} {
		assert.Equal(t, " refused: 03-transfer/a.go: is in the zip twice", found(t, name)["kim"])
	}
}

// What lab submit packs has no times in it, and any other zip those that its packer likes: when
// the zip itself was written counts, if that was later.
func TestAZipCameNoEarlierThanItWasWritten(t *testing.T) {
	inside := time.Date(2026, 12, 1, 10, 0, 0, 0, time.UTC) // as zipOf has it
	undated := func() string {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		entry, err := z.Create("chapters/03-transfer/open.go")
		require.NoError(t, err)
		_, err = entry.Write([]byte(chapterFile))
		require.NoError(t, err)
		require.NoError(t, z.Close())
		return b.String()
	}()
	dated := zipOf(t, map[string]string{"chapters/03-transfer/open.go": chapterFile})
	root := lay(t, map[string]string{"kim.zip": undated, "lee.zip": dated, "park/homework.zip": undated, "seo/homework.zip": dated})
	for _, written := range []time.Time{inside.Add(48 * time.Hour), inside.Add(-48 * time.Hour)} {
		for _, name := range []string{"kim.zip", "lee.zip", "park/homework.zip", "seo/homework.zip"} {
			require.NoError(t, os.Chtimes(filepath.Join(root, name), written, written))
		}
		latest := written
		if written.Before(inside) {
			latest = inside
		}
		want := map[string]time.Time{"kim": written, "lee": latest, "park": written, "seo": latest}
		for _, names := range [][]string{{root}, {filepath.Join(root, "kim.zip"), filepath.Join(root, "lee.zip")}} {
			all, err := Find(names, three)
			require.NoError(t, err)
			for _, s := range all {
				assert.True(t, s.Received.Equal(want[s.ID]), "%s: %v, want %v", s.ID, s.Received, want[s.ID])
			}
		}
	}
}

// In what Moodle calls a file, the student's own name for it comes last.
func TestNobodyIsAnotherInMoodle(t *testing.T) {
	mine, other := zipOf(t, map[string]string{"03-transfer/a.go": chapterFile}), zipOf(t, map[string]string{"03-transfer/b.go": chapterFile})
	root := lay(t, map[string]string{
		"Kim Minsu_1001_assignsubmission_file_x_1002_assignsubmission_file_y.zip": mine,
		"Lee Jin_1002_assignsubmission_file_homework.zip":                         other,
	})
	assert.Equal(t, map[string]string{"1001": "a.go", "1002": "b.go"}, found(t, root))
	root = lay(t, map[string]string{
		"Kim Minsu_1001_assignsubmission_file/a.zip":                mine,
		"Kim Minsu_1001_assignsubmission_onlinetext/onlinetext.htm": "done",
	})
	assert.Equal(t, map[string]string{"1001": "a.go"}, found(t, root))
}

// A zip's names are its packer's; what looks for folders in them makes one of each part.
func TestLongNames(t *testing.T) {
	long := map[string]string{"03-transfer/a.go": chapterFile}
	for i := range 200 {
		long[fmt.Sprint(i, "/", strings.Repeat("a/", 32_000), "x")] = ""
	}
	packed := zipOf(t, long)
	deep := zipOf(t, map[string]string{"03-transfer/a.go": chapterFile, strings.Repeat("a/", 50) + "x": ""})
	chapter := zipOf(t, map[string]string{"03-transfer/a.go": chapterFile, "03-transfer/" + strings.Repeat("b", 200) + ".go": chapterFile})
	began := time.Now()
	who := found(t, lay(t, map[string]string{"kim.zip": packed, "lee.zip": deep, "seo.zip": chapter, "all.zip": zipOf(t, map[string]string{"kim.zip": packed})}))
	assert.Less(t, time.Since(began), time.Minute)
	for _, name := range []string{"kim", "lee", "seo"} {
		assert.Contains(t, who[name], "has a name that is too long", name)
	}
}

// What a student calls his zip is shown on a terminal.
func TestNamesAreShownAsTheyAre(t *testing.T) {
	kim := zipOf(t, map[string]string{"03-transfer/a.go": chapterFile})
	assert.Equal(t, map[string]string{`kim\x1b[2J`: "a.go", `\u202elee`: "a.go"}, found(t, lay(t, map[string]string{"kim\x1b[2J.zip": kim, "\u202elee.zip": kim})))
}

// What one student calls his file, or puts into his folder, makes nobody else's disappear.
func TestNobodyTakesAFolderForAPlatforms(t *testing.T) {
	kim := zipOf(t, map[string]string{"chapters/03-transfer/open.go": chapterFile})
	for called, want := range map[string]string{
		"evil_1_2_x.zip": "1", "Evil_7_assignsubmission_file_x.zip": "7", "evil/submission_metadata.yml": "evil",
	} {
		files := map[string]string{"kim.zip": kim, "lee/03-transfer/a.go": chapterFile, "evil/submission_1/03-transfer/b.go": chapterFile}
		files[called] = kim
		if want == "evil" {
			files[called] = "submission_1:\n  :submitters:\n  - :sid: kim\n"
		}
		who := found(t, lay(t, files))
		assert.Equal(t, "open.go", who["kim"], called)
		assert.Equal(t, "a.go", who["lee"], called)
		assert.Contains(t, who, want)
	}
}

func TestAHostileZipIsRefused(t *testing.T) {
	for want, files := range map[string]map[string]string{
		"../../evil.go: leads out of the zip": {"chapters/03-transfer/a.go": chapterFile, "../../evil.go": "x"},
		"/etc/evil: leads out of the zip":     {"a.go": chapterFile, "/etc/evil": "x"},
		`..\evil.go: leads out of the zip`:    {"a.go": chapterFile, `..\evil.go`: "x"},
		"C:/evil.go: leads out of the zip":    {"a.go": chapterFile, "C:/evil.go": "x"},
		"a.go: is a symbolic link":            {"chapters/03-transfer/a.go": "-> /etc/passwd", "chapters/03-transfer/b.go": chapterFile},
		"03-transfer: is a symbolic link":     {"chapters/03-transfer": "-> /etc"},
		"bomb.go: the chapter's files have":   {"chapters/03-transfer/a.go": chapterFile, "chapters/03-transfer/bomb.go": chapterFile + strings.Repeat(" ", 30<<20)},
	} {
		root := lay(t, map[string]string{"kim.zip": zipOf(t, files)})
		for _, name := range []string{root, filepath.Join(root, "kim.zip")} {
			assert.Contains(t, found(t, name)["kim"], want)
		}
	}
}

func TestALinkInAFolderLeadsNowhere(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a link needs rights on Windows")
	}
	root := lay(t, map[string]string{"kim/chapters/03-transfer/a.go": chapterFile, "lee/notes.txt": "x"})
	outside := lay(t, map[string]string{"s.go": chapterFile})
	require.NoError(t, os.Symlink(filepath.Join(outside, "s.go"), filepath.Join(root, "kim/chapters/03-transfer/b.go")))
	require.NoError(t, os.MkdirAll(filepath.Join(root, "lee", "chapters"), 0o777))
	require.NoError(t, os.Symlink(outside, filepath.Join(root, "lee/chapters/03-transfer")))
	who := found(t, root)
	assert.Contains(t, who["kim"], "b.go: is a symbolic link")
	assert.Contains(t, who["lee"], "is a symbolic link, and not a folder")

	root = lay(t, map[string]string{"kim/a.zip": zipOf(t, map[string]string{"03-transfer/a.go": chapterFile}), "lee/notes.txt": "x"})
	require.NoError(t, os.Symlink("../kim/a.zip", filepath.Join(root, "lee/b.zip")))
	who = found(t, root)
	assert.Equal(t, "a.go", who["kim"])
	assert.Contains(t, who["lee"], "there is no folder with Go files", "a neighbour's work")
}

// A clone's own configuration would have git run a program.
func TestACloneTellsWhenItWasCommitted(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git")
	}
	root := lay(t, map[string]string{"chapters/03-transfer/a.go": chapterFile})
	git := func(args ...string) {
		command := exec.Command("git", args...)
		command.Dir = root
		command.Env = append(os.Environ(), "GIT_COMMITTER_DATE=2026-12-01T10:00:00Z", "GIT_AUTHOR_DATE=2026-12-01T10:00:00Z")
		out, err := command.CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	git("init", "-q")
	git("add", "-A")
	git("-c", "user.name=Kim", "-c", "user.email=kim@x.kr", "commit", "-qm", "done")
	ran := filepath.Join(t.TempDir(), "ran")
	git("config", "core.fsmonitor", "touch "+ran)
	git("config", "core.pager", "touch "+ran)
	all, err := Find([]string{root}, three)
	require.NoError(t, err)
	require.Len(t, all, 1)
	assert.Equal(t, "2026-12-01 10:00:00 +0000 UTC", all[0].Received.String())
	assert.NoFileExists(t, ran)

	// One that says more than anybody does is not read.
	commit := exec.Command("git", "hash-object", "-t", "commit", "-w", "--stdin")
	commit.Dir = root
	tree, err := exec.Command("git", "-C", root, "rev-parse", "HEAD^{tree}").Output()
	require.NoError(t, err)
	commit.Stdin = strings.NewReader("tree " + string(tree) + "author Kim <kim@x.kr> 1 +0000\ncommitter Kim <kim@x.kr> 1 +0000\n\n" + strings.Repeat("x", 2<<20))
	name, err := commit.Output()
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(root, ".git", "HEAD"), name, 0o666))
	all, err = Find([]string{root}, three)
	require.NoError(t, err)
	assert.NotEqual(t, 1970, all[0].Received.Year())
}
