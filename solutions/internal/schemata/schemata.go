// Package schemata lays many versions of a Go package into one. Each version is the
// original with a few lines changed, and a variable chooses among them while the program
// runs. To compile and link one such package takes a hundredth of what it takes for each
// version alone.
//
// Only what a version changes stands twice. Of a function whose body it changes there is
// a copy, f_v017, and f begins with a switch that calls the copy when version 17 is
// chosen:
//
//	func f(b *tcp.TCB) int { switch ChosenVersion { case 17: return f_v017(b); }; …
//
// What a version declares otherwise, a constant, a type, a function of another signature
// or one that the original does not have, gets a name with the suffix; and whatever uses
// it gets a copy that uses that name, and so on. Copies keep their files and lines: a
// stack trace reads as if the version were a package of its own. Variables of the package
// that a version does not change are shared by all.
package schemata

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ChosenVersion is the variable of the package that chooses the version: 0 for the
// original. It may be set while none of the package's functions runs.
const ChosenVersion = "ChosenVersion"

// Package is a package with versions of it.
type Package struct {
	folder   string
	imports  types.Importer
	set      *token.FileSet
	sources  map[string]*source // the original's, by name
	original *checked
	versions []*version
}

// source is a Go file.
type source struct {
	name, text string
	tree       *ast.File
}

// checked is a package that compiles, cut into units.
type checked struct {
	units []*unit
	info  *types.Info
}

// Read reads the package in a folder, its tests excepted.
func Read(folder string, imports types.Importer) (*Package, error) {
	p := &Package{
		folder: folder, imports: imports,
		set: token.NewFileSet(), sources: make(map[string]*source),
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		name := filepath.Base(file)
		if p.sources[name], err = p.parse(name, string(text)); err != nil {
			return nil, err
		}
	}
	p.original, err = p.check(p.sources)
	return p, err
}

func (p *Package) parse(name, text string) (*source, error) {
	tree, err := parser.ParseFile(p.set, name, text, parser.SkipObjectResolution)
	return &source{name, text, tree}, err
}

// check type-checks files as the compiler does.
func (p *Package) check(sources map[string]*source) (*checked, error) {
	c := &checked{info: &types.Info{
		Defs: make(map[*ast.Ident]types.Object),
		Uses: make(map[*ast.Ident]types.Object),
	}}
	var trees []*ast.File
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		trees = append(trees, sources[name].tree)
		c.units = append(c.units, sources[name].units()...)
	}
	if len(trees) == 0 {
		return nil, fmt.Errorf("there is no Go file in %s", p.folder)
	}
	config := types.Config{Importer: p.imports}
	_, err := config.Check(trees[0].Name.Name, p.set, trees, c.info)
	return c, err
}

// Add adds the version in which files of these names have other texts, and returns its
// number. The error says why it does not compile, or cannot stand beside the others.
func (p *Package) Add(changed map[string]string) (number int, err error) {
	sources := maps.Clone(p.sources)
	for name, text := range changed {
		if sources[name], err = p.parse(name, text); err != nil {
			return 0, err
		}
	}
	c, err := p.check(sources)
	if err != nil {
		return 0, err
	}
	v := newVersion(len(p.versions)+1, c)
	if err := v.compare(p.original); err != nil {
		return 0, err
	}
	p.versions = append(p.versions, v)
	return v.number, nil
}

// Weave returns the files of the package with all its versions, and by their numbers
// those that are not in it, because what was made of them does not compile.
func (p *Package) Weave() (files map[string]string, without map[int]error, err error) {
	without = make(map[int]error)
	for {
		files, from := p.write(without)
		bad, err := p.misfits(files, from)
		if err != nil || len(bad) == 0 {
			return files, without, err
		}
		maps.Copy(without, bad)
	}
}

// misfits returns the versions whose files do not compile, each with its first error.
func (p *Package) misfits(files map[string]string, from map[string]int) (map[int]error, error) {
	set := token.NewFileSet()
	var trees []*ast.File
	for _, name := range slices.Sorted(maps.Keys(files)) {
		tree, err := parser.ParseFile(set, name, files[name], parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		trees = append(trees, tree)
	}
	bad := make(map[int]error)
	var other error
	config := types.Config{Importer: p.imports, Error: func(err error) {
		var wrong types.Error
		number := 0
		if errors.As(err, &wrong) {
			number = from[set.PositionFor(wrong.Pos, false).Filename]
		}
		if number == 0 {
			other = cmp.Or(other, err)
		} else if bad[number] == nil {
			bad[number] = err
		}
	}}
	config.Check(trees[0].Name.Name, set, trees, nil)
	if len(bad) > 0 {
		return bad, nil // they may be what is behind the other error
	}
	return nil, other
}
