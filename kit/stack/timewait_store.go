package stack

import (
	"hash/maphash"
	"iter"
	"time"

	"tcpworkbook/kit/tcp"
)

// resting keeps the sockets in TIME-WAIT that nobody holds any more, each in some
// hundred bytes. They are found by four-tuple, and by when their wait is over.
//
// Records have numbers, from 1, by which lists and heap refer to them; they lie in
// pages, so that nothing is ever moved, and none of it holds a pointer that the
// garbage collector would follow.
type timeWaitStore struct {
	base       time.Time // times in the records are kept as distances from here
	pages      []*[slotPage]slot
	free       uint32   // the first number to use again; the others by next
	count      int      // records in use
	chains     []uint32 // the first record of each chain, by hash
	seed       maphash.Seed
	byDeadline heap[uint32]   // the records in use, by when they are due
	ports      map[uint16]int // records by local port
}

// rest is one record.
type slot struct {
	timeWaitRecord
	index uint32 // where it stands in byDeadline
	next  uint32 // in its chain, or among the free ones; 0 at the end
}

const (
	slotPage  = 262 // records in a page: as many as fit into what Go sets aside for one, 27 264 bytes
	slotChain = 2   // records in a chain, on average, before there are more chains
)

func (r *timeWaitStore) at(n uint32) *slot { return &r.pages[(n-1)/slotPage][(n-1)%slotPage] }

// begin makes r ready for its first record.
func (r *timeWaitStore) begin(base time.Time) {
	r.base, r.seed, r.ports = base, maphash.MakeSeed(), make(map[uint16]int)
	r.byDeadline = heap[uint32]{placed: func(n uint32, at int) { r.at(n).index = uint32(at) }}
}

// keep notes what is left of b, and returns false when b must be kept whole.
func (r *timeWaitStore) keep(b *tcp.TCB) bool {
	if b.Timers.TimeWait.IsZero() {
		return false
	}
	if r.pages == nil {
		r.begin(b.Timers.TimeWait)
	}
	if r.free == 0 {
		r.addPage()
	}
	n := r.free
	record := r.at(n)
	if !record.keep(b, r.base) {
		return false
	}
	r.free = record.next
	r.count++
	r.ports[record.key.localPort()]++
	if r.count > slotChain*len(r.chains) {
		r.rehash(max(64, 2*len(r.chains)))
	}
	r.link(n)
	r.byDeadline.push(n, b.Timers.TimeWait)
	return true
}

// restore makes b, fresh from NewTCB or restored before, the socket that record n is of.
func (r *timeWaitStore) restore(b *tcp.TCB, n uint32) {
	record := r.at(n)
	record.restore(b, r.base)
	b.Timers.TimeWait = r.byDeadline.due(int(record.index))
}

func (r *timeWaitStore) addPage() {
	first := uint32(len(r.pages)*slotPage + 1)
	page := new([slotPage]slot)
	for i := range page[:slotPage-1] {
		page[i].next = first + uint32(i) + 1
	}
	r.pages = append(r.pages, page)
	r.free = first
}

// chain returns the chain that a socket of that key stands in.
func (r *timeWaitStore) chain(k *key) *uint32 {
	return &r.chains[maphash.Bytes(r.seed, k[:])&uint64(len(r.chains)-1)]
}

func (r *timeWaitStore) link(n uint32) {
	record := r.at(n)
	chain := r.chain(&record.key)
	record.next, *chain = *chain, n
}

// rehash spreads the records over so many chains, a power of two.
func (r *timeWaitStore) rehash(chains int) {
	old := r.chains
	r.chains = make([]uint32, chains)
	for _, n := range old {
		for n != 0 {
			next := r.at(n).next
			r.link(n)
			n = next
		}
	}
}

// find returns the number of the record of that four-tuple, 0 for none.
func (r *timeWaitStore) find(t tcp.FourTuple) uint32 {
	if r.count == 0 {
		return 0
	}
	k := keyOf(t)
	return r.findKey(&k)
}

// findKey is find for the key of a four-tuple.
func (r *timeWaitStore) findKey(k *key) uint32 {
	if r.count == 0 {
		return 0
	}
	n := *r.chain(k)
	for n != 0 && r.at(n).key != *k {
		n = r.at(n).next
	}
	return n
}

// remove forgets a record.
func (r *timeWaitStore) remove(n uint32) {
	record := r.at(n)
	link := r.chain(&record.key)
	for *link != n {
		link = &r.at(*link).next
	}
	*link = record.next

	if port := record.key.localPort(); r.ports[port] > 1 {
		r.ports[port]--
	} else {
		delete(r.ports, port)
	}
	r.byDeadline.remove(int(record.index))
	record.next, r.free = r.free, n
	r.count--
	if r.count == 0 && len(r.pages) > 1 {
		*r = timeWaitStore{} // a host that was busy once does not keep the memory
	}
}

// all yields the number of every record. None may be kept or removed meanwhile.
func (r *timeWaitStore) all() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for _, t := range r.byDeadline.items {
			if !yield(t.item) {
				return
			}
		}
	}
}
