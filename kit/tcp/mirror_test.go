package tcp

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pair are the two sides.
type pair struct {
	t         testing.TB
	near, far *Mirror
}

func newPair(t testing.TB) *pair { return &pair{t, NewMirror(false), NewMirror(true)} }

// call sends near's b to the far side, has f do there what a chapter would, and brings back
// what has changed. It returns how long the two messages were.
func (p *pair) call(b *TCB, f func(b *TCB)) (there, back int) {
	p.t.Helper()
	there, back, err := p.try(b, f)
	require.NoError(p.t, err)
	return there, back
}

func (p *pair) try(b *TCB, f func(b *TCB)) (there, back int, err error) {
	p.t.Helper()
	w := p.near.Write()
	w.TCB(&b)
	call, err := w.Frame(nil)
	require.NoError(p.t, err)
	var farB *TCB
	r := p.far.Read(call)
	r.TCB(&farB)
	require.NoError(p.t, r.Commit())
	a := p.far.Write()
	a.Reach(farB)
	f(farB)
	answer, err := a.Frame(nil)
	if err != nil {
		return 0, 0, err
	}
	return len(call), len(answer), p.near.Read(answer).Commit()
}

// notCarried are the fields that do not travel, or not as they are.
var notCarried = map[string]string{
	"TCB.Keeping.Owner": "the socket library's own",
	"Buffer.ring":       "its text travels", "Buffer.ahead": "its text travels",
	"Buffer.head": "where the text is in memory", "Buffer.len": "its text travels", "Buffer.class": "its memory",
}

// filler sets every field to a value that is not zero, and no two numbers to the same.
type filler struct {
	t    *testing.T
	n    uint64
	tcbs []*TCB
	c    *Config
}

func (f *filler) fill(v reflect.Value, name string) {
	if notCarried[name] != "" {
		return
	}
	if !v.CanSet() {
		v = reflect.NewAt(v.Type(), unsafe.Pointer(v.UnsafeAddr())).Elem()
	}
	f.n++
	switch of := v.Interface().(type) {
	case netip.AddrPort:
		v.Set(reflect.ValueOf(netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(f.n)}), uint16(f.n))))
		return
	case time.Time:
		v.Set(reflect.ValueOf(time.Unix(int64(f.n), 5).UTC()))
		return
	case Buffer:
		b := (*Buffer)(v.Addr().UnsafePointer())
		b.SetLimit(1000 + int(f.n))
		b.Append([]byte(fmt.Sprint("text ", f.n)))
		b.Place(20, []byte(fmt.Sprint("ahead ", f.n)))
	case *TCB:
		v.Set(reflect.ValueOf(f.tcbs[f.n%2]))
		return
	case *Config:
		v.Set(reflect.ValueOf(f.c))
		return
	case State:
		v.Set(reflect.ValueOf(TimeWait))
		return
	default:
		_ = of
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			field := name + "." + v.Type().Field(i).Name
			if inner := v.Type().Name() + "." + v.Type().Field(i).Name; notCarried[inner] != "" {
				field = inner
			}
			if v.Type() == reflect.TypeFor[Buffer]() && v.Type().Field(i).Name == "limit" {
				continue // it is set
			}
			f.fill(v.Field(i), field)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem(), name)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		f.fill(v.Index(0), name)
		f.fill(v.Index(1), name)
	case reflect.Array:
		for i := range v.Len() {
			f.fill(v.Index(i), name)
		}
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(int64(f.n))
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		v.SetUint(f.n % 256)
	case reflect.Interface:
		v.Set(reflect.ValueOf(fmt.Errorf("no %d: %w", f.n, syscall.EADDRINUSE)))
	default:
		f.t.Fatalf("%s: a field of kind %v: say here how to fill it, and there how it travels", name, v.Kind())
	}
}

// same compares two values field by field; TCBs by their ports.
func same(t *testing.T, want, got reflect.Value, name string) {
	if notCarried[name] != "" {
		return
	}
	switch want.Type() {
	case reflect.TypeFor[*TCB]():
		a, b := (*TCB)(want.UnsafePointer()), (*TCB)(got.UnsafePointer())
		assert.Equal(t, a == nil, b == nil, name)
		if a != nil && b != nil {
			assert.Equal(t, a.Local, b.Local, name)
		}
		return
	case reflect.TypeFor[Buffer]():
		a, b := (*Buffer)(want.Addr().UnsafePointer()), (*Buffer)(got.Addr().UnsafePointer())
		assert.Equal(t, a.Peek(0, a.Len()), b.Peek(0, b.Len()), name)
		assert.Equal(t, aheadOf(a), aheadOf(b), name)
		assert.Equal(t, a.Limit(), b.Limit(), name)
		return
	case reflect.TypeFor[netip.AddrPort](), reflect.TypeFor[time.Time]():
		assert.Equal(t, want.Interface(), got.Interface(), name)
		return
	}
	switch want.Kind() {
	case reflect.Struct:
		for i := range want.NumField() {
			same(t, want.Field(i), got.Field(i), name+"."+want.Type().Field(i).Name)
		}
	case reflect.Pointer:
		require.Equal(t, want.IsNil(), got.IsNil(), name)
		if !want.IsNil() {
			same(t, want.Elem(), got.Elem(), name)
		}
	case reflect.Slice, reflect.Array:
		require.Equal(t, want.Len(), got.Len(), name)
		for i := range want.Len() {
			same(t, want.Index(i), got.Index(i), name)
		}
	case reflect.Interface:
		a, b := want.Interface().(error), got.Interface().(error)
		assert.Equal(t, a.Error(), b.Error(), name)
		assert.ErrorIs(t, b, syscall.EADDRINUSE, name)
	default:
		assert.Equal(t, want.String(), got.String(), name)
		switch want.Kind() {
		case reflect.Bool:
			assert.Equal(t, want.Bool(), got.Bool(), name)
		case reflect.Int, reflect.Int32, reflect.Int64:
			assert.Equal(t, want.Int(), got.Int(), name)
		default:
			assert.Equal(t, want.Uint(), got.Uint(), name)
		}
	}
}

// aheadOf returns what lies behind holes of a queue.
func aheadOf(q *Buffer) (all []placed) {
	if q.ahead == nil {
		return nil
	}
	for _, r := range q.ahead.runs {
		all = append(all, placed{r.at, bytes.Clone(r.text())})
	}
	return all
}

// TestEveryFieldTravels fills every field that a TCB and a Config have, hidden ones too, and
// looks whether it has arrived on the far side; then on its way back.
func TestEveryFieldTravels(t *testing.T) {
	c := new(Config)
	f := &filler{t: t, c: c}
	f.fill(reflect.ValueOf(c).Elem(), "Config")
	for range 2 {
		other := NewTCB(c)
		other.Local = netip.AddrPortFrom(netip.IPv4Unspecified(), uint16(1000+len(f.tcbs)))
		f.tcbs = append(f.tcbs, other)
	}
	b := new(TCB)
	f.fill(reflect.ValueOf(b).Elem(), "TCB")

	p := newPair(t)
	p.call(b, func(far *TCB) {
		same(t, reflect.ValueOf(b).Elem(), reflect.ValueOf(far).Elem(), "TCB")
		same(t, reflect.ValueOf(c).Elem(), reflect.ValueOf(far.Config).Elem(), "Config")
	})

	// Back, into a socket of which nothing is known.
	listener := NewTCB(c)
	listener.Listener = &Listener{Backlog: 1}
	var made TCB
	p = newPair(t)
	p.call(listener, func(l *TCB) {
		f := &filler{t: t, c: l.Config, tcbs: []*TCB{l, l}}
		child := new(TCB)
		f.fill(reflect.ValueOf(child).Elem(), "TCB")
		made = *child
		l.Listener.Half = append(l.Listener.Half, child)
	})
	require.Len(t, listener.Listener.Half, 1)
	got := listener.Listener.Half[0]
	challenged := made.Keeping.Challenged
	made.Keeping = Bookkeeping{Challenged: challenged}
	same(t, reflect.ValueOf(&made).Elem(), reflect.ValueOf(got).Elem(), "TCB")
	assert.Equal(t, Bookkeeping{Challenged: challenged}, got.Keeping, "what the stack keeps is nobody else's")
}

func TestOnlyWhatHasChangedTravels(t *testing.T) {
	config := DefaultConfig()
	b := NewTCB(&config)
	p := newPair(t)
	text := make([]byte, 50_000)
	for i := range text {
		text[i] = byte(i * i >> 3)
	}
	b.Snd.Queue.Append(text)
	first, back := p.call(b, func(*TCB) {})
	assert.Greater(t, first, 50_000)
	assert.Less(t, back, 10, "nothing has changed")
	again, _ := p.call(b, func(*TCB) {})
	assert.Less(t, again, 10)

	b.Snd.Queue.Discard(1000)
	b.Snd.Queue.Append([]byte("more"))
	there, back := p.call(b, func(far *TCB) {
		assert.Equal(t, 49_004, far.Snd.Queue.Len())
		far.Snd.Queue.Discard(9000)
		far.Rcv.Queue.Place(5, []byte("ahead"))
		far.Rcv.Blocks = append(far.Rcv.Blocks, Block{5, 10})
	})
	assert.Less(t, there, 500)
	assert.Less(t, back, 500)
	assert.Equal(t, "more", string(b.Snd.Queue.Peek(40_000, 4)))
	assert.Equal(t, []Block{{5, 10}}, b.Rcv.Blocks)
	b.Rcv.Queue.Append([]byte("01234"))
	b.Rcv.Queue.Join(5)
	p.call(b, func(far *TCB) { assert.Equal(t, "01234ahead", string(far.Rcv.Queue.Peek(0, 100))) })
}

// TestIdentityStays looks at what a chapter may keep of its own: a map by socket.
func TestIdentityStays(t *testing.T) {
	config := DefaultConfig()
	b, parent := NewTCB(&config), NewTCB(&config)
	b.Parent, parent.Listener = parent, &Listener{Backlog: 1, Half: []*TCB{b}}
	listener := parent.Listener
	p := newPair(t)
	var first, firstParent *TCB
	p.call(b, func(far *TCB) {
		first, firstParent = far, far.Parent
		far.Err = fmt.Errorf("my own: %w", syscall.ECONNRESET)
	})
	own := b.Err
	assert.ErrorIs(t, own, syscall.ECONNRESET)
	assert.EqualError(t, own, "my own: connection reset by peer")
	p.call(b, func(far *TCB) {
		assert.Same(t, first, far)
		assert.Same(t, firstParent, far.Parent)
		assert.NotErrorIs(t, far.Err, own, "its own error is still there")
		far.State = Established
		far.Parent.Listener.Ready = append(far.Parent.Listener.Ready, far)
		far.Parent.Listener.Half = nil
	})
	assert.Same(t, own, b.Err)
	assert.Same(t, parent, b.Parent)
	assert.Same(t, listener, parent.Listener)
	assert.Equal(t, []*TCB{b}, parent.Listener.Ready)
	assert.Empty(t, parent.Listener.Half)
}

// TestWhatIsLeftBehindComesBackToo has a call change a socket and drop the only way to it.
func TestWhatIsLeftBehindComesBackToo(t *testing.T) {
	config := DefaultConfig()
	l, evicted := NewTCB(&config), NewTCB(&config)
	l.Listener = &Listener{Backlog: 1, Half: []*TCB{evicted}}
	newPair(t).call(l, func(far *TCB) {
		far.Listener.Half[0].State = LastAck
		far.Listener.Half = nil
	})
	assert.Equal(t, LastAck, evicted.State)
	assert.Empty(t, l.Listener.Half)
}

func TestSettingsAreNobodysToChange(t *testing.T) {
	for name, change := range map[string]func(b *TCB){
		"a setting":      func(b *TCB) { b.Config.MSL++ },
		"other settings": func(b *TCB) { c := *b.Config; b.Config = &c },
		"none":           func(b *TCB) { b.Config = nil },
	} {
		t.Run(name, func(t *testing.T) {
			config := DefaultConfig()
			b := NewTCB(&config)
			_, _, err := newPair(t).try(b, change)
			require.ErrorIs(t, err, ErrConfig)
			require.Equal(t, DefaultConfig(), config)
			require.Same(t, &config, b.Config)
		})
	}
}

func TestErrorsTravel(t *testing.T) {
	for _, err := range []error{
		nil, syscall.EADDRINUSE, errors.New("mine"), fmt.Errorf("port 80: %w", syscall.EADDRINUSE),
		errors.Join(syscall.ECONNRESET, errors.New("and"), syscall.ETIMEDOUT), errors.New("not\xffUTF-8"),
	} {
		w := NewMirror(true).Write()
		w.Error(&err)
		message, wrong := w.Frame(nil)
		require.NoError(t, wrong)
		var got error
		r := NewMirror(false).Read(message)
		r.Error(&got)
		require.NoError(t, r.Commit())
		if err == nil {
			require.NoError(t, got)
			continue
		}
		require.Error(t, got)
		for _, errno := range []syscall.Errno{syscall.EADDRINUSE, syscall.ECONNRESET, syscall.ETIMEDOUT} {
			assert.Equal(t, errors.Is(err, errno), errors.Is(got, errno))
		}
		if _, plain := err.(syscall.Errno); plain {
			assert.Equal(t, err, got)
		}
	}
}

// tables has both sides know a table with one connection, and its socket.
func (p *pair) tables(b *TCB, t *Table, f func(b *TCB, t *Table)) {
	p.t.Helper()
	w := p.near.Write()
	w.TCB(&b)
	w.Table(&t)
	call, err := w.Frame(nil)
	require.NoError(p.t, err)
	var farB *TCB
	var farT *Table
	r := p.far.Read(call)
	r.TCB(&farB)
	r.Table(&farT)
	require.NoError(p.t, r.Commit())
	a := p.far.Write()
	a.Reach(farB)
	a.ReachTable(farT)
	f(farB, farT)
	answer, err := a.Frame(nil)
	require.NoError(p.t, err)
	require.NoError(p.t, p.near.Read(answer).Commit())
}

func TestTablesTravel(t *testing.T) {
	config := DefaultConfig()
	here, there := netip.MustParseAddrPort("10.0.0.1:80"), netip.MustParseAddrPort("[fe80::1%eth0]:81")
	any := netip.AddrPortFrom(netip.Addr{}, 80)
	b, l := NewTCB(&config), NewTCB(&config)
	b.Local, b.Remote = here, there
	table := NewTable()
	table.Connections[b.Tuple()] = b
	table.Ports[80] = map[*TCB]struct{}{b: {}, l: {}}
	table.Listeners[any] = l
	p := newPair(t)
	p.tables(b, table, func(b *TCB, t *Table) {
		require.Len(p.t, t.Connections, 1)
		require.Same(p.t, b, t.Connections[b.Tuple()])
		require.Len(p.t, t.Ports[80], 2)
		l := t.Listeners[any]
		require.NotNil(p.t, l)
		delete(t.Connections, b.Tuple())
		delete(t.Ports[80], b)
		t.Ports[81] = map[*TCB]struct{}{b: {}}
		t.Ports[82] = map[*TCB]struct{}{}
		t.Listeners[here] = b
	})
	assert.Empty(t, table.Connections)
	assert.Equal(t, map[uint16]map[*TCB]struct{}{80: {l: {}}, 81: {b: {}}, 82: {}}, table.Ports)
	assert.Equal(t, map[netip.AddrPort]*TCB{any: l, here: b}, table.Listeners)
	p.tables(b, table, func(b *TCB, t *Table) {
		delete(t.Ports, 81)
		delete(t.Ports, 82)
		delete(t.Listeners, any)
	})
	assert.Equal(t, map[uint16]map[*TCB]struct{}{80: {l: {}}}, table.Ports)
	assert.Len(t, table.Listeners, 1)
}

// TestOneRunOfThousandsTravelsAlone sends every other byte, which makes a run of each.
func TestOneRunOfThousandsTravelsAlone(t *testing.T) {
	config := DefaultConfig()
	b := NewTCB(&config)
	b.Rcv.Queue.SetLimit(1 << 16)
	p := newPair(t)
	place := func(q *Buffer, at int) { q.Place(q.Len()+at, []byte{byte(at)}) }
	for at := 1; at < 6000; at += 2 {
		place(&b.Rcv.Queue, at)
	}
	first, _ := p.call(b, func(*TCB) {})
	assert.Greater(t, first, 9000)
	for _, at := range []int{6003, 7001, 6501} {
		there, back := p.call(b, func(far *TCB) { place(&far.Rcv.Queue, at) })
		assert.Less(t, there, 200)
		assert.Less(t, back, 200)
	}
	there, back := p.call(b, func(far *TCB) {
		place(&far.Rcv.Queue, 0)
		far.Rcv.Queue.Join(2)
	})
	assert.Less(t, there+back, 200, "what is nearer by two is the same")
	assert.Equal(t, 2, b.Rcv.Queue.Len())
	assert.Equal(t, []placed{{1, []byte{3}}, {3, []byte{5}}}, aheadOf(&b.Rcv.Queue)[:2])
}

// TestBothSidesOfAQueueStayTheSame does random things on both sides, some of them beyond what
// a chapter would do.
func TestBothSidesOfAQueueStayTheSame(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Log("seed", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	upTo := func(n int) int { return r.IntN(1 + n>>r.IntN(6)) }
	change := func(q *Buffer) {
		for range r.IntN(4) {
			switch r.IntN(8) {
			case 0:
				q.Append(randomBytes(r, upTo(100)))
			case 1, 2, 3:
				q.Place(q.Len()+upTo(300), randomBytes(r, upTo(20)))
			case 4:
				q.Place(q.Len(), randomBytes(r, upTo(20)))
				q.Join(upTo(40))
			case 5:
				q.Discard(upTo(q.Len()))
			case 6:
				q.DiscardAhead()
			case 7:
				if r.IntN(10) == 0 {
					q.Reset()
				}
			}
		}
	}
	config := DefaultConfig()
	for range 20 {
		p, b := newPair(t), NewTCB(&config)
		b.Rcv.Queue.SetLimit(500)
		for range 100 {
			change(&b.Rcv.Queue)
			var far Buffer
			equal := func() {
				t.Helper()
				require.Equal(t, b.Rcv.Queue.Peek(0, 500), far.Peek(0, 500))
				require.Equal(t, aheadOf(&b.Rcv.Queue), aheadOf(&far))
			}
			p.call(b, func(other *TCB) {
				far = other.Rcv.Queue
				equal()
				change(&other.Rcv.Queue)
				far = other.Rcv.Queue
			})
			equal()
		}
	}
}
