package language

// sentences are what lab says, in English and in Korean; a Text stands where it is
// used, and not here. What tests, the compiler and lab trace print is in English only,
// and so are errors.
var sentences = map[string]string{
	// The front page.
	"open":                "열기",
	"read":                "읽기",
	"run":                 "실행",
	"stuck?":              "막히면",
	"step %d":             "단계 %d",
	"press h":             "h를 누르십시오",
	"Step %s":             "단계 %s",
	"step %d of %d":       "%[2]d단계 중 %[1]d단계",
	"%d of %d done":       "%[2]d단계 중 %[1]d개 완료",
	"%d of %d":            "%d/%d",
	"%d of %d tests pass": "테스트 %[2]d개 중 %[1]d개 통과",
	"done":                "완료",
	"has no tests":        "테스트 없음",
	"given: %s":           "제공됨: %s",
	"does not compile":    "컴파일되지 않음",
	"Every step is done.": "모든 단계를 마쳤습니다.",
	"What comes next:":    "다음에 할 일:",
	"Every step is done: this is a TCP, and it is yours.": "모든 단계를 마쳤습니다. 여러분의 TCP가 완성되었습니다.",
	"See it at work:":        "동작하는 모습을 봅시다:",
	"Its tests did not run.": "이 단계의 테스트는 실행되지 않았습니다.",
	"Its tests were not run: those before take so long that they were stopped at the first that failed.": "이 단계의 테스트는 실행하지 않았습니다. 앞의 테스트가 너무 오래 걸려서 처음 실패한 데서 멈췄습니다.",
	"running the tests: %d of %d chapters …":                                                             "테스트 실행 중: 장 %[2]d개 중 %[1]d개 …",
	"looking at chapter %d …":                                                                            "%d장을 살펴보는 중 …",

	// What the learner's code printed.
	"you printed:":                        "여러분의 코드가 출력한 것:",
	"you printed, %d lines before these:": "여러분의 코드가 출력한 것(앞의 %d줄 생략):",

	// What keeps a chapter from being tried.
	"Chapter %d could not be tried":          "%d장을 실행하지 못했습니다",
	"Chapter %d does not compile":            "%d장이 컴파일되지 않습니다.",
	", so its tests could not run:":          " 그래서 테스트를 실행하지 못했습니다:",
	"… and %d more, which may go with these": "… 그 밖에 %d개. 위의 것을 고치면 함께 사라질 수 있습니다",
	"That is a test: it does not find what it expects in the chapter's own files. Has a name or a parameter changed there?": "이 파일은 테스트입니다. 장의 파일에 있어야 할 것을 찾지 못했습니다. 그쪽에서 이름이나 매개변수가 바뀌지 않았는지 살펴보십시오.",
	"in %s":                     "%s 안",
	"in %s, of step %s":         "단계 %[2]s의 %[1]s 안",
	"in %s, of steps %s and %s": "단계 %[2]s, %[3]s의 %[1]s 안",

	// Hints and solutions.
	"Hint %d of %d":                             "힌트 %d/%d",
	"The next one says more:":                   "다음 힌트는 더 자세합니다:",
	"It was the last; then comes the solution:": "마지막 힌트였습니다. 다음은 해답입니다:",
	"There are no more hints.":                  "힌트는 더 없습니다.",
	"There are no hints to this step.":          "이 단계에는 힌트가 없습니다.",
	"Read the lesson once more, draw the segments on paper, sleep over it. Or see how it is written in the solution:": "강의를 한 번 더 읽고, 세그먼트를 종이에 그려 보고, 하룻밤 자고 나서 다시 봅시다. 아니면 해답이 어떻게 쓰였는지 보십시오:",
	"beside your own:": "내 코드와 나란히 보기:",
	"Read the lesson once more, draw the segments on paper, sleep over it. The solution is not in this copy.": "강의를 한 번 더 읽고, 세그먼트를 종이에 그려 보고, 하룻밤 자고 나서 다시 봅시다. 해답은 이 배포본에 들어 있지 않습니다.",
	"Every step is done: there is nothing left to hint at.":                                                   "모든 단계를 마쳤습니다. 더 알려 드릴 힌트가 없습니다.",
	"Your file cannot be read as Go, so some of it may be missing here.":                                      "여러분의 파일을 Go로 읽을 수 없어서, 여기에 일부가 빠졌을 수 있습니다.",
	"yours is the same": "여러분의 코드와 같습니다",

	// To begin at a chapter, and to begin anew.
	"You begin at chapter %d, %s.":               "%d장 %s부터 시작합니다.",
	"kept":                                       "보관",
	"Chapter %d is untouched already.":           "%d장은 이미 처음 상태입니다.",
	"Chapter %d is as it was at the beginning.":  "%d장을 처음 상태로 되돌렸습니다.",
	"To have a file back, give it its old name.": "파일을 되찾으려면 원래 이름으로 바꾸십시오.",

	"The steps before %s are given.": "%s 앞의 단계를 참조 구현으로 채웠습니다.",

	// To hand in.
	"This would be refused:":                          "다음은 거부됩니다:",
	"packed":                                          "제출본",
	"Chapter %d does not compile.":                    "%d장이 컴파일되지 않습니다.",
	"Like this it earns nothing. What is wrong:":      "이대로는 점수를 받지 못합니다. 무엇이 문제인지 보려면:",
	"All %d steps are done.":                          "%d단계를 모두 마쳤습니다.",
	"%d of %d steps are done. You can hand in again.": "%[2]d단계 중 %[1]d단계를 마쳤습니다. 나중에 다시 제출할 수 있습니다.",
	"Marked as given by lab catchup: %d steps.":       "lab catchup으로 받은 단계: %d개.",

	// What lab doctor finds.
	"Go is new enough: %s":                                     "Go 버전이 충분합니다: %s",
	"Go is too old: %s, and %s is needed":                      "Go 버전이 낮습니다: %s. %s 이상이 필요합니다",
	"Install a newer one from https://go.dev/dl.":              "https://go.dev/dl 에서 새 버전을 설치하십시오.",
	"Go could not be asked for its version: %s":                "Go의 버전을 알아낼 수 없습니다: %s",
	"this folder can be written to":                            "이 폴더에 쓸 수 있습니다",
	"this folder cannot be written to: %s":                     "이 폴더에 쓸 수 없습니다: %s",
	"Copy the workbook to a folder of your own.":               "워크북을 여러분의 폴더로 복사하십시오.",
	"a chapter's tests are built without a network, in %.1f s": "네트워크 없이 장의 테스트를 빌드합니다: %.1f초",
	"a chapter's tests are not built without a network: %s":    "네트워크 없이는 장의 테스트를 빌드하지 못합니다: %s",
	"Run \"go mod download\" once while there is a network.":   "네트워크가 될 때 \"go mod download\"를 한 번 실행하십시오.",
	"a chapter's tests are still being built after %.0f s":     "%.0f초가 지나도 장의 테스트를 빌드하는 중입니다",
	"The first time takes longest. Call this again.":           "처음이 가장 오래 걸립니다. 다시 실행해 보십시오.",
	"the terminal is %d columns wide":                          "터미널 폭이 %d칸입니다",
	"the terminal is %d columns wide, and ladders take %d":     "터미널 폭이 %d칸인데, 래더에는 %d칸이 필요합니다",
	"Make the window wider, or the letters smaller.":           "창을 넓히거나 글자를 줄이십시오.",
	"All is well.": "모두 좋습니다.",

	// While lab watches.
	"running the tests …":              "테스트 실행 중 …",
	"running the tests of %s …":        "%s 테스트 실행 중 …",
	"waiting for you to save a file":   "파일을 저장하면 다시 실행합니다",
	"%s does not compile":              "%s: 컴파일되지 않음",
	"no longer done: %s":               "더는 통과하지 못함: %s",
	"done: %s":                         "완료: %s",
	"%s was run":                       "%s 실행함",
	"nothing new":                      "달라진 것 없음",
	"putting your chapters together …": "여러분의 장을 합치는 중 …",

	// Help. What lab trace and lab serve can do is explained in English only.
	"%s goes through the workbook with you, and shows its TCP at work.":       "%s과 함께 워크북을 풀어 나가고, 그 TCP가 동작하는 모습을 봅니다.",
	"see how far you are, and what to do next":                                "어디까지 왔고 다음에 무엇을 할지 보기",
	"the same again each time you save a file":                                "파일을 저장할 때마다 다시 보기",
	"see how far a chapter has come, step by step":                            "한 장이 어디까지 왔는지 단계별로 보기",
	"get the next hint to the step that you are at":                           "지금 단계의 다음 힌트 보기",
	"see how the reference writes a step, beside your own":                    "한 단계의 참조 구현을 내 코드와 나란히 보기",
	"begin at any chapter":                                                    "원하는 장부터 시작하기",
	"have the steps before one given, and go on there":                        "앞 단계를 받아서 원하는 단계부터 이어 가기",
	"pack a chapter, to hand it in":                                           "한 장을 제출용으로 묶기",
	"see in ten seconds whether this machine has what it takes":               "이 컴퓨터에 필요한 것이 갖춰졌는지 10초 안에 보기",
	"put a chapter's stub back, and keep what you have written":               "한 장을 처음 스텁으로 되돌리고 쓴 것은 보관하기",
	"see the whole life of two sockets that carry a web page":                 "웹 페이지를 나르는 두 소켓의 생애 보기",
	"show a real browser the sockets that serve it, live":                     "진짜 브라우저로 접속해, 그 접속을 맡은 소켓을 실시간으로 보기",
	"With --lang ko, before any of these or after it, or LANG=ko: in Korean.": "명령 앞이나 뒤에 --lang ko를 붙이거나 LANG=ko로 두면 한국어로 나옵니다.",
	`"lab help trace" says more about it. The lessons are in chapters/.`:      `trace의 설명은 "lab help trace"로 봅니다(영어). 강의는 chapters/에 있습니다.`,
}
