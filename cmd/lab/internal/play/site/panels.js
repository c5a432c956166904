// What stands beside the segment: the question, the story in other forms, the comparison,
// the keys.

// drawBet shows a scenario's question, and after the choice what is right.
function drawBet(app) {
  const s = app.scenario, box = $("p-bet");
  const book = app.engine ? chapterNames(app.build) : null;
  if (!s) return become(box, el("p", {}, t(app.engine ? "free" : "loading")), book);
  const bet = s.bet?.choices?.length ? s.bet : null, chosen = app.choice, of = bet ? app.tells() : "story";
  const tried = bet && app.shown;
  const choices = (bet?.choices ?? []).map((text, i) => button(text, () => app.bet(i), { "aria-pressed": String(chosen === i), "data-id": "choice" + i }));
  const { other, differs } = app.future, guard = of === "guard" ? s.without[other] : null;
  const end = app.at === app.play.rows.length - 1;
  const answer = () => [el("strong", { class: "right" }, "✓ " + bet.choices[bet.right] + "."), " ", bet.because];
  const otherwise = differs != null && end && (tried || guard) ? el("p", {}, t("otherwise", differs + 1), guard?.step ? " " + t("guardStep", guard.step) : "") : null;
  const asked = guard ? [
    el("p", { role: "status" }, el("strong", {}, guard.says + "."), app.future.reached >= app.play.rows.length - 1 ? " " + guard.because : null),
  ] : of === "own" ? [
    el("p", {}, t("ownFuture")),
    tried ? el("p", {}, t("toldAnswer"), " ", answer()) : el("p", {}, button(t("toQuestion"), () => app.toQuestion(), { class: "primary", "data-id": "toQuestion" })),
  ] : tried ? [
    el("p", { role: "status" }, el("strong", {}, app.isRight()), " ", answer()),
  ] : [
    el("p", {}, s.question),
    bet ? el("p", {}, bet.asks ?? t("choose")) : null,
    choices.length ? el("div", { class: "choices", role: "group", "aria-label": bet.asks ?? t("choose") }, choices) : null,
    chosen != null ? el("p", {}, button(t("letIt"), () => app.letIt(), { class: "primary", "data-id": "letit" })) : null,
  ];
  become(box,
    el("h2", {}, s.title),
    (tried || !bet || guard) && s.without?.length ? el("div", { class: "choices others", role: "group", "aria-label": t("without") }, 
      button(t("asTold"), () => app.toQuestion(), { "data-id": "asTold", "aria-pressed": String(of === "story") }),
      s.without.map((x, i) => button(short(x.says), () => app.otherwise(i), { "data-id": "without" + i, "aria-pressed": String(!!guard && other === i) }))) : null,
    asked, otherwise,
    tried || !bet || guard ? [
      (s.tries ?? []).length ? [el("p", {}, el("strong", {}, t("tries") + ":")), el("ul", { class: "tries" }, s.tries.map((x) => el("li", {}, x)))] : null,
      s.step ? el("p", { class: "quiet" }, t("read2") + ": " + s.step) : null,
    ] : null,
    s.puzzle && app.solved ? el("p", { role: "status" }, el("strong", {}, t(app.solved.solved ? "solved" : "notYet")), " ", app.solved.says) : null,
    book,
  );
}

// chapterNames says what a chapter is to who has not seen the workbook.
function chapterNames(build) {
  return build.chapters.length ? el("p", { class: "quiet" }, t("book", build.chapters.map((c) => c.n + " " + c.name).join(", "))) : null;
}

// drawFailure shows what a test has found wrong: what was wanted beside what there was.
function drawFailure(app) {
  const { row, lines, wanted, got, advice } = app.recording.failure, cut = app.recording.failure.cut;
  const rest = lines.slice(1).filter((line) => !/^[-+ ] /.test(line));
  const cell = (texts, other) => el("td", {}, (texts ?? []).map((text, i) => el("div", { class: text === other?.[i] ? "quiet" : "" }, text)));
  $("p-bet").replaceChildren(...[
    el("h2", {}, lines[0] ?? ""),
    el("p", { class: "quiet mono narrow" }, app.recording.test),
    wanted?.length && got?.length
      ? el("table", { class: "apart" }, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("wanted")), el("th", { scope: "col" }, t("got")))), el("tbody", {}, el("tr", {}, cell(wanted, got), cell(got, wanted))))
      : el("pre", {}, rest.join("\n")),
    advice?.length ? el("pre", {}, advice.join("\n")) : null,
    cut ? el("p", { class: "quiet" }, t("cut", cut)) : null,
    row >= 0 && row !== app.at && app.play.rows[app.at]?.from_row !== row ? el("div", { class: "tools" }, button(t("toWrong"), () => app.goTo(row, true), { "data-id": "wrong" })) : null,
  ].filter(Boolean));
}

// drawStory shows the actions, to be changed and played, and offers the story in other forms.
function drawStory(app) {
  const text = el("textarea", { id: "actions", spellcheck: "false", "aria-label": t("actions") });
  text.value = app.text().split(";").join("\n");
  const told = el("div", {});
  const get = (label, fn, name, type, decode) => button(t(label), async () => {
    const result = await app.engine?.call(fn);
    if (result == null) return;
    if (fn === "text") return told.replaceChildren(el("pre", { tabindex: 0 }, result));
    download(name, new Blob([decode ? decode(result) : result], { type }));
  });
  $("p-story").replaceChildren(el("div", { class: "tools" },
    get("asText", "text"), get("asSVG", "svg", "story.svg", "image/svg+xml"), get("asPcap", "pcapng", "story.pcapng", "application/octet-stream", (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))),
    app.onePage ? button(t("asPage"), () => download("tcp.html", new Blob([app.onePage()], { type: "text/html" }))) : null,
    app.onePageAt ? el("a", { class: "button", href: app.onePageAt, download: "tcp.html" }, t("asPage")) : null,
    button(t("linkHere"), () => app.copyLink())), told,
  el("label", {}, t("actions"), text), button(t("playIt"), () => app.load(text.value.split("\n").join(";"))));
}

function download(name, blob) {
  const a = el("a", { href: URL.createObjectURL(blob), download: name });
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 10_000);
}

// drawCompare offers stacks to compare with, and shows where they differ.
function drawCompare(app) {
  const out = el("div", { role: "status" });
  const with_ = (label, how) => button(t(label), async () => {
    const other = await how();
    const happened = (play) => play.rows.filter((row) => row.kind !== "set"); // whose chapters they are is set up, too
    const here = happened(app.play), there = happened(other);
    const i = firstDifference(here, there);
    out.replaceChildren(el("p", {}, el("strong", {}, i == null ? t("same") : t("differsAt", (here[i]?.n ?? app.play.rows.length) + 1))), i == null ? "" : sideBySide(here, there, i));
    if (i != null) await app.goTo(here[i]?.n ?? app.play.rows.length - 1);
    app.ladder.differs(i == null ? null : here[i]?.n);
  });
  if (!app.hasMine() && !app.programBefore) return $("p-compare").replaceChildren(el("p", {}, t("compareNothing")));
  $("p-compare").replaceChildren(el("p", { class: "quiet" }, t("compareSays")), el("div", { class: "tools" },
    with_("compareRef", () => app.playAside(app.program, withChapters(app.text(), "ref"))),
    app.hasMine() ? with_("compareMine", () => app.playAside(app.program, withChapters(app.text(), "mine"))) : null,
    app.programBefore ? with_("compareBefore", () => app.playAside(app.programBefore, app.text())) : null), out);
}

// withChapters returns a story in which both hosts have these chapters.
function withChapters(text, whose) {
  const actions = text.split(";").filter((a) => !/^(mine|ref)(\.|$)/.test(a));
  return [actions[0], whose, ...actions.slice(1)].join(";");
}

function sideBySide(here, there, n) {
  const cell = (row) => row ? `${clock(row.at)} ${row.host ?? ""} ${row.wire ? row.kind + " " + packetName(row) : row.says} · ${row.states.a || "–"} / ${row.states.b || "–"}` : t("nothing");
  const rows = [];
  const number = (i) => (here[i] ?? there[i]).n + 1;
  for (let i = Math.max(0, n - 1); i < Math.min(n + 4, Math.max(here.length, there.length)); i++) {
    rows.push(el("tr", { class: i === n ? "first" : "" }, el("th", { scope: "row" }, (i === n ? "≠ " : "") + number(i)), el("td", {}, cell(here[i])), el("td", {}, cell(there[i]))));
  }
  return el("table", {}, el("thead", {}, el("tr", {}, el("td"), el("th", { scope: "col" }, t("here")), el("th", { scope: "col" }, t("there")))), el("tbody", {}, rows));
}

// firstDifference returns the first row that is not the same in both; null if there is none.
function firstDifference(a, b) {
  const key = (r) => r && [r.at, r.kind, r.host, r.wire, r.says, r.flags, r.seq, r.ack, r.len, r.win, r.error, r.states.a, r.states.b].join("|");
  for (let i = 0; i < Math.max(a.length, b.length); i++) if (key(a[i]) !== key(b[i])) return i;
  return null;
}

function drawKeys(app) {
  const list = [["→ ←", "kNext"], ["Shift →", "kSkip"], ["Space", "kPlay"], ["X D S H N E", "kSegment"], ["↑ ↓", "kPick"], ["1 2", "kHost"],
    ["O L T W R C A", "kCalls"], ["Ctrl Z", "kUndo"], ["?", "kHelp"]];
  const single = el("input", { type: "checkbox", id: "single" });
  single.checked = app.singleKeys;
  single.onchange = () => { app.singleKeys = single.checked; };
  if (app.recording) list.splice(0, list.length, ...list.filter(([, what]) => ["kNext", "kPlay", "kHost", "kHelp"].includes(what)));
  $("p-keys").replaceChildren(el("h2", {}, t("keyWhat")), el("dl", {}, list.map(([keys, what]) => [el("dt", {}, keys.split(" ").map((k) => [el("kbd", {}, k), " "])), el("dd", {}, t(what))])),
    app.recording ? "" : el("p", {}, t("swipe")), el("label", {}, single, " " + t("singleKeys")));
}
