package workshop

import "tcpworkbook/kit/workbook"

// wording is a language's words on the pages.
type wording struct {
	Language, Suffix string // ko, .ko

	Title, Chapters                          string
	Names                                    [5]string // the chapters, as the picture calls them
	Keys                                     string    // of the projector's page
	Sheet, Header, HeaderNote                string
	Ladder, LadderNote                       string
	Commands                                 string
	CommandList                              []commandLine
	Numbers                                  string
	NumberList                               []string
	Cards, Done, Explained, Stuck, ThinkOver string
	Client, Server                           string
}

type commandLine struct{ Command, Does string }

var words = map[workbook.Edition]wording{
	workbook.English: {
		Language: "en",
		Title:    "The life of a socket",
		Chapters: "chapters",
		Names:    [5]string{"1 socket", "2 handshake", "3 transfer", "4 teardown", "5 time-wait"},
		Keys:     "Keys 1 to 5 light up a chapter, → the next one, 0 all of them.",
		Sheet:    "Build TCP: the sheet",
		Header:   "A segment's header",
		HeaderNote: "20 bytes, then the options, if any, then the text. A SYN and a FIN take one " +
			"sequence number each, as a byte of text does. An ACK takes none.",
		Ladder: "A conversation, to fill in by pencil",
		LadderNote: "Write the control bits, SEQ and ACK over each arrow, and at both ends the " +
			"state after it. The client's numbers begin at 100, the server's at 300. The client " +
			"sends 5 bytes, the server 10. The server closes first. " +
			"Then compare with: go run ./cmd/lab trace",
		Commands: "Commands",
		CommandList: []commandLine{
			{"go run ./cmd/lab", "where I am, and what to do next"},
			{"go run ./cmd/lab watch", "the same, each time a file is saved"},
			{"go run ./cmd/lab hint", "one hint; again: the next one"},
			{"go run ./cmd/lab solution 1.2", "the reference beside mine"},
			{"go run ./cmd/lab catchup 1.4", "have the steps before 1.4 given"},
			{"go run ./cmd/lab start 04", "begin at chapter 4"},
			{"go run ./cmd/lab trace --lose ack", "the whole story, with a loss"},
		},
		Numbers: "Numbers",
		NumberList: []string{
			"SND.UNA: the oldest number that is not acknowledged",
			"SND.NXT: the next number to be sent",
			"RCV.NXT: the next number that we wait for, and the ACK field of what we send",
			"RCV.WND, SND.WND: for how many bytes we, or the peer, have room",
			"ISS, IRS: the initial number of ours, and of the peer's",
			"MSL: how long a segment may live in the network; 2 minutes in the RFC",
		},
		Cards: "Build TCP: a card for each step", Done: "passes", Explained: "explained to a neighbour",
		Stuck: "Stuck? Ask a neighbour first, then", ThinkOver: "To think about",
		Client: "client", Server: "server",
	},
	workbook.Korean: {
		Language: "ko", Suffix: ".ko",
		Title:    "소켓의 일생",
		Chapters: "장",
		Names:    [5]string{"1 소켓", "2 핸드셰이크", "3 전송", "4 연결 종료", "5 TIME-WAIT"},
		Keys:     "1~5를 누르면 그 장에, →를 누르면 다음 장에, 0을 누르면 모든 장에 불이 켜집니다.",
		Sheet:    "TCP 만들기: 한 장 요약",
		Header:   "세그먼트 헤더",
		HeaderNote: "20바이트 뒤에 옵션이 있으면 옵션이, 그 뒤에 데이터가 옵니다. SYN과 FIN은 데이터 " +
			"1바이트처럼 시퀀스 번호를 하나씩 차지합니다. ACK는 차지하지 않습니다.",
		Ladder: "연필로 채우는 대화",
		LadderNote: "화살표마다 제어 비트와 SEQ, ACK를 쓰고, 양쪽 끝에는 그 뒤의 상태를 씁니다. 클라이언트의 " +
			"번호는 100에서, 서버의 번호는 300에서 시작합니다. 클라이언트는 5바이트를, 서버는 10바이트를 " +
			"보냅니다. 서버가 먼저 닫습니다. 다 쓰면 비교해 보세요: go run ./cmd/lab --lang ko trace",
		Commands: "명령",
		CommandList: []commandLine{
			{"go run ./cmd/lab --lang ko", "지금 어디에 있고 다음에 무엇을 할지"},
			{"go run ./cmd/lab --lang ko watch", "파일을 저장할 때마다 같은 화면"},
			{"go run ./cmd/lab --lang ko hint", "힌트 하나. 다시 실행하면 다음 힌트"},
			{"go run ./cmd/lab --lang ko solution 1.2", "내 코드 옆에 모범 답안"},
			{"go run ./cmd/lab --lang ko catchup 1.4", "1.4 앞의 단계를 받아서 이어 하기"},
			{"go run ./cmd/lab --lang ko start 04", "4장에서 시작하기"},
			{"go run ./cmd/lab --lang ko trace --lose ack", "유실이 있는 전체 이야기"},
		},
		Numbers: "번호",
		NumberList: []string{
			"SND.UNA: 아직 확인 응답을 받지 못한 가장 오래된 번호",
			"SND.NXT: 다음에 보낼 번호",
			"RCV.NXT: 다음에 올 것으로 기다리는 번호. 우리가 보내는 ACK 필드의 값",
			"RCV.WND, SND.WND: 우리에게, 그리고 상대에게 남은 자리(바이트)",
			"ISS, IRS: 우리와 상대의 초기 번호",
			"MSL: 세그먼트가 네트워크에서 살 수 있는 시간. RFC에서는 2분",
		},
		Cards: "TCP 만들기: 단계 카드", Done: "테스트 통과", Explained: "옆 사람에게 설명함",
		Stuck: "막히면 먼저 옆 사람에게, 그다음에는", ThinkOver: "생각해 보기",
		Client: "클라이언트", Server: "서버",
	},
}
