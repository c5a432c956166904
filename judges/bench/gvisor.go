package main

import (
	"context"
	"net"
	"net/netip"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/link/channel"
	"gvisor.dev/gvisor/pkg/tcpip/link/pipe"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/stack/gro"

	"tcpworkbook/judges/gvisor"
)

func gvisorPeers() []*peer {
	return []*peer{
		gvisorPeer("gVisor, channel, MTU 1500", func() cards { return channelCards(1500, false) }),
		gvisorPeer("gVisor, channel, MTU 1500, GSO and GRO", func() cards { return channelCards(1500, true) }),
		gvisorPeer("gVisor, pipe, MTU 1500", func() cards { return pipeCards(1500) }),
		gvisorPeer("gVisor, channel, MTU 65535", func() cards { return channelCards(65535, false) }),
		gvisorPeer("gVisor, pipe, MTU 65535", func() cards { return pipeCards(65535) }),
	}
}

// cards are two network cards that are wired to each other.
type cards struct {
	client, server stack.LinkEndpoint
	unplug         func()
}

// pipeCards hand over packets on the goroutine that sends them.
func pipeCards(mtu uint32) cards {
	client, server := pipe.New("", "", mtu)
	return cards{client, server, func() {}}
}

// channelLength is how many packets may be on their way: more than any window.
const channelLength = 1 << 13

// channelCards have a queue each way, and a goroutine that empties it. With
// offloads, the sender cuts up large segments after the stack is done with them
// (GSO), and the receiver joins what came together before the stack sees it (GRO).
// What crosses between them is no larger than the MTU.
func channelCards(mtu uint32, offloads bool) cards {
	client, server := channel.New(channelLength, mtu, ""), channel.New(channelLength, mtu, "")
	if offloads {
		for _, card := range []*channel.Endpoint{client, server} {
			card.SupportedGSOKind = stack.GVisorGSOSupported
			card.LinkEPCapabilities = stack.CapabilityRXChecksumOffload // GRO has looked at it
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	go carry(ctx, client, server, offloads)
	go carry(ctx, server, client, offloads)
	return cards{client, server, stop}
}

// carry takes packets from one card to the other.
func carry(ctx context.Context, from, to *channel.Endpoint, offloads bool) {
	joiner := gro.GRO{Dispatcher: inbound{to}}
	joiner.Init(offloads)
	for pkt := from.ReadContext(ctx); pkt != nil; pkt = from.ReadContext(ctx) {
		for ; pkt != nil; pkt = from.Read() {
			arrived := stack.NewPacketBuffer(stack.PacketBufferOptions{Payload: pkt.ToBuffer()})
			arrived.NetworkProtocolNumber = pkt.NetworkProtocolNumber
			pkt.DecRef()
			if offloads {
				joiner.Enqueue(arrived)
			} else {
				to.InjectInbound(arrived.NetworkProtocolNumber, arrived)
			}
			arrived.DecRef()
		}
		joiner.Flush()
	}
}

// inbound gives packets to a card.
type inbound struct{ card *channel.Endpoint }

func (i inbound) DeliverNetworkPacket(p tcpip.NetworkProtocolNumber, pkt *stack.PacketBuffer) {
	i.card.InjectInbound(p, pkt)
}

func (i inbound) DeliverLinkPacket(tcpip.NetworkProtocolNumber, *stack.PacketBuffer) {}

func gvisorPeer(name string, wire func() cards) *peer {
	return &peer{name: name, open: func(timeWait time.Duration) (network, error) { return newGVisor(wire(), timeWait) }}
}

// gvisorNetwork is two gVisor hosts.
type gvisorNetwork struct {
	client, server *gvisor.Host
	listener       net.Listener
	cards          cards
}

func newGVisor(c cards, timeWait time.Duration) (network, error) {
	n := &gvisorNetwork{cards: c}
	wait := tcpip.TCPTimeWaitTimeoutOption(timeWait)
	var err error
	if n.client, err = gvisor.NewHostOn(c.client, []netip.Addr{clientAddr}, gvisor.With(&wait)); err != nil {
		return nil, err
	}
	if n.server, err = gvisor.NewHostOn(c.server, []netip.Addr{serverAddr}, gvisor.With(&wait)); err != nil {
		return nil, err
	}
	n.listener, err = n.server.Listen("tcp", oursServer)
	return n, err
}

func (n *gvisorNetwork) Dial() (net.Conn, error)   { return n.client.Dial("tcp", oursServer) }
func (n *gvisorNetwork) Accept() (net.Conn, error) { return n.listener.Accept() }

func (n *gvisorNetwork) Close() {
	n.client.Close()
	n.server.Close()
	n.cards.unplug()
}
