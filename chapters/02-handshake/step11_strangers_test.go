package handshake

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

// testChosenISN returns the number that your handshake chooses for a connection
// between the two ends some time after the beginning.
func testChosenISN(t *testing.T, secret [16]byte, local, remote netip.AddrPort, after time.Duration) (*script.Script, tcp.Seq) {
	t.Helper()
	s := script.New(t, chapters, script.OwnISN(), script.Reading("RFC 9293 §3.4.1"),
		script.Configure(func(c *tcp.Config) { c.Secret = secret }))
	s.Elapse(after)
	if _, err := s.TryConnect(local, remote); err != nil {
		t.Fatal(err)
	}
	s.Want("an active open sends a SYN (step 2.1)", tcp.Segment{Flags: tcp.SYN, Seq: s.ISS()})
	return s, s.ISS()
}

var (
	givenSecret = [16]byte{7: 1, 15: 1}
	givenEnds   = struct{ local, remote netip.AddrPort }{
		netip.AddrPortFrom(script.You, script.ClientPort), netip.AddrPortFrom(script.Peer, script.ServerPort)}
)

func TestStep11_ISNFollowsAClock(t *testing.T) {
	_, first := testChosenISN(t, givenSecret, givenEnds.local, givenEnds.remote, 0)
	for _, after := range []time.Duration{time.Second, 100 * time.Microsecond, 10 * time.Second, time.Hour, 5 * time.Hour, 40 * 24 * time.Hour} {
		s, later := testChosenISN(t, givenSecret, givenEnds.local, givenEnds.remote, after)
		grown, want := uint32(later-first), uint32(after/(4*time.Microsecond))
		allowed := int32(min(1000, want/5))
		if off := int32(grown - want); off < -allowed || off > allowed {
			_, again := testChosenISN(t, givenSecret, givenEnds.local, givenEnds.remote, after)
			_, twice := testChosenISN(t, givenSecret, givenEnds.local, givenEnds.remote, 2*after)
			steady := again == later && uint32(twice-later)-grown+1 <= 2
			s.Fail("the number of the same two ends grows by one every 4 µs",
				fmt.Sprintf("after %v want it to have grown by about %d (modulo 2^32), got %d", after, want, grown),
				script.If(after < time.Millisecond, "a clock of seconds or milliseconds stands still in between: two connections may follow each other faster."),
				script.If(grown == 0, "two connections that follow each other must not use the same numbers: add a clock."),
				script.If(again != later && int32(grown) > 0 && after >= time.Second && after <= time.Hour && time.Duration(grown)*4*time.Microsecond < after/5,
					"M is the now that you are given, not time.Now(): the tests' clock is not the machine's, and stands still until they let it pass."),
				script.If(uint32(-int32(grown)) == want, "the clock runs backwards."),
				script.If(after == time.Second && steady, "the clock goes, but in other ticks: one is 4 µs, and 250000 of them are a second. Divide the nanoseconds by 4000."),
				script.Likely("ISN = M + F: only M depends on the time, in ticks of 4 µs; F must not. Divide the nanoseconds in 64 bits, and convert last."))
		}
	}
}

func TestStep11_ISNDependsOnEverything(t *testing.T) {
	_, base := testChosenISN(t, givenSecret, givenEnds.local, givenEnds.remote, 0)
	for i := range givenSecret {
		secret := givenSecret
		secret[i] ^= 0x80
		if s, other := testChosenISN(t, secret, givenEnds.local, givenEnds.remote, 0); other == base {
			s.Fail("who knows one connection's number must not know another's",
				fmt.Sprintf("want another number when only byte %d of the secret differs, got the same", i),
				script.Likely("F hashes the whole secret, all 16 bytes: half a secret is found much sooner."))
		}
	}
	for _, c := range []struct {
		what          string
		local, remote netip.AddrPort
	}{
		{"the local port", netip.AddrPortFrom(script.You, script.ClientPort+1), givenEnds.remote},
		{"the remote port", givenEnds.local, netip.AddrPortFrom(script.Peer, script.ServerPort+1)},
		{"the upper byte of the local port", netip.AddrPortFrom(script.You, script.ClientPort^1<<8), givenEnds.remote},
		{"the upper byte of the remote port", givenEnds.local, netip.AddrPortFrom(script.Peer, script.ServerPort^1<<8)},
		{"which end has which address", netip.AddrPortFrom(script.Peer, script.ClientPort), netip.AddrPortFrom(script.You, script.ServerPort)},
		{"which end has which port", netip.AddrPortFrom(script.You, script.ServerPort), netip.AddrPortFrom(script.Peer, script.ClientPort)},
		{"the local address", script.End("10.0.0.11:50000"), givenEnds.remote},
		{"the remote address", givenEnds.local, script.End("10.0.0.12:80")},
	} {
		s, other := testChosenISN(t, givenSecret, c.local, c.remote, 0)
		if other == base {
			s.Fail("who knows one connection's number must not know another's", "want another number when only "+c.what+" differs, got the same",
				script.Likely("F hashes the secret and all four parts of the four-tuple: who can compute it, or see it in another connection, can forge segments."))
		}
	}
	s, again := testChosenISN(t, givenSecret, givenEnds.local, givenEnds.remote, 0)
	if again != base {
		s.Fail("for the same two ends F stays the same, so that the clock alone moves the number", fmt.Sprintf("want %d again, got %d", base, again),
			script.Likely("a random number may fall into the numbers of the connection before: use a hash, not dice."))
	}
}

func TestStep11_ISNOverIPv6(t *testing.T) {
	_, base := testChosenISN(t, givenSecret, givenYou6, peer6, 0)
	whole := script.Likely("F hashes the whole address, all 16 bytes of IPv6's: see netip.Addr.As16.")
	for i := range 16 {
		remote := testOtherByte(peer6, i)
		if s, other := testChosenISN(t, givenSecret, givenYou6, remote, 0); other == base {
			s.Fail("who knows one connection's number must not know another's", "want another number for "+remote.String()+" than for "+peer6.String()+", got the same", whole)
		}
		local := testOtherByte(givenYou6, i)
		if s, other := testChosenISN(t, givenSecret, local, peer6, 0); other == base {
			s.Fail("who knows one connection's number must not know another's", "want another number from "+local.String()+" than from "+givenYou6.String()+", got the same", whole)
		}
	}
}

// testOtherByte returns an end that differs from this one in byte i of its address.
func testOtherByte(end netip.AddrPort, i int) netip.AddrPort {
	address := end.Addr().As16()
	address[i] ^= 1
	return netip.AddrPortFrom(netip.AddrFrom16(address), end.Port())
}

func TestStep11_ISNHasNoPattern(t *testing.T) {
	const connections, fewest = 40, 10 // of 256 values, 40 draws show 37 or so
	seen := make(map[tcp.Seq]bool)
	var length [4]map[byte]bool
	for i := range length {
		length[i] = make(map[byte]bool)
	}
	var last, ones, zeros tcp.Seq // the bits that were ever 1, and ever 0
	var all []tcp.Seq
	var s *script.Script
	for n := range connections {
		var isn tcp.Seq
		s, isn = testChosenISN(t, givenSecret, peerClient(n), givenEnds.remote, 0)
		step := isn - last
		if n > 0 && seen[step] {
			s.Fail("from the numbers of some connections nobody can reckon the next one's",
				fmt.Sprintf("the number grows by %d from one port to the next, again", step),
				script.Likely("a sum or an exclusive-or is no hash: take one that is made to keep a secret, as crypto/sha256 is."))
		}
		seen[step], last = n > 0, isn
		ones, zeros = ones|isn, zeros|^isn
		all = append(all, isn)
		for i := range length {
			length[i][byte(isn>>(8*i))] = true
		}
	}
	all32 := script.Likely("F has 32 bits: take four bytes of the hash, none of them empty, or a stranger needs far fewer guesses.")
	for i, values := range length {
		if len(values) < fewest {
			s.Fail("every part of the number is hard to guess", fmt.Sprintf("bits %d to %d had only %d values in %d connections", 8*i, 8*i+7, len(values), connections), all32)
		}
	}
	for i := range 32 {
		if (ones&zeros)>>i&1 == 0 {
			s.Fail("every part of the number is hard to guess", fmt.Sprintf("bit %d was the same in %d connections", i, connections),
				script.Likely("a sequence number has 32 bits, and every value is one: convert the sum to tcp.Seq, and mask nothing off."))
		}
	}
	// The clock adds the same to all, so a bit that F lacks shows as a part of the circle that
	// stays empty. Forty numbers drawn from all leave 48 % of it empty once in 10^9 times.
	slices.Sort(all)
	widest := uint32(all[0] - all[connections-1])
	for n := range connections - 1 {
		widest = max(widest, uint32(all[n+1]-all[n]))
	}
	if uint64(widest)*100>>32 >= 48 {
		s.Fail("every number is possible", fmt.Sprintf("none of %d connections has one of %d numbers in a row", connections, widest),
			script.Likely("F has all 32 bits, the highest too: a sign that is masked off leaves a stranger half of the guesses."))
	}
}

// An observer who sees SYNs of many hosts that share an address, or of one host to many
// peers, must not be able to tell which of them are one host's.
func TestStep11_TimestampsAndISNTellNoClock(t *testing.T) {
	seen, sums := make(map[uint32]bool), make(map[uint32]bool)
	for n := range 5 {
		s := script.New(t, chapters, script.OwnISN(), script.Reading("RFC 7323 §7.1; RFC 9293 §3.4.1"),
			script.Configure(func(c *tcp.Config) { c.Secret, c.Timestamps = givenSecret, true }))
		s.TryConnect(peerClient(n), givenEnds.remote)
		sent := s.Take()
		if len(sent) != 1 || !sent[0].Options.HasTimestamps {
			s.Fail("a SYN offers timestamps (step 2.10)", fmt.Sprintf("sent: %v", sent))
		}
		difference, sum := uint32(sent[0].Seq)-sent[0].Options.TSval, uint32(sent[0].Seq)+sent[0].Options.TSval
		if seen[difference] {
			s.Fail("SEQ and TSval of a SYN, taken together, say nothing of the host",
				fmt.Sprintf("SEQ - TSval is %d, as in the SYN to another port", difference),
				script.Likely("what hides the clock of the timestamps, b.Timestamps.Offset, must be "+
					"another number than F: the difference is that of two clocks, and the same in every SYN of this host."))
		}
		if sums[sum] {
			s.Fail("SEQ and TSval of a SYN, taken together, say nothing of the host",
				fmt.Sprintf("SEQ + TSval is %d, as in the SYN to another port", sum),
				script.Likely("b.Timestamps.Offset must not be made of F, neither F nor its negative: the sum is that of two clocks, and the same in every SYN of this host."))
		}
		seen[difference], sums[sum] = true, true
	}
}

// The clock that a peer sees goes on from one connection to the next, or chapter 5 takes a new
// SYN for an old one; and it does not jump within a connection, or PAWS drops what follows.
func TestStep11_TimestampsKeepTheirClock(t *testing.T) {
	var first uint32
	for n, after := range []time.Duration{0, time.Hour} {
		s := script.New(t, chapters, script.OwnISN(), script.Reading("RFC 7323 §5.4, §7.1"),
			script.Configure(func(c *tcp.Config) { c.Secret, c.Timestamps = givenSecret, true }))
		s.Elapse(after)
		s.TryConnect(givenEnds.local, givenEnds.remote)
		clock := func(reason string, flags tcp.Flags) uint32 {
			sent := s.Take()
			if len(sent) != 1 || !sent[0].Flags.Has(flags) || !sent[0].Options.HasTimestamps {
				s.Fail(reason, fmt.Sprintf("sent: %v", sent))
			}
			return sent[0].Options.TSval - uint32(s.Now().UnixMilli())
		}
		offset := clock("a SYN offers timestamps (step 2.10)", tcp.SYN)
		if n == 0 {
			first = offset
		}
		script.WantEqual(s, "an hour later, between the same two ends, the clock has gone on", "TSval, less the time", offset, first,
			script.Likely("b.Timestamps.Offset depends on the four-tuple and the secret, and on nothing that is another in the next connection: neither the time nor the ISN."))
		s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: s.ISS() + 1, Options: tcp.Options{HasTimestamps: true, TSval: 9}})
		script.WantEqual(s, "the ACK shows the clock that the SYN has shown", "TSval, less the time", clock("a SYN,ACK is acknowledged (step 2.2)", tcp.ACK), offset,
			script.Likely("b.Timestamps.Offset is set before the first SYN, and not again."))
	}
}

// testNoRoom is what is likely when a SYN is ignored although there is room.
const testNoRoom = "full says that there is *no* room, and only then is the SYN ignored: there is room while Ready and Half each hold fewer than Backlog."

// givenFullSYNQueue is a script whose listener has a SYN queue of that length, and so
// many clients in it.
func givenFullSYNQueue(t *testing.T, backlog int, options ...script.Option) *script.Script {
	t.Helper()
	s := script.New(t, chapters, append(options, script.Reading("RFC 4987 §3"))...)
	if _, err := s.TryListen(netip.AddrPortFrom(script.You, script.ServerPort), backlog); err != nil {
		t.Fatal(err)
	}
	for n := range backlog {
		s.UsePeer(peerClient(n))
		s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs})
		s.Want("there is room in the SYN queue", tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1}, script.IfSilent(testNoRoom))
	}
	return s
}

// wantRoomFor expects that the SYN of the n-th client is answered.
func wantRoomFor(s *script.Script, n int, reason string, hints ...script.Hint) {
	s.UsePeer(peerClient(n))
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs})
	s.Want(reason, tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1}, hints...)
}

func TestStep11_TheSYNQueueIsBounded(t *testing.T) {
	const backlog = 3
	s := givenFullSYNQueue(t, backlog)
	early := "those in the queue were answered a moment ago, and their ACKs may be on the way: none gives way before 250 ms have passed."
	for _, d := range []time.Duration{0, 200 * time.Millisecond} {
		s.Elapse(d)
		s.UsePeer(peerClient(backlog))
		s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs})
		s.WantSilence("whoever would give way now may be an honest client that has not had its chance: the SYN is ignored, and will come again",
			script.If(s.Stack().Len() > backlog+1, "nobody has given way, and yet there is one more: Half is full when it holds Backlog, len ≥ Backlog, not one more. And is MakeRoom called at all?"),
			script.IfSent(tcp.Segment{Flags: tcp.SYN | tcp.ACK}, early),
			script.IfSent(tcp.Segment{Flags: tcp.RST}, "a RST would say that nobody listens: in silence the client tries again, and there may be room then."))
		s.WantSockets("the memory they take is bounded: the listener and Backlog half-open connections", backlog+1,
			script.If(s.Stack().Len() < backlog+1, "a SYN that is ignored makes no room either: when the oldest is too young, return no child and nobody evicted."),
			script.Likely("when len(l.Listener.Half) has reached Backlog, there is no room for one more."))
	}
	s.UsePeer(peerClient(0))
	s.Send(tcp.Segment{Flags: tcp.ACK, Seq: irs + 1, Ack: iss + 1})
	s.WantSilence("the oldest was honest after all: its third segment takes 200 ms, and finds it")
	if got := s.Accept(); got.Remote != peerClient(0) {
		s.Fail("the first client is accepted", "got the one at "+got.Remote.String())
	}
	wantRoomFor(s, backlog, "it has left the SYN queue, so there is room for the client's next try", script.IfSilent(testNoRoom))
}

func TestStep11_TheOldestGivesWay(t *testing.T) {
	const backlog = 3
	s := givenFullSYNQueue(t, backlog)
	s.Elapse(300 * time.Millisecond)
	wantRoomFor(s, backlog, "the oldest has had its chance, and gives way: a flood of SYNs must not keep a new client out for long",
		script.IfSilent("250 ms after its SYN,ACK, before its timer expires, the oldest in a full SYN queue gives way: return it as evicted."),
		script.IfSent(tcp.Segment{Flags: tcp.RST}, "the one that gives way goes without a word, and the new one is answered."))
	s.WantSockets("the memory they take is bounded: the listener and Backlog half-open connections", backlog+1,
		script.Likely("when len(l.Listener.Half) has reached Backlog, return the oldest of them as evicted."))

	s.UsePeer(peerClient(1))
	s.Send(tcp.Segment{Flags: tcp.ACK, Seq: irs + 1, Ack: iss + 1})
	s.WantSilence("it is the *oldest* that gave way: the second can still finish its handshake",
		script.IfSent(tcp.Segment{Flags: tcp.RST}, "the oldest stands first in l.Listener.Half."))
	if got := s.Accept(); got.Remote != peerClient(1) {
		s.Fail("the second client is accepted", "got the one at "+got.Remote.String())
	}

	s.UsePeer(peerClient(0))
	s.Send(tcp.Segment{Flags: tcp.ACK, Seq: irs + 1, Ack: iss + 1})
	s.Want("the first is forgotten, so its third segment finds the listener", tcp.Segment{Flags: tcp.RST, Seq: iss + 1},
		script.Likely("the oldest stands first in l.Listener.Half, and gives way: it has had its chance."))
}

func TestStep11_AChanceWhateverTheFirstWait(t *testing.T) {
	const backlog = 2
	for _, rto := range []time.Duration{500 * time.Millisecond, 3 * time.Second} {
		s := givenFullSYNQueue(t, backlog, script.Configure(func(c *tcp.Config) { c.InitialRTO = rto }))
		likely := script.Likely("its SYN,ACK left b.RTO.Value before b.Timers.Retransmit, and that is b.Config.InitialRTO: one second is only what it is by default.")
		s.Elapse(200 * time.Millisecond)
		s.UsePeer(peerClient(backlog))
		s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs})
		s.WantSilence("with a first wait of "+rto.String()+", too, the oldest is safe for 250 ms after its SYN,ACK", likely)
		s.Elapse(100 * time.Millisecond)
		wantRoomFor(s, backlog, "with a first wait of "+rto.String()+", too, the oldest gives way 250 ms after its SYN,ACK", likely)
	}
}

// Who came last has nothing to do with whether the oldest has had its chance.
func TestStep11_EachHasItsOwnChance(t *testing.T) {
	const backlog = 2
	s := script.New(t, chapters, script.Reading("RFC 4987 §3"))
	if _, err := s.TryListen(netip.AddrPortFrom(script.You, script.ServerPort), backlog); err != nil {
		t.Fatal(err)
	}
	wantRoomFor(s, 0, "there is room in the SYN queue", script.IfSilent(testNoRoom))
	s.Elapse(200 * time.Millisecond)
	wantRoomFor(s, 1, "there is room in the SYN queue", script.IfSilent(testNoRoom))
	s.Elapse(100 * time.Millisecond)
	wantRoomFor(s, 2, "the oldest has had 300 ms, and gives way: that the second has had only 100 is nothing to it",
		script.IfSilent("the 250 ms count for each from its own SYN,ACK: look at l.Listener.Half[0], and keep nothing in variables of the package."))
	s.UsePeer(peerClient(3))
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs})
	s.WantSilence("the oldest is the second client by now, and has had 100 ms",
		script.IfSent(tcp.Segment{Flags: tcp.SYN | tcp.ACK}, "the 250 ms count for each from its own SYN,ACK: look at l.Listener.Half[0], and keep nothing in variables of the package."))
}

func TestStep11_AChanceIsHadOnce(t *testing.T) {
	const backlog = 2
	s := givenFullSYNQueue(t, backlog)
	s.Elapse(1100 * time.Millisecond)
	s.Take() // every SYN,ACK once more (step 2.7)
	wantRoomFor(s, backlog, "1.1 s after the first SYN,ACK the oldest has had its chance, however often it was sent since",
		script.IfSilent("the 250 ms count from the *first* SYN,ACK: once the timer has expired, b.RTO.Attempts > 0, they are over."))
}

func TestStep11_AFloodAndOneHonestClient(t *testing.T) {
	const backlog = 8
	s := givenFullSYNQueue(t, backlog)
	for n := backlog; n < 200; n++ {
		s.UsePeer(peerClient(n))
		s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs})
	}
	s.WantSilence("192 more SYNs at once find no room",
		script.IfSent(tcp.Segment{Flags: tcp.SYN | tcp.ACK}, "none of the first eight has had its chance yet."))
	s.WantSockets("200 SYNs take no more memory than 8", backlog+1,
		script.Likely("when len(l.Listener.Half) has reached Backlog, there is no room for one more."))
	s.Elapse(300 * time.Millisecond)
	wantRoomFor(s, 200, "a moment later an honest client gets its answer",
		script.IfSilent("250 ms after its SYN,ACK the oldest gives way: return it as evicted."))
	s.Send(tcp.Segment{Flags: tcp.ACK, Seq: irs + 1, Ack: iss + 1})
	s.WantState(tcp.Established)
}

// Ready decides alone, and so does Half: whatever the other holds.
func TestStep11_EveryLengthOfBothQueues(t *testing.T) {
	const backlog = 2
	for ready := range backlog + 1 {
		for half := range backlog + 1 {
			if ready == backlog && half == backlog {
				continue // who was the last to become ready has left the SYN queue
			}
			for _, age := range []time.Duration{0, 300 * time.Millisecond} {
				s := givenQueues(t, backlog, ready, half)
				l := s.Listener().Listener
				s.Elapse(age)
				s.UsePeer(peerClient(90))
				s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs})
				what := fmt.Sprintf("Backlog is %d, Ready holds %d and Half %d, answered %v ago", backlog, ready, half, age)
				switch {
				case ready == backlog:
					likely := script.Likely("when len(l.Listener.Ready) has reached Backlog nobody is let in, and nobody gives way, however short Half is. " +
						"Else clients that come one after the other fill Ready without end.")
					s.WantSilence(what+": the SYN is ignored", likely)
					script.WantEqual(s, what+": nobody gives way", "len(l.Listener.Half)", len(l.Half), half, likely)
				case half == backlog && age == 0:
					s.WantSilence(what+": the SYN is ignored",
						script.Likely("Half is full when it holds Backlog, however short Ready is, and the oldest has not had its chance yet."))
				default:
					s.Want(what+": there is room", tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1}, script.IfSilent(testNoRoom))
				}
			}
		}
	}
}

// givenQueues is a script whose listener's queues are so long.
func givenQueues(t *testing.T, backlog, ready, half int) *script.Script {
	t.Helper()
	s := script.New(t, chapters, script.Reading("RFC 4987 §3"))
	if _, err := s.TryListen(netip.AddrPortFrom(script.You, script.ServerPort), backlog); err != nil {
		t.Fatal(err)
	}
	clients := 0
	open := func() {
		t.Helper()
		wantRoomFor(s, clients, "there is room in both queues", script.IfSilent(testNoRoom))
		clients++
	}
	complete := func() {
		t.Helper()
		s.Send(tcp.Segment{Flags: tcp.ACK, Seq: irs + 1, Ack: iss + 1})
		s.WantState(tcp.Established)
	}
	for range min(ready, backlog-1) {
		open()
		complete()
	}
	for range half {
		open()
	}
	if ready == backlog { // the last one: from now on nobody is let in
		open()
		complete()
	}
	return s
}

func TestStep11_TheAcceptQueueIsBounded(t *testing.T) {
	const backlog = 2
	s := script.New(t, chapters)
	if _, err := s.TryListen(netip.AddrPortFrom(script.You, script.ServerPort), backlog); err != nil {
		t.Fatal(err)
	}
	var clients [backlog + 1]*tcp.TCB
	for n := range clients {
		s.UsePeer(peerClient(n))
		s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs})
		s.Want("there is room", tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1},
			script.IfSilent("each queue has a bound of its own: Half is full when Half itself holds Backlog."))
		clients[n] = s.TCB()
		if n == 0 {
			s.Send(tcp.Segment{Flags: tcp.ACK, Seq: irs + 1, Ack: iss + 1})
			s.WantState(tcp.Established)
		}
	}
	s.WantSockets("one connection is ready and two are half open: each queue has room for two", 1+len(clients),
		script.Likely("each queue has a bound of its own: nobody gives way before Half itself holds Backlog."))
	s.Use(clients[1])
	s.Send(tcp.Segment{Flags: tcp.ACK, Seq: irs + 1, Ack: iss + 1})
	s.WantState(tcp.Established)

	s.UsePeer(peerClient(3))
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs})
	s.WantSilence("the application does not keep up with Accept: a SYN is ignored, and will come again",
		script.IfSent(tcp.Segment{Flags: tcp.SYN | tcp.ACK}, "len(l.Listener.Ready) has reached Backlog: whoever is let in now could not be handed on."),
		script.IfSent(tcp.Segment{Flags: tcp.RST}, "a RST would say that nobody listens: in silence the client tries again, and there may be room then."))
	s.WantSockets("nothing is kept of it, and nobody has to give way for it", 1+len(clients),
		script.Likely("a SYN that is ignored makes no room either: when Ready is full, return no child and nobody evicted."))

	s.UsePeer(peerClient(4))
	s.Send(tcp.Segment{Flags: tcp.ACK, Seq: irs + 1, Ack: 7777})
	s.Want("only SYNs wait: an ACK of something we never sent gets its RST, however full the queues", tcp.Segment{Flags: tcp.RST, Seq: 7777},
		script.IfSilent("look at the queues when it is clear that the segment is a SYN: RST and ACK come first."))

	s.Accept()
	s.UsePeer(peerClient(3))
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs})
	s.Want("the application took one, so there is room for the client's next try",
		tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: iss, Ack: irs + 1})
}
