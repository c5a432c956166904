package tcp

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestInitialWindow(t *testing.T) {
	for _, c := range []struct{ setting, mss, want int }{
		{0, 536, 4 * 536},
		{0, 1095, 4 * 1095},
		{0, 1096, 3 * 1096},
		{0, 2190, 3 * 2190},
		{0, 2191, 2 * 2191},
		{0, 65535, 2 * 65535},
		{1, 1000, 1000},
		{10, 1000, 10_000},
		{10, 1460, 14_600},
		{10, 1461, 14_600},
		{10, 7300, 14_600},
		{10, 7301, 2 * 7301},
	} {
		b := &TCB{Config: &Config{InitialWindow: c.setting}}
		b.Snd.MSS = c.mss
		assert.EqualValues(t, c.want, b.InitialWindow(), "a setting of %d, and an MSS of %d", c.setting, c.mss)
	}
}
