package ladder

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestStroke(t *testing.T) {
	for _, c := range []struct {
		rung Rung
		want Stroke
	}{
		{Rung{}, Stroke{Left, 100, "", "head"}},
		{Rung{From: Right}, Stroke{Right, 100, "", "head"}},
		{Rung{Fate: Lost}, Stroke{Left, 70, "bad", "cross"}},
		{Rung{Fate: Lost, Forged: true}, Stroke{Left, 70, "bad", "cross"}},
		{Rung{Fate: Corrupted}, Stroke{Left, 100, "bad", "cross"}},
		{Rung{Fate: Duplicated}, Stroke{Left, 100, "", "heads"}},
		{Rung{Fate: Wrong}, Stroke{Left, 100, "bad", "head"}},
		{Rung{Fate: Slow}, Stroke{Left, 100, "late", "head"}},
		{Rung{Fate: Slow, Forged: true}, Stroke{Left, 100, "forged", "head"}},
		{Rung{Later: true}, Stroke{Left, 100, "later", "head"}},
		{Rung{Later: true, Fate: Slow}, Stroke{Left, 100, "late", "head"}},
	} {
		assert.Equal(t, c.want, c.rung.Stroke(), "%+v", c.rung)
		if c.want.Class != "" {
			assert.Equal(t, 2, strings.Count(StrokeStyle(), "\n."+c.want.Class+" .arrow"), "on light pages and on dark ones")
		}
	}
}
