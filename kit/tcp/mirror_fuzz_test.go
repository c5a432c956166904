package tcp

import (
	"encoding/binary"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
)

// liar is a near side in the middle of a conversation, and what it has asked.
func liar() (m *Mirror, b *TCB, table *Table) {
	config := DefaultConfig()
	b, child := NewTCB(&config), NewTCB(&config)
	b.Listener = &Listener{Backlog: 3, Half: []*TCB{child}}
	child.Parent = b
	b.Snd.Queue.Append([]byte("text that was written"))
	b.Rcv.Queue.Place(4, []byte("ahead"))
	b.Outbox = []Segment{{Flags: SYN, Payload: []byte("x")}}
	b.Local = netip.MustParseAddrPort("10.0.0.1:80")
	table = NewTable()
	table.Listeners[b.Local] = b
	table.Ports[80] = map[*TCB]struct{}{b: {}}
	m = NewMirror(false)
	w := m.Write()
	w.TCB(&b)
	w.Table(&table)
	w.Frame(nil)
	return m, b, table
}

// answers are some that an honest far side gives.
func answers(t testing.TB) (all [][]byte) {
	for _, f := range []func(b *TCB, t *Table){
		func(*TCB, *Table) {},
		func(b *TCB, _ *Table) { b.State = Listen },
		func(b *TCB, t *Table) {
			child := b.Spawn(b.Local, netip.MustParseAddrPort("[2001:db8::1]:9"))
			child.Emit(Segment{Flags: SYN | ACK, Payload: []byte("y")})
			b.Listener.Half = append(b.Listener.Half, child)
			t.Connections[child.Tuple()] = child
			t.Ports[81] = map[*TCB]struct{}{child: {}}
			delete(t.Listeners, b.Local)
		},
		func(b *TCB, _ *Table) {
			b.Snd.Queue.Discard(5)
			b.Rcv.Queue.Append([]byte("0123"))
			b.Rcv.Queue.Join(5)
			b.Rcv.Queue.Place(1000, []byte("more"))
		},
	} {
		near, b, table := liar()
		far := NewMirror(true)
		// What liar has sent, once more.
		again := NewMirror(false)
		w := again.Write()
		w.TCB(&b)
		w.Table(&table)
		call, err := w.Frame(nil)
		require.NoError(t, err)
		r := far.Read(call)
		var farB *TCB
		var farT *Table
		r.TCB(&farB)
		r.Table(&farT)
		require.NoError(t, r.Commit())
		a := far.Write()
		a.Reach(farB)
		a.ReachTable(farT)
		f(farB, farT)
		a.TCB(&farB)
		answer, err := a.Frame(nil)
		require.NoError(t, err)
		require.NoError(t, read(near, answer), "an honest answer")
		all = append(all, answer)
	}
	return all
}

// read reads an answer that returns a socket.
func read(m *Mirror, answer []byte) error {
	var b *TCB
	r := m.Read(answer)
	r.TCB(&b)
	return r.Commit()
}

// FuzzAnswer has the far side answer anything. It takes the near side neither down nor its
// memory; an answer that is refused changes nothing, and one that is taken no settings.
func FuzzAnswer(f *testing.F) {
	for _, a := range answers(f) {
		f.Add(a)
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		m, b, table := liar()
		before, objects := string(written(b)), len(m.images)
		listeners, ports := len(table.Listeners), len(table.Ports)
		config := b.Config
		err := read(m, answer)
		require.Same(t, config, b.Config)
		require.Equal(t, DefaultConfig(), *config)
		require.Equal(t, Bookkeeping{Challenged: b.Keeping.Challenged}, b.Keeping)
		if err != nil {
			require.Equal(t, before, string(written(b)))
			require.Len(t, m.images, objects)
			require.Len(t, table.Listeners, listeners)
			require.Len(t, table.Ports, ports)
			return
		}
		require.Less(t, int(b.State), States)
		for _, i := range m.images {
			if i, ok := i.(*tcbImage); ok {
				require.Same(t, config, i.b.Config)
			}
		}
		// The two sides go on.
		w := m.Write()
		w.TCB(&b)
		w.Table(&table)
		_, err = w.Frame(nil)
		require.NoError(t, err)
	})
}

// written writes all that travels of a socket.
func written(b *TCB) []byte {
	v := visitor{mirror: NewMirror(false)}
	v.tcb(b)
	v.buf = append(v.buf, b.Snd.Queue.Peek(0, b.Snd.Queue.Len())...)
	v.buf = append(v.buf, b.Rcv.Queue.Peek(0, b.Rcv.Queue.Len())...)
	ahead := aheadOf(&b.Rcv.Queue)
	visitAll(&v, &ahead, (*visitor).placed)
	return v.buf
}

// TestNonsenseIsRefused gives answers that are wrong in one place.
func TestNonsenseIsRefused(t *testing.T) {
	uints := func(numbers ...uint64) (b []byte) {
		for _, n := range numbers {
			b = binary.AppendUvarint(b, n)
		}
		return b
	}
	for name, answer := range map[string][]byte{
		"nothing":                       {},
		"half a number":                 {0x80},
		"too many new objects":          uints(1 << 40),
		"more new objects than bytes":   uints(100, 0, 0),
		"a new object of no kind":       {1, 77, 0, 0},
		"a new table":                   {1, tableKind, 0, 0},
		"new settings":                  {1, configKind, 0, 0},
		"a new socket without a word":   {1, tcbKind, 0, 0},
		"a change of object 0":          uints(0, 1, 0),
		"a change of an unknown object": uints(0, 1, 99),
		"a result that is unknown":      uints(0, 0, 99),
		"a result that is a table":      uints(0, 0, 2),
		"something behind it":           uints(0, 0, 1, 1),
	} {
		t.Run(name, func(t *testing.T) {
			m, _, _ := liar()
			require.Error(t, read(m, answer))
		})
	}
	m, _, _ := liar()
	require.NoError(t, read(m, uints(0, 0, 1)), "a good one passes")
}
