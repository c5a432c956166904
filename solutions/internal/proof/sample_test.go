package proof

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSample(t *testing.T) {
	all := make([]Mistake, 10)
	for i := range all {
		all[i].Line = i
	}
	var lines []int
	for _, m := range Sample(all, 4) {
		lines = append(lines, m.Line)
	}
	assert.Equal(t, []int{0, 3, 6, 9}, lines)
	assert.Len(t, Sample(all[:3], 4), 3)
}
