package stack

import (
	"net/netip"
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// filled returns c with every chapter that is missing stood in for: by one that
// does nothing, so that what the chapters before it do can be seen alone.
func (c Chapters) filled() Chapters {
	if c.Socket == nil {
		c.Socket = absentSocket{}
	}
	if c.Handshake == nil {
		c.Handshake = absentHandshake{}
	}
	if c.Transfer == nil {
		c.Transfer = absentTransfer{}
	}
	if c.Teardown == nil {
		c.Teardown = absentTeardown{}
	}
	if c.TimeWait == nil {
		c.TimeWait = absentTimeWait{}
	}
	return c
}

type (
	absentSocket    struct{}
	absentHandshake struct{}
	absentTransfer  struct{}
	absentTeardown  struct{}
	absentTimeWait  struct{}
)

func (absentSocket) Bind(*tcp.Table, *tcp.TCB, netip.AddrPort, uint16) error { return syscall.ENOSYS }
func (absentSocket) Attach(*tcp.Table, *tcp.TCB) error                       { return syscall.ENOSYS }
func (absentSocket) Lookup(*tcp.Table, *tcp.Segment) *tcp.TCB                { return nil }
func (absentSocket) Answer(*tcp.Segment) (tcp.Segment, bool)                 { return tcp.Segment{}, false }
func (absentSocket) Delete(*tcp.Table, *tcp.TCB)                             {}

func (absentHandshake) ISN([16]byte, tcp.FourTuple, time.Time) tcp.Seq { return 0 }
func (absentHandshake) Open(*tcp.TCB, tcp.Seq, time.Time)              {}
func (absentHandshake) ArriveListen(_ *tcp.TCB, _ *tcp.Segment, _ tcp.Seq, _ time.Time) (child, evicted *tcp.TCB) {
	return nil, nil
}
func (absentHandshake) ArriveSynSent(*tcp.TCB, *tcp.Segment, time.Time)     {}
func (absentHandshake) ArriveSynReceived(*tcp.TCB, *tcp.Segment, time.Time) {}
func (absentHandshake) Timeout(*tcp.TCB, time.Time) error                   { return nil }

func (absentTransfer) Acceptable(*tcp.TCB, *tcp.Segment, time.Time) bool  { return false }
func (absentTransfer) Acknowledge(*tcp.TCB, *tcp.Segment, time.Time) bool { return false }
func (absentTransfer) Receive(*tcp.TCB, *tcp.Segment, time.Time)          {}
func (absentTransfer) Output(*tcp.TCB, time.Time)                         {}
func (absentTransfer) Timeout(*tcp.TCB, tcp.Timer, time.Time) error       { return nil }

// Window announces the window the socket began with.
func (absentTransfer) Window(b *tcp.TCB) uint16 {
	return uint16(min(b.Rcv.Wnd>>b.Rcv.Scale, 65535))
}

func (absentTeardown) Close(*tcp.TCB, time.Time)                {}
func (absentTeardown) Abort(*tcp.TCB, time.Time)                {}
func (absentTeardown) SendFIN(*tcp.TCB, time.Time)              {}
func (absentTeardown) Reset(*tcp.TCB, *tcp.Segment, time.Time)  {}
func (absentTeardown) Arrive(*tcp.TCB, *tcp.Segment, time.Time) {}

func (absentTimeWait) Enter(*tcp.TCB, time.Time)                     {}
func (absentTimeWait) Arrive(*tcp.TCB, *tcp.Segment, time.Time) bool { return false }
func (absentTimeWait) NextISS(_ *tcp.TCB, proposed tcp.Seq) tcp.Seq  { return proposed }
func (absentTimeWait) Hold(*tcp.TCB, tcp.FourTuple, bool) error      { return nil }
func (absentTimeWait) Expire(*tcp.TCB, time.Time)                    {}
