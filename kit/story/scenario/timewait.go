package scenario

var timeWaitStories = []scenario{{
	id: "5.1", step: "5.1",
	title: words{"The late FIN", "늦게 온 FIN"},
	question: words{
		`A closed first, and its socket was deleted at once: it has no TIME-WAIT (chapter 5). A copy
of B's FIN is still on a slow way: SEQ 301, ACK 102. Meanwhile the same two ends have begun a new
conversation, with the same first numbers, and A has sent 5 bytes in it: numbers 101 to 105. So A
has sent what the copy acknowledges.`,
		`A가 먼저 닫았고, TIME-WAIT(5장)가 없어 소켓이 곧바로 삭제되었습니다. B의 FIN 사본 하나가 아직
느린 길을 가고 있습니다. SEQ 301, ACK 102입니다. 그사이 같은 두 끝이 같은 첫 번호로 새 대화를
시작했고, A는 여기서 5바이트(번호 101~105)를 보냈습니다. 그래서 사본이 확인 응답하는 것은 A가 이미
보낸 것입니다.`,
	},
	asks:    words{"The copy comes to A. What will A do?", "사본이 A에 도착합니다. A는 어떻게 할까요?"},
	choices: []words{{"drop it: nobody is there", "버린다. 받을 소켓이 없으므로"}, {"answer RST", "RST로 답한다"}, {"close the new conversation", "새 대화를 닫는다"}},
	right:   2,
	because: words{
		`The addresses and ports are those of socket 2, and the copy's SEQ is just the number that is
next there, 301: nothing in the copy says that it belongs to socket 1. Socket 2 goes to CLOSE-WAIT, and its application reads "end of stream" of a
conversation in which B has not closed at all.`,
		`주소와 포트가 소켓 2의 것과 같고, SEQ도 소켓 2가 바로 다음에 기다리는 301입니다. 사본 어디에도 소켓 1의 것이라는 표시가
없습니다. 소켓 2는 CLOSE-WAIT가 되고, B가 닫지도 않은 대화에서 애플리케이션은 스트림의 끝을
읽습니다.`,
	},
	tries: []words{
		{
			`Put one guard back at a time: TIME-WAIT, ISNs from the clock, timestamps.`,
			`보호 장치를 하나씩 돌려놓아 보세요. TIME-WAIT, 시계에서 얻은 ISN, 타임스탬프입니다.`,
		},
		{
			`A copy that is slower than 2MSL gets past TIME-WAIT. Press "with TIME-WAIT (chapter 5)",
then Back: the copy is in the air again. Touch it, and press Hold. Press Skip: four minutes later
TIME-WAIT is over. At A press Connect; press Next three times: the new conversation is open. At A
press Send. Touch the copy, and press Now: A goes to CLOSE-WAIT.`,
			`2MSL보다 늦은 사본에는 TIME-WAIT도 소용없습니다. "TIME-WAIT가 있으면(5장)"을 누르고 뒤로를
누르면 사본이 다시 전송 중입니다. 사본을 고르고 붙잡기를 누르세요. 건너뛰기를 누르면 4분이 지나
TIME-WAIT가 끝납니다. A에서 Connect를 누르고 다음을 세 번 누르면 새 대화가 열립니다. A에서 보내기를
누르세요. 사본을 고르고 즉시 도착을 누르면 A가 CLOSE-WAIT가 됩니다.`,
		},
		{
			`Do the same without Send: A drops the copy. An old FIN also carries an acknowledgment. This
one is 102, and A, which counts from 100 in the new conversation as well, has sent only 100, the SYN.
The copy fits only if the new conversation has sent as much as the old one had.`,
			`같은 일을 보내기 없이 해 보세요. A는 사본을 버립니다. 오래된 FIN에는 확인 응답도 들어 있습니다.
이 사본의 ACK는 102인데, 새 대화에서도 100부터 세는 A가 보낸 것은 100번 SYN뿐입니다. 새 대화가 옛
대화만큼 보냈을 때에만 사본이 들어맞습니다.`,
		},
	},
	without: []other{
		{words{
			`with TIME-WAIT (chapter 5): the ends are not free, and TIME-WAIT answers the copy`,
			`TIME-WAIT가 있으면(5장): 두 끝이 비지 않았고 TIME-WAIT가 사본에 답합니다`,
		}, twoClosed(plain) + again + ";step"},
		{words{
			`with ISNs from the clock (chapter 2): the copy's number fits no more`,
			`시계에서 얻은 ISN을 쓰면(2장): 사본의 번호가 더는 맞지 않습니다`,
		}, lateFIN("1;plain;without.A.5") + ";step"},
		{words{
			`with timestamps (chapter 3): the copy's timestamp is older than what was heard since (PAWS)`,
			`타임스탬프가 있으면(3장): 사본의 타임스탬프가 그 뒤에 들은 것보다 오래되었습니다(PAWS)`,
		}, lateFIN(plain+";timestamps.1;without.A.5") + ";step"},
	},
	guards: []guard{
		{words{
			`TIME-WAIT has kept socket 1, and with it the two ends: the second conversation was
refused before it began, so there was none that the copy could close. Socket 1 has taken the copy
for what it is, its peer's FIN, and has acknowledged it once more. The price: these two ends are
taken for 2MSL, four minutes.`,
			`TIME-WAIT가 소켓 1과 두 끝을 계속 점유했습니다. 두 번째 대화는 시작하기도 전에
거부되었으므로 사본이 닫을 대화가 없었습니다. 소켓 1은 사본이 상대의 FIN임을 알아보고 한 번 더 확인
응답했습니다. 대가는 2MSL, 곧 4분 동안 이 두 끝을 다시 쓸 수 없다는 것입니다.`,
		}, "5.1"},
		{words{
			`Socket 1 is gone, and the second conversation has the same two ends, as in the
accident. But its numbers begin elsewhere: chapter 2 takes them from a clock that ticks every 4 µs,
and in the 0.7 s between the two conversations that is 175 000 further. So the copy's number is an old
one: A has dropped it, and its ACK says where the conversation is. The price: a conversation that
sends more than 250 000 bytes a second overtakes the clock, and then only chance is left.`,
			`사고 때처럼 소켓 1은 없고 두 번째 대화의 두 끝도 같습니다. 그러나 번호가 다른 데서 시작합니다.
2장은 4 µs마다 1씩 늘어나는 시계에서 번호를 얻고, 두 대화 사이의 0.7초면 175 000만큼 앞섭니다. 그래서
사본의 번호는 지난 번호입니다. A는 사본을 버리고, 대화가 지금 어디까지 왔는지 ACK로 알렸습니다. 대가는
초당 250 000바이트보다 빨리 보내는 대화가 시계를 앞지른다는 것입니다. 그때는 우연에 기댈 뿐입니다.`,
		}, "2.11"},
		{words{
			`The ends fit and the numbers fit, as in the accident. But each segment carries its
sender's clock, and the copy's timestamp is older than what A has heard in the second conversation: A has
dropped it, and answered with an ACK (PAWS, RFC 7323 §5). The price: 12 bytes in each segment.`,
			`사고 때처럼 두 끝도 번호도 맞습니다. 그러나 세그먼트에는 보낸 쪽의 시각이 들어 있고, 사본의
시각은 A가 두 번째 대화에서 들은 것보다 오래되었습니다. A는 사본을 버리고 ACK로 답했습니다(PAWS, RFC
7323 §5). 대가는 세그먼트마다 12바이트입니다.`,
		}, "3.12"},
	},
	text: lateFIN(plain + ";without.A.5"),
	then: "step.2;read.A",
}, {
	id: "5.2", step: "5.3",
	title: words{"The last ACK is lost", "마지막 ACK가 유실되다"},
	question: words{
		`A closed first and is in TIME-WAIT. Its ACK of B's FIN is lost. B, in LAST-ACK, sends the
FIN again.`,
		`A가 먼저 닫아 TIME-WAIT에 있습니다. B의 FIN에 대한 ACK가 유실되었습니다. LAST-ACK의 B는
FIN을 다시 보냅니다.`,
	},
	asks:    words{"What does A do with the second FIN?", "A는 두 번째 FIN을 어떻게 할까요?"},
	choices: []words{{"ignores it", "무시한다"}, {"acknowledges it, and waits 2MSL from now", "확인 응답하고 지금부터 2MSL을 다시 기다린다"}, {"acknowledges it, and its wait goes on", "확인 응답하고 남은 시간만 기다린다"}},
	right:   1,
	because: words{
		`That is what the socket has stayed for. This ACK may be lost as well, so the wait begins
anew (RFC 9293 §3.10.7.4).`,
		`소켓이 남아 있던 까닭이 바로 이것입니다. 이번 ACK도 유실될 수 있으므로 대기는 처음부터 다시
시작됩니다(RFC 9293 §3.10.7.4).`,
	},
	tries: []words{{
		`Look at A's TIME-WAIT timer before and after the second FIN.`,
		`두 번째 FIN 전후의 A의 TIME-WAIT 타이머를 보세요.`,
	}},
	without: []other{
		{words{
			`without chapter 5 at A: the FIN finds nobody, and B hears RST where it had closed in good
order`,
			`A에 5장이 없으면: FIN을 받을 소켓이 없어, 정상적으로 닫은 B가 RST를 받습니다`,
		},
			plain + ";without.A.5" + open + ";close.A;step.2;close.B;step;lose.7;step.3"},
		{
			words{"without the loss", "유실이 없으면"},
			plain + open + ";close.A;step.2;close.B;step.2;skip",
		},
	},
	text: plain + open + ";close.A;step.2;close.B;step;lose.7;step",
	then: "step.2;skip",
}, {
	id: "5.3", step: "5.5",
	title: words{"An assassination", "TIME-WAIT 암살"},
	question: words{
		`A is in TIME-WAIT, B's socket is gone. An old copy of B's text comes to A; A answers with an
ACK; B, which knows no such connection, answers that with a RST. Its number is the one that A
expects.`,
		`A는 TIME-WAIT에 있고 B의 소켓은 사라졌습니다. B의 데이터의 오래된 사본이 A에 오고, A는 ACK로
답합니다. 그런 연결을 모르는 B는 RST로 답합니다. 그 번호는 A가 기다리는 번호입니다.`,
	},
	asks:    words{"What does the RST do to A's TIME-WAIT?", "이 RST는 A의 TIME-WAIT를 어떻게 할까요?"},
	choices: []words{{"nothing: it is ignored", "아무것도. 무시된다"}, {"it ends it", "끝낸다"}, {"it starts it anew", "다시 시작하게 한다"}},
	right:   0,
	because: words{
		`By the letter of RFC 9293 the RST ends the wait: one old segment would kill the very guard
against old segments. RFC 1337 calls it TIME-WAIT assassination; its first fix is to ignore RSTs
in TIME-WAIT, as here.`,
		`RFC 9293의 글자 그대로라면 RST가 대기를 끝냅니다. 오래된 세그먼트 하나가 오래된 세그먼트를
막는 장치를 없애는 셈입니다. RFC 1337은 이것을 TIME-WAIT 암살이라 부르고, 첫 번째 대책은
여기처럼 TIME-WAIT에서 RST를 무시하는 것입니다.`,
	},
	tries: []words{{
		`Which segments make A answer in TIME-WAIT, and which do not?`,
		`TIME-WAIT의 A는 어떤 세그먼트에 답하고 어떤 것에는 답하지 않을까요?`,
	}},
	without: []other{
		{words{
			`without that fix: the guard is gone, and the ends are free four minutes too early`,
			`그 대책이 없으면: 보호가 사라지고 두 끝이 4분 일찍 풀립니다`,
		}, assassination(plain+";rfc1337.A.0") + ";step"},
		{
			words{"without the copy", "사본이 없으면"},
			plain + open + ";write.B.5;wait.300;read.A;close.A;step.2;close.B;step.2;skip",
		},
	},
	text: assassination(plain),
	then: "step;skip",
}, {
	id: "5.4", step: "5.6",
	title: words{"A SYN in TIME-WAIT", "TIME-WAIT에 온 SYN"},
	question: words{
		`B closed first and is in TIME-WAIT. A has deleted its socket, and calls again from the same
port, with a number, 5000, above all that it has used before.`,
		`B가 먼저 닫아 TIME-WAIT에 있습니다. A는 소켓을 삭제했고 같은 포트에서 다시 연결합니다.
번호는 전에 쓴 모든 번호보다 큰 5000입니다.`,
	},
	asks: words{
		`Must A wait until B's TIME-WAIT is over?`,
		`A는 B의 TIME-WAIT가 끝날 때까지 기다려야 할까요?`,
	},
	choices: []words{{"yes, up to four minutes", "예, 길면 4분"}, {"no: B begins anew at once", "아니요. B는 바로 새로 시작한다"}, {"B refuses with RST", "B가 RST로 거부한다"}},
	right:   1,
	because: words{
		`A number above everything of the old conversation cannot be mistaken for one of it, so the
guard may let it in (RFC 9293 §3.6.1, MAY-2). B's own first number has to be above its old ones
as well: 65838 is 302, the next it would have sent, and 65536 more.`,
		`옛 대화의 모든 번호보다 큰 번호는 옛 대화의 것으로 오인될 수 없으므로 들여보내도 됩니다(RFC
9293 §3.6.1, MAY-2). B의 첫 번호도 예전 번호보다 커야 합니다. 65838은 다음에 보냈을 302에
65536을 더한 값입니다.`,
	},
	tries: []words{{
		`With timestamps on both, a number that is too small is no obstacle (RFC 6191).`,
		`양쪽에 타임스탬프가 있으면 번호가 작아도 문제가 되지 않습니다(RFC 6191).`,
	}},
	without: []other{
		{words{
			`with a number below: taken for an old SYN, and answered with an ACK`,
			`번호가 더 작으면: 오래된 SYN으로 보고 ACK로 답합니다`,
		}, synAgain(plain, "50") + ";step.4"},
		{words{
			`without chapter 5 at B: nothing is left to look at the number`,
			`B에 5장이 없으면: 번호를 살펴볼 것이 남아 있지 않습니다`,
		}, synAgain(plain+";without.B.5", "50") + ";step.3"},
	},
	text: synAgain(plain, "5000"),
	then: "step.3",
}, {
	id: "5.5", step: "5.8",
	title: words{"The port, or the conversation?", "포트인가, 대화인가"},
	question: words{
		`A is in TIME-WAIT: port 50000, with B's port 80. B listens on ports 80 and 81.`,
		`A는 TIME-WAIT에 있습니다. A의 포트 50000과 B의 포트 80 사이입니다. B는 포트 80과 81에서
기다립니다.`,
	},
	asks:    words{"From port 50000, whom may A call?", "포트 50000에서 A는 어디로 연결할 수 있을까요?"},
	choices: []words{{"80 and 81", "80과 81 모두"}, {"only 81", "81만"}, {"neither: the port is taken", "둘 다 안 된다. 포트가 사용 중이다"}},
	right:   1,
	because: words{
		`What is kept is the conversation: both addresses and both ports. Old segments of it can hit
nothing else. (To bind the port at all, A's application asks for it to be used again, as
SO_REUSEADDR does. Without, binding is refused already.)`,
		`지키는 것은 대화, 곧 두 주소와 두 포트입니다. 그 대화의 오래된 세그먼트는 다른 것에 닿을 수
없습니다. (포트에 바인드하기 위해 A의 애플리케이션은 SO_REUSEADDR처럼 다시 쓰겠다고 밝혔습니다.
그러지 않으면 바인드부터 거부됩니다.)`,
	},
	tries: []words{{
		`Skip to the end of TIME-WAIT, and call port 80 again.`,
		`TIME-WAIT가 끝날 때까지 건너뛰고 포트 80으로 다시 연결해 보세요.`,
	}},
	without: []other{
		{
			words{
				"without chapter 5 at A: nothing is kept",
				"A에 5장이 없으면: 아무것도 지키지 않습니다",
			},
			bothPorts(plain+";without.A.5") + ";connect.A.50000.80;step.3",
		},
	},
	text: bothPorts(plain),
	then: "connect.A.50000.80;connect.A.50000.81;step.3",
}}

// lateFIN is the accident, up to where the copy of the first conversation's FIN is about
// to come. What can not be done with all guards in place fails, and the story goes on.
func lateFIN(setup string) string {
	return twoClosed(setup) + again + ";step.3;write.A.5;wait.300"
}

// twoClosed is up to the end of the first conversation.
func twoClosed(setup string) string {
	return setup + open + ";close.A;step.2;close.B;dup.6.1500;step.2"
}

// again is A's call for a second one.
const again = ";connect.A.50000.80"

// assassination is up to where the RST is about to come.
func assassination(setup string) string {
	return setup + open + ";write.B.5;dup.4.1500;wait.300;read.A;close.A;step.2;close.B;step.2;step.2"
}

// synAgain is up to A's second SYN.
func synAgain(setup, isn string) string {
	return setup + open + ";close.B;step.2;close.A;step.2;isn.A." + isn + ";connect.A.50000.80"
}

// bothPorts is up to TIME-WAIT at A.
func bothPorts(setup string) string {
	return setup + ";listen.B.81" + open + ";close.A;step.2;close.B;step.2"
}
