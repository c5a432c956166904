package life

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"sync"

	"tcpworkbook/kit/ladder"
	"tcpworkbook/kit/link"
	"tcpworkbook/kit/sockets"
)

// ErrLimit says that the conversation was given up before it came to its end.
var ErrLimit = errors.New("the conversation did not come to its end in time")

// Run lets a browser fetch a page, both ends in this process, and returns when
// the last socket is deleted. It takes some tenths of a second and 2MSL; losses
// make it longer.
//
// The error is ErrLimit, the context's, or what went wrong; the Life then
// tells what was seen until there, if it is not nil.
func Run(ctx context.Context, o Options) (*Life, error) {
	p, err := newPlay(&o)
	if err != nil {
		return nil, err
	}
	defer p.link.Close()
	client, err := p.plug(p.link.A(), ladder.Left, ClientAddress)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	server, err := p.plug(p.link.B(), ladder.Right, ServerAddress)
	if err != nil {
		return nil, err
	}
	defer server.Close()
	web, err := p.serve(server, false)
	if err != nil {
		return nil, err
	}
	browser := p.browser(client)

	limited, cancel := context.WithTimeout(ctx, o.limit())
	defer cancel()
	hosts := []host{{"client", client}, {"server", server}}
	err = p.watch(limited, hosts, func() error { return p.fetch(limited, browser) })
	if err != nil && ctx.Err() == nil && limited.Err() != nil {
		err = ErrLimit
	}
	closing := web.Close()
	browser.CloseIdleConnections()
	p.table("afterwards", hosts)
	p.life.Diagram = p.recorder.diagram("client", "server")
	if err == nil {
		err = closing
	}
	return p.life, err
}

// play is a conversation under way.
type play struct {
	options  *Options
	link     *link.Loopback
	recorder *recorder
	moment   sync.Mutex
	life     *Life
}

func newPlay(o *Options) (*play, error) {
	p := &play{options: o, recorder: newRecorder(o), life: &Life{}}
	var err error
	p.link, err = o.newLink(p.recorder)
	return p, err
}

// host is a host with the name it has in the diagram.
type host struct {
	name string
	*sockets.Host
}

// plug makes one of the two hosts.
func (p *play) plug(end link.End, side ladder.Side, addr netip.Addr) (*sockets.Host, error) {
	watched := &watchedEnd{End: end, side: side, recorder: p.recorder, moment: &p.moment}
	h, err := sockets.NewHost(watched, p.options.Chapters, []netip.Addr{addr}, p.options.settings()...)
	if err != nil {
		return nil, fmt.Errorf("host: %w", err)
	}
	h.Observe(p.recorder.observer(side))
	return h, nil
}

// serve starts the web server. With parting it closes as soon as it has
// answered; else it waits for another request, for a while if it is to close
// first.
func (p *play) serve(h *sockets.Host, parting bool) (*http.Server, error) {
	listener, err := h.Listen("tcp", fmt.Sprintf(":%d", serverPort))
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	server := &http.Server{Handler: site(parting)}
	if p.options.Closer == ladder.Right {
		server.IdleTimeout = Patience
	}
	go server.Serve(&watchedListener{listener.(*sockets.Listener), &p.moment})
	return server, nil
}

// browser makes a client that keeps its connection, for a while if it is to close
// first.
func (p *play) browser(h *sockets.Host) *http.Client {
	transport := &http.Transport{DialContext: dialOnce(h, &p.moment), DisableCompression: true}
	if p.options.Closer == ladder.Left {
		transport.IdleConnTimeout = Patience
	}
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// fetch gets the page.
func (p *play) fetch(ctx context.Context, browser *http.Client) error {
	address := "http://" + ServerAddress.String() + p.options.Path
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	response, err := browser.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	p.life.Page = Page{Status: response.Status, Body: string(body)}
	return err
}

// watch lets the browser fetch its page, and notes which sockets there are: when
// the page has come, when one end has gone, and both.
func (p *play) watch(ctx context.Context, hosts []host, fetch func() error) error {
	failed := fetch()
	p.table("when the page has come", hosts)
	left, right := &p.recorder.ends[ladder.Left], &p.recorder.ends[ladder.Right]
	gone := func(e *end) bool { return !e.unseen && e.begun && e.open == 0 }
	none := func() bool { return left.open+right.open == 0 }
	oneGone := func() bool { return gone(left) || gone(right) || failed != nil && none() }
	err := p.recorder.await(ctx, oneGone)
	if err == nil {
		p.table("when one end has deleted its own", hosts)
		err = p.recorder.await(ctx, none)
	}
	if failed != nil {
		return failed
	}
	return err
}

// table notes which sockets there are.
func (p *play) table(moment string, hosts []host) {
	t := Table{Moment: moment}
	for _, h := range hosts {
		t.Hosts = append(t.Hosts, HostSockets{h.name, h.Sockets()})
	}
	p.life.Tables = append(p.life.Tables, t)
}
