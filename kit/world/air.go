package world

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"tcpworkbook/kit/link"
	"tcpworkbook/kit/tcp"
)

// Packet is one that is in the air.
type Packet struct {
	// Number is its place among all packets that were ever sent in this world, from 1;
	// copies count, those that the weather lost too. CopyOf is the number of the packet
	// that it is a copy of, or 0.
	Number, CopyOf uint64

	From, To *Host

	// Sent is when it was sent, and Due when it will arrive: if it is not Held, for such
	// a one arrives only when somebody says so.
	Sent, Due time.Time
	Held      bool

	Corrupted bool // the weather has flipped a bit of it

	Data []byte // its bytes, from the IP header on: good, and to be left alone, until the world goes on
}

// ErrNotInAir is what the methods that touch a packet return, wrapped, when there is none
// of that number: it has arrived, was lost, or was never sent.
var ErrNotInAir = errors.New("no such packet is in the air")

// Air returns the packets that are in the air, by their numbers.
func (w *World) Air() []Packet {
	var all []Packet
	for _, h := range [...]*Host{w.A, w.B} {
		for f := range h.out.Each {
			all = append(all, Packet{f.ID, f.CopyOf, h, w.other(h), f.Sent, f.Due, f.Kept, f.Corrupted, f.Data})
		}
	}
	slices.SortFunc(all, func(a, b Packet) int { return cmp.Compare(a.Number, b.Number) })
	return all
}

func (w *World) other(h *Host) *Host {
	if h == w.A {
		return w.B
	}
	return w.A
}

// Lose has a packet never arrive.
func (w *World) Lose(number uint64) error {
	return w.touch(number, func(d *link.Direction) bool { return d.Lose(number) })
}

// Copy makes a second packet of one, which arrives later than it by delay: not less than
// 0. A copy of one that is held arrives delay from now. It returns the copy's number.
func (w *World) Copy(number uint64, delay time.Duration) (second uint64, err error) {
	p, err := w.packet(number)
	if err != nil {
		return 0, err
	}
	due := p.Due
	if p.Held {
		due = w.now
	}
	second, _ = p.From.out.Copy(number, due.Add(max(0, delay)))
	return second, nil
}

// Delay has a packet arrive later by d, or earlier where d is negative, but not before
// now. One that is held arrives d from now.
func (w *World) Delay(number uint64, d time.Duration) error {
	p, err := w.packet(number)
	if err != nil {
		return err
	}
	due := p.Due
	if p.Held {
		due = w.now
	}
	if due = due.Add(d); due.Before(w.now) {
		due = w.now
	}
	p.From.out.Postpone(number, due)
	return nil
}

// Hold has a packet stay in the air until Deliver or Delay.
func (w *World) Hold(number uint64) error {
	return w.touch(number, func(d *link.Direction) bool { return d.Keep(number) })
}

// Deliver has a packet arrive, now, before anything else.
func (w *World) Deliver(number uint64) error {
	p, err := w.packet(number)
	if err != nil {
		return err
	}
	p.To.take([]*link.Frame{p.From.out.Deliver(number, w.now)})
	return nil
}

// Change changes the segment in a packet, and gives it the right checksum. What change
// is shown is its own. The error is that of tcp.Decode for a packet that is damaged, and
// that of tcp.Encode for a segment that is none; then the packet stays as it was.
func (w *World) Change(number uint64, change func(*tcp.Segment)) error {
	p, err := w.packet(number)
	if err != nil {
		return err
	}
	var seg tcp.Segment
	if err := tcp.Decode(slices.Clone(p.Data), &seg); err != nil {
		return err
	}
	change(&seg)
	data := make([]byte, seg.EncodedLen())
	if _, err := tcp.Encode(data, &seg); err != nil {
		return err
	}
	p.From.out.Change(number, data)
	return nil
}

// Inject puts a packet into the air to a host that nobody there has sent. It meets the
// weather. The error is that of tcp.Encode.
func (w *World) Inject(to *Host, seg tcp.Segment) error {
	f := link.NewFrame(seg.EncodedLen())
	if _, err := tcp.Encode(f.Data, &seg); err != nil {
		f.Free()
		return err
	}
	to.in.Send(w.now, f)
	return nil
}

// packet finds a packet in the air.
func (w *World) packet(number uint64) (Packet, error) {
	all := w.Air()
	i, found := slices.BinarySearchFunc(all, number, func(p Packet, n uint64) int { return cmp.Compare(p.Number, n) })
	if !found {
		return Packet{}, fmt.Errorf("packet %d: %w", number, ErrNotInAir)
	}
	return all[i], nil
}

// touch tries both directions.
func (w *World) touch(number uint64, do func(*link.Direction) bool) error {
	if do(w.A.out) || do(w.B.out) {
		return nil
	}
	return fmt.Errorf("packet %d: %w", number, ErrNotInAir)
}
