package schemata

import (
	"fmt"
	"go/ast"
	"go/types"
)

// version is a version of a package, compared with the original.
type version struct {
	*checked
	number  int
	copied  map[*unit]bool         // what stands twice
	renamed map[types.Object]bool  // what has a name of its own in this version
	home    map[types.Object]*unit // where each object is declared
}

func newVersion(number int, c *checked) *version {
	v := &version{
		checked: c, number: number,
		copied:  make(map[*unit]bool),
		renamed: make(map[types.Object]bool),
		home:    make(map[types.Object]*unit),
	}
	for _, u := range c.units {
		for _, name := range u.names {
			if o := c.info.Defs[name]; o != nil {
				v.home[o] = u
			}
		}
	}
	return v
}

// compare finds what has to be copied and what has to be renamed: what the version
// changes, what uses something that is renamed, and so on. The error says why copies
// would not do.
func (v *version) compare(original *checked) error {
	before := make(map[string]*unit)
	for _, u := range original.units {
		before[u.key] = u
	}
	for _, u := range v.units {
		if b := before[u.key]; b == nil || b.text() != u.text() {
			v.copied[u] = true
		}
	}
	for again := true; again; {
		again = false
		for _, u := range v.units {
			if !v.copied[u] && v.usesRenamed(u.node) {
				v.copied[u], again = true, true
			}
			if v.copied[u] && !v.isRenamed(u) && v.needsName(u, before[u.key]) {
				v.rename(u)
				again = true
			}
		}
	}
	return v.fits(before)
}

// needsName reports whether a copied unit, no method, cannot be chosen by a switch in the
// original of that name.
func (v *version) needsName(u, before *unit) bool {
	f, isFunc := u.node.(*ast.FuncDecl)
	switch {
	case !isFunc:
		return true
	case f.Recv != nil:
		return false
	}
	return v.takesOther(u, before)
}

// takesOther reports whether a function's signature is not what it was.
func (v *version) takesOther(u, before *unit) bool {
	f := u.node.(*ast.FuncDecl)
	return before == nil || before.signature() != u.signature() || v.usesRenamed(f.Type)
}

// switched reports whether a unit is a copy that a switch in the original chooses. The
// methods of a renamed type are none: the type chooses them.
func (v *version) switched(u *unit) bool {
	f, isFunc := u.node.(*ast.FuncDecl)
	return isFunc && v.copied[u] && !v.isRenamed(u) && (f.Recv == nil || !v.usesRenamed(f.Recv))
}

func (v *version) rename(u *unit) {
	for _, name := range u.names {
		v.renamed[v.info.Defs[name]] = true
	}
}

func (v *version) isRenamed(u *unit) bool { return v.renamed[v.info.Defs[u.names[0]]] }

func (v *version) usesRenamed(n ast.Node) (found bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && v.renamed[origin(v.info.Uses[id])]
		return !found
	})
	return found
}

// origin returns what a generic function's or type's use is of.
func origin(o types.Object) types.Object {
	switch o := o.(type) {
	case *types.Func:
		return o.Origin()
	case *types.Var:
		return o.Origin()
	}
	return o
}

// fits returns why copies do not do: what is known by its name elsewhere is renamed or is
// no more, or what happens before a version is chosen is changed.
func (v *version) fits(before map[string]*unit) error {
	after := make(map[string]bool)
	for _, u := range v.units {
		after[u.key] = true
	}
	for key, u := range before {
		if f, isFunc := u.node.(*ast.FuncDecl); isFunc && f.Recv != nil && !after[key] {
			return fmt.Errorf("%s is no more, and the original would still have it", key)
		}
	}
	for u := range v.copied {
		name := u.names[0].Name
		switch {
		case name == "init" || name == "_":
			return fmt.Errorf("%s is not called by its name", u.key)
		case v.switched(u) && v.takesOther(u, before[u.key]): // a method: functions have a name
			return fmt.Errorf("%s would be a method of another name", u.key)
		case v.isRenamed(u) && before[u.key] != nil && u.names[0].IsExported():
			return fmt.Errorf("%s is used elsewhere", u.key)
		}
	}
	reached := make(map[*unit]bool)
	for _, u := range v.units {
		if _, isFunc := u.node.(*ast.FuncDecl); !isFunc || u.names[0].Name == "init" {
			v.reach(u, reached)
		}
	}
	for u := range reached {
		if v.switched(u) {
			return fmt.Errorf("%s is used while the program is initialised", u.key)
		}
	}
	return nil
}

// reach notes what a unit uses, and what that uses, and so on.
func (v *version) reach(u *unit, reached map[*unit]bool) {
	if reached[u] {
		return
	}
	reached[u] = true
	ast.Inspect(u.node, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if used := v.home[origin(v.info.Uses[id])]; used != nil {
				v.reach(used, reached)
			}
		}
		return true
	})
}
