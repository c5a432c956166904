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
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
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
	reference, err := referenceOf(c)
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
		if text := own(files, stub, reference); len(text) > 0 {
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

// stubOf returns the stub's declarations, as bare returns them.
func stubOf(w place.Workbook, c workbook.Chapter) (map[string]bool, error) {
	names, err := w.Files("cmd/lab/internal/pristine/stubs/" + c.Name)
	known := make(map[string]bool)
	for _, name := range names {
		text, err := w.Read(name)
		if err != nil {
			return nil, err
		}
		for _, d := range bare(text) {
			known[d.text] = true
		}
	}
	return known, err
}

// referenceOf returns the reference's declarations.
func referenceOf(c workbook.Chapter) (map[string]bool, error) {
	files, _, err := handin.Collect(os.DirFS(c.SolutionFolder()))
	known := make(map[string]bool)
	for _, text := range files {
		for _, d := range bare(text) {
			known[d.text] = true
		}
	}
	return known, err
}

// own returns the declarations in files that are not the stub's, and were not given. What says
// that it was given, and is not the reference's, was not.
func own(files handin.Files, stub, reference map[string]bool) []byte {
	var b bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(files)) {
		for _, d := range bare(files[name]) {
			if !stub[d.text] && !(d.marked && reference[d.text]) {
				b.WriteString(d.text + "\n\n")
			}
		}
	}
	return b.Bytes()
}

// declaration is one without comments.
type declaration struct {
	text   string
	marked bool // as given, by lab catchup
}

// bare returns the declarations in a file, imports excepted. Of one that nobody has formatted by hand,
// and of a file that cannot be taken apart though it may compile, it returns the text as it is.
func bare(text []byte) (found []declaration) {
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, "", text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return []declaration{{text: string(text)}}
	}
	for _, d := range tree.Decls {
		one := declaration{}
		switch d := d.(type) {
		case *ast.FuncDecl:
			one.marked = d.Doc != nil && givenMark.MatchString(comment(d.Doc))
			d.Doc = nil
		case *ast.GenDecl:
			if d.Tok == token.IMPORT {
				continue
			}
			withoutDocs(d)
		}
		var ok bool
		if one.text, ok = run.Formatted(set, d); !ok { // the comments belong to the file, and stay there
			one.text = string(text[set.Position(d.Pos()).Offset:set.Position(d.End()).Offset])
		}
		found = append(found, one)
	}
	return found
}

// withoutDocs takes the comments from constants, variables and types.
func withoutDocs(d *ast.GenDecl) {
	d.Doc = nil
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.ValueSpec:
			spec.Doc, spec.Comment = nil, nil
		case *ast.TypeSpec:
			spec.Doc, spec.Comment = nil, nil
		}
	}
}

// givenMark matches what lab catchup writes.
var givenMark = regexp.MustCompile(`(?m)^// Given: step [0-9]+\.[0-9]+, by lab catchup\.$`)

func comment(group *ast.CommentGroup) string {
	var b strings.Builder
	for _, c := range group.List {
		b.WriteString(c.Text + "\n")
	}
	return b.String()
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
