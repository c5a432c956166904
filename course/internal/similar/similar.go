// Package similar finds submissions that are more like each other than a chapter makes
// them. How like two texts are is for a tool to say that was made for it: Debian's
// similarity-tester (https://dickgrune.com/Programs/similarity_tester/). Here is what it
// compares: what students have written themselves.
//
// It says whom to look at, and not who has copied.
package similar

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tcpworkbook/course/internal/place"
	"tcpworkbook/course/internal/run"
	"tcpworkbook/kit/handin"
	"tcpworkbook/kit/workbook"
)

// Text is what one student has written.
type Text struct {
	Name  string
	Go    []byte
	Known bool // it is the reference, or a variant, and no student's
}

// Texts returns what the students have written whose folders are in out, without what the
// stub has and what lab catchup gave; and as further students the reference and the
// variants, which can be found in the repository.
func Texts(out string, w place.Workbook, c workbook.Chapter) ([]Text, error) {
	stub, err := stubOf(w, c)
	if err != nil {
		return nil, err
	}
	var all []Text
	add := func(name, folder string, known bool) error {
		files, _, err := handin.Collect(os.DirFS(folder))
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if text := own(files, stub); len(text) > 0 {
			all = append(all, Text{name, text, known})
		}
		return nil
	}
	entries, err := os.ReadDir(out)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if !e.IsDir() { // run.json, and the report
			continue
		}
		if err := add(e.Name(), filepath.Join(out, e.Name(), run.Submitted), false); err != nil {
			return nil, err
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("there are no submissions in %s: grade run writes them", out)
	}
	if err := add("the reference", c.SolutionFolder(), true); err != nil {
		return nil, err
	}
	variants, err := filepath.Glob(filepath.Join(w.Root, workbook.Solutions, "variants", c.Name, "*"))
	for _, folder := range variants {
		err = errors.Join(err, add("variant "+filepath.Base(folder), folder, true))
	}
	return all, err
}

// stubOf returns the stub's functions, as bare returns them.
func stubOf(w place.Workbook, c workbook.Chapter) (map[string]bool, error) {
	names, err := w.Files("cmd/lab/internal/pristine/stubs/" + c.Name)
	known := make(map[string]bool)
	for _, name := range names {
		text, err := w.Read(name)
		if err != nil {
			return nil, err
		}
		for _, f := range bare(text) {
			known[f] = true
		}
	}
	return known, err
}

// own returns the functions of files that are not the stub's.
func own(files handin.Files, stub map[string]bool) []byte {
	var b bytes.Buffer
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, f := range bare(files[name]) {
			if !stub[f] {
				b.WriteString(f + "\n\n")
			}
		}
	}
	return b.Bytes()
}

// bare returns the functions in a file without comments; without those that were given.
func bare(text []byte) (found []string) {
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, "", text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	for _, d := range tree.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Doc != nil && strings.Contains(f.Doc.Text(), ", by lab catchup.") {
			continue
		}
		f.Doc = nil
		var b bytes.Buffer
		if format.Node(&b, set, f) == nil { // the comments belong to the file, and stay there
			found = append(found, b.String())
		}
	}
	return found
}

// Pair are two texts, and how much of each is in the other, percent.
type Pair struct {
	A, B     Text
	AinB     int
	BinA     int
	Students bool // neither is known
}

// program is the tool's for C, whose words and brackets are Go's.
const program = "sim_c"

// runLength is how many words in a row must be the same: fewer are Go's own idioms.
const runLength = 30

var consists = regexp.MustCompile(`^(\d+)\.go consists for (\d+) % of (\d+)\.go material$`)

// Pairs returns the pairs of which at least least percent of one is in the other, the
// most alike first. Known texts are not compared with each other.
func Pairs(ctx context.Context, all []Text, least int) ([]Pair, error) {
	if _, err := exec.LookPath(program); err != nil {
		return nil, fmt.Errorf("%s is not installed (apt-get install similarity-tester); --export writes what other tools read", program)
	}
	folder, err := os.MkdirTemp("", "similar-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	var names []string
	for i, t := range all {
		name := fmt.Sprintf("%d.go", i)
		if err := os.WriteFile(filepath.Join(folder, name), t.Go, 0o666); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	said := ""
	for range 2 { // it says how much of each is in those behind it
		command := exec.CommandContext(ctx, program, append([]string{"-p", "-e", "-r", strconv.Itoa(runLength), "-t", strconv.Itoa(least)}, names...)...)
		command.Dir = folder
		out, err := command.Output()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", program, err)
		}
		said += string(out)
		slices.Reverse(names)
	}
	return pairs(all, said), nil
}

// pairs reads what the tool says.
func pairs(all []Text, said string) []Pair {
	found := make(map[[2]int]*Pair)
	for line := range strings.Lines(said) {
		m := consists.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			continue
		}
		a, _ := strconv.Atoi(m[1])
		share, _ := strconv.Atoi(m[2])
		b, err := strconv.Atoi(m[3])
		if err != nil || a >= len(all) || b >= len(all) || a == b || all[a].Known && all[b].Known {
			continue
		}
		key := [2]int{min(a, b), max(a, b)}
		p := found[key]
		if p == nil {
			p = &Pair{A: all[key[0]], B: all[key[1]], Students: !all[a].Known && !all[b].Known}
			found[key] = p
		}
		if a == key[0] {
			p.AinB = share
		} else {
			p.BinA = share
		}
	}
	var sorted []Pair
	for _, p := range found {
		sorted = append(sorted, *p)
	}
	slices.SortFunc(sorted, func(a, b Pair) int {
		return cmp.Or(max(b.AinB, b.BinA)-max(a.AinB, a.BinA), min(b.AinB, b.BinA)-min(a.AinB, a.BinA), strings.Compare(a.A.Name, b.A.Name), strings.Compare(a.B.Name, b.B.Name))
	})
	return sorted
}

// Export writes the texts as another tool reads them: a folder for each student, for
// JPlag (https://github.com/jplag/JPlag, java -jar jplag.jar -l go FOLDER), or files beside
// an info.csv, for Dolos (https://dolos.ugent.be, dolos run -l go info.csv).
func Export(all []Text, tool, folder string) error {
	write := func(name string, text []byte) error {
		file := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			return err
		}
		return os.WriteFile(file, text, 0o666)
	}
	info := "filename,label,full_name\n"
	for _, t := range all {
		name := strings.ReplaceAll(t.Name, " ", "-")
		label := "student"
		if t.Known {
			label = "known"
		}
		text := append([]byte("package chapter\n\n"), t.Go...)
		var err error
		switch tool {
		case "jplag":
			err = write(name+"/chapter.go", text)
		case "dolos":
			info += fmt.Sprintf("%s.go,%s,%s\n", name, label, name)
			err = write(name+".go", text)
		default:
			return fmt.Errorf("there is no export for %.20q; there are dolos and jplag", tool)
		}
		if err != nil {
			return err
		}
	}
	if tool == "dolos" {
		return write("info.csv", []byte(info))
	}
	return nil
}
