package tcp

import (
	"fmt"
	"iter"
	"net/netip"
)

// tableImage is what the other side has of a Table, with the numbers of the sockets.
type tableImage struct {
	mark
	t           *Table
	known       bool
	listeners   map[netip.AddrPort]int
	connections map[FourTuple]int
	ports       map[holder]int
}

// holder is a socket that holds a port. The number 0 stands for the port itself: it has an
// entry in the table.
type holder struct {
	port   uint16
	number int
}

func newTableImage(t *Table, k mark) *tableImage {
	return &tableImage{
		mark: k, t: t,
		listeners:   make(map[netip.AddrPort]int),
		connections: make(map[FourTuple]int),
		ports:       make(map[holder]int),
	}
}

func (i *tableImage) marked() *mark { return &i.mark }

func (i *tableImage) write(m *Mirror, v *visitor) bool {
	changed := !i.known
	i.known = true
	number := uint64(i.number)
	v.uint(number, number)
	listeners := writeEntries(v, numbersOf(m, i.t.Listeners), i.listeners, (*visitor).AddrPort)
	connections := writeEntries(v, numbersOf(m, i.t.Connections), i.connections, (*visitor).FourTuple)
	ports := writeEntries(v, i.holders(m), i.ports, (*visitor).holder)
	return changed || listeners || connections || ports
}

// numbersOf goes through a map with the numbers of its sockets.
func numbersOf[K comparable](m *Mirror, all map[K]*TCB) iter.Seq2[K, int] {
	return func(yield func(K, int) bool) {
		for key, b := range all {
			if !yield(key, m.numberOf(b)) {
				return
			}
		}
	}
}

// holders goes through t.Ports.
func (i *tableImage) holders(m *Mirror) iter.Seq2[holder, int] {
	return func(yield func(holder, int) bool) {
		for port, all := range i.t.Ports {
			if !yield(holder{port, 0}, 0) {
				return
			}
			for b := range all {
				if !yield(holder{port, m.numberOf(b)}, 0) {
					return
				}
			}
		}
	}
}

func (v *visitor) holder(h *holder) {
	unsigned(v, &h.port)
	number := uint32(h.number)
	unsigned(v, &number)
	if v.reading && v.err == nil {
		h.number = int(number)
	}
}

// What an entry's line in a message does.
const (
	noMore uint8 = iota
	entryIs
	entryGone
)

// writeEntries writes which entries are not what the image says, and makes it right. It
// reports whether there are any.
func writeEntries[K comparable](v *visitor, now iter.Seq2[K, int], image map[K]int, key func(*visitor, *K)) (changed bool) {
	line := func(does uint8, k K, number int) {
		changed = true
		unsigned(v, &does)
		key(v, &k)
		n := uint32(number)
		unsigned(v, &n)
	}
	there := 0
	for k, number := range now {
		there++
		if was, known := image[k]; !known || was != number {
			line(entryIs, k, number)
			image[k] = number
		}
	}
	if there < len(image) {
		still := make(map[K]bool, there)
		for k := range now {
			still[k] = true
		}
		for k := range image {
			if !still[k] {
				line(entryGone, k, 0)
				delete(image, k)
			}
		}
	}
	end := noMore
	unsigned(v, &end)
	return changed
}

// entry is a line about an entry.
type entry[K comparable] struct {
	key    K
	number int
	gone   bool
}

func readEntries[K comparable](v *visitor, key func(*visitor, *K)) (all []entry[K]) {
	for {
		does, number := noMore, uint32(0)
		unsigned(v, &does)
		if v.err != nil || does == noMore {
			return all
		}
		if does > entryGone {
			v.fail(fmt.Errorf("an entry does %d", does))
			return nil
		}
		e := entry[K]{gone: does == entryGone}
		key(v, &e.key)
		unsigned(v, &number)
		e.number = int(number)
		v.mirror.socket(v, e.number)
		all = append(all, e)
	}
}

// socket returns the socket of that number, nil for 0.
func (m *Mirror) socket(v *visitor, number int) *TCB {
	if number == 0 {
		return nil
	}
	if number <= len(m.images) {
		if i, ok := m.images[number-1].(*tcbImage); ok {
			return i.b
		}
	}
	v.fail(fmt.Errorf("object %d is no socket", number))
	return nil
}

// spread reaches all sockets in the table.
func (i *tableImage) spread(m *Mirror) {
	for _, b := range i.t.Listeners {
		m.numberOf(b)
	}
	for _, b := range i.t.Connections {
		m.numberOf(b)
	}
	for _, all := range i.t.Ports {
		for b := range all {
			m.numberOf(b)
		}
	}
}

// tableChange is what is to become of a Table.
type tableChange struct {
	m           *Mirror
	image       *tableImage
	listeners   []entry[netip.AddrPort]
	connections []entry[FourTuple]
	ports       []entry[holder]
}

func (i *tableImage) read(m *Mirror, v *visitor) (change, error) {
	c := &tableChange{m: m, image: i}
	c.listeners = readEntries(v, (*visitor).AddrPort)
	c.connections = readEntries(v, (*visitor).FourTuple)
	c.ports = readEntries(v, (*visitor).holder)
	for _, e := range c.ports {
		m.socket(v, e.key.number)
	}
	return c, v.err
}

func (c *tableChange) make() {
	c.image.known = true
	makeEntries(c.m, c.listeners, c.image.t.Listeners, c.image.listeners)
	makeEntries(c.m, c.connections, c.image.t.Connections, c.image.connections)
	t := c.image.t
	for _, e := range c.ports {
		port, b := e.key.port, c.m.socket(nil, e.key.number)
		switch {
		case e.gone && b == nil:
			delete(t.Ports, port)
		case e.gone:
			delete(t.Ports[port], b)
		case t.Ports[port] == nil:
			t.Ports[port] = make(map[*TCB]struct{})
		}
		if !e.gone && b != nil {
			t.Ports[port][b] = struct{}{}
		}
		noteEntry(e, c.image.ports)
	}
}

func makeEntries[K comparable](m *Mirror, entries []entry[K], all map[K]*TCB, image map[K]int) {
	for _, e := range entries {
		if e.gone {
			delete(all, e.key)
		} else {
			all[e.key] = m.socket(nil, e.number)
		}
		noteEntry(e, image)
	}
}

func noteEntry[K comparable](e entry[K], image map[K]int) {
	if e.gone {
		delete(image, e.key)
	} else {
		image[e.key] = e.number
	}
}
