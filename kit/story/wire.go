package story

import (
	"net/netip"
	"slices"
	"strings"

	"tcpworkbook/kit/ladder"
	"tcpworkbook/kit/link"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// seen is told by the link of every packet that is sent, and again when it arrives.
func (p *performance) seen(o link.Observation) {
	if o.Event == link.SentEvent {
		p.seenSent(o)
	} else {
		p.seenArrived(o)
	}
}

func (p *performance) sender(way link.Way) *side { return p.sides[way] }

func (p *performance) seenSent(o link.Observation) {
	if p.traffic += len(o.Frame); p.traffic > mostTraffic {
		p.stop("more than %d bytes were sent", "보낸 패킷이 %d바이트를 넘었습니다", mostTraffic)
	}
	f := p.fly(o.ID, 0, p.sender(o.Way))
	f.forged = p.injecting
	r := Row{Kind: Sent, Host: f.from.name, Wire: o.ID, Forged: f.forged}
	var seg tcp.Segment
	if err := tcp.Decode(o.Frame, &seg); err == nil {
		p.describe(f, &r, &seg)
		if f.from.deeds.Left(&seg) {
			r.yours = stack.Emitted
		}
	}
	f.born = p.add(r).N
	f.row = r
	f.forms = append(f.forms, form{row: f.born, sent: o.Sent, forged: f.forged, damaged: o.Corrupted, data: slices.Clone(o.Frame)})
	if o.Fate != link.Carried {
		p.lost(f, p.fate(o.Fate))
		return
	}
	if o.Duplicate {
		p.copied(f, p.fly(o.ID+1, o.ID, f.from), p.say("the network makes a copy", "네트워크가 사본을 만든다"))
	}
}

// describe says what a segment is, and what it is for.
func (p *performance) describe(f *flight, r *Row, seg *tcp.Segment) {
	r.Src, r.Dst = seg.Src.String(), seg.Dst.String()
	r.Flags, r.Seq, r.Len, r.Win = seg.Flags.String(), uint32(seg.Seq), len(seg.Payload), int(seg.Window)
	r.WinSize, r.Options = r.Win, seg.Options.String()
	if seg.Flags.Has(tcp.ACK) {
		r.Ack = uint32(seg.Ack)
	}
	r.Says = label(seg)
	var remark ladder.Remark
	if r.Forged {
		remark.ISS, remark.IRS = p.narrator.Initial(seg)
		remark.Purpose = p.say("forged: no host has sent it", "위조: 어느 호스트도 보내지 않았다")
	} else {
		remark = p.narrator.See(seg)
	}
	r.Purpose = p.cast.translate(remark.Purpose)
	r.SeqRel = seg.Seq.Sub(remark.ISS)
	if seg.Flags.Has(tcp.ACK) {
		r.AckRel = seg.Ack.Sub(remark.IRS)
	}
	r.WinSize = r.Win << remark.Scale
	f.window, f.scale, f.iss, f.irs = remark.Window, remark.Scale, remark.ISS, remark.IRS
}

// label is a segment in a few words: "SYN,ACK 300".
func label(seg *tcp.Segment) string {
	var b strings.Builder
	b.WriteString(seg.Flags.String())
	field := func(name string, n uint32) {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(name + " " + decimal(n))
	}
	field("seq", uint32(seg.Seq))
	if seg.Flags.Has(tcp.ACK) {
		field("ack", uint32(seg.Ack))
	}
	if n := len(seg.Payload); n > 0 {
		field("len", uint32(n))
	}
	return b.String()
}

// fly numbers a packet that comes into the air.
func (p *performance) fly(number, copyOf uint64, from *side) *flight {
	if number > mostPackets {
		p.stop("more than %d packets", "패킷이 %d개를 넘었습니다", mostPackets)
	}
	for uint64(len(p.packets)) <= number {
		p.packets = append(p.packets, nil)
	}
	f := &flight{number: number, copyOf: copyOf, from: from, gone: -1}
	p.packets[number] = f
	return f
}

// copied notes that a packet has got a copy.
func (p *performance) copied(of, second *flight, says string) {
	second.row, second.forged = of.row, of.forged
	second.row.Wire, second.row.CopyOf = second.number, of.number
	r := second.row
	r.Kind, r.Host, r.Says, r.Purpose = Note, of.from.name, says, ""
	second.born = p.add(r).N
	last := of.forms[len(of.forms)-1]
	last.row, last.held = second.born, false
	second.forms = []form{last}
}

// fate is why the weather has lost a packet.
func (p *performance) fate(f link.Fate) string {
	switch {
	case p.unplugged:
		return p.say("lost: the cable is out", "유실: 케이블이 뽑혀 있다")
	case f == link.TooLong:
		return p.say("lost: too long for the link", "유실: 링크에 너무 길다")
	}
	return p.say("lost on the way", "도중에 유실되었다")
}

// lost notes that a packet will not arrive.
func (p *performance) lost(f *flight, says string) {
	f.gone = p.add(p.after(f, Lost, says)).N
	var seg tcp.Segment
	if !f.forged && f.copyOf == 0 && tcp.Decode(f.forms[0].data, &seg) == nil {
		p.narrator.Lost(&seg)
	}
}

// after is a row about a packet that is in the air.
func (p *performance) after(f *flight, kind Kind, says string) Row {
	r := f.row
	r.Kind, r.Says, r.FromRow, r.Purpose = kind, says, p.origin(f), ""
	return r
}

// origin is the row with which a packet, or what it is a copy of, was sent.
func (p *performance) origin(f *flight) int {
	for f.copyOf != 0 && p.packets[f.copyOf] != nil {
		f = p.packets[f.copyOf]
	}
	return f.born
}

func (p *performance) seenArrived(o link.Observation) {
	f := p.packets[o.ID]
	to := f.from.peer
	r := p.after(f, Arrived, f.row.Says)
	r.Host, r.Forged = to.name, f.forged
	var seg tcp.Segment
	switch err := tcp.Decode(o.Frame, &seg); {
	case err != nil:
		r.Says = p.say("damaged: the checksum is wrong", "손상됨: 체크섬이 맞지 않는다")
	case seg.Dst.Addr() != to.host.Addr:
		r.Kind = Lost
		r.Says = p.say("for %s, who does not exist", "존재하지 않는 %s에게 가는 것", seg.Dst.Addr())
	}
	f.gone = p.add(r).N
}

// inAir finds a packet that is in the air.
func (p *performance) inAir(number int64) (*flight, error) {
	if int(number) < len(p.packets) {
		if f := p.packets[number]; f != nil && f.gone < 0 {
			return f, nil
		}
	}
	return nil, cannot("packet %d is not in the air", "%d번 패킷은 전송 중이 아닙니다", number)
}

// touch does something to a packet, which is a row of its own.
func (p *performance) touch(a Action, do func(f *flight) error) error {
	f, err := p.inAir(a.Numbers[0])
	if err != nil {
		return err
	}
	p.happen(func() { err = do(f) })
	return err
}

// noted is a row that says what was done to a packet.
func (p *performance) noted(f *flight, en, ko string, a ...any) int {
	r := p.after(f, Note, p.say(en, ko, a...))
	r.FromRow = -1
	return p.add(r).N
}

func lose(p *performance, a Action) error {
	return p.touch(a, func(f *flight) error {
		p.lost(f, p.say("lost", "유실"))
		return p.world.Lose(f.number)
	})
}

func duplicate(p *performance, a Action) error {
	return p.touch(a, func(f *flight) error {
		later := milliseconds(a.number(1, 0))
		number, err := p.world.Copy(f.number, later)
		if err != nil {
			return err
		}
		says := p.say("a copy", "사본")
		if later > 0 {
			says = p.say("a copy, %s slower", "사본, %s 더 느리다", later)
		}
		p.copied(f, p.fly(number, f.number, f.from), says)
		return nil
	})
}

func slow(p *performance, a Action) error {
	return p.touch(a, func(f *flight) error {
		later := milliseconds(a.Numbers[1])
		p.form(f, p.noted(f, "%s slower", "%s 더 느리다", later), nil)
		return p.world.Delay(f.number, later)
	})
}

func hold(p *performance, a Action) error {
	return p.touch(a, func(f *flight) error {
		p.form(f, p.noted(f, "held", "붙잡아 둔다"), nil)
		return p.world.Hold(f.number)
	})
}

func deliver(p *performance, a Action) error {
	return p.touch(a, func(f *flight) error { return p.world.Deliver(f.number) })
}

// form notes that a packet is another from a row on.
func (p *performance) form(f *flight, row int, data []byte) {
	last := f.forms[len(f.forms)-1]
	last.row = row
	if data != nil {
		last.data, last.forged, last.damaged = data, true, false
	}
	f.forms = append(f.forms, last)
}

func edit(p *performance, a Action) error {
	return p.touch(a, func(f *flight) error {
		var changed tcp.Segment
		err := p.world.Change(f.number, func(seg *tcp.Segment) {
			a.apply(seg)
			changed = *seg
		})
		if err != nil {
			return err
		}
		f.forged = true
		r := f.row
		r.Forged = true
		p.describe(f, &r, &changed)
		f.row = r
		data := make([]byte, changed.EncodedLen())
		if _, err := tcp.Encode(data, &changed); err != nil {
			return err
		}
		p.form(f, p.noted(f, "changed: %s", "바꾸었다: %s", label(&changed)), data)
		return nil
	})
}

// apply sets what the action's fields say.
func (a Action) apply(seg *tcp.Segment) {
	for _, f := range a.Fields {
		switch f.Name {
		case "seq":
			seg.Seq = tcp.Seq(f.Value)
		case "ack":
			seg.Ack = tcp.Seq(f.Value)
		case "flags":
			seg.Flags = tcp.Flags(f.Value)
		case "win":
			seg.Window = uint16(f.Value)
		case "len":
			seg.Payload = letters(int(f.Value))
		}
	}
}

func inject(p *performance, a Action) error {
	s := p.side(a)
	seg := tcp.Segment{Window: 65535}
	a.apply(&seg)
	from, to := s.conversation()
	if n, given := a.field("from"); given {
		from = uint16(n)
	}
	if n, given := a.field("to"); given {
		to = uint16(n)
	}
	strangers, _ := a.field("strangers")
	var err error
	p.happen(func() {
		p.injecting = true
		defer func() { p.injecting = false }()
		seg.Dst = netip.AddrPortFrom(s.host.Addr, to)
		seg.Src = netip.AddrPortFrom(s.peer.host.Addr, from)
		if strangers == 0 {
			err = p.world.Inject(s.host, seg)
		}
		for n := range strangers {
			seg.Src = netip.AddrPortFrom(netip.AddrFrom4([4]byte{198, 51, 100, byte(n + 1)}), from) // RFC 5737
			err = p.world.Inject(s.host, seg)
		}
	})
	return err
}

// conversation returns the ports of the host's latest connection: the peer's, and its own.
func (s *side) conversation() (from, to uint16) {
	if k := s.choose(0); k != nil {
		return k.b.Remote.Port(), k.b.Local.Port()
	}
	if l, err := s.listener(0); err == nil {
		return 50000, l.b.Local.Port()
	}
	return 50000, 80
}
