// The ladder: a list of rows, and behind it one picture of lines. Rows are appended and
// never drawn again; only what is still in the air is, with each step. Lengths across
// are percentages, those down are rem, so nothing moves when the window does.

const foldFrom = 1e9; // a pause of so many ns gets a line of its own
const foldHeight = 1.4;

class Ladder {
  constructor(onRow, onPacket, onLose) {
    this.onRow = onRow;
    this.onPacket = onPacket;
    this.onLose = onLose;
    this.clear();
  }

  clear() {
    this.keys = []; // of each row, what it was made from
    this.rows = []; // { li, g, top }
    this.bottom = 0;
    $("rows").replaceChildren();
    $("done").replaceChildren();
  }

  // show shows a play as it is after row at, and what is in the air then. It returns the
  // rows that are new.
  show(play, at, air) {
    this.height = parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--row"));
    if (this.height !== this.drawnFor) this.clear();
    this.drawnFor = this.height;
    const keys = play.rows.map((r) => [r.at, r.kind, r.host, r.wire, r.says, r.from_row, r.states.a, r.states.b, language].join("|"));
    let same = 0;
    while (same < keys.length && keys[same] === this.keys[same]) same++;
    this.cut(same);
    for (let n = same; n < keys.length; n++) this.append(play.rows, n, keys[n]);
    for (let n = 0; n < this.rows.length; n++) {
      const future = n > at;
      if (this.rows[n].li.hidden === future) continue;
      this.rows[n].li.hidden = future;
      this.rows[n].g.setAttribute("visibility", future ? "hidden" : "visible");
    }
    this.shown = [play, at, air];
    this.fly(play, at, air);
    return play.rows.slice(same);
  }

  cut(n) {
    for (const { li, g } of this.rows.splice(n)) li.remove(), g.remove();
    this.keys.length = n;
    const last = this.rows[n - 1];
    this.bottom = last ? last.top + this.height : 0;
  }

  // middle returns the height of a row's middle, in rem.
  middle(n) { return this.rows[n].top + this.height / 2; }

  append(rows, n, key) {
    const row = rows[n], before = rows[n - 1];
    const pause = before ? row.at - before.at : 0;
    const fold = pause >= foldFrom && el("div", { class: "fold" }, t("later", seconds(pause)));
    const top = this.bottom + (fold ? foldHeight : 0);
    const states = { a: row.states.a, b: row.states.b };
    const was = before ? before.states : { a: states.a === "LISTEN" ? "" : "CLOSED", b: "CLOSED" };
    const rail = (side) => el("i", { class: "rail " + side, "aria-hidden": "true" },
      el("b", { class: "s-" + family(was[side]) }), el("b", { class: "s-" + family(states[side]) }));
    const state = (side) => el("span", { class: "st " + side }, states[side] && states[side] !== (before?.states[side] ?? "") ? breakable(states[side]) : "");
    const time = !before || row.at !== before.at ? clock(row.at) : "";
    const li = el("li", { id: "row-" + n }, fold,
      el("div", { class: "row " + row.kind + (row.forged ? " forged" : ""), "data-n": n },
        el("span", { class: "t" }, time), state("a"), rail("a"),
        el("button", { class: "what " + (row.host ?? ""), onclick: () => this.onRow(n) }, this.what(rows, n)),
        rail("b"), state("b")));
    const g = this.line(rows, n, top + this.height / 2);
    this.rows.push({ li, g, top });
    this.keys.push(key);
    this.bottom = top + this.height;
    $("rows").append(li);
    $("done").append(g);
  }

  // what is the text of a row: what everybody sees, and what only readers aloud need.
  what(rows, n) {
    const row = rows[n];
    switch (row.kind) {
      case "sent":
        return [el("span", {}, packetName(row)), el("span", { class: "vh" }, " " + t("sent", row.host) + ": " + row.says)];
      case "arrived": {
        const late = n - row.from_row > 2 || row.copy_of || row.forged;
        const name = packetName(row);
        return [el("span", { class: late ? "" : "vh" }, name), el("span", { class: "vh" }, " " + t("arrived", row.host) + ", " + (row.states[row.host.toLowerCase()] ?? ""))];
      }
      case "lost":
        return [el("span", {}, packetName(row) + " " + t("lost"))];
    }
    return [el("span", {}, row.kind === "timeout" ? icon("slow") : null, row.says), row.error ? el("span", { class: "err" }, row.error) : null].filter(Boolean);
  }

  // line draws what came to its end with a row: a segment that arrived, or was lost.
  line(rows, n, y) {
    const row = rows[n];
    const g = svg("g", { class: kindOfLine(rows, n) });
    if ((row.kind !== "arrived" && row.kind !== "lost") || !(row.from_row >= 0)) return g;
    const from = row.kind === "arrived" ? other(row.host) : row.host || rows[row.from_row].host;
    const x1 = from === "A" ? 0 : 100;
    if (row.kind === "arrived") {
      g.append(flight(x1, this.middle(row.from_row), 100 - x1, y, "m-" + (g.classList[0] || "line").replace("second", "line")));
      return g;
    }
    const end = from === "A" ? 60 : 40;
    g.append(flight(x1, this.middle(row.from_row), end, y),
      svg("svg", { x: end + "%", y: y + "rem", overflow: "visible" }, svg("path", { class: "x", d: "M-6-6L6 6M6-6L-6 6" })));
    return g;
  }

  // fly draws what is in the air, down to the line that is now.
  fly(play, at, air) {
    $("now").hidden = $("air").hidden = play.rows.length === 0;
    $("clock").textContent = at < 0 ? t("noMoment") : seconds(play.rows[at].at);
    const now = (at < 0 ? 0 : this.rows[at].top + this.height) + 0.8;
    air = [...air].sort((p, q) => this.across(p) - this.across(q)); // so that few lines cross
    const chips = air.map((p) => this.chip(p));
    $("air").replaceChildren(...chips.map((c) => el("li", {}, c)));
    if (!air.length) $("air").append(el("li", { class: "empty" }, t("emptyAir")));
    const wire = $("lines").getBoundingClientRect();
    $("flying").replaceChildren(...air.map((p, i) => {
      const row = p.from_row;
      const box = chips[i].getBoundingClientRect();
      const x = wire.width ? Math.min(97, Math.max(3, ((box.left + box.width / 2 - wire.left) / wire.width) * 100)) : 50;
      const g = svg("g", { class: "flying " + (p.forged ? "forged" : p.copy_of ? "slow" : "") });
      if (row >= 0) g.append(flight(p.from === "A" ? 0 : 100, this.middle(row), x, now));
      return g;
    }));
  }

  // across says how far to the right a packet is by now; what was sent first is ahead.
  across(p) {
    const way = Math.min(1, (this.now - p.left_at) / Math.max(1, p.arrives_at - p.left_at)) - p.wire * 1e-6;
    return p.from === "A" ? way : 1 - way;
  }

  // fit draws what is in the air anew, where it stands elsewhere now.
  fit() { if (this.shown) this.fly(...this.shown); }

  chip(p) {
    const marks = [p.forged && t("isForged"), p.copy_of && t("isCopy", p.copy_of), p.held ? t("isHeld") : t("arrives", seconds(p.arrives_at - this.now))].filter(Boolean);
    const chip = el("button", {
      class: "chip" + (p.forged ? " forged" : ""), "data-wire": p.wire, "aria-pressed": String(this.chosen === p.wire),
      onclick: () => this.onPacket(p.wire),
    }, (p.from === "A" ? "" : "← ") + packetName(p) + (p.from === "A" ? " →" : ""), el("small", {}, marks.join(" · ")));
    swipe(chip, () => this.onLose(p.wire));
    return chip;
  }

  // choose marks the row that is looked at, and differs one that is not as it was.
  choose(n) {
    for (const row of document.querySelectorAll(".row.chosen")) row.classList.remove("chosen");
    if (n == null || !this.rows[n]) return;
    this.rows[n].li.lastElementChild.classList.add("chosen");
  }

  differs(n) {
    for (const row of document.querySelectorAll(".row.differs")) row.classList.remove("differs");
    if (n == null || !this.rows[n]) return;
    this.rows[n].li.lastElementChild.classList.add("differs");
    this.rows[n].li.scrollIntoView({ block: "center" });
  }
}

function other(host) { return host === "A" ? "B" : "A"; }

// flight is a line from one height to another.
function flight(x1, y1, x2, y2, marker) {
  return svg("line", { x1: x1 + "%", y1: y1 + "rem", x2: x2 + "%", y2: y2 + "rem", "marker-end": marker ? `url(#${marker})` : null });
}

// kindOfLine returns the class of a line: forged, slow (a copy, or one that was overtaken),
// or of a later conversation.
function kindOfLine(rows, n) {
  const row = rows[n];
  if (row.forged) return "forged";
  if (row.kind === "arrived" && (row.copy_of || n - row.from_row > 6)) return "slow";
  const before = new Set();
  for (let i = 0; i < n; i++) if (rows[i].wire && rows[i].sockets?.a !== row.sockets?.a) before.add(rows[i].sockets?.a);
  return before.size % 2 ? "second" : "";
}

// packetName is how a segment is called on the ladder: "SYN 100", "ACK 302", "101 · 5 B".
function packetName(p) {
  const flags = flagsOf(p);
  const named = flags.filter((f) => f === "SYN" || f === "FIN" || f === "RST");
  if (flags.includes("SYN") && flags.includes("ACK")) named.push("ACK");
  const bytes = p.len > 0 ? " · " + p.len + " B" : "";
  if (named.length) return named.join(",") + " " + p.seq + bytes;
  if (p.len > 0) return p.seq + bytes;
  return flags.includes("ACK") ? "ACK " + p.ack : (flags.join(",") || "–") + " " + p.seq;
}

function flagsOf(p) { return Array.isArray(p.flags) ? p.flags : String(p.flags ?? "").toUpperCase().split(/[ ,+|]+/).filter(Boolean); }

// breakable lets a state's name break at its hyphen, or in the middle of ESTABLISHED.
function breakable(state) { return state.replace("-", "-\u200b").replace("ESTABLISHED", "ESTAB\u00adLISHED"); }

// swipe calls lost when a finger moves sideways over an element.
function swipe(e, lost) {
  let from = null;
  e.addEventListener("pointerdown", (event) => { if (event.pointerType !== "mouse") from = event; });
  e.addEventListener("pointerup", (event) => {
    if (from && Math.abs(event.clientX - from.clientX) > 40 && Math.abs(event.clientY - from.clientY) < 40) lost();
    from = null;
  });
  e.addEventListener("pointercancel", () => { from = null; });
}
