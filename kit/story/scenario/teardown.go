package scenario

var teardownStories = []scenario{{
	id: "4.1", step: "4.6",
	title: words{"Four segments", "세그먼트 네 개"},
	question: words{
		`A closes first. B has acknowledged its FIN, and closes, too.`,
		`A가 먼저 닫았습니다. B는 그 FIN을 확인 응답하고 자신도 닫습니다.`,
	},
	asks: words{
		`The four segments have come. Whose socket is gone?`,
		`네 세그먼트가 모두 도착했습니다. 누구의 소켓이 사라졌을까요?`,
	},
	choices: []words{{"both", "둘 다"}, {"A's, which closed first", "먼저 닫은 A의 것"}, {"B's, which closed second", "나중에 닫은 B의 것"}},
	right:   2,
	because: words{
		`B has the ACK of its FIN, and knows that all is said. A has sent that ACK and cannot know
whether it came: it stays in TIME-WAIT for 2MSL, four minutes here. Who closes first waits.`,
		`B는 자기 FIN에 대한 ACK를 받아 모든 것이 끝났음을 압니다. A는 그 ACK를 보냈을 뿐 도착했는지
알 수 없습니다. 그래서 2MSL, 여기서는 4분 동안 TIME-WAIT에 머뭅니다. 먼저 닫은 쪽이 기다립니다.`,
	},
	tries: []words{{"Have B close before it has heard of A's FIN.", "B가 A의 FIN을 알기 전에 닫게 해 보세요."}},
	without: []other{
		{words{
			`B closes first: everything is the other way round`,
			`B가 먼저 닫으면: 모든 것이 반대가 됩니다`,
		}, plain + open + ";close.B;step.2;close.A;step.2;skip"},
		{words{
			`without chapter 4 at B: its application closes, and B says nothing of it`,
			`B에 4장이 없으면: 애플리케이션이 닫아도 B는 알리지 않습니다`,
		}, plain + ";without.B.4" + open + ";close.A;step;close.B;wait.3000"},
	},
	text: plain + open + ";close.A;step.2;close.B",
	then: "step.2;skip",
}, {
	id: "4.2", step: "4.3",
	title:    words{"A FIN is lost", "FIN이 유실되다"},
	question: words{"A closes, and its FIN is lost.", "A가 닫았지만 FIN이 유실되었습니다."},
	asks:     words{"Who notices?", "누가 알아차릴까요?"},
	choices:  []words{{"A: it has no ACK of its FIN", "A. FIN에 대한 ACK가 오지 않으므로"}, {"B: it hears nothing more", "B. 더 들리는 것이 없으므로"}, {"nobody: a FIN has no text", "아무도. FIN에는 데이터가 없으므로"}},
	right:    0,
	because: words{
		`A FIN takes a number, as a byte does, so it has to be acknowledged, and is sent again when
it is not. B cannot tell a lost FIN from a peer that has nothing to say.`,
		`FIN은 데이터 1바이트처럼 번호를 하나 차지합니다. 그래서 확인 응답되어야 하고, 그렇지 않으면
다시 보냅니다. B는 유실된 FIN과 할 말이 없는 상대를 구별할 수 없습니다.`,
	},
	tries: []words{{"Lose the ACK of the FIN instead.", "대신 FIN에 대한 ACK를 잃어버려 보세요."}},
	without: []other{
		{
			words{"B's FIN is lost instead", "대신 B의 FIN이 유실되면"},
			plain + open + ";close.A;step.2;close.B;lose.6;step.4",
		},
		{
			words{"without the loss", "유실이 없으면"},
			plain + open + ";close.A;step.2;close.B;step.2",
		},
	},
	text: plain + open + ";close.A;lose.4",
	then: "step.3;close.B;step.2",
}, {
	id: "4.3", step: "4.7",
	title: words{"Both close", "양쪽이 함께 닫다"},
	question: words{
		`A and B close at the same time. Their FINs cross.`,
		`A와 B가 동시에 닫았습니다. 두 FIN이 엇갈립니다.`,
	},
	asks:    words{"Who waits in TIME-WAIT?", "누가 TIME-WAIT에서 기다릴까요?"},
	choices: []words{{"A", "A"}, {"B", "B"}, {"both", "둘 다"}, {"neither", "아무도"}},
	right:   2,
	because: words{
		`Neither closed second. Each gets the other's FIN before the ACK of its own: FIN-WAIT-1,
CLOSING, and TIME-WAIT (RFC 9293, figure 13). Each has sent an ACK of which it cannot know
whether it came.`,
		`나중에 닫은 쪽이 없습니다. 양쪽 모두 자기 FIN에 대한 ACK보다 상대의 FIN을 먼저 받아
FIN-WAIT-1, CLOSING, TIME-WAIT를 거칩니다(RFC 9293 그림 13). 둘 다 도착했는지 알 수 없는 ACK를
보냈습니다.`,
	},
	tries: []words{{"Slow one of the ACKs down, and watch CLOSING.", "ACK 하나를 늦추고 CLOSING을 지켜보세요."}},
	without: []other{
		{words{
			`without the crossing: B closes when A's FIN has come`,
			`엇갈리지 않으면: A의 FIN이 온 뒤에 B가 닫습니다`,
		}, plain + open + ";close.A;step;close.B;step.4"},
	},
	text: plain + open + ";close.A;close.B",
	then: "step.4;skip;skip",
}, {
	id: "4.4", step: "4.4",
	title: words{"Half-closed", "절반만 닫기"},
	question: words{
		`A has no more to say, and closes for writing only. B has 500 bytes more for A.`,
		`A는 더 보낼 것이 없어 쓰기 쪽만 닫았습니다. B에게는 A에게 보낼 500바이트가 더 있습니다.`,
	},
	asks:    words{"May B still send them?", "B는 아직 그것을 보낼 수 있을까요?"},
	choices: []words{{"yes: only A's stream has ended", "예. A 쪽 스트림만 끝났다"}, {"no: the FIN has ended both", "아니요. FIN이 둘 다 끝냈다"}},
	right:   0,
	because: words{
		`A connection is two streams. The FIN says that one of them has ended; B, in CLOSE-WAIT, may
send as long as it likes, and A, in FIN-WAIT-2, takes it.`,
		`연결은 스트림 두 개입니다. FIN은 그중 하나가 끝났음을 알릴 뿐입니다. CLOSE-WAIT의 B는
얼마든지 더 보낼 수 있고 FIN-WAIT-2의 A는 그것을 받습니다.`,
	},
	tries: []words{{
		`Have A write after it has closed for writing.`,
		`쓰기 쪽을 닫은 A가 데이터를 쓰게 해 보세요.`,
	}},
	without: []other{
		{words{
			`A closes fully: nobody there will read, and A says so with a RST`,
			`A가 완전히 닫으면: 읽을 이가 없으니 A는 RST로 알립니다`,
		}, plain + open + ";close.A;step.2;write.B.500;step.2"},
	},
	text: plain + open + ";halfclose.A;step.2",
	then: "write.B.500;step.2;read.A;close.B;step.3",
}, {
	id: "4.5", step: "4.8",
	title: words{"Three forged resets", "위조된 RST 세 개"},
	question: words{
		`A stranger sends B three RSTs in A's name. B expects number 101, and its window reaches to
65635. The RSTs have the numbers 90, 5000 and 101.`,
		`제3자가 A의 이름으로 B에게 RST 세 개를 보냅니다. B는 101번을 기다리고 윈도우는
65635까지입니다. RST의 번호는 90, 5000, 101입니다.`,
	},
	asks:    words{"Which one kills the connection?", "어느 것이 연결을 끊을까요?"},
	choices: []words{{"90", "90"}, {"5000", "5000"}, {"101", "101"}, {"any of them", "아무것이나"}},
	right:   2,
	because: words{
		`90 is outside the window: silence. 5000 is inside, and that was enough once (RFC 793); now B
answers with an ACK of where it stands, and a peer that has really reset would answer that with
a RST of just the right number (RFC 5961 §3). Only 101 is exact. To guess it takes 65 535 times
as many tries as to hit the window.`,
		`90은 윈도우 밖이라 응답하지 않습니다. 5000은 윈도우 안이고 예전에는 그것으로
충분했습니다(RFC 793). 지금은 B가 자신의 위치를 ACK로 알리고, 정말로 리셋한 상대라면 꼭 맞는
번호의 RST로 답합니다(RFC 5961 §3). 정확한 것은 101뿐입니다. 이것을 맞히려면 윈도우를 맞힐
때보다 65 535배나 더 시도해야 합니다.`,
	},
	tries: []words{{
		`Forge a SYN in the window, and text with a wrong ACK.`,
		`윈도우 안의 SYN, 그리고 ACK 번호가 틀린 데이터를 위조해 보세요.`,
	}},
	without: []other{
		{
			words{
				"without the third: the connection goes on",
				"세 번째가 없으면: 연결은 계속됩니다",
			},
			plain + open + ";inject.B.flags.rst.seq.90;inject.B.flags.rst.seq.5000;step.4;write.A.5;step.3",
		},
		{words{
			`with an ISN that the stranger cannot know: all three miss`,
			`제3자가 알 수 없는 ISN이면: 셋 모두 빗나갑니다`,
		}, "1;plain" + open + ";inject.B.flags.rst.seq.90;inject.B.flags.rst.seq.5000;inject.B.flags.rst.seq.101;step.6"},
	},
	text: plain + open + ";inject.B.flags.rst.seq.90;inject.B.flags.rst.seq.5000;inject.B.flags.rst.seq.101",
	then: "step.4",
}, {
	id: "4.6", step: "4.8",
	title: words{"B reboots", "B가 재부팅되다"},
	question: words{
		`B is switched off and on again, and its server listens as before. A knows nothing of it, and
writes.`,
		`B가 꺼졌다 켜지고 서버는 전처럼 기다립니다. A는 아무것도 모른 채 데이터를 보냅니다.`,
	},
	asks:    words{"What does B say?", "B는 무엇이라고 할까요?"},
	choices: []words{{"an ACK: it listens on port 80", "ACK. 포트 80에서 기다리고 있으므로"}, {"nothing", "아무것도 보내지 않는다"}, {"RST", "RST"}},
	right:   2,
	because: words{
		`No connection has these two ends, and the listener wants a SYN: what acknowledges something
that it never sent gets a RST (RFC 9293 §3.5.1, a half-open connection). The RST has the number
that A waits for, so A believes it at once.`,
		`이 두 끝을 가진 연결이 없고, 기다리는 소켓이 원하는 것은 SYN입니다. 보낸 적 없는 것을 확인
응답하는 세그먼트에는 RST로 답합니다(RFC 9293 §3.5.1, 하프 오픈 연결). RST의 번호는 A가 기다리던
번호라 A는 바로 믿습니다.`,
	},
	tries: []words{{
		`Have A only read after the reboot: how long does it not notice?`,
		`재부팅 뒤에 A가 읽기만 하게 해 보세요. 얼마나 오래 모를까요?`,
	}},
	without: []other{
		{words{
			`the cable is out instead: A sends again for 100 seconds and more, and gives up`,
			`대신 케이블이 뽑히면: A는 100초 넘게 다시 보내다가 포기합니다`,
		}, plain + open + ";unplug;write.A.5;wait.300000"},
		{words{
			`A says nothing: it stays in ESTABLISHED, an hour later, too`,
			`A가 아무 말도 하지 않으면: 한 시간 뒤에도 ESTABLISHED입니다`,
		}, plain + open + ";reboot.B;listen.B.80;wait.3600000"},
	},
	text: plain + open + ";reboot.B;listen.B.80;write.A.5",
	then: "step.2",
}}
