package life

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"tcpworkbook/kit/ladder"
	"tcpworkbook/kit/link"
	"tcpworkbook/kit/link/tun"
	"tcpworkbook/kit/sockets"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// ServeOptions say what Serve is to do.
type ServeOptions struct {
	Chapters stack.Chapters // the TCP that serves
	Owners   string         // whose chapters these are, in a sentence or two; "" for the reference's
	MSL      time.Duration  // TIME-WAIT lasts twice that

	// Language is what the page is written in, by its ISO 639 name, and Say returns an
	// English text in it; "" and nil for English.
	Language string
	Say      func(english string) string

	// Ready, when not nil, is called when the server is there. It is told the
	// page's address.
	Ready func(page string)
}

// What a server's times are.
const (
	// ServeMSL is the maximum segment lifetime that nobody asked to be different:
	// TIME-WAIT is there long enough to be looked at.
	ServeMSL = 10 * time.Second

	// KeepAlive is how long the server keeps an idle connection.
	KeepAlive = 5 * time.Second

	requestTime  = 5 * time.Second        // that a request, and then its answer, may take
	farewellTime = 200 * time.Millisecond // that answers under way have in the end, and then the peers to close as well
)

// largestHeader is how long a request may be, bytes, besides the 4096 that
// net/http grants.
const largestHeader = 8 << 10

// newsPort is where the server listens besides serverPort. A page gets its news
// from there, so that the connection that fetched it is left alone, and can be
// seen to end.
const newsPort = 81

// Serve serves a page that shows the server's own sockets, live, on our TCP
// through a TUN device, to every browser on this machine, until the context ends:
// then it closes its connections and removes the device. It needs Linux and the
// rights of root; the error says so in one sentence.
func Serve(ctx context.Context, o ServeOptions) error {
	kernel, ours, err := freeAddresses()
	if err != nil {
		return err
	}
	device, err := tun.Open(tun.Config{Addresses: []netip.Prefix{kernel}})
	if err != nil {
		return err
	}
	defer device.Close()
	s, err := newServer(device, ours, &o)
	if err != nil {
		return err
	}
	if o.Ready != nil {
		o.Ready(s.address(serverPort))
	}
	<-ctx.Done()
	return s.close()
}

// Servable returns why Serve can't serve here; nil when it can.
func Servable() error {
	device, err := tun.Open(tun.Config{})
	if err != nil {
		return err
	}
	return device.Close()
}

// server is a web server on our TCP.
type server struct {
	options *ServeOptions
	addr    netip.Addr
	host    *sockets.Host
	logbook *logbook
	moment  sync.Mutex
	web     *http.Server
}

// newServer plugs a server into an end of a link, and starts it.
func newServer(end link.End, addr netip.Addr, o *ServeOptions) (*server, error) {
	s := &server{options: o, addr: addr, logbook: newLogbook(o.MSL)}
	watched := &watchedEnd{End: end, side: ladder.Right, witness: s.logbook, moment: &s.moment}
	var err error
	s.host, err = sockets.NewHost(watched, o.Chapters, []netip.Addr{addr}, (&Options{MSL: o.MSL}).settings()...)
	if err != nil {
		return nil, fmt.Errorf("host: %w", err)
	}
	s.host.Observe(s.logbook.observe)
	s.web = &http.Server{
		Handler:           s.pages(),
		ReadHeaderTimeout: requestTime,
		WriteTimeout:      requestTime,
		IdleTimeout:       KeepAlive,
		MaxHeaderBytes:    largestHeader,
	}
	for _, port := range []int{serverPort, newsPort} {
		if err := s.listen(port); err != nil {
			s.host.Close()
			return nil, err
		}
	}
	return s, nil
}

// listen has the web server listen at a port.
func (s *server) listen(port int) error {
	listener, err := s.host.Listen("tcp", fmt.Sprintf(":%d", port))
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	go s.web.Serve(&watchedListener{listener.(*sockets.Listener), &s.moment})
	return nil
}

// address is where the server's page is found.
func (s *server) address(port int) string {
	if port == serverPort {
		return PageAddress(s.addr, "/")
	}
	return fmt.Sprintf("http://%v/", netip.AddrPortFrom(s.addr, uint16(port)))
}

// close ends the server: no listener any more, a FIN on each connection, time for
// the peers to close as well, and a RST for those that do not. What is left in
// TIME-WAIT goes with the host: nobody else can have its address.
func (s *server) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), farewellTime)
	defer cancel()
	if s.web.Shutdown(ctx) != nil {
		s.web.Close() // somebody is in the middle of something
	}
	s.awaitPeers()
	return s.host.Close()
}

// awaitPeers waits until no socket needs its peer any more, but not for long.
func (s *server) awaitPeers() {
	enough := time.After(farewellTime)
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for s.needsPeers() {
		select {
		case <-again.C:
		case <-enough:
			return
		}
	}
}

func (s *server) needsPeers() bool {
	for _, socket := range s.host.Sockets() {
		if socket.State != tcp.TimeWait {
			return true
		}
	}
	return false
}
