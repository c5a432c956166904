package proof

import (
	"fmt"
	"slices"

	"tcpworkbook/kit/workbook"
)

// CheckMarkers returns what is wrong with the stub's "TODO(step 2.3): …" comments:
// every body has one, they name steps that the chapter's tests have, and every step has
// one but a storm, where there is nothing to write.
func (c Chapter) CheckMarkers(tests []workbook.Test) ([]string, error) {
	steps := workbook.Steps(slices.DeleteFunc(slices.Clone(tests), workbook.Test.IsStorm))
	functions, err := workbook.Functions(c.StubFolder())
	if err != nil {
		return nil, err
	}
	var wrong []string
	has := make(map[int]bool)
	for _, f := range functions {
		for _, m := range f.Markers {
			has[m.Step] = true
			if m.Chapter != c.Number || m.Step < 1 || m.Step > steps {
				wrong = append(wrong, fmt.Sprintf("%s: %v: there is no step %d.%d", f.File, f, m.Chapter, m.Step))
			}
		}
		if len(f.Markers) == 0 {
			wrong = append(wrong, fmt.Sprintf("%s: %v: its body has no \"// TODO(step %d.N): what to write\"", f.File, f, c.Number))
		}
	}
	for step := 1; step <= steps; step++ {
		if !has[step] {
			wrong = append(wrong, fmt.Sprintf("step %d.%d: no function of the stub has a TODO for it", c.Number, step))
		}
	}
	return wrong, nil
}
