package teardown

import "tcpworkbook/kit/tcp"

// ours is what has happened to the stream that we send.
type ours int

const (
	open ours = iota
	closing
	acknowledged
)

// ourStream says how far the end of our stream has come. The second to close is
// closing from the moment its FIN leaves, the first from the call of Close.
func ourStream(b *tcp.TCB) ours {
	switch {
	case b.Snd.FinSent && b.Snd.Fin.Less(b.Snd.Una):
		return acknowledged
	case b.Snd.FinSent, b.CloseCalled && !second(b):
		return closing
	}
	return open
}

// second reports whether the peer was the first to close.
func second(b *tcp.TCB) bool { return b.State == tcp.CloseWait || b.State == tcp.LastAck }

// bothClosed reports whether both streams have ended, as far as this end knows.
func bothClosed(b *tcp.TCB) bool { return b.Rcv.FinDone && ourStream(b) != open }

// whenFirst and whenSecond are the states of the side that closes first, and of the
// one that closes second: by whether the peer's stream has ended, and by ours.
var (
	whenFirst = map[bool][3]tcp.State{
		false: {tcp.Established, tcp.FinWait1, tcp.FinWait2},
		true:  {tcp.CloseWait, tcp.Closing, tcp.TimeWait},
	}
	whenSecond = [3]tcp.State{tcp.CloseWait, tcp.LastAck, tcp.Closed}
)

// settle makes the state what the facts say, once the connection is open.
func settle(b *tcp.TCB) {
	switch {
	case !b.State.Synchronized():
		// The handshake comes first.
	case second(b):
		b.State = whenSecond[ourStream(b)]
	default:
		b.State = whenFirst[b.Rcv.FinDone][ourStream(b)]
	}
}
