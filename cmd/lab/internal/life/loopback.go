package life

import (
	"context"

	"tcpworkbook/kit/ladder"
)

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
	client, err := p.plug(p.link.A(), ladder.Left, clientAddress)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	server, err := p.plug(p.link.B(), ladder.Right, serverAddress)
	if err != nil {
		return nil, err
	}
	defer server.Close()
	web, err := p.serve(server, false)
	if err != nil {
		return nil, err
	}
	browser := p.browser(client)
	defer browser.CloseIdleConnections()
	hosts := []host{{"client", client}, {"server", server}}
	err = p.perform(ctx, hosts, func(ctx context.Context) error { return p.fetch(ctx, browser) })
	return p.end(web, hosts, "client", err)
}
