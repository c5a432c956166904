package tcp

import (
	"bytes"
	"errors"
	"fmt"
	"math"
)

// tcbImage is what the other side has of a TCB.
type tcbImage struct {
	mark
	b        *TCB
	fields   []byte // as they were written
	snd, rcv queueImage
}

func (i *tcbImage) marked() *mark { return &i.mark }

func (i *tcbImage) write(m *Mirror, v *visitor) bool {
	number := uint64(i.number)
	v.uint(number, number)
	at := len(v.buf)
	v.tcb(i.b)
	fields := v.buf[at:]
	changed := !bytes.Equal(fields, i.fields)
	if changed {
		i.fields = append(i.fields[:0], fields...)
	}
	snd := i.snd.write(v, &i.b.Snd.Queue)
	rcv := i.rcv.write(v, &i.b.Rcv.Queue)
	return changed || snd || rcv
}

func (i *tcbImage) spread(m *Mirror) {
	m.numberOf(i.b.Parent)
	if l := i.b.Listener; l != nil {
		for _, b := range l.Half {
			m.numberOf(b)
		}
		for _, b := range l.Ready {
			m.numberOf(b)
		}
	}
	m.numberOfConfig(i.b.Config)
}

// tcbChange is what is to become of a TCB.
type tcbChange struct {
	image    *tcbImage
	far      bool
	b        TCB // but for its queues
	fields   []byte
	snd, rcv queueChange
}

func (i *tcbImage) read(m *Mirror, v *visitor) (change, error) {
	c := &tcbChange{image: i, far: m.far, b: *i.b}
	if c.b.Listener != nil {
		l := *c.b.Listener
		c.b.Listener = &l
	}
	before := v.buf
	v.tcb(&c.b)
	c.fields = before[:len(before)-len(v.buf)]
	c.snd = i.snd.read(v)
	c.rcv = i.rcv.read(v)
	isNew := i.fields == nil
	switch {
	case v.err != nil:
		return nil, v.err
	case !m.far && isNew && c.b.Config == nil, !m.far && !isNew && c.b.Config != i.b.Config:
		return nil, ErrConfig
	case int(c.b.State) >= States:
		return nil, fmt.Errorf("there is no state %d", c.b.State)
	}
	return c, nil
}

// make changes the TCB. What the stack keeps the near side has from nobody, but for when a
// challenge ACK was last allowed: to answer that is the far side's business.
func (c *tcbChange) make() {
	b := c.image.b
	if !c.far {
		challenged := c.b.Keeping.Challenged
		c.b.Keeping = b.Keeping
		c.b.Keeping.Challenged = challenged
	}
	if b.Listener != nil && c.b.Listener != nil {
		*b.Listener = *c.b.Listener
		c.b.Listener = b.Listener
	}
	c.snd.make(&c.image.snd, &b.Snd.Queue)
	c.rcv.make(&c.image.rcv, &b.Rcv.Queue)
	limits := [...]uint32{c.b.Snd.Queue.limit, c.b.Rcv.Queue.limit}
	c.b.Snd.Queue, c.b.Rcv.Queue = b.Snd.Queue, b.Rcv.Queue
	c.b.Snd.Queue.limit, c.b.Rcv.Queue.limit = limits[0], limits[1]
	*b = c.b
	c.image.fields = append(c.image.fields[:0], c.fields...)
}

// tcb visits all that a TCB has, but for what its queues hold and its Owner. A field that is
// not here does not travel: TestEveryFieldTravels looks.
func (v *visitor) tcb(b *TCB) {
	v.AddrPort(&b.Local)
	v.AddrPort(&b.Remote)
	unsigned(v, &b.State)
	v.Bool(&b.Passive)
	v.listener(&b.Listener)
	v.TCB(&b.Parent)
	v.sendSequence(&b.Snd)
	v.receiveSequence(&b.Rcv)
	v.Bool(&b.Scaling)
	v.retransmissionTimeout(&b.RTO)
	v.congestion(&b.Congestion)
	v.timestamps(&b.Timestamps)
	v.Bool(&b.Delayed.Now)
	signed(v, &b.Delayed.Bytes)
	v.timers(&b.Timers)
	v.config(&b.Config)
	v.Bool(&b.NoDelay)
	v.Bool(&b.Reuse)
	v.Bool(&b.CloseCalled)
	v.Bool(&b.ReadClosed)
	v.Error(&b.Err)
	visitAll(v, &b.Outbox, (*visitor).Segment)
	v.bookkeeping(&b.Keeping)
}

func (v *visitor) listener(l **Listener) {
	has := *l != nil
	v.Bool(&has)
	switch {
	case v.err != nil:
		return
	case !has:
		*l = nil
		return
	case *l == nil:
		*l = new(Listener)
	}
	signed(v, &(*l).Backlog)
	visitAll(v, &(*l).Half, (*visitor).TCB)
	visitAll(v, &(*l).Ready, (*visitor).TCB)
}

func (v *visitor) sendSequence(s *SendSequence) {
	v.Seq(&s.Una)
	v.Seq(&s.Nxt)
	unsigned(v, &s.Wnd)
	v.Seq(&s.Wl1)
	v.Seq(&s.Wl2)
	v.Seq(&s.ISS)
	unsigned(v, &s.MaxWnd)
	unsigned(v, &s.Scale)
	signed(v, &s.MSS)
	unsigned(v, &s.Queue.limit)
	v.Bool(&s.Resending)
	v.Seq(&s.Resend)
	v.Bool(&s.FinSent)
	v.Seq(&s.Fin)
}

func (v *visitor) receiveSequence(r *ReceiveSequence) {
	v.Seq(&r.Nxt)
	unsigned(v, &r.Wnd)
	v.Seq(&r.IRS)
	unsigned(v, &r.Scale)
	unsigned(v, &r.Queue.limit)
	visitAll(v, &r.Blocks, func(v *visitor, b *Block) {
		v.Seq(&b.Start)
		v.Seq(&b.End)
	})
	v.Bool(&r.FinSeen)
	v.Bool(&r.FinDone)
	v.Seq(&r.Fin)
}

func (v *visitor) retransmissionTimeout(r *RetransmissionTimeout) {
	signed(v, &r.Value)
	signed(v, &r.SRTT)
	signed(v, &r.RTTVar)
	v.Bool(&r.Timing)
	v.Seq(&r.TimedSeq)
	v.Time(&r.TimedAt)
	v.Time(&r.ResentAt)
	signed(v, &r.Attempts)
	v.Time(&r.First)
	signed(v, &r.Probes)
}

func (v *visitor) congestion(c *Congestion) {
	unsigned(v, &c.Window)
	unsigned(v, &c.Threshold)
	unsigned(v, &c.Acked)
	signed(v, &c.DupACKs)
	v.Bool(&c.Recovery)
	v.Bool(&c.TimedOut)
	v.Seq(&c.Recover)
	v.Time(&c.SentAt)
}

func (v *visitor) timestamps(t *Timestamps) {
	v.Bool(&t.On)
	unsigned(v, &t.Offset)
	unsigned(v, &t.Recent)
	v.Seq(&t.LastACKSent)
	v.Time(&t.RecentAt)
}

func (v *visitor) timers(t *Timers) {
	v.Time(&t.Retransmit)
	v.Time(&t.Probe)
	v.Time(&t.DelayedACK)
	v.Time(&t.TimeWait)
	v.Time(&t.Orphan)
}

func (v *visitor) bookkeeping(k *Bookkeeping) {
	v.Time(&k.Due)
	signed(v, &k.Index)
	signed(v, &k.Unread)
	unsigned(v, &k.InOrder)
	v.Time(&k.Challenged)
	v.Seq(&k.PeerACK)
	v.Bool(&k.HasPeerACK)
	v.Bool(&k.Disowned)
	v.Bool(&k.Freed)
}

// visitAll visits a slice. What it reads is in memory of its own; none and nil are told
// apart.
func visitAll[T any](v *visitor, all *[]T, visit func(*visitor, *T)) {
	if !v.reading {
		if *all == nil {
			v.uint(0, 0)
			return
		}
		length := uint64(len(*all)) + 1
		v.uint(length, length)
		for i := range *all {
			visit(v, &(*all)[i])
		}
		return
	}
	length := v.count(math.MaxInt32)
	if v.err != nil {
		return
	}
	var read []T
	if length > 0 {
		read = make([]T, 0, min(length-1, len(*all)+16)) // not what a liar says
	}
	for i := 1; i < length && v.err == nil; i++ {
		var one T
		if i <= len(*all) {
			one = (*all)[i-1]
		}
		visit(v, &one)
		read = append(read, one)
	}
	*all = read
}

// configImage is what the other side has of settings.
type configImage struct {
	mark
	c      *Config
	known  bool
	fields Config
}

func (i *configImage) marked() *mark { return &i.mark }

func (i *configImage) write(m *Mirror, v *visitor) bool {
	if i.known && *i.c == i.fields {
		return false
	}
	if m.far {
		v.fail(ErrConfig)
		return false
	}
	i.known, i.fields = true, *i.c
	number := uint64(i.number)
	v.uint(number, number)
	v.configFields(i.c)
	return true
}

func (i *configImage) spread(*Mirror) {}

type configChange struct {
	image *configImage
	c     Config
}

func (i *configImage) read(m *Mirror, v *visitor) (change, error) {
	if !m.far {
		return nil, ErrConfig
	}
	c := &configChange{image: i}
	v.configFields(&c.c)
	return c, v.err
}

func (c *configChange) make() {
	*c.image.c = c.c
	c.image.known, c.image.fields = true, c.c
}

func (v *visitor) configFields(c *Config) {
	signed(v, &c.MSL)
	signed(v, &c.MTU)
	unsigned(v, &c.MSS)
	signed(v, &c.SendBuffer)
	signed(v, &c.ReceiveBuffer)
	signed(v, &c.UnreadMemory)
	signed(v, &c.MaxTimeWait)
	v.Bool(&c.WindowScaling)
	v.Bool(&c.Timestamps)
	v.Bool(&c.NoDelay)
	signed(v, &c.DelayedACK)
	signed(v, &c.InitialRTO)
	signed(v, &c.MinRTO)
	signed(v, &c.MaxRTO)
	signed(v, &c.MinRTTVar)
	signed(v, &c.InitialWindow)
	signed(v, &c.R2)
	signed(v, &c.SYNR2)
	signed(v, &c.Orphan)
	v.Bool(&c.ObeyResetInTimeWait)
	v.Secret(&c.Secret)
}

// errQueue is the error of text that does not fit together.
var errQueue = errors.New("a queue does not fit what is known of it")
