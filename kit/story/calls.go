package story

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"slices"
	"syscall"

	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// call is a row of a call on a socket, nil for none, and what came of it.
func (s *side) call(k *socket, err error, says text) {
	s.p.add(Row{Kind: Called, Host: s.name, Says: says.in(s.p.cast.Language), Error: s.p.why(err)})
	if k != nil {
		s.shown = k
	}
}

// why says what is wrong, in a few words; "" for nil.
func (p *performance) why(err error) string { return explain(err, p.cast.Language) }

func explain(err error, language string) string {
	var told *Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &told):
		return told.says.in(language)
	}
	for _, known := range [...]struct {
		err  error
		says text
	}{
		{syscall.EADDRINUSE, text{"address already in use", "주소가 이미 사용 중입니다"}},
		{syscall.EADDRNOTAVAIL, text{"these two ends are not free yet", "이 두 끝은 아직 비어 있지 않습니다"}},
		{syscall.ECONNREFUSED, text{"connection refused", "연결이 거절되었습니다"}},
		{syscall.ECONNRESET, text{"connection reset", "연결이 리셋되었습니다"}},
		{syscall.ETIMEDOUT, text{"timed out", "시간이 초과되었습니다"}},
		{syscall.EPIPE, text{"broken pipe: closed for writing", "파이프가 끊겼습니다. 쓰기 쪽을 이미 닫았습니다"}},
		{syscall.ENOSYS, text{"chapter 1 is missing", "1장이 없습니다"}},
		{net.ErrClosed, text{"the socket is closed", "소켓이 닫혀 있습니다"}},
		{io.EOF, text{"end of the stream", "스트림의 끝"}},
	} {
		if errors.Is(err, known.err) {
			return known.says.in(language)
		}
	}
	return err.Error()
}

// cannot is why an action cannot be done.
func cannot(en, ko string, a ...any) error { return failed(0, "", say(en, ko, a...)) }

// side returns the one that an action is for.
func (p *performance) side(a Action) *side { return p.on(a)[0] }

func listen(p *performance, a Action) error {
	s, port := p.side(a), uint16(a.Numbers[0])
	p.happen(func() {
		b, err := s.host.Listen(netip.AddrPortFrom(s.host.Addr, port), int(a.number(1, 8)))
		var k *socket
		if err == nil {
			s.changed(b)
			k = s.byTCB[b]
		}
		s.call(k, err, say("listens on port %d", "포트 %d에서 기다린다(listen)", port))
	})
	return nil
}

func connect(p *performance, a Action) error {
	s, from, to := p.side(a), uint16(a.Numbers[0]), uint16(a.Numbers[1])
	p.happen(func() {
		at := len(p.rows)
		s.call(nil, nil, say("connects from port %d to port %d", "포트 %d→%d에 연결한다(connect)", from, to))
		if from == 0 {
			p.rows[at].Says = p.say("connects to port %d", "포트 %d에 연결한다(connect)", to)
		}
		b, err := s.host.Connect(netip.AddrPortFrom(s.host.Addr, from), netip.AddrPortFrom(s.peer.host.Addr, to), stack.WithReuse)
		if err != nil {
			p.rows[at].Error = p.why(err)
			return
		}
		s.changed(b)
		s.shown = s.byTCB[b]
	})
	return nil
}

func accept(p *performance, a Action) error {
	s := p.side(a)
	l, err := s.listener(a.number(0, 0))
	if err != nil {
		return err
	}
	p.happen(func() { s.accept(l) })
	return nil
}

// accept takes the next connection out of a listener's queue, and returns it; nil if
// there is none.
func (s *side) accept(l *socket) *socket {
	b := s.host.Accept(l.b)
	if b == nil {
		s.call(nil, nil, say("accept: there is no connection yet", "accept: 아직 연결이 없다"))
		return nil
	}
	s.changed(b)
	k := s.byTCB[b]
	s.call(k, nil, say("accepts socket %d", "받아들인다(accept): 소켓 %d", k.id))
	return k
}

func (s *side) listener(id int64) (*socket, error) {
	for _, k := range slices.Backward(s.sockets) {
		if k.listener && !k.dead() && (id == 0 || int(id) == k.id) {
			return k, nil
		}
	}
	return nil, cannot("%s has no such listening socket", "%s에는 그런 listen 소켓이 없습니다", s.name)
}

// connection finds the connection that a call is for, and accepts it where it waits for
// that.
func (s *side) connection(id int64) (*socket, error) {
	k := s.choose(id)
	if k == nil {
		return nil, cannot("%s has no such connection", "%s에는 그런 연결이 없습니다", s.name)
	}
	switch {
	case k.listener:
		return nil, cannot("socket %d of %s listens: it is no connection", "%[2]s의 %[1]d번 소켓은 listen 소켓이라 연결이 아닙니다", k.id, s.name)
	case k.gone:
		return nil, cannot("socket %d of %s is gone: its host was rebooted", "%[2]s의 %[1]d번 소켓은 재부팅 때 사라졌습니다", k.id, s.name)
	case k.b.Parent == nil:
		return k, nil
	}
	l := s.byTCB[k.b.Parent]
	if l == nil || k.b.State == tcp.SynReceived {
		return nil, cannot("socket %d of %s is not open yet, and nobody could accept it", "%[2]s의 %[1]d번 소켓은 아직 열리지 않아 accept 할 수 없습니다", k.id, s.name)
	}
	for k.b.Parent != nil {
		var accepted *socket
		s.p.happen(func() { accepted = s.accept(l) })
		if accepted == nil {
			return nil, cannot("socket %d of %s was gone before it was accepted", "%[2]s의 %[1]d번 소켓은 accept 되기 전에 사라졌습니다", k.id, s.name)
		}
	}
	return k, nil
}

// choose returns the socket of that number; for 0 the latest connection, at best one
// that its application has not closed yet.
func (s *side) choose(id int64) *socket {
	if id > 0 {
		if int(id) <= len(s.sockets) {
			return s.sockets[id-1]
		}
		return nil
	}
	for _, k := range slices.Backward(s.sockets) {
		if !k.listener && !k.dead() && !k.b.ReadClosed {
			return k
		}
	}
	for _, k := range slices.Backward(s.sockets) {
		if !k.listener {
			return k
		}
	}
	return nil
}

func write(p *performance, a Action) error {
	s := p.side(a)
	k, err := s.connection(a.number(1, 0))
	if err != nil {
		return err
	}
	size := int(a.Numbers[0])
	if p.written += size; p.written > mostTraffic {
		p.stop("more than %d bytes were written", "쓴 데이터가 %d바이트를 넘었습니다", mostTraffic)
	}
	p.happen(func() {
		at := len(p.rows)
		s.call(k, nil, say("writes %s", "%s를 쓴다(write)", p.bytes(size)))
		n, err := s.host.Write(k.b, letters(size))
		switch {
		case err != nil:
			p.rows[at].Error = p.why(err)
		case n < size:
			p.rows[at].Says = p.say("writes %s: there is room for %d", "%s를 쓴다(write): %d바이트만 들어간다", p.bytes(size), n)
		}
		s.changed(k.b)
	})
	return nil
}

// bytes writes how many bytes.
func (p *performance) bytes(n int) string {
	if n == 1 {
		return p.say("1 byte", "1바이트")
	}
	return p.say("%d bytes", "%d바이트", n)
}

// letters is a text of that many bytes.
func letters(n int) []byte {
	text := make([]byte, n)
	for i := range text {
		text[i] = 'a' + byte(i%26)
	}
	return text
}

func read(p *performance, a Action) error {
	s := p.side(a)
	k, err := s.connection(a.number(1, 0))
	if err != nil {
		return err
	}
	most := int(a.number(0, 0))
	if most == 0 {
		most = mostBytes
	}
	p.happen(func() {
		at := len(p.rows)
		s.call(k, nil, say("reads", "읽는다(read)"))
		n, err := s.host.Read(k.b, make([]byte, min(most, max(k.b.Rcv.Queue.Len(), 1))))
		r := &p.rows[at]
		switch {
		case err == io.EOF:
			r.Says = p.say("reads: the end of the stream", "읽는다(read): 스트림의 끝(EOF)")
		case err != nil:
			r.Error = p.why(err)
		case n == 0:
			r.Says = p.say("reads: nothing has come", "읽는다(read): 온 것이 없다")
		default:
			r.Says = p.say("reads %s", "%s를 읽는다(read)", p.bytes(n))
		}
		s.changed(k.b)
	})
	return nil
}

func halfClose(p *performance, a Action) error {
	return p.end(a, p.side(a).host.CloseWrite, "closes for writing: it goes on reading", "쓰기 쪽만 닫는다. 읽기는 계속한다(half-close)")
}

func closeSocket(p *performance, a Action) error {
	s := p.side(a)
	k := s.choose(a.number(0, 0))
	if k == nil && len(a.Numbers) == 0 || k != nil && k.listener {
		return p.closeListener(a)
	}
	return p.end(a, s.host.Close, "closes", "닫는다(close)")
}

func (p *performance) closeListener(a Action) error {
	s := p.side(a)
	l, err := s.listener(a.number(0, 0))
	if err != nil {
		return err
	}
	p.happen(func() {
		s.call(l, nil, say("closes the listening socket", "listen 소켓을 닫는다(close)"))
		s.host.Close(l.b)
		s.changed(l.b)
	})
	return nil
}

func abort(p *performance, a Action) error {
	return p.end(a, p.side(a).host.Abort, "aborts", "중단한다(abort)")
}

// end is the call that ends a socket, or its sending side.
func (p *performance) end(a Action, call func(*tcp.TCB), en, ko string) error {
	s := p.side(a)
	k, err := s.connection(a.number(0, 0))
	if err != nil {
		return err
	}
	p.happen(func() {
		says := text{en, ko}
		if s.several() {
			says = say("%[1]s (socket %[3]d)", "%[2]s (소켓 %[3]d)", en, ko, k.id)
		}
		s.call(k, nil, says)
		call(k.b)
		s.changed(k.b)
	})
	return nil
}

// several reports whether the host has had more than one connection.
func (s *side) several() bool {
	n := 0
	for _, k := range s.sockets {
		if !k.listener {
			n++
		}
	}
	return n > 1
}
