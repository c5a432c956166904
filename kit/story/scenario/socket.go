package scenario

var emptyWire = []scenario{{
	id:    "0",
	title: words{"An empty wire", "빈 회선"},
	question: words{
		`Two hosts and a cable. What happens is up to you.`,
		`호스트 두 대와 케이블 하나. 무슨 일이 일어날지는 여러분이 정합니다.`,
	},
	tries: []words{
		{
			`Have B listen on port 80, and A connect to it.`,
			`B가 포트 80에서 기다리게(listen) 하고, A가 거기로 연결하게(connect) 해 보세요.`,
		},
		{
			`Touch a segment in the air: lose it, copy it, slow it down, change it.`,
			`전송 중인 세그먼트를 건드려 보세요. 잃어버리고, 복사하고, 늦추고, 바꿀 수 있습니다.`,
		},
	},
	text: plain,
}}

var socketStories = []scenario{{
	id: "1.1", step: "1.1",
	title: words{"Refused", "거부"},
	question: words{
		`A calls port 80 of B, where nobody listens.`,
		`A가 B의 포트 80으로 연결합니다. 그 포트에서 기다리는 소켓은 없습니다.`,
	},
	asks:    words{"The SYN comes to B. What does B say?", "SYN이 B에 도착합니다. B는 무엇이라고 답할까요?"},
	choices: []words{{"nothing", "아무것도 보내지 않는다"}, {"RST,ACK", "RST,ACK"}, {"FIN,ACK", "FIN,ACK"}},
	right:   1,
	because: words{
		`No socket is there for the SYN, so chapter 1 answers it: a RST, with an ACK of the SYN, 101.
That ACK is what makes A believe it: only who has seen the SYN can know the number. A's socket
is gone, and its application hears "connection refused".`,
		`SYN을 받을 소켓이 없으므로 1장의 코드가 답합니다. SYN에 대한 ACK 101이 붙은 RST입니다. A가
이 RST를 믿는 것은 그 ACK 덕분입니다. SYN을 본 쪽만 번호를 알 수 있기 때문입니다. A의 소켓은
사라지고 애플리케이션은 "connection refused"를 받습니다.`,
	},
	tries: []words{{
		`Change the ACK of the RST in the air. Does A still believe it?`,
		`전송 중인 RST의 ACK 번호를 바꿔 보세요. 그래도 A가 믿을까요?`,
	}},
	without: []other{
		{
			words{
				"without chapter 1 at B: nobody answers",
				"B에 1장이 없으면: 아무도 답하지 않습니다",
			},
			plain + ";without.B.1;connect.A.50000.80;step.6",
		},
		{
			words{"with a RST that acknowledges another number", "RST가 다른 번호를 확인 응답하면"},
			plain + ";connect.A.50000.80;step;edit.2.ack.500;step.3",
		},
	},
	text: plain + ";connect.A.50000.80",
	then: "step.2",
}, {
	id: "1.2", step: "1.2",
	title: words{"Who gets the segment?", "세그먼트는 누구에게 갈까?"},
	question: words{
		`B has three sockets on port 80: one listens, and two are connections, with A's ports 50000
and 50001.`,
		`B의 포트 80에는 소켓이 셋 있습니다. 하나는 기다리는 소켓이고, 둘은 A의 포트 50000, 50001과
맺은 연결입니다.`,
	},
	asks: words{
		`Three bytes come from A's port 50001. Who gets them?`,
		`A의 포트 50001에서 3바이트가 옵니다. 누가 받을까요?`,
	},
	choices: []words{{"socket 1, which listens", "기다리는 소켓 1"}, {"socket 2, from port 50000", "포트 50000과 연결된 소켓 2"}, {"socket 3, from port 50001", "포트 50001과 연결된 소켓 3"}},
	right:   2,
	because: words{
		`A connection is found by all four: both addresses and both ports. The listener gets only
what no connection fits: a SYN from a third port, say.`,
		`연결은 네 가지, 곧 두 주소와 두 포트로 찾습니다. 기다리는 소켓은 어느 연결에도 맞지 않는
세그먼트만 받습니다. 이를테면 또 다른 포트에서 온 SYN입니다.`,
	},
	tries: []words{{
		`Look at the number that each socket expects: with ISNs of chapter 2 they would differ.`,
		`각 소켓이 기다리는 번호를 보세요. 2장의 ISN을 쓰면 서로 달라집니다.`,
	}},
	without: []other{
		{words{
			`an ACK from port 50002, which has no connection: the listener's turn`,
			`연결이 없는 포트 50002에서 ACK가 오면: 기다리는 소켓의 차례입니다`,
		},
			plain + open + ";connect.A.50001.80;step.3;inject.B.flags.ack.seq.101.ack.301.from.50002.to.80;step.2"},
		{words{
			`without the listener: those that were accepted stay`,
			`기다리는 소켓을 닫으면: 이미 받아들인 연결은 남습니다`,
		},
			plain + open + ";connect.A.50001.80;step.3;accept.B;accept.B;close.B.1;write.A.3.2;step.3"},
	},
	text: plain + open + ";connect.A.50001.80;step.3;write.A.3.2",
	then: "step.3",
}}
