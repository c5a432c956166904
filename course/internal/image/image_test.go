package image

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/course/internal/place"
	"tcpworkbook/course/internal/sandbox"
	"tcpworkbook/course/internal/terms"
	"tcpworkbook/kit/workbook"
)

var images = flag.Bool("images", false, "run each platform's image without a network; it compiles grade for each")

func TestMain(m *testing.M) {
	sandbox.Init()
	os.Exit(m.Run())
}

// chapter returns the workbook, and its shortest chapter.
func chapter(t *testing.T) (place.Workbook, workbook.Chapter) {
	t.Helper()
	w, err := place.Find(".")
	require.NoError(t, err)
	c, err := w.Chapter("5")
	require.NoError(t, err)
	return w, c
}

// made returns what all images of the chapter have in them.
func made(t *testing.T, w place.Workbook, c workbook.Chapter) map[string][]byte {
	t.Helper()
	files, err := workbookFiles(w, c)
	require.NoError(t, err)
	require.NoError(t, addModules(context.Background(), files, c))
	return files
}

func TestTheSameImageEachTime(t *testing.T) {
	if testing.Short() {
		t.Skip("it collects the modules twice")
	}
	w, c := chapter(t)
	one, other := made(t, w, c), made(t, w, c)
	for _, name := range Names() {
		p, err := Find(name)
		require.NoError(t, err)
		var texts [2]bytes.Buffer
		for i, inside := range []map[string][]byte{one, other} {
			image, err := p.image(inside, c, Options{})
			require.NoError(t, err)
			require.NoError(t, image.WriteZip(&texts[i]))
			for name := range p.top {
				assert.NotContains(t, string(image.Files[name]), "@CHAPTER", "something was not replaced")
			}
			assert.Less(t, image.Size(), 12<<20)
			assert.NoError(t, image.fits())
		}
		assert.True(t, bytes.Equal(texts[0].Bytes(), texts[1].Bytes()), name)
	}
}

func TestAnImageHasWhatIsNeededAndNoMore(t *testing.T) {
	w, c := chapter(t)
	files, err := workbookFiles(w, c)
	require.NoError(t, err)
	reference, err := os.ReadFile(filepath.Join(c.SolutionFolder(), "timewait.go"))
	require.NoError(t, err)
	tests := 0
	for name, text := range files {
		name = strings.TrimPrefix(name, top)
		assert.False(t, strings.HasSuffix(name, "_test.go") && path.Dir(name) != "chapters/"+c.Name, "%s: only the chapter's tests", name)
		assert.NotRegexp(t, `^\.|/\.|/testdata/|/my_|/mutants|/variants/`, name)
		assert.NotEqual(t, string(reference), string(text), "%s is the solution", name)
		if strings.HasSuffix(name, "_test.go") {
			tests++
		}
	}
	assert.Greater(t, tests, 8)
	stub, err := os.ReadFile(filepath.Join(w.Root, filepath.FromSlash(stubs), c.Name, "timewait.go.stub"))
	require.NoError(t, err)
	assert.Equal(t, string(stub), string(files[top+c.File("timewait.go")]))

	// Of the mistakes there are names and sentences, and no line of the solution.
	file := top + "solutions/" + c.Name + "/mistakes.md"
	for line := range strings.Lines(string(files[file])) {
		assert.NotRegexp(t, `^[-+ ]\s`, line)
	}
	folder := t.TempDir()
	require.NoError(t, (Image{Files: files}).WriteFolder(folder))
	whole, errs := workbook.ReadCatalogue(filepath.Join(c.SolutionFolder(), "mistakes.md"))
	require.Empty(t, errs)
	names, errs := workbook.ReadCatalogue(filepath.Join(folder, file))
	require.Empty(t, errs)
	require.Len(t, names, len(whole))
	for i := range whole {
		assert.Equal(t, [...]string{whole[i].Slug, whole[i].Misconception, whole[i].Test, whole[i].Says},
			[...]string{names[i].Slug, names[i].Misconception, names[i].Test, names[i].Says})
	}

	// What judges there is what judges here.
	there, err := place.Find(filepath.Join(folder, top))
	require.NoError(t, err)
	other, err := there.Chapter("5")
	require.NoError(t, err)
	digest, err := there.Judge(other)
	require.NoError(t, err)
	mine, err := w.Judge(c)
	require.NoError(t, err)
	assert.Equal(t, mine, digest)
}

func TestPointsGoWithItAndNamesDoNot(t *testing.T) {
	_, c := chapter(t)
	file := filepath.Join(t.TempDir(), "course.toml")
	require.NoError(t, os.WriteFile(file, []byte("seed = 7\ngiven = 0.5\n[chapters.5]\npoints = 40\nscore = \"steps\"\n"+
		"steps = [1, 1, 2, 2, 2, 2, 2, 2, 2]\ndeadline = 2026-12-07T23:59:00Z\n[chapters.5.extensions]\ns1002 = \"2d\"\n"), 0o666))
	course, err := terms.Load(file)
	require.NoError(t, err)
	text, err := points(course, c)
	require.NoError(t, err)
	assert.NotContains(t, string(text), "s1002")
	require.NoError(t, os.WriteFile(file, text, 0o666))
	again, err := terms.Load(file)
	require.NoError(t, err)
	of, was := again.Chapter(c), course.Chapter(c)
	assert.True(t, of.Deadline.IsZero())
	assert.Equal(t, [...]any{int64(7), 0.5, 40.0, was.Steps, terms.BySteps}, [...]any{again.Seed, again.Given, of.Points, of.Steps, of.Score})
}

func TestWhatIsNoArchiveOfGo(t *testing.T) {
	for _, name := range []string{"go.tar.gz", "go1.26.1.windows-amd64.zip", "go1.26.1.darwin-arm64.tar.gz", "x; rm -r.tar.gz"} {
		_, err := archive(filepath.Join(t.TempDir(), name))
		assert.ErrorContains(t, err, "is no archive of Go for Linux", name)
	}
	_, err := Find("paper")
	assert.ErrorContains(t, err, "there is no image for")
}

func TestGoDoesNotFitIntoEachImage(t *testing.T) {
	noise := make([]byte, 11<<20)
	_, err := rand.NewChaCha8([32]byte{}).Read(noise)
	require.NoError(t, err)
	for _, name := range Names() {
		p, err := Find(name)
		require.NoError(t, err)
		err = Image{Platform: p, Files: map[string][]byte{"go/go1.26.1.linux-amd64.tar.gz": noise}}.fits()
		if name == "classroom50" {
			assert.ErrorContains(t, err, "Classroom 50 fetches at most 10.5 MB")
		} else {
			assert.NoError(t, err)
		}
	}
}

// container is a machine without a network and with nothing of anybody's: bubblewrap's.
type container struct {
	t      *testing.T
	mounts []string
	env    []string
}

// mount has a folder be there.
func (c *container) mount(folder, at string) {
	c.mounts = append(c.mounts, "--bind", folder, at)
}

// run runs a command in a folder there, and returns its standard output.
func (c *container) run(in string, command ...string) string {
	c.t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	require.NoError(c.t, err)
	goroot := strings.TrimSpace(string(root))
	arguments := []string{"--unshare-all", "--die-with-parent", "--clearenv", "--setenv", "PATH", goroot + "/bin:/usr/bin:/bin",
		"--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64",
		"--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"}
	if !strings.HasPrefix(goroot, "/usr/") {
		arguments = append(arguments, "--ro-bind", goroot, goroot)
	}
	arguments = append(append(append(arguments, c.mounts...), c.env...), "--chdir", in, "--")
	run := exec.Command("bwrap", append(arguments, command...)...)
	var out, said bytes.Buffer
	run.Stdout, run.Stderr = &out, &said
	require.NoError(c.t, run.Run(), "%q\n%s\n%s", command, out.Bytes(), said.Bytes())
	return out.String()
}

// readers are how each platform reads the points, of a hundred.
var readers = map[string]func(t *testing.T, text string) float64{
	"gradescope": func(t *testing.T, text string) float64 { return field(t, text, "score") },
	"prairielearn": func(t *testing.T, text string) float64 {
		return 100 * field(t, text, "score")
	},
	"classroom50": func(t *testing.T, text string) float64 {
		assert.Contains(t, text, `"submission": "submit/1"`)
		assert.Contains(t, text, `"owner": "octo"`)
		assert.Equal(t, 100.0, field(t, text, "max-score"))
		return field(t, text, "score")
	},
	"autolab": func(t *testing.T, text string) float64 {
		lines := strings.Split(strings.TrimSpace(text), "\n")
		var last struct{ Scores map[string]float64 }
		require.NoError(t, json.Unmarshal([]byte(lines[len(lines)-1]), &last), text)
		sum := 0.0
		for _, score := range last.Scores {
			sum += score
		}
		return sum
	},
}

func field(t *testing.T, text, name string) float64 {
	t.Helper()
	var all map[string]any
	require.NoError(t, json.Unmarshal([]byte(text), &all), text)
	require.Contains(t, all, name)
	return all[name].(float64)
}

// TestImagesRun unpacks each image as its platform does, and has it mark a submission that is
// right and one that is a stub, without a network. What Go itself has compiled here already
// is not compiled again.
func TestImagesRun(t *testing.T) {
	if !*images {
		t.Skip("it compiles grade for each platform; -images runs it")
	}
	if out, err := exec.Command("bwrap", "--unshare-all", "--ro-bind", "/", "/", "true").CombinedOutput(); err != nil {
		t.Skipf("there are no namespaces here: %v: %s", err, out)
	}
	if _, err := sandbox.Find(""); err != nil {
		t.Skip("no sandbox works here: ", err)
	}
	w, c := chapter(t)
	inside := made(t, w, c)
	right, err := os.ReadFile(filepath.Join(c.SolutionFolder(), "timewait.go"))
	require.NoError(t, err)
	stub := inside[top+c.File("timewait.go")]
	cache, err := exec.Command("go", "env", "GOCACHE").Output()
	require.NoError(t, err)
	for _, name := range Names() {
		t.Run(name, func(t *testing.T) {
			p, err := Find(name)
			require.NoError(t, err)
			image, err := p.image(inside, c, Options{})
			require.NoError(t, err)
			mark := machines[name](&container{t: t}, image, c, strings.TrimSpace(string(cache)))
			for want, text := range map[float64][]byte{100: right, 0: stub} {
				assert.InDelta(t, want, readers[name](t, mark(text)), 0.1)
			}
		})
	}
}

// machines are how the platforms have submissions marked: each prepares a container, and
// returns what marks one there, and returns what the platform reads.
var machines = map[string]func(box *container, i Image, c workbook.Chapter, cache string) func(text []byte) string{
	"gradescope": func(box *container, i Image, c workbook.Chapter, cache string) func(text []byte) string {
		folder := box.t.TempDir()
		var z bytes.Buffer
		require.NoError(box.t, i.WriteZip(&z))
		unzip(box.t, z.Bytes(), filepath.Join(folder, "source"))
		submitted := filepath.Join(folder, "submission", "timewait.go")
		write(box.t, submitted, nil)
		require.NoError(box.t, os.Mkdir(filepath.Join(folder, "results"), 0o777))
		box.mount(folder, "/autograder")
		box.mount(cache, "/autograder/source/built/cache")
		box.run("/autograder", "/autograder/source/setup.sh")
		return func(text []byte) string {
			write(box.t, submitted, text)
			box.run("/autograder", "/autograder/source/run_autograder")
			return read(box.t, filepath.Join(folder, "results", "results.json"))
		}
	},
	"autolab": func(box *container, i Image, c workbook.Chapter, cache string) func(text []byte) string {
		folder := box.t.TempDir()
		require.NoError(box.t, i.WriteFolder(folder))
		require.NoError(box.t, os.Rename(filepath.Join(folder, "autograde-Makefile"), filepath.Join(folder, "Makefile")))
		box.mount(folder, "/home/autograde/autolab")
		box.mount(cache, "/home/autograde/autolab/grader/built/cache")
		return func(text []byte) string {
			var z bytes.Buffer
			require.NoError(box.t, Image{Files: map[string][]byte{c.File("timewait.go"): text}}.WriteZip(&z))
			write(box.t, filepath.Join(folder, "handin.zip"), z.Bytes())
			return box.run("/home/autograde/autolab", "make")
		}
	},
	// Here the container is made with the image, as its Dockerfile does it.
	"prairielearn": func(box *container, i Image, c workbook.Chapter, cache string) func(text []byte) string {
		folder, opt := box.t.TempDir(), box.t.TempDir()
		require.NoError(box.t, i.WriteFolder(folder))
		require.NoError(box.t, os.CopyFS(opt, os.DirFS(filepath.Join(folder, "tests"))))
		write(box.t, filepath.Join(folder, "data", "data.json"), []byte("{}"))
		require.NoError(box.t, os.Mkdir(filepath.Join(folder, "results"), 0o777))
		box.mount(opt, "/opt/tcpworkbook")
		box.mount(cache, "/opt/tcpworkbook/built/cache")
		box.run("/", "/opt/tcpworkbook/setup.sh")
		box.mount(folder, "/grade")
		return func(text []byte) string {
			write(box.t, filepath.Join(folder, "student", "timewait.go"), text)
			box.run("/grade", "/grade/tests/run.sh")
			assert.NoFileExists(box.t, filepath.Join(folder, "tests", "built", "grade"), "it is compiled already")
			return read(box.t, filepath.Join(folder, "results", "results.json"))
		}
	},
	"classroom50": func(box *container, i Image, c workbook.Chapter, cache string) func(text []byte) string {
		folder := box.t.TempDir()
		require.NoError(box.t, i.WriteFolder(filepath.Join(folder, "autograders")))
		submitted := filepath.Join(folder, "checkout", filepath.FromSlash(c.File("timewait.go")))
		write(box.t, submitted, nil)
		box.mount(folder, "/github")
		box.mount(cache, "/github/autograders/built/cache")
		for name, value := range map[string]string{"CLASSROOM": "net", "ASSIGNMENT": "five", "SUBMISSION_TAG": "submit/1", "OWNER": "octo"} {
			box.env = append(box.env, "--setenv", name, value)
		}
		return func(text []byte) string {
			write(box.t, submitted, text)
			box.run("/github/checkout", "python3", "/github/autograders/autograder.py")
			return read(box.t, filepath.Join(folder, "checkout", "result.json"))
		}
	},
}

func write(t *testing.T, file string, text []byte) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o777))
	require.NoError(t, os.WriteFile(file, text, 0o666))
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	return string(text)
}

// unzip unpacks a zip with the rights that are in it.
func unzip(t *testing.T, text []byte, to string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	require.NoError(t, err)
	require.NoError(t, os.CopyFS(to, z))
	for _, f := range z.File {
		require.NoError(t, os.Chmod(filepath.Join(to, filepath.FromSlash(f.Name)), f.Mode()))
	}
}
