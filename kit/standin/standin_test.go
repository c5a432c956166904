package standin

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// counting is a socket chapter that notes how many calls are under way.
type counting struct {
	stack.Socket
	seen *int64
}

func (c counting) Delete(*tcp.Table, *tcp.TCB) {
	*c.seen = underway.Load()
	panic("no")
}

func TestCallsGoToTheChosen(t *testing.T) {
	t.Cleanup(func() { clear(offers) })
	var first, second, prepared int64
	Offer("first", counting{seen: &first}, nil)
	Offer("second", counting{seen: &second}, func() { prepared++ })
	for range 2 {
		assert.NoError(t, choose("second"))
		assert.PanicsWithValue(t, "no", func() { Socket{}.Delete(nil, nil) })
	}
	assert.Equal(t, []int64{0, 1, 2}, []int64{first, second, prepared}, "the second alone, twice")
	assert.Zero(t, underway.Load(), "a call that panics has come back")
	assert.ErrorContains(t, choose("third"), `no implementation "third"`)
	assert.Panics(t, func() { Offer("first", counting{}, nil) }, "the name is taken")
	assert.Panics(t, func() { Offer("none", 1, nil) }, "a number is no chapter")
}

func TestParseOver(t *testing.T) {
	for _, o := range []Over{{}, {Passed: true}, {Spent: true}, {true, true}} {
		got, is := ParseOver(o.String())
		assert.True(t, is)
		assert.Equal(t, o, got)
	}
	for _, line := range []string{"", "PASS", "standin: the run is over", "passed true, spent true"} {
		_, is := ParseOver(line)
		assert.False(t, is, line)
	}
}
