package storm

import (
	"fmt"
	"syscall"

	"tcpworkbook/kit/frames"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/kit/world"
)

// An ending is a socket of yours that an event has ended.
type ending struct {
	b    *tcp.TCB
	from tcp.State
}

// before is what was true of a socket before the event that goes on.
type before struct {
	b      *tcp.TCB
	state  tcp.State
	unread int
	timers tcp.Timers
	closed bool // CloseCalled
}

// changed takes note of a socket that comes to its end.
func (c *conversation) changed(h *world.Host, e stack.Event) {
	if h.Name == "A" && e.To == tcp.Closed && e.From != tcp.Closed {
		c.ended = append(c.ended, ending{e.TCB, e.From})
	}
}

// noteBefore notes how your sockets are.
func (c *conversation) noteBefore() {
	c.was, c.ended = c.was[:0], c.ended[:0]
	for b := range c.you.Sockets {
		c.was = append(c.was, before{b, b.State, b.Rcv.Queue.Len(), b.Timers, b.CloseCalled})
	}
}

func (c *conversation) wasOf(b *tcp.TCB) before {
	for _, w := range c.was {
		if w.b == b {
			return w
		}
	}
	return before{b: b}
}

// judgeEvent looks whether what has ended had a reason to, and whether what had one has.
func (c *conversation) judgeEvent(e frames.Event) {
	if c.watch.Owed.Teardown == 0 {
		return
	}
	for _, end := range c.ended {
		c.judgeEnding(end, e)
	}
	if e.Kind != frames.Close && e.Kind != frames.Arrive {
		return
	}
	for _, w := range c.was {
		c.judgeGoingOn(w, e)
	}
}

// judgeEnding: a connection ends for a reason, its peer is told if it believes that the
// connection goes on, and its application is told the reason.
func (c *conversation) judgeEnding(end ending, e frames.Event) {
	const see = "RFC 9293 §3.10"
	b, was := end.b, c.wasOf(end.b)
	why := c.reason(end, was, e)
	if why == nil {
		c.fail(failure{
			says: "a connection ends for a reason: its last ACK, a RST, its application, or a wait that is over",
			found: fmt.Sprintf("but it has ended in %v, and the application is told %s", end.from,
				errorText(b.Err)),
			upon: c.uponEvent(e), see: see,
		})
		return
	}
	resets := 0
	for i := range c.left {
		if c.left[i].Flags.Has(tcp.RST) && c.left[i].Src == b.Local && c.left[i].Dst == b.Remote {
			resets++
		}
	}
	believes := end.from >= tcp.SynReceived && end.from != tcp.Closing && end.from != tcp.LastAck && end.from != tcp.TimeWait
	switch {
	case why.aborts && believes && resets == 0:
		c.fail(failure{
			says:  "who breaks a connection off tells a peer that believes it open, by a RST",
			found: fmt.Sprintf("but in %v no RST was sent", end.from), upon: c.uponEvent(e),
			see: "RFC 9293 §3.10.5",
		})
	case why.aborts && !believes && resets > 0:
		c.fail(failure{
			says:  "in LISTEN, SYN-SENT, CLOSING, LAST-ACK and TIME-WAIT there is no peer who needs a RST",
			found: fmt.Sprintf("but in %v one was sent", end.from), upon: c.uponEvent(e),
			see: "RFC 9293 §3.10.5",
		})
	case why.orderly && b.Err != nil:
		c.fail(failure{
			says:  "an application that has ended a connection, or seen it end in good order, is told of no error",
			found: "but it is told " + errorText(b.Err), upon: c.uponEvent(e), see: see,
		})
	}
}

// A reason is why a connection may end.
type reason struct {
	aborts  bool // the peer is told by a RST
	orderly bool // no error is told
}

// reason returns why a connection has ended, nil for no reason.
func (c *conversation) reason(end ending, was before, e frames.Event) *reason {
	b, from := end.b, end.from
	mine := e.Kind == frames.Arrive && e.Segment.Dst == b.Local && e.Segment.Src == b.Remote
	switch {
	case e.Kind == frames.Abort && e.TCB == b:
		return &reason{aborts: true, orderly: true}
	case (e.Kind == frames.Abort || e.Kind == frames.Close) && e.TCB != b: // its listener was closed
		return &reason{aborts: true, orderly: true}
	case from == tcp.Listen, from == tcp.SynSent && e.Kind == frames.Close:
		return &reason{orderly: true}
	case mine && e.Segment.Flags.Has(tcp.RST):
		return &reason{} // frames know which RST, and what is told
	case from == tcp.TimeWait:
		return &reason{orderly: true} // frames, too
	case mine && from == tcp.LastAck && b.Snd.FinSent && b.Snd.Fin.Less(b.Snd.Una):
		return &reason{orderly: true}
	case b.ReadClosed && from != tcp.Closing && from != tcp.LastAck &&
		(was.unread > 0 || mine && len(e.Segment.Payload) > 0 ||
			(mine || e.Kind == frames.Close) && len(b.Rcv.Blocks) > 0):
		return &reason{aborts: true, orderly: true}
	case mine && from == tcp.SynReceived && b.ReadClosed: // text came with the SYN
		return &reason{aborts: true, orderly: true}
	case e.Kind == frames.Timeout && b.Err == syscall.ETIMEDOUT:
		return c.patienceOver(b, from, e)
	case e.Kind == frames.Timeout && !was.timers.Orphan.IsZero() && !was.timers.Orphan.After(e.At):
		return &reason{orderly: true}
	case from == tcp.SynReceived && b.Passive && e.Kind == frames.Arrive && e.Segment.Flags.Has(tcp.SYN):
		return &reason{} // it has given way to a newer SYN
	}
	return nil
}

// patienceOver returns the reason of a socket whose peer has not answered for so long as it
// takes, nil if it was not so long.
func (c *conversation) patienceOver(b *tcp.TCB, from tcp.State, e frames.Event) *reason {
	patience := b.Config.SYNR2
	if from.Synchronized() {
		patience = b.Config.R2
	}
	if e.At.Sub(b.RTO.First) < patience {
		return nil
	}
	return &reason{aborts: true}
}

func errorText(err error) string {
	if err == nil {
		return "of no error"
	}
	return fmt.Sprintf("%q", err.Error())
}

// judgeGoingOn: what has to end a connection at once ends it.
func (c *conversation) judgeGoingOn(was before, e frames.Event) {
	b := was.b
	if b.State == tcp.Closed {
		return
	}
	switch {
	case e.Kind == frames.Close && e.TCB == b && was.state == tcp.SynSent:
		c.fail(failure{
			says:  "Close in SYN-SENT deletes the socket: there is no connection to end",
			found: fmt.Sprintf("but it is in %v", b.State), see: "RFC 9293 §3.10.4",
		})
	case b.ReadClosed && b.Rcv.Queue.Len() > 0 && b.State.Synchronized() && b.State != tcp.Closing &&
		b.State != tcp.LastAck && b.State != tcp.TimeWait:
		c.fail(failure{
			says: "text that has arrived and that nobody will read is lost: the connection is aborted, " +
				"so that the peer does not take it for an orderly end",
			found: fmt.Sprintf("but %d bytes are unread, the application has closed, and it goes on in %v",
				b.Rcv.Queue.Len(), b.State), upon: c.uponEvent(e), see: "RFC 9293 §3.6.1",
		})
	}
}
