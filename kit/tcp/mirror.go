package tcp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// A Mirror is one side of two processes that have the same sockets. Calls go from the near
// side to the far one, one at a time; with each call and each answer goes a [Message],
// which has what has changed since the last. So both sides see the same TCBs, tables and
// settings, and an object of one side is always the same object of the other.
//
// The near side trusts the far one in nothing: it takes an answer as a whole or not at all,
// and no settings and no [Bookkeeping].
//
// It is for who runs a chapter in another process, see package remote; no chapter uses it.
type Mirror struct {
	far     bool
	images  []image // of object n at n-1
	tcbs    map[*TCB]*tcbImage
	configs map[*Config]*configImage
	tables  map[*Table]*tableImage

	round   int     // how many messages were begun, to be written or read
	reached []image // by this message, in order
	kinds   []byte  // of the objects that are new in this message
	scratch visitor
	out     []byte
}

// NewMirror makes the mirror of a side that knows no object yet.
func NewMirror(far bool) *Mirror {
	return &Mirror{
		far:     far,
		tcbs:    make(map[*TCB]*tcbImage),
		configs: make(map[*Config]*configImage),
		tables:  make(map[*Table]*tableImage),
	}
}

// An image is what a side knows of an object that both sides have.
type image interface {
	marked() *mark

	// write appends the object's number and what has changed of it since the sides last
	// agreed, which they do now, and reports whether anything had. It reaches what the
	// object points to.
	write(m *Mirror, v *visitor) bool

	// read reads what write has written, after the number, and changes nothing yet.
	read(m *Mirror, v *visitor) (change, error)

	// spread reaches what the object points to.
	spread(m *Mirror)
}

// A change is what a message makes of an object.
type change interface{ make() }

// The kinds of objects, as messages write them.
const (
	tcbKind byte = iota
	configKind
	tableKind
)

// ErrConfig is the error of a message in which the far side has changed settings.
var ErrConfig = errors.New("b.Config was changed")

// mostNew is how many objects a message may bring.
const mostNew = 1 << 16

// A Message is a call or an answer that is being written, or read. Its values are written
// and read by the same methods in the same order. The first error stays.
type Message struct {
	visitor
	m       *Mirror
	known   int // how many objects there were before
	changes []change
}

// Write begins a message.
func (m *Mirror) Write() *Message {
	m.round++
	m.reached, m.kinds = m.reached[:0], m.kinds[:0]
	return &Message{visitor: visitor{mirror: m}, m: m}
}

// Reach has the message take along what will have changed of b, and of all that b leads to
// now, when it is written.
func (w *Message) Reach(b *TCB) {
	w.m.numberOf(b)
	w.m.spread()
}

// ReachTable is [Message.Reach] for a table.
func (w *Message) ReachTable(t *Table) {
	w.m.numberOfTable(t)
	w.m.spread()
}

func (m *Mirror) spread() {
	for i := 0; i < len(m.reached); i++ { // it grows
		m.reached[i].spread(m)
	}
}

// Frame appends the message to frame, and returns it. Both sides agree then on what is in
// it.
func (w *Message) Frame(frame []byte) ([]byte, error) {
	m := w.m
	v := &m.scratch
	*v = visitor{mirror: m, buf: v.buf[:0]}
	changed := 0
	m.out = m.out[:0]
	for i := 0; i < len(m.reached); i++ { // it grows
		v.buf = v.buf[:0]
		if m.reached[i].write(m, v) {
			m.out = append(m.out, v.buf...)
			changed++
		}
		if v.err != nil {
			return nil, v.err
		}
	}
	if w.err != nil {
		return nil, w.err
	}
	frame = binary.AppendUvarint(frame, uint64(len(m.kinds)))
	frame = append(frame, m.kinds...)
	frame = binary.AppendUvarint(frame, uint64(changed))
	frame = append(frame, m.out...)
	return append(frame, w.buf...), nil
}

// Read begins to read a message: the objects in it. The values follow, then Commit.
func (m *Mirror) Read(frame []byte) *Message {
	m.round++
	r := &Message{visitor: visitor{mirror: m, buf: frame, reading: true}, m: m, known: len(m.images)}
	r.readObjects()
	return r
}

func (r *Message) readObjects() {
	m := r.m
	fresh := r.count(mostNew)
	kinds := r.take(fresh)
	for _, kind := range kinds {
		switch {
		case kind == tcbKind:
			m.addTCB(new(TCB))
		case m.far && kind == configKind:
			m.addConfig(new(Config))
		case m.far && kind == tableKind:
			m.addTable(NewTable())
		case kind == configKind:
			r.fail(ErrConfig)
		default:
			r.fail(fmt.Errorf("a new object is of kind %d", kind))
		}
	}
	changed := r.count(math.MaxInt32)
	for range changed {
		number := r.count(len(m.images))
		if r.err == nil && (number == 0 || m.images[number-1].marked().read == m.round) {
			r.fail(fmt.Errorf("object %d is told of twice, or is none", number))
		}
		if r.err != nil {
			return
		}
		m.images[number-1].marked().read = m.round
		change, err := m.images[number-1].read(m, &r.visitor)
		if err != nil {
			r.fail(err)
			return
		}
		r.changes = append(r.changes, change)
	}
	for _, i := range m.images[r.known:] {
		if k := i.marked(); k.read != m.round {
			r.fail(fmt.Errorf("the new object %d is not told of", k.number))
		}
	}
}

// Commit ends the reading of a message: if it was right, and is read to its end, this side's
// objects become what it says; otherwise nothing changes.
func (r *Message) Commit() error {
	if r.err == nil && len(r.buf) > 0 {
		r.fail(fmt.Errorf("%d bytes are left over", len(r.buf)))
	}
	if r.err != nil {
		r.m.forget(r.known)
		return r.err
	}
	for _, c := range r.changes {
		c.make()
	}
	return nil
}

// Bring visits what a call has made of a segment that came with it: before is how the
// segment was written then. Most calls leave it as it is.
func (r *Message) Bring(before []byte, s *Segment) {
	var after []byte
	if !r.reading {
		after = AppendSegment(nil, s)
	}
	changed := !r.reading && !bytes.Equal(before, after)
	r.Bool(&changed)
	switch {
	case !changed:
	case !r.reading:
		r.buf = append(r.buf, after...)
	default:
		c := &segmentChange{to: s}
		r.Segment(&c.segment)
		r.changes = append(r.changes, c)
	}
}

type segmentChange struct {
	to      *Segment
	segment Segment
}

func (c *segmentChange) make() { *c.to = c.segment }

// AppendSegment appends a segment as messages write it.
func AppendSegment(buf []byte, s *Segment) []byte {
	v := visitor{buf: buf}
	v.Segment(s)
	return v.buf
}

// forget drops the objects after the first n.
func (m *Mirror) forget(n int) {
	for _, i := range m.images[n:] {
		switch i := i.(type) {
		case *tcbImage:
			delete(m.tcbs, i.b)
		case *configImage:
			delete(m.configs, i.c)
		case *tableImage:
			delete(m.tables, i.t)
		}
	}
	m.images = m.images[:n]
}

// next is the mark of the next object.
func (m *Mirror) next() mark { return mark{number: len(m.images) + 1} }

func (m *Mirror) addTCB(b *TCB) *tcbImage {
	i := &tcbImage{b: b, mark: m.next()}
	m.images, m.tcbs[b] = append(m.images, i), i
	return i
}

func (m *Mirror) addConfig(c *Config) *configImage {
	i := &configImage{c: c, mark: m.next()}
	m.images, m.configs[c] = append(m.images, i), i
	return i
}

func (m *Mirror) addTable(t *Table) *tableImage {
	i := newTableImage(t, m.next())
	m.images, m.tables[t] = append(m.images, i), i
	return i
}

// A mark says which object an image is of, and in which message it was last met.
type mark struct{ number, written, read int }

// reach has the message that is being written take along what has changed of an object, and
// returns the object's number.
func (m *Mirror) reach(i image) int {
	k := i.marked()
	if k.written != m.round {
		k.written = m.round
		m.reached = append(m.reached, i)
	}
	return k.number
}

// numberOf returns the number of b, 0 for nil, and reaches it.
func (m *Mirror) numberOf(b *TCB) int {
	if b == nil {
		return 0
	}
	i := m.tcbs[b]
	if i == nil {
		i = m.addTCB(b)
		m.kinds = append(m.kinds, tcbKind)
	}
	return m.reach(i)
}

func (m *Mirror) numberOfConfig(c *Config) int {
	if c == nil {
		return 0
	}
	i := m.configs[c]
	if i == nil {
		i = m.addConfig(c)
		m.kinds = append(m.kinds, configKind)
	}
	return m.reach(i)
}

func (m *Mirror) numberOfTable(t *Table) int {
	if t == nil {
		return 0
	}
	i := m.tables[t]
	if i == nil {
		i = m.addTable(t)
		m.kinds = append(m.kinds, tableKind)
	}
	return m.reach(i)
}
