// Package class makes up a class, to try the course kit with: students who have made the
// catalogue's mistakes, who have come so far and no further, who have written it another
// way, and some who hand in what cannot be run. The same seed makes the same class.
package class

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"tcpworkbook/kit/handin"
	"tcpworkbook/kit/workbook"
)

// Student is one of the class.
type Student struct {
	ID, Name, Email, Section string
	Files                    handin.Files // nil for who hands in nothing
	About                    string       // what was made of the reference: "mistake own-number, up to step 7"
	Mistake                  string       // the catalogue's name for it
	Right                    bool         // every test is to pass
}

// material is what a class is made of.
type material struct {
	chapter   workbook.Chapter
	reference handin.Files
	stub      handin.Files
	variants  map[string]handin.Files
	names     []string // of the variants
	mistakes  []workbook.Mistake
	first     map[string]int // in which step a function is begun
	steps     int
}

// Make makes up a class of n students for a chapter. The stub must be untouched.
func Make(c workbook.Chapter, seed uint64, n int) ([]Student, error) {
	m, err := gather(c)
	if err != nil {
		return nil, err
	}
	random := rand.New(rand.NewPCG(seed, 0))
	var all []Student
	for i := range n {
		s, err := m.student(random)
		if err != nil {
			return nil, err
		}
		s.ID = fmt.Sprintf("s%04d", 1000+i)
		s.Name = family[random.IntN(len(family))] + " " + given[random.IntN(len(given))]
		s.Email, s.Section = s.ID+"@example.edu", string(rune('A'+i%3))
		all = append(all, s)
	}
	for i, name := range hostile {
		if i < len(all) {
			all[i].Name = name
		}
	}
	return all, nil
}

var (
	family  = []string{"Kim", "Lee", "Park", "Choi", "Jung", "Kang", "Yoon", "Jang", "Müller", "García", "Nguyễn", "Okafor", "Ivanova", "O'Neill", "Rossi", "Sato"}
	given   = []string{"Minsu", "Jiwoo", "Seo-yeon", "Haneul", "Anna", "Luca", "Linh", "Chidi", "Olga", "Sean", "Yuki", "Dana", "Tom", "Mira"}
	hostile = []string{"<script>alert(1)</script>", `=HYPERLINK("http://example.com","x")`, "+1+1", "김민수", strings.Repeat("Long ", 12) + "Name"}
)

// gather reads what a class is made of.
func gather(c workbook.Chapter) (material, error) {
	m := material{chapter: c, variants: make(map[string]handin.Files), first: make(map[string]int)}
	var err error
	if m.reference, err = filesIn(c.SolutionFolder()); err != nil {
		return m, err
	}
	if m.stub, err = filesIn(c.StubFolder()); err != nil {
		return m, err
	}
	var errs []error
	m.mistakes, errs = workbook.ReadCatalogue(filepath.Join(c.SolutionFolder(), "mistakes.md"))
	folders, err := filepath.Glob(filepath.Join(c.Root, workbook.Solutions, "variants", c.Name, "*"))
	if err := errors.Join(append(errs, err)...); err != nil {
		return m, err
	}
	for _, folder := range folders {
		name := filepath.Base(folder)
		m.names = append(m.names, name)
		if m.variants[name], err = filesIn(folder); err != nil {
			return m, err
		}
	}
	stub, err := workbook.Functions(c.StubFolder())
	for _, f := range stub {
		for _, marker := range f.Markers {
			if now := m.first[f.String()]; now == 0 || marker.Step < now {
				m.first[f.String()] = marker.Step
			}
			m.steps = max(m.steps, marker.Step)
		}
	}
	if len(m.first) == 0 && err == nil {
		err = fmt.Errorf("the stub of %s has been written in", c.Name)
	}
	return m, err
}

func filesIn(folder string) (handin.Files, error) {
	files, _, err := handin.Collect(os.DirFS(folder))
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("there are no files in %s", folder)
	}
	return files, err
}

// student makes up one.
func (m material) student(random *rand.Rand) (Student, error) {
	switch x := random.IntN(100); {
	case x < 6:
		return Student{Files: m.reference, About: "the reference", Right: true}, nil
	case x < 14:
		name := m.names[random.IntN(len(m.names))]
		return Student{Files: m.variants[name], About: "variant " + name, Right: true}, nil
	case x < 17:
		return Student{Files: m.stub, About: "the stub"}, nil
	case x < 19:
		files := clone(m.reference)
		files["zz.go"] = []byte("package " + m.chapter.Subject() + "\n\nfunc unfinished( {\n")
		return Student{Files: files, About: "does not compile"}, nil
	case x < 21:
		files := clone(m.stub)
		files["zz.go"] = []byte("package " + m.chapter.Subject() + "\n\nimport _ \"tcpworkbook/solutions/" + m.chapter.Name + "\"\n")
		return Student{Files: files, About: "imports the reference"}, nil
	case x < 45:
		to := 1 + random.IntN(m.steps-1)
		files, err := m.upTo(m.reference, to)
		return Student{Files: files, About: fmt.Sprintf("up to step %d", to)}, err
	}
	return m.mistaken(random)
}

// mistaken makes up one who has made a mistake: one of a few that many make, or any; and
// has gone on for some steps after it.
func (m material) mistaken(random *rand.Rand) (Student, error) {
	at := random.IntN(len(m.mistakes))
	if random.IntN(3) > 0 {
		at = at % 12 * len(m.mistakes) / 12
	}
	mistake := m.mistakes[at]
	s := Student{Mistake: mistake.Slug, About: "mistake " + mistake.Slug}
	changed, err := mistake.Apply(m.chapter.SolutionFolder())
	if err != nil {
		return s, fmt.Errorf("%s: %w", mistake.Slug, err)
	}
	s.Files = clone(m.reference)
	for name, text := range changed {
		s.Files[name] = []byte(text)
	}
	if to := workbook.StepOf(mistake.Test) + random.IntN(5); to < m.steps {
		s.About += fmt.Sprintf(", up to step %d", to)
		s.Files, err = m.upTo(s.Files, to)
	}
	return s, err
}

func clone(files handin.Files) handin.Files {
	all := make(handin.Files)
	for name, text := range files {
		all[name] = text
	}
	return all
}

// upTo returns files in which the functions that a step after the last begins do nothing.
func (m material) upTo(files handin.Files, last int) (handin.Files, error) {
	all := make(handin.Files)
	for name, text := range files {
		functions, err := workbook.FileFunctions(name, text)
		if err != nil {
			return nil, err
		}
		for i := len(functions) - 1; i >= 0; i-- { // from behind, so that offsets hold
			f := functions[i]
			if m.first[f.String()] <= last {
				continue
			}
			if text, err = emptied(text, f); err != nil {
				return nil, err
			}
		}
		all[name] = text
	}
	return all, nil
}

// emptied returns a file in which a function does nothing but return zero values, as in the
// stub. What it did before does another function, which nobody calls.
func emptied(text []byte, f workbook.Function) ([]byte, error) {
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, "", text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	for _, d := range tree.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || set.Position(fn.Pos()).Offset != f.Start {
			continue
		}
		var zeros []string
		if fn.Type.Results != nil {
			for _, r := range fn.Type.Results.List {
				of := text[set.Position(r.Type.Pos()).Offset:set.Position(r.Type.End()).Offset]
				for range max(1, len(r.Names)) {
					zeros = append(zeros, zero(string(of)))
				}
			}
		}
		offset := func(p token.Pos) int { return set.Position(p).Offset }
		named, body := offset(fn.Name.End()), offset(fn.Body.Lbrace)
		blank := string(text[f.Start:body]) + "{\n\treturn " + strings.Join(zeros, ", ") + "\n}\n\n"
		return bytes.Join([][]byte{text[:f.Start], []byte(blank), text[f.Start:named], []byte("Later"), text[named:]}, nil), nil
	}
	return nil, fmt.Errorf("%s is not in its file", f)
}

// zero returns the zero value of a type.
func zero(of string) string {
	switch {
	case of == "bool":
		return "false"
	case of == "error" || of[0] == '*' || of[0] == '[':
		return "nil"
	case strings.Contains(of, "int") || of == "tcp.Seq" || strings.HasSuffix(of, "Duration"):
		return "0"
	}
	return of + "{}"
}

// Write writes the class to a folder, each into one of his own as lab submit packs it, and
// roster.csv beside.
func Write(folder string, c workbook.Chapter, all []Student) error {
	roster := "id,name,email,section\n"
	for _, s := range all {
		roster += fmt.Sprintf("%s,%q,%s,%s\n", s.ID, strings.ReplaceAll(s.Name, `"`, `'`), s.Email, s.Section)
		for name, text := range s.Files {
			file := filepath.Join(folder, "submissions", s.ID, filepath.FromSlash(c.File(name)))
			if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
				return err
			}
			if err := os.WriteFile(file, text, 0o666); err != nil {
				return err
			}
		}
	}
	return os.WriteFile(filepath.Join(folder, "roster.csv"), []byte(roster), 0o666)
}
