package story

import (
	"strconv"
	"time"

	"tcpworkbook/kit/tcp"
)

func milliseconds(n int64) time.Duration { return time.Duration(n) * time.Millisecond }

func decimal(n uint32) string { return strconv.FormatUint(uint64(n), 10) }

// once lets the next thing happen that can be seen, and reports whether there was one.
// A look at the timers in vain is none.
func (p *performance) once() bool {
	for {
		before := len(p.rows)
		some := true
		p.happen(func() { some = p.world.Step() })
		if !some {
			return false
		}
		p.bounds()
		if len(p.rows) > before {
			return true
		}
	}
}

func step(p *performance, a Action) error {
	for range a.number(0, 1) {
		if !p.once() {
			return nil
		}
	}
	return nil
}

func wait(p *performance, a Action) error {
	end := p.world.Now().Add(milliseconds(a.Numbers[0]))
	for {
		due, any := p.world.Next()
		if !any || due.After(end) {
			break
		}
		p.happen(func() { p.world.Step() })
		p.bounds()
	}
	p.happen(func() { p.world.RunFor(max(0, end.Sub(p.world.Now()))) })
	p.bounds()
	return nil
}

func skip(p *performance, _ Action) error {
	for {
		before := len(p.rows)
		if !p.once() {
			return nil
		}
		for _, r := range p.rows[before:] {
			if r.Kind == TimedOut {
				return nil
			}
		}
	}
}

// timer is one of a socket's, and when it goes off.
type timer struct {
	name string
	what text
	at   time.Time
}

// timers returns those of a socket that run.
func timers(b *tcp.TCB) []timer {
	var running []timer
	add := func(name string, at time.Time, what text) {
		if !at.IsZero() {
			running = append(running, timer{name, what, at})
		}
	}
	again := say("no ACK came: sent again from %d", "ACK가 오지 않아 %d번부터 다시 보낸다", uint32(b.Snd.Una))
	switch {
	case b.State == tcp.SynSent:
		again = say("no answer: the SYN is sent again", "응답이 없어 SYN을 다시 보낸다")
	case b.State == tcp.SynReceived:
		again = say("no ACK: the SYN,ACK is sent again", "ACK가 없어 SYN,ACK를 다시 보낸다")
	case b.Snd.FinSent && b.Snd.Una == b.Snd.Fin:
		again = say("no ACK: the FIN is sent again", "ACK가 없어 FIN을 다시 보낸다")
	}
	add("retransmission", b.Timers.Retransmit, again)
	add("probe", b.Timers.Probe, say("asks whether there is room now", "이제 자리가 있는지 묻는다"))
	add("delayed ACK", b.Timers.DelayedACK, say("the ACK that waited leaves", "미뤄 둔 ACK를 보낸다"))
	add("TIME-WAIT", b.Timers.TimeWait, say("2MSL are over: the socket is deleted", "2MSL이 지났다. 소켓을 삭제한다"))
	add("orphan", b.Timers.Orphan, say("nobody uses the socket: given up", "쓰는 이가 없는 소켓을 포기한다"))
	return running
}

// timersDue tells which timers are about to go off at a host.
func (s *side) timersDue() {
	now := s.p.world.Now()
	for _, k := range s.sockets {
		if due := k.b.Timers.Earliest(); k.dead() || due.IsZero() || due.After(now) {
			continue
		}
		for _, t := range timers(k.b) {
			if t.at.After(now) {
				continue
			}
			r := s.p.add(Row{Kind: TimedOut, Host: s.name, Says: t.what.in(s.p.cast.Language)})
			s.p.expired = append(s.p.expired, expiry{r.N, k})
			s.shown = k
		}
	}
}

// next returns what happens next: what comes first of all that is in the air and of all timers
// that run. The world may look at a timer that was stopped before that; nobody sees it.
func (p *performance) next() *Next {
	var first *Next
	earlier := func(at int64) bool { return first == nil || at < first.At }
	for _, q := range p.world.Air() {
		if at := p.since(q.Due); !q.Held && earlier(at) {
			first = &Next{At: at, Host: q.To.Name, Wire: q.Number,
				What: p.say("packet %d arrives at %s", "%d번 패킷이 %s에 도착한다", q.Number, q.To.Name)}
		}
	}
	for _, s := range p.sides {
		for _, k := range s.sockets {
			if k.dead() {
				continue
			}
			for _, t := range timers(k.b) {
				if at := p.since(t.at); earlier(at) {
					first = &Next{At: at, Host: s.name, What: t.what.in(p.cast.Language)}
				}
			}
		}
	}
	return first
}
