package gvisor

import (
	"context"

	"gvisor.dev/gvisor/pkg/buffer"
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/link/channel"
	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"tcpworkbook/kit/link"
)

// queueLength is how many packets gVisor may have sent that were not yet taken
// to the link; more are lost. It is beyond any window that the tests use, so that
// only the weather loses anything.
const queueLength = 1 << 14

// batch is how many packets the pump sends at once.
const batch = 64

// wire carries packets between a link's end and gVisor's channel endpoint.
type wire struct {
	end     link.End
	channel *channel.Endpoint
	stop    context.CancelFunc
	stopped chan struct{}
}

func newWire(end link.End) *wire {
	w := &wire{
		end:     end,
		channel: channel.New(queueLength, uint32(end.MTU()), ""),
		stopped: make(chan struct{}),
	}
	ctx, stop := context.WithCancel(context.Background())
	w.stop = stop
	end.Attach(w.arrive)
	go w.pump(ctx)
	return w
}

// close stops the pump and unplugs the end.
func (w *wire) close() {
	w.stop()
	<-w.stopped
	w.channel.Close()
	w.end.Close()
}

// arrive gives packets from the link to gVisor.
func (w *wire) arrive(frames []*link.Frame) {
	for _, f := range frames {
		if version, ok := versionOf(f.Data); ok {
			pkt := stack.NewPacketBuffer(stack.PacketBufferOptions{Payload: buffer.MakeWithData(f.Data)})
			w.channel.InjectInbound(version, pkt)
			pkt.DecRef()
		}
		f.Free()
	}
}

// pump takes gVisor's packets to the link. gVisor sends with locks held, and a
// link's Deliver wants none, so the sending is left to this goroutine.
func (w *wire) pump(ctx context.Context) {
	defer close(w.stopped)
	frames := make([]*link.Frame, 0, batch)
	for pkt := w.channel.ReadContext(ctx); pkt != nil; pkt = w.channel.ReadContext(ctx) {
		for ; pkt != nil; pkt = w.channel.Read() {
			frames = append(frames, frameOf(pkt))
			pkt.DecRef()
			if len(frames) == batch {
				break
			}
		}
		w.end.Send(frames)
		clear(frames)
		frames = frames[:0]
		w.end.Deliver()
	}
}

// frameOf copies a packet.
func frameOf(pkt *stack.PacketBuffer) *link.Frame {
	f := link.NewFrame(pkt.Size())
	n := 0
	for _, part := range pkt.AsSlices() {
		n += copy(f.Data[n:], part)
	}
	return f
}

// versionOf says which protocol gVisor is to take a packet for.
func versionOf(packet []byte) (tcpip.NetworkProtocolNumber, bool) {
	if len(packet) == 0 {
		return 0, false
	}
	switch packet[0] >> 4 {
	case 4:
		return header.IPv4ProtocolNumber, true
	case 6:
		return header.IPv6ProtocolNumber, true
	}
	return 0, false
}
