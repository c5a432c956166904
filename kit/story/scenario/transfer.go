package scenario

var transferStories = []scenario{{
	id: "3.1", step: "3.11",
	title: words{"One of six is lost", "여섯 중 하나가 유실되다"},
	question: words{
		`A sends six segments of 100 bytes. The third, number 701, is lost. The others are on their
way.`,
		`A가 100바이트짜리 세그먼트 여섯 개를 보냅니다. 세 번째인 701번이 유실되었고 나머지는 전송
중입니다.`,
	},
	asks:    words{"What makes A send it again?", "A는 무엇 때문에 그것을 다시 보낼까요?"},
	choices: []words{{"the timer, after a second", "1초 뒤의 타이머"}, {"three ACKs that say the same", "같은 말을 하는 ACK 세 개"}, {"B asks for it by name", "B가 그 번호를 달라고 요청한다"}},
	right:   1,
	because: words{
		`Each segment behind the hole makes B say again that it waits for 701. One such ACK may mean
that segments have overtaken each other; the third duplicate is taken for a loss (RFC 5681
§3.2). So A does not have to wait for its timer.`,
		`구멍 뒤의 세그먼트가 올 때마다 B는 701을 기다린다고 다시 말합니다. 그런 ACK가 하나라면
순서가 바뀐 것일 수 있지만, 세 번째 중복 ACK부터는 유실로 봅니다(RFC 5681 §3.2). 그래서 A는
타이머를 기다리지 않아도 됩니다.`,
	},
	tries: []words{
		{
			`Look at cwnd and ssthresh of A before and after.`,
			`전후의 A의 cwnd와 ssthresh를 비교해 보세요.`,
		},
		{"Lose the segment that is sent again, too.", "다시 보낸 세그먼트도 잃어버려 보세요."},
	},
	without: []other{
		{words{
			`the last one is lost instead: nothing behind it makes B speak, and the timer has to do it`,
			`대신 마지막 것이 유실되면: 그 뒤에 B를 말하게 할 것이 없어 타이머가 맡습니다`,
		}, plain + six + ";lose.15;wait.1500"},
		{words{"without the loss", "유실이 없으면"}, plain + six + ";wait.300"},
	},
	text: plain + six + ";lose.12",
	then: "wait.500",
}, {
	id: "3.2", step: "3.9",
	title: words{"The lost window update", "유실된 윈도우 알림"},
	question: words{
		`B's buffer of 1000 bytes is full, and its window 0. B reads, and tells A of the room. That
ACK is lost. A waits for room, and B for text.`,
		`B의 1000바이트 버퍼가 가득 차 윈도우가 0입니다. B가 읽고 나서 자리가 생겼다고 A에게 알렸지만
그 ACK가 유실되었습니다. A는 자리를, B는 데이터를 기다립니다.`,
	},
	asks:    words{"Who breaks the silence?", "누가 침묵을 깰까요?"},
	choices: []words{{"nobody: they wait for ever", "아무도. 영원히 기다린다"}, {"B, which says it again", "B가 다시 알린다"}, {"A, which asks", "A가 묻는다"}},
	right:   2,
	because: words{
		`An ACK that carries nothing is never sent again, for nobody acknowledges it. So who has text
to send asks a closed window from time to time, with one byte of it: a zero-window probe (RFC
9293 §3.8.6.1, MUST-36). Here B has room by then, and takes the byte.`,
		`아무것도 싣지 않은 ACK는 다시 보내지 않습니다. 확인 응답하는 이가 없기 때문입니다. 그래서
보낼 데이터가 있는 쪽이 닫힌 윈도우에 가끔 1바이트를 보내 묻습니다. 제로 윈도우 프로브입니다(RFC
9293 §3.8.6.1, MUST-36). 여기서는 그때 이미 자리가 있어 B가 그 바이트를 받습니다.`,
	},
	tries: []words{{
		`Let B not read for a minute. How long are the pauses between the probes?`,
		`B가 1분 동안 읽지 않게 해 보세요. 프로브 사이의 간격은 얼마나 될까요?`,
	}},
	without: []other{
		{words{"without the loss", "유실이 없으면"}, plain + full + ";read.B;step.2"},
		{words{
			`B does not read at all: A goes on asking, and each time waits longer`,
			`B가 전혀 읽지 않으면: A는 점점 간격을 늘리며 계속 묻습니다`,
		}, plain + full + ";wait.20000"},
	},
	text: plain + full + ";read.B;lose.6",
	then: "wait.1500",
}, {
	id: "3.3", step: "3.3",
	title: words{"Overtaken", "추월"},
	question: words{
		`A sends 300 bytes in three segments. The first takes a slow way, and the others overtake it.`,
		`A가 300바이트를 세그먼트 셋으로 보냅니다. 첫 번째가 느린 길로 가서 나머지가 앞지릅니다.`,
	},
	asks: words{
		`The second comes first, bytes 201 to 300. What does B acknowledge?`,
		`두 번째인 201–300번이 먼저 옵니다. B는 몇 번을 확인 응답할까요?`,
	},
	choices: []words{{"101: it still waits for the first", "101. 아직 첫 번째를 기다린다"}, {"301", "301"}, {"nothing, before the first is there", "첫 번째가 올 때까지 아무것도"}},
	right:   0,
	because: words{
		`An ACK number says "everything before this has come". B keeps what is behind the hole,
answers at once, and when the first comes, one ACK stands for all three.`,
		`ACK 번호는 "이 앞의 것은 모두 왔다"는 뜻입니다. B는 구멍 뒤의 것을 보관하고 바로 응답합니다.
첫 번째가 오면 ACK 하나로 셋을 모두 확인 응답합니다.`,
	},
	tries: []words{{
		`Slow it down by more than a second: what does A take it for?`,
		`1초 넘게 늦춰 보세요. A는 그것을 무엇으로 여길까요?`,
	}},
	without: []other{
		{
			words{"the first is lost instead", "첫 번째가 늦는 대신 유실되면"},
			plain + three + ";lose.4;wait.1500",
		},
		{words{"without the slow way", "느린 길이 없으면"}, plain + three + ";wait.300"},
	},
	text: plain + three + ";slow.4.50",
	then: "wait.300",
}, {
	id: "3.4", step: "3.8",
	title: words{"Nagle meets delayed ACK", "네이글과 지연 ACK가 만나면"},
	question: words{
		`The way from A to B takes 1 ms. A writes 4 bytes, and 4 more at once. The first segment has
left.`,
		`A에서 B까지 1 ms가 걸립니다. A가 4바이트를 쓰고 곧바로 4바이트를 더 씁니다. 첫 세그먼트는
나갔습니다.`,
	},
	asks:    words{"When do the other 4 bytes leave?", "나머지 4바이트는 언제 나갈까요?"},
	choices: []words{{"at once", "바로"}, {"after 2 ms, with the ACK", "2 ms 뒤, ACK가 오면"}, {"after 42 ms", "42 ms 뒤"}},
	right:   2,
	because: words{
		`Nagle's algorithm holds a small segment back while something is not acknowledged. B holds
its ACK back for 40 ms, hoping for text to send it with, or for a second full-sized segment.
Each is reasonable; together they wait for each other. Who writes small pieces and wants them at
once switches Nagle off (MUST-17), or writes once.`,
		`네이글 알고리즘은 확인 응답되지 않은 것이 있는 동안 작은 세그먼트를 미룹니다. B는 함께 보낼
데이터나 두 번째 꽉 찬 세그먼트를 기대하며 ACK를 40 ms 미룹니다. 각각은 합리적이지만 둘이 만나면
서로를 기다립니다. 작은 조각을 바로 보내고 싶다면 네이글을 끄거나(MUST-17) 한 번에 씁니다.`,
	},
	tries: []words{{
		`Have B write something back right away: its ACK rides along.`,
		`B가 곧바로 무언가 써서 답하게 해 보세요. ACK가 함께 실려 갑니다.`,
	}},
	without: []other{
		{
			words{"without Nagle at A", "A에서 네이글을 끄면"},
			plain + near + ";nagle.A.0" + open + ";write.A.4;write.A.4;wait.100",
		},
		{
			words{
				"without the second write: 8 bytes at once",
				"두 번 쓰지 않고 8바이트를 한 번에 쓰면",
			},
			plain + near + open + ";write.A.8;wait.100",
		},
	},
	text: plain + near + open + ";write.A.4;write.A.4",
	then: "wait.100",
}}

const (
	near  = ";weather.delay.1"
	small = ";mtu.140" + open // segments of 100 bytes
	three = small + ";write.A.300"
	six   = small + ";write.A.400;wait.600;write.A.600" // the window has grown to six of them
	full  = ";buffer.B.1000" + open + ";write.A.3000;step.3;accept.B"
)
