package life

import (
	"context"
	"errors"
	"net"
	"sync"

	"tcpworkbook/kit/ladder"
	"tcpworkbook/kit/link"
	"tcpworkbook/kit/sockets"
)

// witness is told what happens at the ends of a link.
type witness interface {
	sent(side ladder.Side, frames []*link.Frame) // what an end's host sends
	arrives(side ladder.Side, f *link.Frame)     // what it is about to process
	processed(side ladder.Side)                  // and that it has done so
}

// watchedEnd is an end of a link whose traffic a witness sees: what its host
// sends, at the moment it does so, and what arrives, before and after the host
// has processed it.
type watchedEnd struct {
	link.End
	side    ladder.Side
	witness witness
	moment  *sync.Mutex // held while a packet is processed, and while a connection is closed
}

// Attach sets the handler. It is given one packet at a time, so that what follows
// from each is known.
func (e *watchedEnd) Attach(handle link.Handler) {
	e.End.Attach(func(frames []*link.Frame) {
		for _, f := range frames {
			e.moment.Lock()
			e.witness.arrives(e.side, f)
			handle([]*link.Frame{f})
			e.witness.processed(e.side)
			e.moment.Unlock()
		}
	})
}

func (e *watchedEnd) Send(frames []*link.Frame) {
	e.witness.sent(e.side, frames)
	e.End.Send(frames)
}

// Deliver has another goroutine deliver: the caller may be closing a connection,
// and hold the moment that whoever delivers needs.
func (e *watchedEnd) Deliver() { go e.End.Deliver() }

// Close delivers what the host said last, and unplugs it.
func (e *watchedEnd) Close() error {
	e.End.Deliver()
	return e.End.Close()
}

// watchedConn is a connection that is not closed while a packet is being
// processed. Closing is the one call that changes a connection's state; so what
// state a segment led to is never mixed up with what the application did
// meanwhile.
type watchedConn struct {
	*sockets.Conn
	moment *sync.Mutex
}

func (c *watchedConn) Close() error {
	c.moment.Lock()
	defer c.moment.Unlock()
	return c.Conn.Close()
}

func (c *watchedConn) CloseWrite() error {
	c.moment.Lock()
	defer c.moment.Unlock()
	return c.Conn.CloseWrite()
}

// watchedListener accepts watchedConns.
type watchedListener struct {
	*sockets.Listener
	moment *sync.Mutex
}

func (l *watchedListener) Accept() (net.Conn, error) {
	c, err := l.AcceptTCP()
	if err != nil {
		return nil, err
	}
	return &watchedConn{c, l.moment}, nil
}

// errOneConnection is what a browser gets that dials again.
var errOneConnection = errors.New("life: the browser has one connection only")

// dialOnce returns a dial function, for net/http, that makes one watchedConn.
func dialOnce(h *sockets.Host, moment *sync.Mutex) func(ctx context.Context, network, address string) (net.Conn, error) {
	var once sync.Once
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := net.Conn(nil), errOneConnection
		once.Do(func() { conn, err = h.DialContext(ctx, network, address) })
		if err != nil {
			return nil, err
		}
		return &watchedConn{conn.(*sockets.Conn), moment}, nil
	}
}
