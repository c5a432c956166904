package schemata

import (
	"fmt"
	"go/ast"
	"go/types"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// write returns the package's files, and which version each file is from; those of the
// original are from none.
func (p *Package) write(without map[int]error) (files map[string]string, from map[string]int) {
	files, from = make(map[string]string), make(map[string]int)
	cases := make(map[string][]int) // which versions have another body for a function
	for _, v := range p.versions {
		if without[v.number] != nil {
			continue
		}
		for name, text := range v.write(p) {
			name = strings.TrimSuffix(name, ".go") + v.suffix() + ".go"
			files[name], from[name] = text, v.number
		}
		for _, u := range v.units {
			if v.switched(u) {
				cases[u.key] = append(cases[u.key], v.number)
			}
		}
	}
	edits := make(map[*source][]edit)
	for _, u := range p.original.units {
		if numbers := cases[u.key]; numbers != nil {
			edits[u.source] = append(edits[u.source], choice(u.source, u.node.(*ast.FuncDecl), numbers)...)
		}
	}
	for name, s := range p.sources {
		files[name] = apply(s.text, 0, edits[s])
	}
	files["chosen_version.go"] = fmt.Sprintf("package %s\n\nvar %s int\n", p.name(), ChosenVersion)
	return files, from
}

func (p *Package) name() string {
	for _, s := range p.sources {
		return s.tree.Name.Name
	}
	return ""
}

// suffix returns what is added to a name that the version has for itself.
func (v *version) suffix() string { return suffix(v.number) }

func suffix(number int) string { return fmt.Sprintf("_v%03d", number) }

// write returns the version's copies, by the name of the file that they are from.
func (v *version) write(p *Package) map[string]string {
	imports, bodies := make(map[string]map[string]bool), make(map[string]*strings.Builder)
	for _, u := range v.units {
		if !v.copied[u] {
			continue
		}
		name := u.source.name
		if bodies[name] == nil {
			imports[name], bodies[name] = make(map[string]bool), new(strings.Builder)
		}
		line := p.set.Position(u.node.Pos()).Line
		fmt.Fprintf(bodies[name], "\n//line %s:%d\n", filepath.Join(p.folder, name), line)
		fmt.Fprintf(bodies[name], "%s %s\n", u.keyword, v.copy(u, imports[name]))
	}
	files := make(map[string]string)
	for name, body := range bodies {
		files[name] = fmt.Sprintf("package %s\n\n%s%s", p.name(),
			strings.Join(slices.Sorted(maps.Keys(imports[name])), ""), body)
	}
	return files
}

// copy returns a unit's text with the names that it has in this version, and adds the
// imports that it needs.
func (v *version) copy(u *unit, imports map[string]bool) string {
	var edits []edit
	add := func(id *ast.Ident) {
		edits = append(edits, edit{u.source.offset(id.End()), u.source.offset(id.End()), v.suffix()})
	}
	if v.switched(u) {
		add(u.names[0])
	}
	ast.Inspect(u.node, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		switch used := v.info.Uses[id].(type) {
		case *types.PkgName:
			imports[fmt.Sprintf("import %s %q\n", used.Name(), used.Imported().Path())] = true
		default:
			if v.renamed[origin(used)] || v.renamed[v.info.Defs[id]] {
				add(id)
			}
		}
		return true
	})
	return apply(u.text(), u.source.offset(u.node.Pos()), edits)
}
