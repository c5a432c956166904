package gvisor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/adapters/gonet"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv6"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"

	"tcpworkbook/kit/link"
)

// Host is a machine that runs gVisor's netstack. Its connections are
// *gonet.TCPConn.
type Host struct {
	stack *stack.Stack
	wire  *wire // nil when the host was plugged into something else than a link
}

// NewHost plugs a gVisor host with the given addresses into a link. The end is
// the host's from now on.
func NewHost(end link.End, addrs []netip.Addr, settings ...Setting) (*Host, error) {
	w := newWire(end)
	h, err := NewHostOn(w.channel, addrs, settings...)
	if err != nil {
		w.close()
		return nil, err
	}
	h.wire = w
	return h, nil
}

// nic is the number of the host's only network card.
const nic tcpip.NICID = 1

// NewHostOn makes a host with a network card of gVisor's own.
func NewHostOn(card stack.LinkEndpoint, addrs []netip.Addr, settings ...Setting) (*Host, error) {
	h := &Host{stack: stack.New(stack.Options{
		NetworkProtocols:   []stack.NetworkProtocolFactory{ipv4.NewProtocol, ipv6.NewProtocol},
		TransportProtocols: []stack.TransportProtocolFactory{tcp.NewProtocol},
	})}
	if err := h.configure(card, addrs, settings); err != nil {
		h.Close()
		return nil, err
	}
	return h, nil
}

func (h *Host) configure(card stack.LinkEndpoint, addrs []netip.Addr, settings []Setting) error {
	if err := h.stack.CreateNIC(nic, card); err != nil {
		return fmt.Errorf("gvisor: make a network card: %s", err)
	}
	for _, addr := range addrs {
		full := tcpip.ProtocolAddress{
			Protocol:          protocolOf(addr),
			AddressWithPrefix: tcpip.AddrFromSlice(addr.AsSlice()).WithPrefix(),
		}
		if err := h.stack.AddProtocolAddress(nic, full, stack.AddressProperties{}); err != nil {
			return fmt.Errorf("gvisor: add the address %v: %s", addr, err)
		}
	}
	h.stack.SetRouteTable([]tcpip.Route{
		{Destination: header.IPv4EmptySubnet, NIC: nic},
		{Destination: header.IPv6EmptySubnet, NIC: nic},
	})
	for _, set := range settings {
		if err := set(h.stack); err != nil {
			return err
		}
	}
	return nil
}

// Close switches the host off: its connections are aborted.
func (h *Host) Close() error {
	h.stack.Close()
	if h.wire != nil {
		h.wire.close()
	}
	h.stack.Wait()
	return nil
}

// Dial opens a connection to address, an IP address and a port. network is
// ignored: the address says it.
func (h *Host) Dial(network, address string) (net.Conn, error) {
	return h.DialContext(context.Background(), network, address)
}

// DialContext is Dial that gives up when the context ends.
func (h *Host) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	remote, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, err
	}
	return h.DialFrom(ctx, netip.AddrPort{}, remote)
}

// DialFrom opens a connection that leaves from local; the zero AddrPort lets the
// host choose.
func (h *Host) DialFrom(ctx context.Context, local, remote netip.AddrPort) (net.Conn, error) {
	c, err := gonet.DialTCPWithBind(ctx, h.stack, full(local), full(remote), protocolOf(remote.Addr()))
	if err != nil {
		return nil, err // and not a *gonet.TCPConn that is nil
	}
	return c, nil
}

// Listen waits for connections to address, an IP address and a port. network is
// ignored.
func (h *Host) Listen(network, address string) (net.Listener, error) {
	local, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, err
	}
	l, err := gonet.ListenTCP(h.stack, full(local), protocolOf(local.Addr()))
	if err != nil {
		return nil, err
	}
	return listener{l}, nil
}

// listener closes in a way that ends a call of Accept too.
type listener struct{ *gonet.TCPListener }

func (l listener) Close() error {
	l.Shutdown()
	return l.TCPListener.Close()
}

// ErrSetting is what the error about a setting that gVisor refuses wraps.
var ErrSetting = errors.New("gvisor: setting refused")

// Setting changes something about a host before it is used.
type Setting func(*stack.Stack) error

// With sets one of gVisor's TCP options, such as *tcpip.TCPMinRTOOption.
func With(option tcpip.SettableTransportProtocolOption) Setting {
	return func(s *stack.Stack) error {
		if err := s.SetTransportProtocolOption(tcp.ProtocolNumber, option); err != nil {
			return fmt.Errorf("%w: %T: %s", ErrSetting, option, err)
		}
		return nil
	}
}

func full(a netip.AddrPort) tcpip.FullAddress {
	if !a.IsValid() {
		return tcpip.FullAddress{}
	}
	return tcpip.FullAddress{NIC: nic, Addr: tcpip.AddrFromSlice(a.Addr().AsSlice()), Port: a.Port()}
}

func protocolOf(addr netip.Addr) tcpip.NetworkProtocolNumber {
	if addr.Is4() {
		return header.IPv4ProtocolNumber
	}
	return header.IPv6ProtocolNumber
}

// States returns the states of the host's TCP sockets, in gVisor's words and in
// no order.
func (h *Host) States() []string {
	var states []string
	for _, e := range h.stack.RegisteredEndpoints() {
		if socket, ok := e.(*tcp.Endpoint); ok {
			states = append(states, tcp.EndpointState(socket.State()).String())
		}
	}
	return states
}
