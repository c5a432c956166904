// Package image makes what a learning platform marks submissions with by itself: the
// chapter's tests, what they need, and grade, as sources, and the modules of them all. Nothing
// is downloaded where it runs. What has to be there is Go, unless it is put in, too.
package image

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"embed"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"tcpworkbook/course/internal/modules"
	"tcpworkbook/course/internal/place"
	"tcpworkbook/course/internal/result"
	"tcpworkbook/course/internal/terms"
	"tcpworkbook/kit/workbook"
)

// Options are how submissions are to be marked.
type Options struct {
	Course  terms.Course
	Sandbox string // the kind; "" for the best that works there
	Go      string // a file of https://go.dev/dl for the platform's machines, which is put in; "" for none
}

// Image is what a platform wants.
type Image struct {
	Platform Platform
	Files    map[string][]byte // by slash-separated names
}

//go:embed scripts
var scripts embed.FS

// common are the scripts that each platform's call.
var common = []string{"env.sh", "setup.sh", "mark.sh", "ready.sh", "Dockerfile"}

// Make puts an image together. The same workbook, course and Go give the same.
func Make(ctx context.Context, w place.Workbook, c workbook.Chapter, p Platform, o Options) (Image, error) {
	inside, err := workbookFiles(w, c)
	if err != nil {
		return Image{}, err
	}
	if err := addModules(ctx, inside, c); err != nil {
		return Image{}, err
	}
	image, err := p.image(inside, c, o)
	if err != nil {
		return Image{}, err
	}
	return image, image.fits()
}

// fits says that an image is larger than its platform takes.
func (i Image) fits() error {
	if i.Platform.most == 0 {
		return nil
	}
	text, err := packed(i.Files)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(text); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	if b.Len() > i.Platform.most {
		return fmt.Errorf("it has %.1f MB as a .tar.gz, and %s fetches at most %.1f MB; Go does not fit in: name a container that has it",
			float64(b.Len())/1e6, i.Platform, float64(i.Platform.most)/1e6)
	}
	return nil
}

// image puts around the workbook and its modules what is the platform's.
func (p Platform) image(inside map[string][]byte, c workbook.Chapter, o Options) (Image, error) {
	inside = maps.Clone(inside)
	image := Image{Platform: p, Files: make(map[string][]byte)}
	var err error
	if inside["course.toml"], err = points(o.Course, c); err != nil {
		return image, err
	}
	if o.Go != "" {
		if inside["go/"+filepath.Base(o.Go)], err = archive(o.Go); err != nil {
			return image, err
		}
	}
	text := replacer(c, p, o)
	for _, name := range p.scripts() {
		if inside[name], err = script(name, text); err != nil {
			return image, err
		}
	}
	if !p.Packed() {
		inside["digest"] = digest(inside)
	}
	for name, of := range p.top {
		if image.Files[name], err = script(of, text); err != nil {
			return image, err
		}
	}
	if path.Ext(p.inside) == ".tar" {
		image.Files[p.inside], err = packed(inside)
		return image, err
	}
	for name, text := range inside {
		image.Files[path.Join(p.inside, name)] = text
	}
	return image, nil
}

// scripts are the common ones that the platform's own call. Only Gradescope sets a container up
// before there is something to mark.
func (p Platform) scripts() []string {
	if p.Packed() {
		return common[:3]
	}
	return common
}

func script(name string, text *strings.Replacer) ([]byte, error) {
	read, err := scripts.ReadFile("scripts/" + name)
	return []byte(text.Replace(string(read))), err
}

// replacer puts into the scripts what they are about.
func replacer(c workbook.Chapter, p Platform, o Options) *strings.Replacer {
	sandbox := ""
	if o.Sandbox != "" {
		sandbox = " --sandbox " + o.Sandbox
	}
	return strings.NewReplacer("@CHAPTER@", c.Name, "@NUMBER@", strconv.Itoa(c.Number), "@PLATFORM@", p.called, "@FORMAT@", p.Format,
		"@SANDBOX@", sandbox, "@GOVERSION@", strings.TrimPrefix(runtime.Version(), "go"))
}

// top is the folder of the workbook in an image.
const top = "workbook/"

// stubs is where lab has its copies of the untouched stubs.
const stubs = "cmd/lab/internal/pristine/stubs/"

// workbookFiles returns what of the workbook is needed: what judges, the chapter's lesson and
// stub, the names of its mistakes, and grade.
func workbookFiles(w place.Workbook, c workbook.Chapter) (map[string][]byte, error) {
	judging, err := w.JudgeFiles(c)
	if err != nil {
		return nil, err
	}
	more, err := w.Files("LICENSE", workbook.Solutions, "course", stubs+c.Name, c.File(workbook.English.Readme()))
	if err != nil {
		return nil, err
	}
	files := make(map[string][]byte)
	for _, name := range slices.Concat(judging, slices.DeleteFunc(more, func(name string) bool { return !needed(c, name) })) {
		text, err := w.Read(name)
		if err != nil {
			return nil, err
		}
		files[top+name] = text
		if stub, ok := strings.CutPrefix(name, stubs+c.Name+"/"); ok {
			files[top+c.File(strings.TrimSuffix(stub, ".stub"))] = text
		}
	}
	mistakes, err := w.Read(path.Join(workbook.Solutions, c.Name, "mistakes.md"))
	files[top+path.Join(workbook.Solutions, c.Name, "mistakes.md")] = withoutSolution(mistakes)
	return files, err
}

// needed reports whether a file that judges nothing is needed to mark.
func needed(c workbook.Chapter, name string) bool {
	first, rest, _ := strings.Cut(name, "/")
	switch {
	case first == workbook.Solutions: // 04-teardown.go, solutions.go
		folder := strings.TrimSuffix(rest, ".go")
		return folder != rest && !strings.Contains(folder, "/") && (folder == workbook.Solutions || folder < c.Name)
	case first == "course":
		return !strings.HasSuffix(name, "_test.go") && !strings.Contains(name, "/testdata/") && path.Ext(name) != ".md"
	}
	return true
}

var diff = regexp.MustCompile("(?ms)^```diff\n(--- [^\n]+\n).*?^```$")

// withoutSolution leaves out of a catalogue of mistakes the lines of the solution that each is
// a change of: Classroom 50 lets everybody see what it marks with.
func withoutSolution(catalogue []byte) []byte {
	return diff.ReplaceAll(catalogue, []byte("```diff\n$1-left out\n+left out\n```"))
}

// points returns course.toml without what an image cannot know, or need not: dates are the
// platform's, and who has more time is nobody's business.
func points(course terms.Course, c workbook.Chapter) ([]byte, error) {
	type chapter struct {
		Points float64     `toml:"points,omitempty"`
		Steps  []float64   `toml:"steps,omitempty"`
		Score  terms.Score `toml:"score,omitempty"`
	}
	of := course.Chapter(c)
	return toml.Marshal(struct {
		Seed     int64              `toml:"seed"`
		Language string             `toml:"language,omitempty"`
		Given    float64            `toml:"given"`
		Chapters map[string]chapter `toml:"chapters"`
	}{course.Seed, course.Language, course.Given, map[string]chapter{strconv.Itoa(c.Number): {of.Points, of.Steps, of.Score}}})
}

// archive reads an archive of Go.
func archive(file string) ([]byte, error) {
	if name := filepath.Base(file); !regexp.MustCompile(`^go1\.[0-9a-z.]+\.linux-[a-z0-9]+\.tar\.gz$`).MatchString(name) {
		return nil, fmt.Errorf("%s is no archive of Go for Linux: those of https://go.dev/dl are called go1.25.0.linux-amd64.tar.gz", name)
	}
	return os.ReadFile(file)
}

// addModules adds the modules that grade and the chapter's tests need. They are told by having
// the go command load both from the files of the image.
func addModules(ctx context.Context, files map[string][]byte, c workbook.Chapter) error {
	scratch, err := os.MkdirTemp("", "image-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	if err := (Image{Files: files}).WriteFolder(scratch); err != nil {
		return err
	}
	root := filepath.Join(scratch, filepath.FromSlash(top))
	found, err := modules.Proxy(ctx,
		modules.Command{Folder: filepath.Join(root, "course"), Arguments: []string{"list", "-deps", "./grade"}},
		modules.Command{Folder: root, Arguments: []string{"list", "-deps", "-test", "./" + path.Join(workbook.Stubs, c.Name)}},
	)
	for name, text := range found {
		if ext := path.Ext(name); ext == ".mod" || ext == ".zip" {
			files["modules/"+name] = text
		}
	}
	return err
}

// digest returns a line that tells the files of one image from another's.
func digest(files map[string][]byte) []byte {
	sum := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(sum, "%s %d\n", name, len(files[name]))
		sum.Write(files[name])
	}
	return fmt.Appendf(nil, "%x\n", sum.Sum(nil))
}

// Size returns how many bytes the files have together.
func (i Image) Size() (n int) {
	for _, text := range i.Files {
		n += len(text)
	}
	return n
}

// WriteFolder writes the files into a folder.
func (i Image) WriteFolder(to string) error {
	for name, text := range i.Files {
		file := filepath.Join(to, filepath.FromSlash(name))
		if err := result.Write(file, text); err != nil {
			return err
		}
		if err := os.Chmod(file, mode(name)); err != nil {
			return err
		}
	}
	return nil
}

// mode returns the rights of a file.
func mode(name string) os.FileMode {
	if path.Ext(name) == ".sh" || path.Base(name) == "run_autograder" {
		return 0o755
	}
	return 0o644
}

// begin is the time that each file is said to be of: a zip knows none before it.
var begin = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// WriteZip writes the files as a zip, the same bytes each time, as a hand-out is written.
func (i Image) WriteZip(out io.Writer) error {
	z := zip.NewWriter(out)
	for _, name := range slices.Sorted(maps.Keys(i.Files)) {
		header := &zip.FileHeader{Name: name, Method: zip.Store, Modified: begin}
		header.SetMode(mode(name))
		entry, err := z.CreateHeader(header)
		if err != nil {
			return err
		}
		if _, err := entry.Write(i.Files[name]); err != nil {
			return err
		}
	}
	return z.Close()
}

// packed returns files as a tar, the same bytes each time.
func packed(files map[string][]byte) ([]byte, error) {
	var b bytes.Buffer
	t := tar.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		header := &tar.Header{Name: name, Mode: int64(mode(name)), Size: int64(len(files[name])), ModTime: begin, Typeflag: tar.TypeReg}
		if err := t.WriteHeader(header); err != nil {
			return nil, err
		}
		if _, err := t.Write(files[name]); err != nil {
			return nil, err
		}
	}
	err := t.Close()
	return b.Bytes(), err
}
