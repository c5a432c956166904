package proof

import (
	"fmt"
	"go/ast"
	"regexp"
	"strconv"
)

// Edited returns the functions of the stub that somebody has begun to write: those
// whose bodies do more than return zero values. A stub with none is untouched.
func (c Chapter) Edited() ([]string, error) {
	stub, err := readDeclarations(c.StubFolder())
	var edited []string
	for _, b := range stub.bodies {
		if !isBlank(b.code) {
			edited = append(edited, b.name)
		}
	}
	return edited, err
}

// isBlank reports whether a body does nothing but return zero values.
func isBlank(code *ast.BlockStmt) bool {
	for _, statement := range code.List {
		r, ok := statement.(*ast.ReturnStmt)
		if !ok {
			return false
		}
		for _, result := range r.Results {
			if !isZero(result) {
				return false
			}
		}
	}
	return true
}

func isZero(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.BasicLit:
		return x.Value == "0" || x.Value == `""`
	case *ast.Ident:
		return x.Name == "nil" || x.Name == "false"
	case *ast.CompositeLit:
		return len(x.Elts) == 0
	}
	return false
}

var todo = regexp.MustCompile(`TODO\(step ([0-9]+)\.([0-9]+)\): \S`)

// CheckMarkers returns what is wrong with the stub's "TODO(step 2.3): …" comments:
// every body has one, they name steps that the chapter has, and every step has
// one.
func (c Chapter) CheckMarkers(steps int) ([]string, error) {
	stub, err := readDeclarations(c.StubFolder())
	if err != nil {
		return nil, err
	}
	var wrong []string
	has := make(map[int]bool)
	for _, b := range stub.bodies {
		marks := 0
		for _, comment := range b.comments {
			for _, m := range todo.FindAllStringSubmatch(comment, -1) {
				marks++
				chapter, _ := strconv.Atoi(m[1])
				step, _ := strconv.Atoi(m[2])
				has[step] = true
				if chapter != c.Number || step < 1 || step > steps {
					wrong = append(wrong, fmt.Sprintf("%s: there is no step %d.%d", b.name, chapter, step))
				}
			}
		}
		if marks == 0 {
			wrong = append(wrong, fmt.Sprintf("%s: its body has no \"// TODO(step %d.N): what to write\"", b.name, c.Number))
		}
	}
	for step := 1; step <= steps; step++ {
		if !has[step] {
			wrong = append(wrong, fmt.Sprintf("step %d.%d: no function of the stub has a TODO for it", c.Number, step))
		}
	}
	return wrong, nil
}
