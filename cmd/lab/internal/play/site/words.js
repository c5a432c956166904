// What the page says, in both languages. What happens on the wire is told by package story.
const words = {
  en: {
    title: "TCP, to play with", scenario: "Scenario", undo: "Undo", copyLink: "Copy link", copied: "Copied", copiedTo: "Copied: up to row {0}", linkSays: "The link opens at the row that is shown; who opens it goes on with Next.",
    keys: "Keys", futures: "Futures", future: "Future {0}", hostA: "Host A", hostB: "Host B", wire: "The ladder",
    air: "In the air", dock: "Segment, question and more", back: "Back", next: "Next", play: "Play", pause: "Pause",
    skip: "Skip", skipTime: "Skip {0}", speed: "Speed", moment: "Moment", toStart: "To the start",
    fast: "fast", real: "1 s = 1 s", slowly: "slowly",
    segment: "Segment", bet: "Question", states: "States", story: "Story", compare: "Compare",
    lose: "Lose", dup: "Twice", slow: "Slower", now: "Now", hold: "Hold", edit: "Change", fold: "Fold", unfold: "Unfold",
    nothingChosen: "Touch a segment that is in the air, or a row of the ladder.",
    noRowChosen: "Touch a row of the ladder.",
    emptyAir: "Nothing is in the air.", emptyLadder: "Nothing has happened yet.",
    isForged: "forged", isCopy: "a copy of {0}", isHeld: "held", arrives: "arrives in {0}", arrivesAt: "arrives at {0}",
    header: "Header", bytes: "Bytes", goThere: "Go to this moment", apply: "Send it changed", cancel: "Cancel",
    changeSays: "What you change is forged: nobody sent it.",
    sockets: "Sockets", noSockets: "no socket", socket: "socket {0}", deleted: "deleted", toRead: "{0} to read", toSend: "{0} to send",
    holes: "{0} behind a hole", waits: "waits to be accepted", backlog: "{0} half open, {1} to be accepted", tcb: "TCB of socket {0}", windows: "Windows", timers: "Timers", noTimers: "none running",
    inFlight: "{0} in flight, {1} more may go", unread: "{0} unread, room for {1}", left: "in {0}", changed: "changed",
    listen: "Listen", connect: "Connect", accept: "Accept", write: "Send", read: "Read", close: "Close", halfclose: "Close sending", abort: "Abort",
    more: "Set up…", bytesToSend: "Bytes to send", port: "Port", fromPort: "From port",
    chapterOf: "Chapter {0}", mine: "yours", ref: "the reference", none: "none", chapterNone: "no chapter {0}",
    allMine: "your chapters", allRef: "the reference", someMine: "yours: {0}", unfinished: "unfinished", broken: "does not compile",
    countsFrom: "Chapters count from the next reboot, or at once where there is no socket yet.",
    msl: "MSL, ms", mtu: "MTU", buffer: "Receive buffer", isn: "ISN", byClock: "from the clock", timestamps: "Timestamps", nagle: "Nagle", on: "on", off: "off",
    reboot: "Reboot", unplug: "Unplug", plug: "Plug in", whoseLabel: "Chapter {0} at {1}", set: "Set", down: "off",
    loss: "Loss, %", delay: "Delay, ms",
    choose: "What will happen?", letIt: "Let it happen", tries: "Try", without: "And now differently", asTold: "as it was told",
    betRight: "Your bet was right:", betWrong: "Your bet, “{0}”, was wrong. Right is:", noBet: "You went on without a bet. Right is:",
    ownFuture: "You have made a story of your own here. The question is about the story as it was told.", toQuestion: "To the question", toldAnswer: "In the story as it was told:",
    dropped: "dropped: {0}",
    read2: "Lesson", free: "Nothing is asked here. Do what you like.", again: "From the beginning", solved: "Solved.", notYet: "Not solved yet.",
    asText: "As text", asSVG: "Picture (SVG)", asPcap: "Packets (pcapng)", asPage: "This page, one file", actions: "The actions, one a line", playIt: "Play these actions",
    linkHere: "The link to this moment", save: "Save",
    compareRef: "Both hosts with the reference", compareMine: "Both hosts with your chapters", compareBefore: "Before the last save", compareSays: "The same actions, with other stacks. The first row that differs is marked.",
    compareNothing: "Compare plays the same actions with two stacks, yours and the reference, shows what each did side by side, and marks the first row that differs. There is nothing here to compare with: both hosts run the reference. In the workbook, lab play runs your chapters beside it.",
    book: "Chapters are those of the workbook in which this TCP is written: {0}. The reference is all of them, complete.",
    relative: "(counted from each side's first number, which is 0: SEQ {0}, ACK {1})", ts: "(ts: the sender's clock / the clock it last heard)",
    same: "The same, row for row.", differsAt: "Row {0} is the first that differs.", here: "here", there: "there", nothing: "(nothing)",
    loading: "The TCP is being loaded…", ready: "Ready.", moments: "{0}, row {1} of {2}", noMoment: "the start",
    loop: "The code did not come back within 2 seconds: an endless loop? It was stopped. Undo, or change the code.",
    blocked: "The code waits for something that never comes: no chapter may wait. It was started again.",
    exit: "The code ended the program (os.Exit). It was started again.", memory: "The code wanted more memory than there is. It was started again.",
    recursion: "The code called itself without end: the stack overflowed. It was started again.",
    panicked: "The code panicked: {0}", died: "The program ended: {0}",
    stale: "The row of this link differs from the sender's, at step {0}: another stack runs here.",
    chance: "Played twice, it came out differently at row {0}: something in this TCP does not come from calls, segments and time.",
    saved: "Built from what you saved.", savedSame: "Built from what you saved. Nothing here has changed.", savedDiffers: "Built from what you saved. Row {0} is the first that changed.",
    building: "Building what you saved…", notBuilt: "It does not compile. The page goes on with what was built before.",
    gone: "lab has ended: this page goes on, but sees no more saves.", later: "⋯ {0} later",
    actionFailed: "{0}: {1}", unknownScenario: "There is no scenario {0}.", badLink: "This link could not be played: {0}",
    singleKeys: "Single keys act", keyWhat: "What each key does",
    kNext: "next, back", kSkip: "skip to the next timer", kPlay: "play, pause", kSegment: "lose, twice, slower, hold, now, change: the chosen segment",
    kPick: "choose another segment in the air; Enter presses the button that has the focus", kHost: "host A, host B", kCalls: "connect, listen, take (accept), write, read, close, abort at the chosen host", kUndo: "undo the last action", kHelp: "these keys",
    swipe: "A finger that swipes a segment in the air sideways loses it.", sent: "{0} sends", arrived: "arrives at {0}", lost: "lost",
    chooseFirst: "Choose a segment in the air first: touch it, or press ↑ or ↓.", nothingToChoose: "Nothing is in the air now. Go on with →, or back with ←.",
    notNow: "{0} cannot do this now: {1}.",
    otherwise: "Here it went otherwise than with the reference, from row {0} on: these are your chapters. Compare shows how.", guardStep: "What should have helped is written in step {0}.",
    failing: "Failing test", wanted: "wanted", got: "got", toWrong: "Go to where it goes wrong", testee: "your code", tester: "does what the test says",
    cut: "{0} rows before these are left out.",
    legend: "What the colours say", legendBars: "Bars: the state of a host's socket", legendArrows: "Arrows: a segment on its way",
    barClosed: "CLOSED", barListen: "LISTEN", barOpening: "opening: SYN-SENT, SYN-RECEIVED", barOpen: "ESTABLISHED", barEnding: "closing: FIN-WAIT, CLOSE-WAIT, LAST-ACK, CLOSING", barWaiting: "TIME-WAIT",
    arrowUsual: "arrives", arrowLater: "of every second conversation", arrowLate: "a copy, or touched, or overtaken", arrowForged: "forged", arrowBad: "lost", arrowFlying: "still in the air", arrowDropped: "arrived, and dropped",
  },
  ko: {
    title: "직접 다뤄 보는 TCP", scenario: "시나리오", undo: "되돌리기", copyLink: "링크 복사", copied: "복사됨", copiedTo: "복사됨: {0}번 행까지", linkSays: "링크는 지금 보이는 행에서 열립니다. 여는 사람은 다음으로 이어 갑니다.",
    keys: "단축키", futures: "여러 미래", future: "미래 {0}", hostA: "호스트 A", hostB: "호스트 B", wire: "사다리 그림",
    air: "전송 중인 세그먼트", dock: "세그먼트, 문제 등", back: "뒤로", next: "다음", play: "재생", pause: "멈춤",
    skip: "건너뛰기", skipTime: "{0} 건너뛰기", speed: "속도", moment: "시점", toStart: "처음으로",
    fast: "빠르게", real: "1초 = 1초", slowly: "느리게",
    segment: "세그먼트", bet: "문제", states: "상태", story: "기록", compare: "비교",
    lose: "유실", dup: "복제", slow: "지연", now: "즉시 도착", hold: "붙잡기", edit: "변경", fold: "접기", unfold: "펼치기",
    nothingChosen: "전송 중인 세그먼트나 사다리의 행을 고르십시오.",
    noRowChosen: "사다리의 행을 고르십시오.",
    emptyAir: "전송 중인 세그먼트가 없습니다.", emptyLadder: "아직 아무 일도 없었습니다.",
    isForged: "위조됨", isCopy: "{0}번의 사본", isHeld: "붙잡혀 있음", arrives: "{0} 뒤 도착", arrivesAt: "{0}에 도착",
    header: "헤더", bytes: "바이트", goThere: "이 시점으로", apply: "바꿔서 보내기", cancel: "취소",
    changeSays: "바꾼 세그먼트는 위조된 것입니다. 아무도 보내지 않았습니다.",
    sockets: "소켓", noSockets: "소켓 없음", socket: "소켓 {0}", deleted: "삭제됨", toRead: "읽을 데이터 {0}", toSend: "보낼 데이터 {0}",
    holes: "빈 곳 뒤 {0}", waits: "accept를 기다림", backlog: "반쯤 열림 {0}, accept 대기 {1}", tcb: "소켓 {0}의 TCB", windows: "윈도우", timers: "타이머", noTimers: "없음",
    inFlight: "전송 중 {0}, 더 보낼 수 있는 양 {1}", unread: "읽지 않은 데이터 {0}, 남은 공간 {1}", left: "{0} 뒤", changed: "바뀜",
    listen: "Listen", connect: "Connect", accept: "Accept", write: "보내기", read: "읽기", close: "닫기", halfclose: "송신만 닫기", abort: "중단",
    more: "설정…", bytesToSend: "보낼 바이트 수", port: "포트", fromPort: "출발 포트",
    chapterOf: "{0}장", mine: "내 코드", ref: "참조 구현", none: "없음", chapterNone: "{0}장 없음",
    allMine: "내 코드", allRef: "참조 구현", someMine: "내 코드: {0}장", unfinished: "미완성", broken: "컴파일되지 않음",
    countsFrom: "장의 선택은 재부팅한 뒤부터, 아직 소켓이 없으면 바로 적용됩니다.",
    msl: "MSL(ms)", mtu: "MTU", buffer: "수신 버퍼", isn: "ISN", byClock: "시계에서", timestamps: "타임스탬프", nagle: "Nagle", on: "켬", off: "끔",
    reboot: "재부팅", unplug: "케이블 뽑기", plug: "케이블 꽂기", whoseLabel: "{1}의 {0}장", set: "적용", down: "꺼짐",
    loss: "유실(%)", delay: "지연(ms)",
    choose: "어떻게 될까요?", letIt: "진행하기", tries: "해 보기", without: "이번에는 다르게", asTold: "원래 이야기",
    betRight: "맞혔습니다. 정답:", betWrong: "고른 답은 “{0}”, 틀렸습니다. 정답:", noBet: "고르지 않고 넘어갔습니다. 정답:",
    ownFuture: "여기서부터는 여러분이 만든 이야기입니다. 문제는 원래 이야기에 대한 것입니다.", toQuestion: "문제로", toldAnswer: "원래 이야기에서는:",
    dropped: "버림: {0}",
    read2: "강의", free: "여기에는 문제가 없습니다. 마음대로 해 보십시오.", again: "처음부터", solved: "풀었습니다.", notYet: "아직 풀리지 않았습니다.",
    asText: "텍스트", asSVG: "그림(SVG)", asPcap: "패킷(pcapng)", asPage: "이 페이지(파일 하나)", actions: "동작 목록, 한 줄에 하나", playIt: "이 동작을 재생",
    linkHere: "이 시점의 링크", save: "저장",
    compareRef: "양쪽 모두 참조 구현으로", compareMine: "양쪽 모두 내 코드로", compareBefore: "마지막 저장 전과", compareSays: "같은 동작을 다른 스택으로 실행합니다. 처음으로 달라진 행을 표시합니다.",
    compareNothing: "비교는 같은 동작을 내 코드와 참조 구현으로 실행해 결과를 나란히 보여 주고, 처음으로 달라진 행을 표시합니다. 여기서는 양쪽 모두 참조 구현이라 비교할 것이 없습니다. 워크북에서 lab play를 실행하면 내 코드와 비교할 수 있습니다.",
    book: "장은 이 TCP를 직접 작성하는 워크북의 장입니다: {0}. 참조 구현은 다섯 장을 모두 완성한 것입니다.",
    relative: "(양쪽의 첫 번호를 0으로 세어 SEQ {0}, ACK {1})", ts: "(ts: 보낸 쪽의 시각 / 마지막으로 들은 상대의 시각)",
    same: "모든 행이 같습니다.", differsAt: "{0}번 행이 처음으로 다릅니다.", here: "지금", there: "비교 대상", nothing: "(없음)",
    loading: "TCP를 불러오는 중…", ready: "준비되었습니다.", moments: "{0}, 행 {1}/{2}", noMoment: "시작",
    loop: "코드가 2초 안에 돌아오지 않았습니다. 무한 루프일 수 있어 멈췄습니다. 되돌리거나 코드를 고치십시오.",
    blocked: "코드가 오지 않을 것을 기다리고 있습니다. 장의 코드는 기다려서는 안 됩니다. 다시 시작했습니다.",
    exit: "코드가 프로그램을 끝냈습니다(os.Exit). 다시 시작했습니다.", memory: "코드가 사용할 수 있는 메모리보다 많이 요구했습니다. 다시 시작했습니다.",
    recursion: "코드가 끝없이 자신을 호출해 스택이 넘쳤습니다. 다시 시작했습니다.",
    panicked: "코드에서 패닉이 일어났습니다: {0}", died: "프로그램이 끝났습니다: {0}",
    stale: "이 링크를 보낸 사람의 결과와 {0}단계에서 다릅니다. 다른 스택이 실행되고 있습니다.",
    chance: "두 번 재생하니 {0}번 행이 달라졌습니다. 이 TCP에는 호출, 세그먼트, 시간이 아닌 다른 것에 좌우되는 부분이 있습니다.",
    saved: "저장한 코드로 다시 빌드했습니다.", savedSame: "저장한 코드로 다시 빌드했습니다. 여기서는 달라진 것이 없습니다.", savedDiffers: "저장한 코드로 다시 빌드했습니다. {0}번 행이 처음으로 달라졌습니다.",
    building: "저장한 코드를 빌드하는 중…", notBuilt: "컴파일되지 않습니다. 페이지는 이전에 빌드한 것으로 계속합니다.",
    gone: "lab이 끝났습니다. 페이지는 계속되지만 저장은 더 반영되지 않습니다.", later: "⋯ {0} 뒤",
    actionFailed: "{0}: {1}", unknownScenario: "{0} 시나리오는 없습니다.", badLink: "이 링크를 재생할 수 없습니다: {0}",
    singleKeys: "한 글자 단축키 사용", keyWhat: "단축키",
    kNext: "다음, 뒤로", kSkip: "다음 타이머까지 건너뛰기", kPlay: "재생, 멈춤", kSegment: "고른 세그먼트: 유실, 복제, 지연, 붙잡기, 즉시 도착, 변경",
    kPick: "전송 중인 다른 세그먼트 고르기. Enter는 초점이 있는 버튼을 누름", kHost: "호스트 A, 호스트 B", kCalls: "고른 호스트에서 connect, listen, accept, write, read, close, abort", kUndo: "마지막 동작 되돌리기", kHelp: "이 목록",
    swipe: "전송 중인 세그먼트를 손가락으로 옆으로 밀면 유실됩니다.", sent: "{0}가 보냄", arrived: "{0}에 도착", lost: "유실",
    chooseFirst: "먼저 전송 중인 세그먼트를 고르십시오. 누르거나 ↑, ↓ 키를 쓰십시오.", nothingToChoose: "지금은 전송 중인 세그먼트가 없습니다. →로 더 나아가거나 ←로 돌아가십시오.",
    notNow: "{0}에서 지금은 할 수 없습니다: {1}.",
    otherwise: "여러분의 장을 실행하므로, {0}번 행부터 참조 구현과 다르게 진행되었습니다. 비교에서 확인하십시오.", guardStep: "여기서 도움이 되었어야 할 것은 단계 {0}에서 작성합니다.",
    failing: "실패한 테스트", wanted: "기대한 것", got: "나온 것", toWrong: "잘못된 곳으로", testee: "내 코드", tester: "테스트가 시키는 대로",
    cut: "앞의 행 {0}개는 생략했습니다.",
    legend: "색의 뜻", legendBars: "막대: 호스트 소켓의 상태", legendArrows: "화살표: 오가는 세그먼트",
    barClosed: "CLOSED", barListen: "LISTEN", barOpening: "여는 중: SYN-SENT, SYN-RECEIVED", barOpen: "ESTABLISHED", barEnding: "닫는 중: FIN-WAIT, CLOSE-WAIT, LAST-ACK, CLOSING", barWaiting: "TIME-WAIT",
    arrowUsual: "도착", arrowLater: "짝수 번째 대화의 세그먼트", arrowLate: "사본, 손댄 것, 추월당한 것", arrowForged: "위조", arrowBad: "유실", arrowFlying: "전송 중", arrowDropped: "도착했으나 버림",
  },
};

let language = "en";

// t returns a sentence in the page's language; {0}, {1} stand for the others.
function t(key, ...args) {
  const text = words[language][key] ?? words.en[key] ?? key;
  return text.replace(/\{(\d)\}/g, (_, n) => args[n]);
}

// speak puts the page's fixed words into a language.
function speak(to) {
  language = words[to] ? to : "en";
  document.documentElement.lang = language;
  document.title = t("title");
  for (const e of document.querySelectorAll("[data-t]")) e.textContent = t(e.dataset.t);
  $("link").title = t("linkSays");
  for (const e of document.querySelectorAll("[data-l]")) e.setAttribute("aria-label", t(e.dataset.l));
  const other = $("tongue");
  other.textContent = language === "ko" ? "English" : "한국어";
  other.lang = language === "ko" ? "en" : "ko";
}

// $ finds an element by its id.
function $(id) { return document.getElementById(id); }

// el makes an element: its attributes, handlers (on…) among them, and what is in it.
function el(tag, attributes, ...children) { return filled(document.createElement(tag), attributes, children); }

// svg makes an element of a picture.
function svg(tag, attributes, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function filled(e, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name === "style") e.style.cssText = value; // the attribute itself is not allowed here
    else if (name.startsWith("on")) e[name] = value;
    else if (value === true) e.setAttribute(name, "");
    else if (value !== false && value != null) e.setAttribute(name, value);
  }
  e.append(...children.flat(9).filter((c) => c != null && c !== false));
  return e;
}

// become makes what is in an element like these, and leaves alone what is alike already:
// so the focus, the scrolling and what was typed stay, and little is drawn again. A handler
// must ask its event for the element.
function become(box, ...children) {
  const all = children.flat(9).filter((c) => c != null && c !== false);
  const old = [...box.childNodes];
  all.forEach((c, i) => {
    if (typeof c === "string") c = document.createTextNode(c);
    if (!old[i]) box.append(c);
    else if (old[i].nodeName !== c.nodeName || old[i].dataset?.id !== c.dataset?.id) old[i].replaceWith(c);
    else if (c.nodeType === Node.TEXT_NODE) old[i].data !== c.data && (old[i].data = c.data);
    else alike(old[i], c);
  });
  for (const c of old.slice(all.length)) c.remove();
}

const handlers = ["onclick", "onchange", "onsubmit", "ontoggle"];

function alike(old, like) {
  for (const { name } of [...old.attributes]) if (!like.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of like.attributes) {
    if (old.getAttribute(name) === value) continue;
    if (name === "style") old.style.cssText = value;
    else old.setAttribute(name, value);
    if (name === "value") old.value = value;
  }
  if (old.nodeName === "OPTION") old.selected = like.selected;
  for (const name of handlers) old[name] = like[name];
  become(old, ...like.childNodes);
}

// icon draws one of the symbols in index.html.
function icon(name) { return svg("svg", { class: "ic", "aria-hidden": "true" }, svg("use", { href: "#i-" + name })); }

// button makes a button.
function button(label, act, attributes, symbol) {
  return el("button", { type: "button", onclick: act, ...attributes }, symbol ? icon(symbol) : null, label);
}

// families are what states have in common, as package ladder says: their colour and their
// pattern.
const families = JSON.parse($("first").textContent).states;
function family(state) { return families[state] ?? "none"; }

// seconds writes a length of time given in ns, as short as it can be told from others.
function seconds(ns) {
  const unit = language === "ko" ? "초" : " s";
  const s = ns / 1e9;
  if (s === 0 || s >= 100) return s.toFixed(s % 1 ? 1 : 0) + unit;
  return (s < 0.001 ? s.toFixed(6) : s.toFixed(3)) .replace(/(\.\d*?[1-9])0+$|\.0+$/, "$1") + unit;
}

// clock writes a time since the start, given in ns, for the gutter.
function clock(ns) { return (ns / 1e9).toFixed(3); }
