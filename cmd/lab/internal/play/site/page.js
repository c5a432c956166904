// The page: which story is played, which moment of it is looked at, and what the user does.

const mostFutures = 5;
const panels = ["segment", "bet", "states", "story", "compare", "keys"];

class Page {
  constructor(first) {
    this.futures = []; // { name, actions, at, reached }, and of one that forks: from, and forkedAt
    this.current = 0;
    this.play = { rows: [], actions: [], next: null };
    this.at = -1;
    this.view = null;
    this.build = { chapters: [] };
    this.scenarios = [];
    this.host = "A";
    this.panel = "bet";
    this.singleKeys = true;
    this.work = Promise.resolve(); // one thing after the other
    this.busy = 0; // stories that are yet to be played: until then nobody knows where they are at
    this.ladder = new Ladder((n) => this.chooseRow(n), (wire) => this.choosePacket(wire), (wire) => this.act("lose." + wire));
    this.hosts = new Hosts((action, host) => {
      this.host = host;
      this.unfold(null); // on a telephone the ladder is to be seen
      this.act(action);
    });
    this.segment = new Segment((action) => this.act(action), (n) => this.goTo(n));
    this.listen();
    this.drawSwitch();
    if (!first.recording) this.showFirst(first);
  }

  // showFirst shows a story that was played when the page was made, before there is a
  // program to play one; where the address asks for another one, that there is none yet.
  showFirst({ scenario, scenarios, play, view, at, build }) {
    this.scenarios = scenarios;
    this.build = build;
    const asked = linked();
    if (asked && asked !== scenario.id) {
      this.scenario = scenarios.find((s) => s.id === asked.split("=")[0]);
      this.fillScenarios();
      return this.draw();
    }
    this.scenario = scenario;
    this.futures = [{ name: scenario.id, actions: actionsOf(scenario.text), base: 0, at, reached: at }];
    this.play = play;
    this.view = view;
    this.at = at;
    this.fillScenarios();
    this.draw();
  }

  // showRecording shows the conversation of a test that fails. It was not played here, so
  // nothing in it can be acted on.
  async showRecording(recording) {
    this.recording = recording;
    this.engine = new Recorded(recording);
    this.futures = [{ name: recording.test, actions: [], base: 0, at: -1, reached: recording.play.rows.length - 1 }];
    this.hosts.recorded = this.segment.recorded = this.ladder.recorded = true;
    this.hosts.both = recording.both;
    document.documentElement.classList.add("recorded");
    document.title = recording.test;
    document.querySelector("h1").textContent = recording.test;
    for (const id of ["scenario", "undo", "link", "tongue", "skip"]) (id === "scenario" ? $(id).parentElement : $(id)).classList.add("gone");
    this.drawSwitch();
    await this.replay();
    this.ladder.differs(recording.failure.row);
    document.documentElement.dataset.ready = "yes";
  }

  // run begins to play with a program: from the link, or what is shown already.
  async run(engine, program) {
    this.engine = engine;
    this.program = program;
    this.build = await engine.ready;
    this.scenarios = JSON.parse(await engine.call("scenarios", language));
    this.fillScenarios();
    await this.fromLink();
    document.documentElement.dataset.ready = "yes";
    performance.mark("ready");
  }

  // --- what is played

  get future() { return this.futures[this.current] ?? { name: "", actions: [], at: -1, reached: -1 }; }

  text() { return ["1", ...this.future.actions].join(";"); }

  // after has something done when all before it is done, and says what goes wrong.
  after(something) {
    this.work = this.work.then(something).catch((e) => this.say(e.message, true));
    return this.work;
  }

  // played is as after, for what changes the rows: whoever acts on them waits until it is done.
  played(something) {
    this.busy++;
    return this.after(() => Promise.resolve().then(something).finally(() => { this.busy--; }));
  }

  // later puts something off until all is played that was asked for before; it reports whether
  // it has.
  later(something) {
    if (this.busy) this.after(() => { something(); });
    return this.busy > 0;
  }

  // replay plays the future that is looked at, and shows its row at: its last one, where
  // that is left out.
  replay(at) {
    return this.played(async () => {
      const { future } = this;
      const play = await this.engine.play(this.text());
      if (this.future !== future) return; // another is looked at by now, and is played next
      this.play = play;
      const end = play.rows.length - 1;
      this.at = at == null || at > end ? end : at;
      this.future.at = this.at;
      this.future.reached = Math.max(this.future.reached, this.at);
      if (play.error) this.say(play.error.says, true);
      if (this.scenario?.puzzle) this.solved = JSON.parse(await this.engine.call("check", this.scenario.id, language));
      await this.look();
    });
  }

  async look() {
    const { future } = this;
    const view = JSON.parse(await this.engine.call("view", this.at));
    if (this.future !== future) return;
    this.view = view;
    if (!this.recording && this.at === this.play.rows.length - 1) this.view.at = this.play.now; // a wait may end later than what happened last
    this.draw();
  }

  // load plays another story from its beginning; other is which of those that the scenario is
  // compared with.
  async load(text, name, at, other) {
    this.pause();
    this.hush();
    this.futures = this.futures.slice(-(mostFutures - 1));
    const actions = actionsOf(text);
    this.futures.push({ name: name ?? t("future", this.futures.length + 1), actions, base: actions.length, at: -1, reached: -1, other });
    this.current = this.futures.length - 1;
    await this.replay(at);
    $("dock").scrollTop = $("p-bet").scrollTop = 0;
    await this.judge();
    this.remember();
  }

  // judge finds out where the learner's chapters do something else in a scenario than the
  // reference's.
  judge() {
    return this.after(async () => {
      const future = this.future;
      future.differs = null;
      if (!this.scenario || !this.hasMine()) return;
      const there = JSON.parse(await this.engine.call("reference", this.text(), language));
      future.differs = firstDifference(this.play.rows, there);
      if (future.differs != null) this.drawPanel();
    });
  }

  open(scenario) {
    this.begin(scenario);
    return this.tellStory();
  }

  // tellStory plays the scenario as it is told, up to where its question is asked.
  async tellStory() {
    const { text, id } = this.scenario;
    const play = await this.played(() => this.engine.play(text));
    await this.load(text, id, this.askedAt(play?.rows ?? []));
  }

  // begin forgets what was played, for a scenario or for none.
  begin(scenario) {
    this.pause();
    this.scenario = scenario;
    $("scenario").value = scenario?.id ?? "";
    this.choice = this.shown = this.solved = null;
    this.futures = [];
    this.hosts.socket = {};
    this.chosen = this.row = null;
    this.panel = "bet";
    this.count = 1;
  }

  // askedAt returns the row at which the scenario's question is asked; null for its last one.
  askedAt(rows) {
    const answer = rows.findIndex((row) => row.action >= this.scenario.start);
    return answer >= 0 ? answer - 1 : null;
  }

  // act does something at the moment that is looked at. In the past it begins another
  // future, and the old one stays.
  act(action) {
    this.pause();
    this.hush();
    if (!this.engine || this.recording || this.later(() => this.act(action))) return;
    const past = this.at < this.play.rows.length - 1;
    if (past) {
      const actions = this.until(this.at), from = this.future;
      this.futures = this.futures.slice(-(mostFutures - 1));
      this.count++;
      this.futures.push({ name: t("future", this.count), actions, base: actions.length, at: this.at, reached: this.at, from, forkedAt: this.at });
      this.current = this.futures.length - 1;
    }
    const before = this.play.rows.length;
    this.future.actions.push(action);
    return this.replay().then(() => { this.announce(past ? this.at : before); this.remember(); });
  }

  // until returns the actions that lead to a row, and no further: a wait goes on after what
  // happened last in it.
  until(row) {
    if (row < 0) return [];
    const of = this.play.rows[row].action, all = this.future.actions;
    const whole = this.play.rows[row + 1]?.action !== of && !/^wait/.test(all[of]);
    if (whole || !/^(step|wait|skip)/.test(all[of])) return all.slice(0, of + 1);
    const steps = 1 + this.moments().filter((n) => n < row && this.play.rows[n].action === of).length;
    return [...all.slice(0, of), steps > 1 ? "step." + steps : "step"];
  }

  // moments are the rows after which something else happens: what a host sends goes with
  // what it is an answer to.
  moments() {
    const rows = this.play.rows, ends = [];
    rows.forEach((r, n) => {
      const next = rows[n + 1];
      const scripted = this.recording && !this.recording.both; // what is sent arrives at once, and the peer answers nothing
      const together = next && (next.kind === "sent" && r.kind !== "lost" && next.at === r.at && next.host === r.host && !(scripted && r.host === "B") ||
        scripted && next.from_row === n);
      if (!together) ends.push(n);
    });
    return ends;
  }

  next() {
    if (!this.engine || this.later(() => this.next())) return;
    const later = this.moments().find((n) => n > this.at);
    if (later !== undefined) return this.goTo(later, true);
    if (!this.play.next) return this.pause();
    const playing = this.playing;
    const before = this.play.rows.length;
    this.hush();
    this.step();
    return this.replay().then(() => { this.announce(before); this.remember(); if (playing && !this.play.next) this.pause(); });
  }

  // step adds a step, to the last action where that is one already.
  step() {
    const { actions, base } = this.future;
    const m = actions.length > base && /^step(?:\.(\d+))?$/.exec(actions.at(-1));
    if (m && +(m[1] ?? 1) < 1000) actions[actions.length - 1] = "step." + (+(m[1] ?? 1) + 1);
    else actions.push("step");
  }

  back() {
    this.pause();
    if (this.later(() => this.back())) return;
    const earlier = this.moments().findLast((n) => n < this.at);
    return this.goTo(earlier ?? -1, true);
  }

  // goTo looks at a row, and is there at once: a key that follows before the row is drawn goes
  // on from there.
  goTo(row, announce) {
    if (!this.engine || this.later(() => this.goTo(row, announce))) return;
    const before = this.at, { future } = this;
    this.at = this.heading = row;
    return this.after(async () => {
      if (this.future !== future) return;
      this.at = future.at = Math.min(this.heading, this.play.rows.length - 1); // what was played meanwhile has an end of its own
      this.future.reached = Math.max(this.future.reached, row);
      await this.look();
      if (announce) row > before ? this.announce(before + 1, row) : this.tell($("when").textContent);
      this.remember();
    });
  }

  undo() {
    this.pause();
    this.hush();
    if (!this.engine || this.later(() => this.undo()) || !this.future.actions.length) return;
    const { future } = this;
    const m = /^step\.(\d+)$/.exec(future.actions.pop());
    if (m && m[1] > 1) future.actions.push(m[1] > 2 ? "step." + (m[1] - 1) : "step");
    const home = this.futures.includes(future.from) && future.from.reached >= future.forkedAt && future.actions.length === future.base;
    if (home) this.close(future);
    else {
      future.base = Math.min(future.base, future.actions.length);
      future.reached = -1;
    }
    return this.replay(home ? future.forkedAt : null).then(() => { this.tell(t("undo")); this.remember(); });
  }

  // close closes a future in which nothing is left but where it comes from, and goes back there.
  close(future) {
    this.futures = this.futures.filter((f) => f !== future);
    this.current = this.futures.indexOf(future.from);
    if (future.name === t("future", this.count)) this.count--;
  }

  skip() {
    if (this.later(() => this.skip())) return;
    return this.at < this.play.rows.length - 1 || !this.play.next ? this.next() : this.act("skip");
  }

  // --- play

  toggle() { this.playing ? this.pause() : this.start(); }

  start() {
    this.playing = true;
    $("play").setAttribute("aria-pressed", "true");
    const go = async () => {
      if (!this.playing) return;
      const from = this.at < 0 ? 0 : this.play.rows[this.at]?.at ?? 0;
      const more = this.moments().some((n) => n > this.at) || this.play.next;
      if (!more) return this.pause();
      const until = this.play.rows[this.at + 1]?.at ?? this.play.next?.at ?? from;
      const speed = +$("speed").value;
      this.timer = setTimeout(async () => { await this.next(); go(); }, speed ? Math.min(20_000, Math.max(120, (until - from) / 1e6 * speed)) : 450);
    };
    go();
    return this.after(() => this.draw());
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    clearTimeout(this.timer);
    $("play").setAttribute("aria-pressed", "false");
    $("play").querySelector("span").textContent = t("play");
  }

  // --- the question

  bet(choice) {
    this.choice = choice;
    this.shown = false;
    this.verdict();
    drawBet(this);
    $("p-bet").querySelector("[data-id=letit]")?.focus();
  }

  // verdict has it said what was right, once the answer is there to be seen; to those who have
  // gone on without a bet, at once.
  verdict() {
    if (this.shown || !this.scenario?.bet?.choices?.length || this.tells() !== "story") return;
    const { rows } = this.play, asked = this.askedAt(rows) ?? rows.length - 1;
    if (this.at < rows.length - 1 && (this.choice != null || this.at <= asked)) return;
    this.shown = true;
    $("dock").scrollTop = $("p-bet").scrollTop = 0;
    const { choices, right, because } = this.scenario.bet;
    this.tell([this.isRight(), choices[right] + ".", because].join(" "));
  }

  // isRight says whether the bet was right, if there was one.
  isRight() {
    const { choices, right } = this.scenario.bet;
    return this.choice == null ? t("noBet") : this.choice === right ? t("betRight") : t("betWrong", choices[this.choice]);
  }

  // tells returns whose story is looked at: the scenario's, as it is told ("story"), one that
  // differs from it in one thing ("guard"), or what the user has made of them ("own").
  tells() {
    const begins = (text) => actionsOf(text).every((a, i) => a === this.future.actions[i]);
    const guard = this.scenario.without?.[this.future.other];
    return begins(this.scenario.text) ? "story" : guard && begins(guard.text) ? "guard" : "own";
  }

  // toQuestion goes back to the story as it is told.
  toQuestion() {
    if (this.later(() => this.toQuestion())) return;
    const story = actionsOf(this.scenario.text);
    const there = this.futures.find((f) => story.every((a, i) => a === f.actions[i]));
    return there ? this.turnTo(there) : this.tellStory();
  }

  // otherwise plays one of the stories that the scenario is compared with, or goes to the end
  // of it where it is played already.
  otherwise(i) {
    if (this.later(() => this.otherwise(i))) return;
    const { says, text } = this.scenario.without[i];
    const there = this.futures.find((f) => f.other === i && f.actions.join(";") === actionsOf(text).join(";"));
    return there ? this.turnTo(there, null) : this.load(text, short(says), null, i);
  }

  // turnTo looks at another future: where it was left, or at a row.
  turnTo(future, row = future.at) {
    this.pause();
    this.hush();
    if (this.later(() => this.turnTo(future, row)) || !this.futures.includes(future)) return;
    this.current = this.futures.indexOf(future);
    return this.replay(row).then(() => this.remember());
  }

  // letIt lets the rest of the scenario happen, and then says what was right.
  async letIt() {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (still) await this.goTo(this.play.rows.length - 1, true);
    else {
      this.playing = true;
      while (this.playing && this.at < this.play.rows.length - 1) {
        await this.next();
        await new Promise((done) => setTimeout(done, 250));
      }
      this.playing = false;
    }
    return this.after(() => this.draw()); // another story may be on its way by now
  }

  // --- what is drawn

  draw() {
    const view = this.view ?? { at: 0, hosts: [], air: [] };
    const air = view.air ?? [];
    this.verdict();
    this.unhint();
    if (!air.some((p) => p.wire === this.chosen)) this.chosen = null;
    this.hosts.checks = this.checks();
    this.hosts.show(view, this.build, this.host);
    this.segment.show(air.find((p) => p.wire === this.chosen), this.row != null ? this.play.rows[this.row] : null, view.at);
    drawTape(this.play.rows, Math.max(this.future.reached, this.at) + 1, this.at, view.at, this.recording?.failure.row);
    for (const e of document.querySelectorAll("#scenario, #link, main, .dock, .time")) e.inert = !this.engine;
    this.drawTabs();
    this.drawPanel();
    const last = this.at >= this.play.rows.length - 1;
    $("next").disabled = last && !this.play.next;
    $("back").disabled = $("start").disabled = this.at < 0;
    $("skip").disabled = $("next").disabled;
    $("skips").textContent = last && this.play.next && !this.play.next.wire ? t("skipTime", seconds(this.play.next.at - this.play.now)) : t("skip");
    $("undo").disabled = !this.engine || !this.future.actions.length;
    $("play").querySelector("span").textContent = t(this.playing ? "pause" : "play");
    this.ladder.now = view.at;
    this.ladder.chosen = this.chosen;
    this.ladder.show(this.play.rows, this.at, air); // last: it looks where things have come to stand
    this.ladder.choose(this.row);
    this.toEnd();
  }

  // checks returns, by host, which check has just dropped a segment there.
  checks() {
    const { rows } = this.play, now = rows[this.at]?.at;
    const checks = {};
    for (let n = this.at; rows[n]?.at === now && n >= 0; n--) if (rows[n].check) checks[rows[n].host] ??= rows[n].check;
    return checks;
  }

  // toEnd scrolls to what is now.
  toEnd() { $("wire").scrollTop = $("wire").scrollHeight; }

  drawPanel() {
    for (const name of panels) if (name !== "segment") $("p-" + name).hidden = name !== (this.panel === "segment" ? this.side ?? "bet" : this.panel);
    if (this.panel !== "segment") this.side = this.panel;
    $("dock").classList.toggle("seg", this.panel === "segment");
    this.fold($("dock").classList.contains("folded"));
    for (const b of $("switch").querySelectorAll("[data-panel]")) b.setAttribute("aria-pressed", String(b.dataset.panel === this.panel || (b.dataset.panel === this.side && this.panel === "segment" && innerWidth > 960)));
    const side = this.side ?? "bet";
    document.querySelector(".side").classList.toggle("asks", side === "bet" && !!(this.scenario || this.recording));
    if (side === "bet") this.recording ? drawFailure(this) : drawBet(this);
    if (side === "states" && this.view) drawStates(this.view);
    if (side === "story" && document.activeElement?.id !== "actions") drawStory(this);
    if (side === "compare" && this.compared !== language) { // what was found stays, until it is asked for anew
      this.compared = language;
      drawCompare(this);
    }
    if (side === "keys") drawKeys(this);
  }

  drawSwitch() {
    const shown = this.recording ? ["segment", "bet", "states", "keys"] : panels;
    $("switch").replaceChildren(...shown.map((name) => button(t(this.recording && name === "bet" ? "failing" : name), () => this.turn(name), { "data-panel": name, id: "sw-" + name, "aria-pressed": "false" })),
      button("", () => this.fold(!$("dock").classList.contains("folded")), { id: "sw-fold" }));
    $("speed").replaceChildren(...[["0", "fast"], ["1", "real"], ["10", "slowly"]].map(([value, name]) => el("option", { value }, t(name))));
  }

  // fold folds what is below the ladder, or unfolds it.
  fold(folded) {
    $("dock").classList.toggle("folded", folded);
    $("sw-fold").textContent = t(folded ? "unfold" : "fold");
    $("sw-fold").setAttribute("aria-expanded", String(!folded));
  }

  turn(panel) {
    $("dock").classList.remove("folded");
    this.panel = panel;
    this.compared = null;
    this.drawPanel();
  }

  drawTabs() {
    $("futures").hidden = this.futures.length < 2;
    become($("futures"), this.futures.map((f, i) => button(f.name, () => this.turnTo(f), { title: f.name, "aria-current": i === this.current ? "true" : null })));
  }

  fillScenarios() {
    $("scenario").replaceChildren(el("option", { value: "", selected: !this.scenario }, "—"), ...this.scenarios.map((s) => el("option", { value: s.id, selected: s.id === this.scenario?.id }, s.id + " " + s.title)));
  }

  chooseRow(n) {
    this.row = this.row === n ? null : n;
    this.chosen = null;
    this.ladder.choose(this.row);
    for (const chip of document.querySelectorAll(".chip")) chip.setAttribute("aria-pressed", "false");
    this.segment.show(null, this.row != null ? this.play.rows[this.row] : null, this.view.at);
    if (this.row != null && innerWidth <= 960) this.turn("segment");
  }

  choosePacket(wire) {
    if (wire == null) return;
    this.unhint();
    this.chosen = this.ladder.chosen = wire;
    this.row = null;
    this.ladder.choose(null);
    for (const chip of document.querySelectorAll(".chip")) chip.setAttribute("aria-pressed", String(+chip.dataset.wire === wire));
    this.segment.show(this.view.air.find((p) => p.wire === wire), null, this.view.at);
    if (innerWidth <= 960) this.turn("segment");
  }

  // --- what is said

  say(text, bad, more) {
    const news = $("news");
    news.hidden = false;
    news.classList.toggle("bad", !!bad);
    news.classList.remove("hint");
    news.replaceChildren(text, more ?? "");
  }

  hush() { if ($("news").classList.contains("bad") && !this.unbuilt) $("news").hidden = true; }

  // hint says what to do instead of what was tried, until something is done.
  hint(text) {
    this.say(text);
    $("news").classList.add("hint");
  }

  unhint() { if ($("news").classList.contains("hint")) $("news").hidden = true; }

  announce(from, to = this.at) {
    const rows = this.play.rows.slice(from, to + 1);
    if (rows.length) this.tell(rows.slice(0, 4).map((r) => `${clock(r.at)} ${r.host ?? ""} ${r.wire ? t(r.kind === "lost" ? "lost" : r.kind === "sent" ? "sent" : "arrived", r.host) + " " + packetName(r) + (r.dropped ? ", " + t("dropped", r.dropped) : "") : r.says}`).join(". "));
  }

  tell(text) {
    const said = $("said");
    said.append(el("p", {}, text));
    while (said.children.length > 3) said.firstChild.remove();
  }

  // --- links

  // remember keeps the story in the page's address.
  remember() {
    if (this.recording) return;
    clearTimeout(this.noting);
    this.noting = setTimeout(() => history.replaceState(null, "", "#" + this.linkText()), 100);
  }

  linkText() {
    const end = this.at === this.play.rows.length - 1;
    return (this.scenario ? this.scenario.id + "=" : "") + this.text() + (end ? "" : "@" + Math.max(0, this.at)) + (this.play.digest ? "~" + this.play.digest : "");
  }

  async copyLink() {
    const link = location.href.split("#")[0] + "#" + this.linkText();
    history.replaceState(null, "", link);
    try {
      await navigator.clipboard.writeText(link);
      $("link").textContent = this.at === this.play.rows.length - 1 ? t("copied") : t("copiedTo", this.at + 1);
      setTimeout(() => { $("link").textContent = t("copyLink"); }, 1500);
    } catch {
      this.say(link);
    }
  }

  // fromLink plays what the address names: a scenario, or a story.
  async fromLink() {
    const hash = linked();
    const [, of = hash, link] = /^(?:([\w.]*)=)?([^]*)$/.exec(hash);
    const scenario = this.scenarios.find((s) => s.id === of);
    if (hash && !scenario && /^[0-9.]+$/.test(hash) && hash !== "1") this.say(t("unknownScenario", hash), true);
    if (scenario && of === hash || !/^1;/.test(link)) {
      return this.open(scenario ?? this.scenarios.find((s) => s.id === this.scenario?.id) ?? this.scenarios[0]);
    }
    const [, story, at, digest] = /^([^@~]*)(?:@(\d+))?(?:~(.*))?$/.exec(link) ?? [null, link];
    const actions = actionsOf(story);
    const begins = (text) => actionsOf(text).every((a, i) => a === actions[i]);
    const is = ({ text }) => begins(text) && actionsOf(text).length === actions.length;
    this.begin(scenario ?? this.scenarios.find((s) => [s, ...s.without].some(is)) ?? null);
    const s = this.scenario, other = s ? s.without.findIndex((x) => begins(x.text)) : -1;
    await this.load(story, s && begins(s.text) ? s.id : s?.without[other] ? short(s.without[other].says) : t("future", 1), at == null ? undefined : +at, other);
    const end = this.play.rows.length - 1, asked = s && is(s) ? this.askedAt(this.play.rows) ?? end : -1;
    this.future.reached = this.at <= asked ? asked : end; // beyond the question, its sender has seen it all
    this.draw();
    if (this.play.error) this.say(t("badLink", this.play.error.says), true);
    if (digest && this.play.digest !== digest) {
      let n = 0;
      while (digest.slice(2 * n, 2 * n + 2) === this.play.digest.slice(2 * n, 2 * n + 2)) n++;
      this.say(t("stale", n + 1), true);
    }
  }

  // --- other programs

  hasMine() { return this.build.chapters.some((c) => c.whose === "mine"); }

  // playAside plays a story in a program of its own, and leaves this one alone.
  async playAside(program, text) {
    const engine = new Engine(program, this.engine.workerAt);
    try {
      return await engine.play(text);
    } finally {
      engine.close();
    }
  }

  // renew goes on with another program: what was saved, built. It plays the same actions
  // again, and marks the first row that has changed.
  async renew(program) {
    const before = this.play, old = this.engine;
    const engine = new Engine(program, old.workerAt);
    this.build = await engine.ready;
    await this.after(async () => {
      this.engine = engine;
      this.programBefore = this.program;
      this.program = program;
      old.close();
    });
    await this.replay(this.at === before.rows.length - 1 ? null : this.at);
    const n = firstDifference(before.rows, this.play.rows);
    this.ladder.differs(n);
    if (!this.play.error) this.say(n == null ? t("savedSame") : t("savedDiffers", n + 1), false, n == null ? null : sideBySide(this.play.rows, before.rows, n));
    await this.judge();
    await this.twice();
  }

  // twice plays the story once more: it has to be the same.
  async twice() {
    const played = this.play;
    const again = await this.playAside(this.program, this.text());
    if (this.play !== played) return; // somebody has gone on meanwhile
    const n = firstDifference(this.play.rows, again.rows);
    if (n != null) this.say(t("chance", n + 1), true);
  }

  // --- what the user does

  listen() {
    const on = (id, act, event = "click") => $(id).addEventListener(event, act);
    on("next", () => this.next());
    on("back", () => this.back());
    on("start", () => { this.pause(); this.goTo(-1, true); });
    on("play", () => this.toggle());
    on("skip", () => this.skip());
    on("undo", () => this.undo());
    on("link", () => this.copyLink());
    on("help", () => this.turn("keys"));
    on("moment", () => { this.pause(); this.goTo(+$("moment").value); }, "input");
    on("scenario", () => {
      const chosen = this.scenarios.find((s) => s.id === $("scenario").value);
      if (!chosen || !this.engine) return;
      this.open(chosen);
      if (!this.typing) $("wire").focus({ preventScroll: true });
    }, "change");
    on("tongue", () => this.speak(language === "ko" ? "en" : "ko"));
    for (const h of ["A", "B"]) on("bar" + h, () => this.unfold(h));
    addEventListener("keydown", (e) => this.key(e));
    addEventListener("hashchange", () => this.engine && !this.recording && this.fromLink());
    new ResizeObserver(() => {
      this.ladder.fit();
      this.toEnd();
    }).observe($("wire"));
  }

  async speak(to) {
    speak(to);
    this.drawSwitch();
    if (!this.engine) return this.draw();
    this.scenarios = JSON.parse(await this.engine.call("scenarios", language));
    this.scenario = this.scenarios.find((s) => s.id === this.scenario?.id) ?? null;
    this.fillScenarios();
    await this.replay(this.at);
  }

  unfold(host) {
    if (host) this.host = host;
    for (const h of ["A", "B"]) {
      const shown = h === host && !$("host" + h).classList.contains("shown");
      $("host" + h).classList.toggle("shown", shown);
      $("bar" + h).setAttribute("aria-expanded", String(shown));
    }
    this.toEnd();
  }

  key(e) {
    const at = document.activeElement;
    if (e.altKey || e.metaKey || e.isComposing) return;
    if (at?.id === "scenario" && this.pick(e)) return;
    const own = at?.id === "moment" ? /^Arrow|^Home|^End|^Page/ : at?.id === "scenario" ? /^(?!Arrow)/ : /^/;
    if (at?.matches("input:not([type=checkbox]), textarea, select") && own.test(e.key)) return;
    const by = { ArrowUp: -1, ArrowDown: 1 }[e.key];
    if (by && at?.matches(".what:focus-visible")) {
      e.preventDefault();
      return this.ladder.step(at, by);
    }
    if (e.ctrlKey) {
      if (e.key.toLowerCase() !== "z" || e.shiftKey) return;
      e.preventDefault();
      return this.undo();
    }
    const onButton = at?.matches("button, summary, a, [type=checkbox]");
    if ((e.key === "Enter" || e.key === " ") && onButton) return; // which it presses
    const letter = e.key.length === 1;
    if (letter && !this.singleKeys && e.key !== " ") return;
    const act = this.keys()[e.key.length === 1 ? e.key.toUpperCase() : (e.shiftKey ? "Shift" : "") + e.key];
    if (!act) return;
    e.preventDefault();
    act();
  }

  // pick has the keys that choose a scenario do so in the open list, so that none is played in
  // passing; afterwards, and with Enter or Escape, the keyboard is at the ladder.
  pick(e) {
    const list = $("scenario");
    if (e.ctrlKey || CSS.supports("selector(:open)") && list.matches(":open")) return true;
    this.typing = e.key.length === 1 && e.key !== " ";
    if (e.key === "Enter" || e.key === "Escape") $("wire").focus({ preventScroll: true });
    else if (/^Arrow(Up|Down)$/.test(e.key) && list.showPicker) list.showPicker();
    else return false;
    e.preventDefault();
    return true;
  }

  keys() {
    const air = this.view?.air ?? [], h = this.host, focused = document.activeElement?.matches(".chip") ? +document.activeElement.dataset.wire : null;
    const wire = focused ?? this.chosen;
    const touch = (name) => () => {
      if (this.recording) return;
      if (wire != null && wire !== this.chosen) this.choosePacket(wire);
      if (wire == null) return this.hint(t(air.length ? "chooseFirst" : "nothingToChoose"));
      $("p-segment").querySelector(`[data-id=${name}]`)?.click();
    };
    const call = (name) => () => {
      if (this.recording) return;
      const b = $("host" + h).querySelector(`[data-id=${h + name}]`);
      b?.disabled === false ? b.click() : this.hint(t("notNow", h, t(name)));
    };
    const pick = (by) => () => {
      if (!air.length) return;
      const i = air.findIndex((p) => p.wire === wire);
      this.choosePacket(air[i < 0 ? (by > 0 ? 0 : air.length - 1) : (i + by + air.length) % air.length].wire);
      if (focused != null) $("air").querySelector(`[data-wire="${this.chosen}"]`)?.focus();
    };
    const host = (name) => () => { this.host = name; this.hosts.show(this.view, this.build, name); };
    return {
      ArrowRight: () => this.next(), ArrowLeft: () => this.back(), ShiftArrowRight: () => this.skip(), " ": () => this.toggle(),
      ArrowDown: pick(1), ArrowUp: pick(-1), X: touch("lose"), D: touch("dup"), S: touch("slow"), H: touch("hold"), N: touch("now"), E: touch("edit"),
      1: host("A"), 2: host("B"), C: call("close"), W: call("write"), R: call("read"), L: call("listen"), O: call("connect"),
      A: () => this.act("abort." + h), T: () => this.act("accept." + h), "?": () => { this.turn("keys"); },
    };
  }
}

// actionsOf returns a story's actions: a link's, or one a line.
function actionsOf(text) {
  return text.replace(/^#?([\w.]*=)?/, "").split(/[@~]/)[0].split(/[;\n]/).map((a) => a.trim()).filter((a, i) => a && !(i === 0 && /^\d+$/.test(a)));
}

// linked is what the address asks for; else what this file was made for.
function linked() { return decodeURIComponent(location.hash.slice(1) || (document.documentElement.dataset.story ?? "")); }

// short is the name of a story that differs: what it differs in, and not what that leads to.
function short(says) { return says.split(": ")[0]; }
