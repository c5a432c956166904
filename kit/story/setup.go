package story

import (
	"strconv"
	"strings"
	"time"

	"tcpworkbook/kit/tcp"
)

// set does a set-up at each of the hosts that it is for.
func (p *performance) set(a Action, do func(*side) (en, ko string)) error {
	p.happen(func() {
		for _, s := range p.on(a) {
			en, ko := do(s)
			p.add(Row{Kind: Set, Host: s.name, Says: text{en, ko}.in(p.cast.Language)})
		}
	})
	return nil
}

// adjust gives a host's stack the settings that are chosen.
func (s *side) adjust() {
	secret := s.host.Settings().Secret
	*s.host.Settings() = s.settings
	s.host.Settings().Secret = secret
}

const plainBuffer = 65535

func plain(p *performance, a Action) error {
	return p.set(a, func(s *side) (en, ko string) {
		s.settings.WindowScaling, s.settings.Timestamps = false, false
		s.settings.ReceiveBuffer = min(s.settings.ReceiveBuffer, plainBuffer)
		s.adjust()
		return "plain: no window scaling, no timestamps", "간단히: 윈도우 스케일링과 타임스탬프 없음"
	})
}

func isn(p *performance, a Action) error {
	return p.set(a, func(s *side) (en, ko string) {
		if len(a.Numbers) == 0 {
			s.isn = nil
			return "initial sequence numbers are chapter 2's", "초기 순서 번호는 2장이 고른다"
		}
		n := tcp.Seq(a.Numbers[0])
		s.isn = &n
		number := decimal(uint32(n))
		return "initial sequence number: always " + number, "초기 순서 번호: 언제나 " + number
	})
}

func buffer(p *performance, a Action) error {
	return p.set(a, func(s *side) (en, ko string) {
		s.settings.ReceiveBuffer = int(a.Numbers[0])
		s.settings.SendBuffer = int(a.number(1, int64(s.settings.SendBuffer)))
		s.adjust()
		receive, send := strconv.Itoa(s.settings.ReceiveBuffer), strconv.Itoa(s.settings.SendBuffer)
		return "buffers: " + receive + " bytes to receive, " + send + " to send",
			"버퍼: 받는 쪽 " + receive + "바이트, 보내는 쪽 " + send + "바이트"
	})
}

func mtu(p *performance, a Action) error {
	return p.set(a, func(s *side) (en, ko string) {
		s.settings.MTU = int(a.Numbers[0])
		s.adjust()
		return "MTU: " + strconv.Itoa(s.settings.MTU) + " bytes", "MTU: " + strconv.Itoa(s.settings.MTU) + "바이트"
	})
}

func msl(p *performance, a Action) error {
	return p.set(a, func(s *side) (en, ko string) {
		s.settings.MSL = milliseconds(a.Numbers[0])
		s.adjust()
		return "MSL: " + s.settings.MSL.String(), "MSL: " + s.settings.MSL.String()
	})
}

func nagle(p *performance, a Action) error {
	return p.set(a, func(s *side) (en, ko string) {
		s.settings.NoDelay = a.Numbers[0] == 0
		s.adjust()
		if s.settings.NoDelay {
			return "Nagle's algorithm: off", "네이글 알고리즘: 끔"
		}
		return "Nagle's algorithm: on", "네이글 알고리즘: 켬"
	})
}

func timestamps(p *performance, a Action) error {
	return p.set(a, func(s *side) (en, ko string) {
		s.settings.Timestamps = a.Numbers[0] == 1
		s.adjust()
		if s.settings.Timestamps {
			return "timestamps: on", "타임스탬프: 켬"
		}
		return "timestamps: off", "타임스탬프: 끔"
	})
}

func rfc1337(p *performance, a Action) error {
	return p.set(a, func(s *side) (en, ko string) {
		s.settings.ObeyResetInTimeWait = a.Numbers[0] == 0
		s.adjust()
		if s.settings.ObeyResetInTimeWait {
			return "a RST ends TIME-WAIT, as RFC 9293 has it", "RST가 TIME-WAIT를 끝낸다. RFC 9293대로"
		}
		return "a RST does not end TIME-WAIT (RFC 1337)", "RST는 TIME-WAIT를 끝내지 못한다 (RFC 1337)"
	})
}

func chooseMine(p *performance, a Action) error { return p.cut(a, func(*side) whose { return mine }) }
func chooseReference(p *performance, a Action) error {
	return p.cut(a, func(*side) whose { return reference })
}
func chooseNone(p *performance, a Action) error {
	return p.cut(a, func(*side) whose { return nobodys })
}
func chooseAgain(p *performance, a Action) error {
	return p.cut(a, func(s *side) whose { return s.usual })
}

// cut chooses whose chapters a host runs: from its next reboot, or at once if it has not
// had a socket yet.
func (p *performance) cut(a Action, choose func(*side) whose) error {
	return p.set(a, func(s *side) (en, ko string) {
		numbers := a.Numbers
		if len(numbers) == 0 {
			numbers = []int64{1, 2, 3, 4, 5}
		}
		var names []string
		for _, n := range numbers {
			s.whose[n-1] = choose(s)
			names = append(names, strconv.FormatInt(n, 10))
		}
		list := strings.Join(names, ", ")
		if len(s.sockets) == 0 {
			s.host.Restart(s.setup())
		}
		switch choose(s) {
		case nobodys:
			return "without chapter " + list, list + "장 없이"
		case mine:
			return "chapter " + list + ": yours", list + "장: 내 것"
		}
		return "chapter " + list + ": the reference", list + "장: 참조 구현"
	})
}

func reboot(p *performance, a Action) error {
	return p.set(a, func(s *side) (en, ko string) {
		for _, k := range s.sockets {
			if !k.dead() {
				s.changed(k.b)
				k.gone = true
			}
		}
		s.boots++
		s.host.Restart(s.setup())
		return "reboots: its sockets are gone without a word", "재부팅: 소켓이 아무 말 없이 사라진다"
	})
}

func unplug(p *performance, _ Action) error {
	p.happen(func() {
		p.unplugged = true
		p.changeWeather()
		p.add(Row{Kind: Set, Says: p.say("the cable is pulled out", "케이블을 뽑는다")})
		for _, q := range p.world.Air() {
			p.lost(p.packets[q.Number], p.fate(0))
			_ = p.world.Lose(q.Number) // it is there
		}
	})
	return nil
}

func plug(p *performance, _ Action) error {
	p.happen(func() {
		p.unplugged = false
		p.changeWeather()
		p.add(Row{Kind: Set, Says: p.say("the cable is in again", "케이블을 다시 꽂는다")})
	})
	return nil
}

// changeWeather gives both directions the weather that was asked for, or, unplugged,
// that which loses everything.
func (p *performance) changeWeather() {
	for i, s := range p.sides {
		w := p.sky[i]
		if p.unplugged {
			w.Loss = 1
		}
		_ = s.host.Out().SetWeather(w) // its numbers are within their bounds
	}
}

func weather(p *performance, a Action) error {
	return p.set(a, func(s *side) (en, ko string) {
		w := &p.sky[s.name[0]-'A']
		var says []string
		for _, f := range a.Fields {
			percent := float64(f.Value) / 100
			switch f.Name {
			case "delay":
				w.Delay = milliseconds(f.Value)
			case "jitter":
				w.Jitter, w.JitterReorders = milliseconds(f.Value), true
			case "loss":
				w.Loss = percent
			case "dup":
				w.Duplicate = percent
			case "damage":
				w.Corrupt = percent
			case "reorder":
				w.Reorder, w.ReorderHold = percent, time.Second
			case "seed":
				s.host.Out().Seed(uint64(f.Value))
			}
			says = append(says, f.Name+" "+f.value())
		}
		p.changeWeather()
		list := strings.Join(says, ", ")
		return "weather: " + list, "날씨: " + list
	})
}
