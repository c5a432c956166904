package ladder

import "strings"

// Korean returns in Korean what a Narrator or a Diagram says in English; anything else it
// returns as it is. It is small, so that a page in a browser can carry it. Package workbook
// has phrases for all of kit, by which a test's failure is told; these are the same.
func Korean(english string) string {
	pattern, numbers := withoutNumbers(english)
	if korean, known := koreanSentences[pattern]; known {
		for _, n := range numbers {
			korean = strings.Replace(korean, "#", n, 1)
		}
		return korean
	}
	if first, second, two := strings.Cut(english, "; "); two {
		if a, b := Korean(first), Korean(second); a != first && b != second {
			return a + ". " + b
		}
	}
	return english
}

// withoutNumbers returns a sentence with # in place of its numbers, and these.
func withoutNumbers(english string) (pattern string, numbers []string) {
	isDigit := func(r rune) bool { return '0' <= r && r <= '9' }
	var b strings.Builder
	for rest := english; ; {
		at := strings.IndexFunc(rest, isDigit)
		if at < 0 {
			b.WriteString(rest)
			return b.String(), numbers
		}
		b.WriteString(rest[:at] + "#")
		rest = rest[at:]
		n := rest[:len(rest)-len(strings.TrimLeftFunc(rest, isDigit))]
		numbers, rest = append(numbers, n), rest[len(n):]
	}
}

// koreanSentences are the sentences, and the parts of which they are made, with # for
// numbers, which come in the same order.
var koreanSentences = map[string]string{
	"asks to open; my numbers begin at #":                 "연결 요청. 내 번호는 #부터",
	"asks to open too, at the same time":                  "동시에 이쪽도 연결을 요청",
	"asks again: no answer came":                          "다시 요청: 답이 오지 않음",
	"its SYN again, though it had its answer":             "답을 받고도 SYN을 다시 보냄",
	"an old SYN, from a conversation long past":           "오래전에 끝난 연결의 옛 SYN",
	"agrees; my numbers begin at #, I expect your # next": "수락. 내 번호는 #부터, 다음은 그쪽의 #번",
	"agrees as well: acknowledges the other SYN":          "수락: 상대의 SYN을 확인 응답",
	"agrees again: no acknowledgment came":                "다시 수락: 확인 응답이 오지 않음",
	"refuses: there is no such connection here":           "거절: 그런 연결은 없음",
	"refuses: that acknowledges nothing of mine":          "거절: 내가 보낸 것에 대한 ACK가 아님",
	"there is no such connection any more":                "그런 연결은 이제 없음",
	"reset: the connection is over at once":               "리셋: 연결이 그 자리에서 끝남",
	"says where it is, in another conversation":           "다른 대화에서 어디까지 왔는지 알림",
	"acknowledges the SYN: the connection is open":        "SYN을 확인 응답: 연결이 열림",
	"acknowledges the SYN again":                          "SYN을 다시 확인 응답",
	"acknowledges the FIN":                                "FIN을 확인 응답",
	"acknowledges the FIN again":                          "FIN을 다시 확인 응답",
	"acknowledges the FIN; no more data from me either":   "FIN을 확인 응답. 나도 더 보낼 것 없음",
	"acknowledges up to #":                                "#번까지 확인 응답",
	"acknowledges again up to #":                          "#번까지 다시 확인 응답",
	"acknowledges what was never sent":                    "보낸 적 없는 것을 확인 응답",
	"still waits for #: it did not come":                  "#번을 아직 기다림: 오지 않았음",
	"says again where it is: # is next":                   "어디까지 왔는지 다시 알림: 다음은 #번",
	"keep-alive: are you still there?":                    "킵얼라이브: 아직 있는가?",
	"carries nothing":                                     "아무것도 싣지 않음",
	"no more data from me":                                "더 보낼 것 없음",
	"no more data from me either":                         "나도 더 보낼 것 없음",
	"again: no more data from me":                         "다시: 더 보낼 것 없음",

	"text, # bytes":                 "데이터, #바이트",
	"text, # byte":                  "데이터, #바이트",
	"request, # bytes":              "요청, #바이트",
	"request, # byte":               "요청, #바이트",
	"response, # bytes":             "응답, #바이트",
	"response, # byte":              "응답, #바이트",
	"again, # bytes":                "다시, #바이트",
	"again, # byte":                 "다시, #바이트",
	"more of the text, # bytes":     "이어지는 데이터, #바이트",
	"more of the text, # byte":      "이어지는 데이터, #바이트",
	"more of the request, # bytes":  "이어지는 요청, #바이트",
	"more of the request, # byte":   "이어지는 요청, #바이트",
	"more of the response, # bytes": "이어지는 응답, #바이트",
	"more of the response, # byte":  "이어지는 응답, #바이트",

	"zero-window probe: is there room now?": "제로 윈도우 프로브: 이제 자리가 있는가?",
	"answers the probe: still no room":      "프로브에 답함: 아직 자리 없음",
	"answers the probe: room for #":         "프로브에 답함: 자리 #바이트",
	"no room for more":                      "더 받을 자리 없음",
	"room for # again":                      "다시 자리 #바이트",
	"window closes: no room for more":       "윈도우가 닫힘: 더 받을 자리 없음",
	"window opens: room for #":              "윈도우가 열림: 자리 #바이트",
	"has read: room for # now":              "읽었음: 이제 자리 #바이트",
	"window is # now":                       "이제 윈도우는 #바이트",

	"lost": "유실", "damaged": "손상", "duplicated": "중복", "wrong": "잘못됨", "slow": "지연", "copy:": "사본:",
	"A conversation between A and B": "A와 B의 대화",
}
