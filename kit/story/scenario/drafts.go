package scenario

var socketStories = []scenario{{
	id: "1.1", step: "1.1",
	title:    words{"Refused", "거부"},
	question: words{"A calls a port of B where nobody listens.", "A가 B의 아무도 기다리지 않는 포트로 연결합니다."},
	asks:     words{"What does B answer to the SYN?", "B는 SYN에 무엇이라고 답할까요?"},
	choices: []words{
		{"nothing", "아무것도 보내지 않는다"}, {"RST,ACK", "RST,ACK"}, {"SYN,ACK", "SYN,ACK"},
	},
	right:   1,
	because: words{"There is no socket for the SYN, so chapter 1 answers: a RST that acknowledges it.", "SYN을 받을 소켓이 없으므로 1장이 답합니다. SYN을 확인 응답하는 RST입니다."},
	text:    "1;plain;isn.A.100;isn.B.300;connect.A.50000.80",
	then:    "step.2",
	without: []other{{words{"without chapter 1 at B", "B에 1장이 없으면"}, "1;plain;isn.A.100;isn.B.300;without.B.1;connect.A.50000.80;step.4"}},
}}

var handshakeStories = []scenario{{
	id: "2.1", step: "2.1",
	title:    words{"The handshake", "핸드셰이크"},
	question: words{"A calls B. Three segments open the connection.", "A가 B에 연결합니다. 세그먼트 세 개로 연결이 열립니다."},
	asks:     words{"B's SYN,ACK has come to A. May A write yet?", "B의 SYN,ACK가 A에 왔습니다. A는 이제 쓸 수 있을까요?"},
	choices:  []words{{"yes", "예"}, {"only when B has the ACK", "B가 ACK를 받은 뒤에야"}},
	right:    0,
	because:  words{"A knows both numbers: its SYN was acknowledged. What it sends may reach B together with the ACK.", "A는 두 번호를 다 압니다. 자신의 SYN이 확인 응답되었기 때문입니다."},
	text:     "1;plain;isn.A.100;isn.B.300;listen.B.80;connect.A.50000.80;step.2",
	then:     "write.A.5;step.3",
}}

var timeWaitStories = []scenario{{
	id: "5.1", step: "5.1",
	title:    words{"The late FIN", "늦게 온 FIN"},
	question: words{"A closed first, and its socket was deleted at once. A copy of B's FIN is still in the air when the same two ends talk again.", "A가 먼저 닫았고 소켓은 곧바로 삭제되었습니다. 같은 두 끝이 다시 대화할 때 B의 FIN 사본이 아직 전송 중입니다."},
	asks:     words{"The copy comes to A. What will A do?", "사본이 A에 도착합니다. A는 어떻게 할까요?"},
	choices:  []words{{"drop it: nobody is there", "버린다. 아무도 없으니까"}, {"answer RST", "RST로 답한다"}, {"close the new conversation", "새 대화를 닫는다"}},
	right:    2,
	because:  words{"The right ends, the right number: nothing in it says that it belongs to another conversation.", "끝도 맞고 번호도 맞습니다. 다른 대화의 것이라는 표시가 어디에도 없습니다."},
	text:     lateFIN("1;plain;isn.A.100;isn.B.300;without.A.5"),
	then:     "step.1",
	without: []other{
		{words{"chapter 5 back at A", "A에 5장을 돌려놓으면"}, lateFIN("1;plain;isn.A.100;isn.B.300") + ";step.1"},
	},
}}

func lateFIN(setup string) string {
	return setup + ";listen.B.80;connect.A.50000.80;step.3;close.A;step.2;close.B;dup.6.1500;step.2;connect.A.50000.80;step.3;write.A.5;step.2"
}
