package tcp

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkFullTable measures a call about a table of 16384 connections, there and back, when
// nothing of it has changed.
func BenchmarkFullTable(b *testing.B) {
	config := DefaultConfig()
	table := NewTable()
	for port := range 16384 {
		c := NewTCB(&config)
		c.State = Established
		c.Local = netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, 1}), uint16(49152+port))
		c.Remote = netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, 2}), 80)
		table.Connections[c.Tuple()] = c
		table.Ports[c.Local.Port()] = map[*TCB]struct{}{c: {}}
	}
	near, far := NewMirror(false), NewMirror(true)
	for b.Loop() {
		w := near.Write()
		w.Table(&table)
		call, err := w.Frame(nil)
		require.NoError(b, err)
		r := far.Read(call)
		var t *Table
		r.Table(&t)
		require.NoError(b, r.Commit())
		a := far.Write()
		a.ReachTable(t)
		answer, err := a.Frame(nil)
		require.NoError(b, err)
		require.NoError(b, near.Read(answer).Commit())
	}
}
