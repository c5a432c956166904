package ladder

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/columns"
	"tcpworkbook/kit/tcp"
)

// An end whose code is the reader's own has a mark before its state, whatever kind of line it
// is, and no column moves for it.
func TestTextMarksMine(t *testing.T) {
	draw := func(color bool, mark func(*Rung)) []string {
		d := late()
		d.Add(Rung{Kind: Event, From: Right, Left: tcp.SynReceived, Right: tcp.SynReceived, Text: "Close()"})
		for i := range d.Rungs {
			mark(&d.Rungs[i])
		}
		var text strings.Builder
		require.NoError(t, d.Text(&text, TextOptions{Color: color}))
		return strings.Split(text.String(), "\n")
	}
	nobodys := draw(false, func(*Rung) {})
	mine := draw(false, func(r *Rung) { r.Mine = [2]bool{true, true} })
	right := draw(false, func(r *Rung) { r.Mine[Right] = true })
	require.Len(t, mine, len(nobodys))
	marks := 0
	for i, line := range mine {
		require.Equal(t, nobodys[i], strings.ReplaceAll(line, " "+MineMark, "  "))
		require.LessOrEqual(t, columns.Width(line), 80)
		before, after, _ := strings.Cut(line, MineMark)
		require.Equal(t, strings.Contains(line, MineMark), strings.Contains(line, "s "+MineMark), "the left end's stands behind the time")
		require.Equal(t, right[i], strings.TrimRight(before+strings.Repeat(" ", strings.Count(line, MineMark)/2)+after, " "))
		marks += strings.Count(line, MineMark)
	}
	require.Equal(t, 2*9, marks, "on each line of a segment, an arrival, and what happened")
	require.Contains(t, strings.Join(draw(true, func(r *Rung) { r.Mine[Left] = true }), "\n"), "\x1b[32m "+MineMark+"\x1b[0m")
}
