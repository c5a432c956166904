package teardown

import "tcpworkbook/kit/tcp"

// about says of each state what closing and resetting have to know.
var about = [tcp.States]struct {
	converses bool // the application may still have had something to send
	believes  bool // the peer believes that the connection is open
	over      bool // both sides have closed
	listens   bool // the peer's FIN may still come
}{
	tcp.SynReceived: {converses: true, believes: true},
	tcp.Established: {converses: true, believes: true, listens: true},
	tcp.FinWait1:    {believes: true, listens: true},
	tcp.FinWait2:    {believes: true, listens: true},
	tcp.CloseWait:   {converses: true, believes: true},
	tcp.Closing:     {over: true},
	tcp.LastAck:     {over: true},
	tcp.TimeWait:    {over: true},
}

// A moment is a state, and what a segment has brought about.
type moment struct {
	state tcp.State
	acked bool // our FIN is acknowledged
	taken bool // the peer's FIN was taken
}

// onSegment says where a socket goes. A moment that is not in it is none to go.
var onSegment = map[moment]tcp.State{
	{state: tcp.Established, taken: true}:           tcp.CloseWait,
	{state: tcp.FinWait1, acked: true}:              tcp.FinWait2,
	{state: tcp.FinWait1, taken: true}:              tcp.Closing,
	{state: tcp.FinWait1, acked: true, taken: true}: tcp.TimeWait,
	{state: tcp.FinWait2, acked: true, taken: true}: tcp.TimeWait,
	{state: tcp.Closing, acked: true}:               tcp.TimeWait,
	{state: tcp.LastAck, acked: true}:               tcp.Closed,
}
