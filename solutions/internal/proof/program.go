package proof

import (
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"tcpworkbook/kit/standin/lay"
	"tcpworkbook/kit/workbook"
)

// Program is a chapter's tests together with the implementation they are run
// against.
type Program struct {
	Folder  string            // where the tests run
	Package string            // the import path of the package; "": the one in Folder
	Overlay map[string]string // file → the file that the toolchain is to read instead; "": none
	Race    bool              // built with the race detector
}

// Stub returns the tests with what stands beside them.
func (c Chapter) Stub() Program { return Program{Folder: c.StubFolder()} }

// apartFolder is where in the solution's folder the programs' files are laid, each program's
// in a folder of its name: beside the solution, since a test may import that. It is there in
// the overlay only.
const apartFolder = "apart"

// tests returns a program of the chapter's tests alone, laid into a folder of that name.
func (c Chapter) tests(name string) (Program, error) {
	p := Program{
		Folder:  c.SolutionFolder(),
		Package: "./" + apartFolder + "/" + strings.ReplaceAll(name, " ", "-"),
		Overlay: make(map[string]string),
	}
	tests, err := workbook.GoFiles(c.StubFolder(), true)
	p.lay(tests)
	return p, err
}

// Reference returns the tests with the chapter's solution.
func (c Chapter) Reference() (Program, error) { return c.laid(referenceName, c.SolutionFolder()) }

// version returns the tests with a version of the solution. The changed files are written
// to scratch.
func (c Chapter) version(v version, scratch string) (Program, error) {
	p, err := c.laid(v.name(), c.SolutionFolder())
	if err != nil {
		return p, err
	}
	changed, err := v.Apply(c.SolutionFolder())
	if err != nil {
		return p, err
	}
	for file, text := range changed {
		to := filepath.Join(scratch, v.name()+"."+file)
		if err := os.WriteFile(to, []byte(text), 0o666); err != nil {
			return p, err
		}
		p.Overlay[filepath.Join(p.Folder, p.Package, file)] = to
	}
	return p, nil
}

// Variant returns the tests with the implementation in another folder, in the
// solution's place.
func (c Chapter) Variant(folder string) (Program, error) {
	return c.laid(filepath.Base(folder), folder)
}

// laid returns the tests with the implementation in a folder, as a program of that name.
func (c Chapter) laid(name, folder string) (Program, error) {
	p, err := c.tests(name)
	if err != nil {
		return p, err
	}
	files, err := workbook.GoFiles(folder, false)
	p.lay(files)
	return p, err
}

// lay lays files into the program's package.
func (p Program) lay(files []string) {
	for _, file := range files {
		p.Overlay[filepath.Join(p.Folder, p.Package, filepath.Base(file))] = file
	}
}

// Compile compiles the tests in the folder scratch and returns the binary. The
// error has the compiler's words.
func (p Program) Compile(scratch string) (binary string, err error) {
	binary = filepath.Join(scratch, "chapter.test")
	l := lay.Layout{Folder: p.Folder, Scratch: scratch, Overlay: p.Overlay}
	if p.Race {
		return binary, l.Compile(cmp.Or(p.Package, "."), binary, "-race")
	}
	return binary, l.Compile(cmp.Or(p.Package, "."), binary)
}

// Run compiles the program in the folder scratch, runs it with the test binary's
// own flags ("-test.run=…") and reports what came of each test.
func (p Program) Run(scratch string, flags ...string) (Report, error) {
	binary, err := p.Compile(scratch)
	if err != nil {
		return Report{}, err
	}
	return run(binary, p.Folder, environment(), flags...)
}

// environment is what every test binary is run with: the catalogue promises what tests say
// in English. Several are run at a time; one of them does one thing at a time.
func environment(more ...string) []string {
	ours := []string{workbook.LanguageVariable + "=" + workbook.English.Name(), "GOMAXPROCS=1"}
	return slices.Concat(os.Environ(), ours, more)
}

// test2json finds the tool that reads what a test binary prints. For go tool to find it each
// time takes longer than its work.
var test2json = sync.OnceValues(func() (path string, err error) {
	out, err := exec.Command("go", "tool", "-n", "test2json").Output()
	return strings.TrimSpace(string(out)), err
})

// testFlags are the flags that every test binary is run with.
var testFlags = []string{"-test.v=test2json", "-test.timeout=2m"}

// run runs a test binary in a folder, and reports what came of each test.
func run(binary, folder string, environment []string, flags ...string) (Report, error) {
	convert, err := test2json()
	if err != nil {
		return Report{}, err
	}
	command := exec.Command(convert, slices.Concat([]string{binary}, testFlags, flags)...)
	command.Dir, command.Env = folder, environment
	out, err := command.Output()
	if _, failed := err.(*exec.ExitError); err != nil && !failed {
		return Report{}, err
	}
	report, readErr := workbook.ReadReport(out)
	report.Passed = err == nil
	return Report{report}, readErr
}
