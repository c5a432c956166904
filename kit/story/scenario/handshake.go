package scenario

var handshakeStories = []scenario{{
	id: "2.1", step: "2.2",
	title: words{"The handshake", "핸드셰이크"},
	question: words{
		`A calls B. B's SYN,ACK has come back to A, and A has sent its ACK. It is still in the air.`,
		`A가 B에 연결합니다. B의 SYN,ACK가 A에 돌아왔고 A는 ACK를 보냈습니다. 그 ACK는 아직 전송
중입니다.`,
	},
	asks:    words{"May A write yet?", "A는 지금 데이터를 보내도 될까요?"},
	choices: []words{{"yes, at once", "예, 바로 보내도 된다"}, {"not before B has the ACK", "B가 ACK를 받은 뒤에야 된다"}, {"not before B has said so", "B가 허락한 뒤에야 된다"}},
	right:   0,
	because: words{
		`A is in ESTABLISHED: its SYN was acknowledged, and it knows B's number and window. What it
sends carries the same ACK. So even if the ACK is lost, the text opens the connection at B.`,
		`A는 ESTABLISHED입니다. 자신의 SYN은 확인 응답되었고 B의 번호와 윈도우도 압니다. A가 보내는
데이터에도 같은 ACK가 실립니다. 그래서 ACK가 유실되어도 데이터가 B의 연결을 엽니다.`,
	},
	tries: []words{
		{"Lose A's ACK, and write afterwards.", "A의 ACK를 잃어버린 다음 데이터를 보내 보세요."},
		{
			`Lose B's SYN,ACK: who notices first?`,
			`B의 SYN,ACK를 잃어버려 보세요. 누가 먼저 알아차릴까요?`,
		},
	},
	without: []other{
		{
			words{
				"without the ACK: the text brings it, too",
				"ACK가 없으면: 데이터가 ACK도 함께 가져갑니다",
			},
			plain + ";listen.B.80;connect.A.50000.80;step.2;lose.3;write.A.5;step.3",
		},
		{words{
			`without chapter 2 at B: the SYN finds a listener that does not know what to do`,
			`B에 2장이 없으면: 기다리는 소켓이 SYN을 처리하지 못합니다`,
		}, plain + ";without.B.2;listen.B.80;connect.A.50000.80;step.6"},
	},
	text: plain + ";listen.B.80;connect.A.50000.80;step.2",
	then: "write.A.5;step.2",
}, {
	id: "2.2", step: "2.7",
	title: words{"Two SYNs are lost", "SYN이 두 번 유실되다"},
	question: words{
		`A's first SYN is lost, and the second, a second later, as well.`,
		`A의 첫 SYN이 유실되고, 1초 뒤의 두 번째 SYN도 유실되었습니다.`,
	},
	asks: words{
		`When does the third leave, counted from the first?`,
		`세 번째 SYN은 첫 SYN에서 몇 초 뒤에 나갈까요?`,
	},
	choices: []words{{"after 2 s", "2초 뒤"}, {"after 3 s", "3초 뒤"}, {"after 4 s", "4초 뒤"}},
	right:   1,
	because: words{
		`Each time the wait doubles: 1 s, then 2 s (RFC 6298 §5.5). An answer that does not come may
mean that the network is full, and more of the same would not help it.`,
		`기다리는 시간은 매번 두 배가 됩니다. 1초, 그다음 2초입니다(RFC 6298 §5.5). 응답이 오지 않는
것은 네트워크가 붐빈다는 뜻일 수 있고, 같은 것을 더 보내 봐야 도움이 되지 않습니다.`,
	},
	tries: []words{{
		`Lose the third as well, and skip from timer to timer. When does A give up?`,
		`세 번째도 잃어버리고 타이머에서 타이머로 건너뛰어 보세요. A는 언제 포기할까요?`,
	}},
	without: []other{
		{
			words{"without the losses", "유실이 없으면"},
			plain + ";listen.B.80;connect.A.50000.80;step.3",
		},
		{words{
			`without a cable: A asks for three minutes and more, and gives up (MUST-23)`,
			`케이블이 없으면: A는 3분 넘게 시도하다가 포기합니다(MUST-23)`,
		}, plain + ";listen.B.80;unplug;connect.A.50000.80;wait.400000"},
	},
	text: plain + ";listen.B.80;connect.A.50000.80;lose.1;step;lose.2",
	then: "step.4",
}, {
	id: "2.3", step: "2.6",
	title: words{"Two SYNs cross", "두 SYN이 엇갈리다"},
	question: words{
		`Nobody listens. A calls B, and B calls A at the same time, from just the ports that the
other calls.`,
		`기다리는 소켓은 없습니다. A가 B로, B가 A로 동시에 연결합니다. 서로 상대가 부르는 바로 그
포트에서 겁니다.`,
	},
	asks:    words{"What comes of it?", "어떻게 될까요?"},
	choices: []words{{"both are refused", "둘 다 거부된다"}, {"one connection", "연결 하나가 생긴다"}, {"two connections", "연결 두 개가 생긴다"}},
	right:   1,
	because: words{
		`Each SYN finds a socket with exactly its two ends, in SYN-SENT. Both go to SYN-RECEIVED,
answer with SYN,ACK, and open: it is one four-tuple, so it is one connection. TCP has allowed it
from the beginning (RFC 9293, figure 7).`,
		`각 SYN은 두 끝이 꼭 맞는, SYN-SENT 상태의 소켓을 만납니다. 양쪽 모두 SYN-RECEIVED가 되어
SYN,ACK로 답하고 연결이 열립니다. 네 값이 같으니 연결은 하나입니다. TCP는 처음부터 이것을
허용했습니다(RFC 9293 그림 7).`,
	},
	tries: []words{{"Lose one of the two SYN,ACKs.", "두 SYN,ACK 중 하나를 잃어버려 보세요."}},
	without: []other{
		{words{
			`without the crossing: B calls when A's SYN has come`,
			`엇갈리지 않으면: A의 SYN이 온 뒤에 B가 연결을 겁니다`,
		}, plain + ";connect.A.50000.80;step;connect.B.80.50000;step.4"},
	},
	text: plain + ";connect.A.50000.80;connect.B.80.50000",
	then: "step.4",
}, {
	id: "2.4", step: "2.11",
	title: words{"A flood of SYNs", "SYN 홍수"},
	question: words{
		`B has room for four half-open connections. Six SYNs come from addresses that do not exist,
so B's answers reach nobody. Then A calls, an honest client.`,
		`B에는 반쯤 열린 연결을 넷까지 둘 자리가 있습니다. 존재하지 않는 주소들에서 SYN 여섯 개가
오고, B의 응답은 아무에게도 닿지 않습니다. 그때 정상적인 클라이언트 A가 연결합니다.`,
	},
	asks:    words{"Does A get in?", "A는 연결될까요?"},
	choices: []words{{"no: the queue is full", "아니요. 큐가 가득 찼다"}, {"yes: the oldest of the four gives way", "예. 넷 가운데 가장 오래된 것이 자리를 내준다"}, {"yes: the queue grows", "예. 큐가 늘어난다"}},
	right:   1,
	because: words{
		`Memory is bounded, so the queue does not grow. But who has not answered for 250 ms has had
its chance, and gives way (RFC 4987 §3.4). An honest client answers after one round trip.`,
		`메모리에는 한도가 있으므로 큐는 늘어나지 않습니다. 그러나 250 ms 동안 응답하지 않은 쪽은
기회를 다 쓴 것으로 보고 자리를 내줍니다(RFC 4987 §3.4). 정상적인 클라이언트는 왕복 한 번이면
응답합니다.`,
	},
	tries: []words{{
		`Look at socket 1 of B: how many are half open, how many are ready.`,
		`B의 소켓 1을 보세요. 반쯤 열린 연결과 준비된 연결이 몇 개인지 나옵니다.`,
	}},
	without: []other{
		{words{
			`without waiting: A's SYN comes while all four still have a chance, and A asks again`,
			`기다리지 않으면: 넷 모두 아직 기회가 있을 때 A의 SYN이 와서 A가 다시 보내야 합니다`,
		}, plain + flood + ";connect.A.50000.80;wait.1500"},
		{
			words{"without the flood", "홍수가 없으면"},
			plain + ";listen.B.80.4;wait.400;connect.A.50000.80;step.3",
		},
	},
	text: plain + flood + ";wait.400;connect.A.50000.80",
	then: "step.3",
}, {
	id: "2.5", step: "2.4",
	title: words{"The third segment is lost", "세 번째 세그먼트가 유실되다"},
	question: words{
		`A has answered B's SYN,ACK with an ACK, and is in ESTABLISHED. This ACK is lost. A has
nothing to say, and B is in SYN-RECEIVED.`,
		`A는 B의 SYN,ACK에 ACK로 답하고 ESTABLISHED가 되었습니다. 그런데 이 ACK가 유실되었습니다. A는
보낼 데이터가 없고 B는 SYN-RECEIVED에 있습니다.`,
	},
	asks: words{"What brings B to ESTABLISHED?", "무엇이 B를 ESTABLISHED로 만들까요?"},
	choices: []words{
		{"A sends its ACK again", "A가 ACK를 다시 보낸다"},
		{"B sends its SYN,ACK again, and A answers", "B가 SYN,ACK를 다시 보내고 A가 답한다"},
		{"nothing, before A writes", "A가 데이터를 보내기 전에는 아무것도"},
	},
	right: 1,
	because: words{
		`An ACK takes no number: nobody acknowledges it, so A cannot know that it is lost, and never
sends it again by itself. B's SYN takes one. It was not acknowledged, so B sends it again after 1 s.
For A that is an old segment, and just for that A answers it with an ACK (RFC 9293 §3.10.7.4).`,
		`ACK는 번호를 차지하지 않습니다. 확인 응답도 없으므로 A는 유실을 알 수 없고, 스스로 다시 보내는
일도 없습니다. B의 SYN은 번호를 차지합니다. 확인 응답되지 않았으므로 B는 1초 뒤 다시 보냅니다. A에게
이것은 오래된 세그먼트이고, 바로 그래서 A는 ACK로 답합니다(RFC 9293 §3.10.7.4).`,
	},
	tries: []words{
		{
			`Go back, and have A write before B's second SYN,ACK leaves.`,
			`뒤로 돌아가, B의 두 번째 SYN,ACK가 나가기 전에 A가 데이터를 보내게 해 보세요.`,
		},
		{
			`Lose each SYN,ACK that B sends again. How long does B try?`,
			`B가 다시 보내는 SYN,ACK를 모두 잃어버려 보세요. B는 얼마나 오래 시도할까요?`,
		},
	},
	without: []other{
		{
			words{"without the loss", "유실이 없으면"},
			plain + open,
		},
		{words{
			`A is rebooted meanwhile: B's SYN,ACK finds nobody, and is answered with a RST`,
			`그사이 A가 재부팅하면: B의 SYN,ACK를 받을 소켓이 없어 RST가 돌아옵니다`,
		}, plain + ";listen.B.80;connect.A.50000.80;step.2;lose.3;reboot.A;step.3"},
	},
	text: plain + ";listen.B.80;connect.A.50000.80;step.2;lose.3",
	then: "step.3",
}}

const flood = ";listen.B.80.4;inject.B.flags.syn.seq.1.from.6000.to.80.strangers.6"
