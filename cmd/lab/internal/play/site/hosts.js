// Both hosts: what their applications can do, their sockets, and what one of these keeps.

class Hosts {
  // act is told an action, chapters says who wrote which.
  constructor(act) {
    this.act = act;
    this.socket = {}; // by host: the one that the user looks at
    this.open = new Set(); // hosts whose set-up is open
    this.drawn = {}; // by host: of what its panel is made
    this.view = null;
  }

  host(name) { return this.view?.hosts.find((h) => h.name === name); }

  // current returns the socket that is looked at: the chosen one, or the latest that lives.
  current(name) {
    const all = this.host(name)?.sockets ?? [];
    return all.find((s) => s.id === this.socket[name]) ?? all.findLast((s) => !s.dead && s.state !== "LISTEN") ?? all.findLast((s) => !s.dead) ?? all.at(-1);
  }

  // show shows both hosts; what is as it was is not drawn again.
  show(view, build, chosen) {
    this.view = view;
    this.build = build;
    for (const host of view.hosts) {
      $("host" + host.name).classList.toggle("chosen", host.name === chosen);
      const timed = host.sockets?.some((s) => s.timers?.length);
      const key = JSON.stringify([language, build, this.socket[host.name], timed && view.at, host, this.checks?.[host.name]]);
      if (this.drawn[host.name] !== key) this.draw(host);
      this.drawn[host.name] = key;
    }
  }

  // redraw draws the hosts anew, when the user looks at something else of them.
  redraw() { this.view.hosts.forEach((host) => this.draw(host)); }

  draw(host) {
    become($("host" + host.name), this.panel(host));
    this.bar(host);
  }

  bar(host) {
    const s = this.current(host.name), count = (host.sockets ?? []).length;
    become($("bar" + host.name), el("span", { class: "n" }, host.name), s ? tag(s.state) : el("span", { class: "quiet" }, t("noSockets")),
      el("small", {}, s ? t("socket", s.id) + (count > 1 ? " / " + count : "") : host.addr));
  }

  panel(host) {
    const s = this.current(host.name);
    return [
      el("header", {}, el("h2", {}, host.name), el("code", {}, host.addr), el("span", { class: "whose" }, this.whose(host))),
      this.recorded ? [] : [el("div", { class: "acts", role: "group", "aria-label": host.name }, this.buttons(host, s)), this.setup(host)],
      el("h3", {}, t("sockets")), this.sockets(host, s),
      s?.vars?.length ? this.tcb(s, this.checks?.[host.name]) : [],
      s?.windows?.length ? [el("h3", {}, t("windows")), s.windows.map(windowBar)] : [],
      s && !(this.recorded && !this.both && host.name === "B") ? [el("h3", {}, t("timers")), timers(s, this.view.at)] : [],
    ].flat(9).filter(Boolean);
  }

  // isMine reports whether the learner has a chapter here; if not, the reference stands in.
  isMine(n) { return this.build.chapters.some((c) => c.n === n && c.whose === "mine"); }

  // whose says who wrote a host's chapters.
  whose(host) {
    if (this.recorded) return t(host.name === "A" ? "testee" : this.both ? "allRef" : "tester");
    const mine = [], none = [];
    host.chapters.forEach((who, i) => {
      if (who === "none") none.push(i + 1);
      else if (who === "mine" && this.isMine(i + 1)) mine.push(i + 1);
    });
    const all = mine.length === 5 ? t("allMine") : mine.length ? t("someMine", mine.join(", ")) : t("allRef");
    const marks = this.build.chapters.filter((c) => host.chapters[c.n - 1] === "mine" && (c.state === "unfinished" || c.state === "broken"));
    return [all, none.map((n) => [el("br"), el("strong", {}, t("chapterNone", n))]),
      marks.map((c) => [el("br"), t("chapterOf", c.n) + ": " + t(c.state === "broken" ? "broken" : "unfinished")]), host.up === false ? [el("br"), t("down")] : null];
  }

  buttons(host, s) {
    const h = host.name, id = s ? "." + s.id : "";
    const act = (label, action, off) => button(t(label), () => this.act(action, h), { "data-id": h + label, disabled: !!off });
    const open = s && !s.dead && s.state !== "LISTEN";
    return [
      act("write", `write.${h}.${this.bytes ?? 5}${id}`, !open), act("read", `read.${h}.0${id}`, !open),
      act("close", `close.${h}${id}`, !s || s.dead),
      act("connect", `connect.${h}.${this.from ?? 50000}.${this.port ?? 80}`),
      act("listen", `listen.${h}.${this.port ?? 80}`),
      this.open.has(h) ? [act("accept", `accept.${h}`), act("halfclose", `halfclose.${h}${id}`, !open), act("abort", `abort.${h}${id}`, !open)] : [],
    ];
  }

  setup(host) {
    const h = host.name;
    const toggled = ({ target: { open } }) => {
      if (open === this.open.has(h)) return;
      this.open[open ? "add" : "delete"](h);
      this.redraw();
    };
    const details = el("details", { open: this.open.has(h), ontoggle: toggled }, el("summary", { "data-id": h + "more" }, t("more")));
    if (!this.open.has(h)) return details;
    const chapter = (who, i) => {
      const select = el("select", { "data-id": h + "chapter" + i, "aria-label": t("whoseLabel", i + 1, h), onchange: (e) => this.act({ mine: "mine", ref: "ref", none: "without" }[e.target.value] + `.${h}.${i + 1}`, h) },
        ["mine", "ref", "none"].filter((v) => v !== "mine" || this.isMine(i + 1))
          .map((v) => el("option", { value: v, selected: v === (who === "mine" && !this.isMine(i + 1) ? "ref" : who) }, t(v))));
      return [el("span", {}, t("chapterOf", i + 1)), select];
    };
    const set = (label, value, attributes, change) => {
      const input = el("input", { value, "data-id": h + label, "aria-label": t(label) + ", " + h, size: 6, ...attributes, onchange: (e) => change(e.target.value.trim()) });
      return [el("span", {}, t(label)), input];
    };
    const number = { inputmode: "numeric", pattern: "[0-9]*" };
    const toggle = (label) => [el("span", {}, t(label)), el("span", { class: "acts" }, button(t("on"), () => this.act(`${label}.${h}.1`, h), { "data-id": h + label + 1 }), button(t("off"), () => this.act(`${label}.${h}.0`, h), { "data-id": h + label + 0 }))];
    details.append(el("div", { class: "setup" },
      set("port", this.port ?? 80, number, (v) => { this.port = +v || 80; this.redraw(); }),
      set("fromPort", this.from ?? 50000, number, (v) => { this.from = +v; this.redraw(); }),
      set("bytesToSend", this.bytes ?? 5, number, (v) => { this.bytes = +v || 5; this.redraw(); }),
      host.chapters.map(chapter), el("small", { class: "wide quiet" }, t("countsFrom")),
      set("isn", "", { placeholder: t("byClock") }, (v) => this.act(v === "" ? "isn." + h : `isn.${h}.${v}`, h)),
      set("buffer", "", number, (v) => v && this.act(`buffer.${h}.${v}`, h)),
      set("msl", "", number, (v) => v && this.act(`msl.${h}.${v}`, h)),
      set("mtu", "", number, (v) => v && this.act(`mtu.${v}`, h)),
      set("delay", "", number, (v) => v && this.act(`weather.${h}.delay.${v}`, h)),
      set("loss", "", number, (v) => v && this.act(`weather.${h}.loss.${v}`, h)),
      toggle("nagle"), toggle("timestamps"),
      el("div", { class: "wide" }, button(t("reboot"), () => this.act("reboot." + h, h), { "data-id": h + "reboot" }),
        button(t("unplug"), () => this.act("unplug", h), { "data-id": h + "unplug" }), button(t("plug"), () => this.act("plug", h), { "data-id": h + "plug" }))));
    return details;
  }

  sockets(host, current) {
    const all = host.sockets ?? [];
    if (!all.length) return el("p", { class: "quiet" }, t("noSockets"));
    return el("ul", { class: "socks" }, all.slice(-12).map((s) => el("li", { class: s.dead ? "dead" : "" },
      el("button", { "aria-pressed": String(s === current), "data-id": host.name + "socket" + s.id, onclick: () => { this.socket[host.name] = s.id; this.redraw(); } },
        tag(s.state), el("span", { class: "mono" }, s.name),
        el("small", {}, [t("socket", s.id), s.dead ? t("deleted") : null, s.error || null,
          s.queues?.recv ? t("toRead", s.queues.recv) : null, s.queues?.send ? t("toSend", s.queues.send) : null, s.queues?.holes ? t("holes", s.queues.holes) : null, s.waiting ? t("waits") : null, s.state === "LISTEN" && (s.queues.half || s.queues.ready) ? t("backlog", s.queues.half, s.queues.ready) : null].filter(Boolean).join(" · "))))));
  }

  // tcb shows a socket's values. TS.Recent, of which one hears rarely, comes first where it has
  // changed, or was what a segment was dropped for.
  tcb(s, check) {
    const counts = (v) => v.name === "TS.Recent" && (v.changed || check?.includes(v.name));
    return [el("h3", {}, t("tcb", s.id)), el("table", { class: "vars" }, el("tbody", {},
      [...s.vars.filter(counts), ...s.vars.filter((v) => !counts(v))].map((v) => el("tr", { class: v.changed ? "changed" : "", title: v.changed ? t("changed") : null },
        el("th", { scope: "row" }, v.name), el("td", {}, v.value), el("td", { class: "quiet" }, v.rel ?? null, v.changed ? el("span", { class: "vh" }, " " + t("changed")) : null)))))];
  }
}

// tag is a state's name, with its colour.
function tag(state) { return el("span", { class: "tag t-" + family(state) }, state || "–"); }

// windowBar draws how much of a window is used. A few bytes in a window of 64 KB would not
// be seen, so its length is the logarithm.
function windowBar(w) {
  const length = (n) => Math.log2(1 + Math.max(0, n));
  const used = w.used + w.free > 0 ? 200 * length(w.used) / length(w.used + w.free) : 0;
  return el("div", { class: "win" },
    el("span", {}, w.name + ": " + t(w.name === "send" ? "inFlight" : "unread", w.used, w.free)),
    svg("svg", { class: "winbar", viewBox: "0 0 202 16", preserveAspectRatio: "none", "aria-hidden": "true" },
      svg("rect", { class: "q3", x: 1, y: 2, width: 200, height: 12 }), svg("rect", { class: "q2", x: 1, y: 2, width: used, height: 12 })));
}

function timers(s, now) {
  if (!s.timers?.length) return el("p", { class: "quiet" }, t("noTimers"));
  return el("ul", { class: "timers" }, s.timers.map((timer) => el("li", {},
    el("span", {}, timer.name), el("span", {}, t("left", seconds(timer.at - now))), timer.what ? el("small", {}, timer.what) : null)));
}
