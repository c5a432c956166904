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
    this.rows = []; // { of, li, g, top }: what each shows, and what of it is drawn
    this.bottom = 0;
    this.last = -1; // the last row that is not hidden
    this.marked = {}; // by class, the row that is marked with it
    $("rows").replaceChildren();
    $("done").replaceChildren();
  }

  // show shows rows up to at, and what is in the air then. Only what is not there already is
  // drawn.
  show(rows, at, air) {
    const height = this.height ?? this.measure();
    if (this.drawnFor !== language + height) this.clear();
    this.drawnFor = language + height;
    let same = 0;
    while (same < rows.length && same < this.rows.length && this.isDrawn(same, rows[same])) same++;
    this.cut(same);
    for (let n = same; n < rows.length; n++) this.append(rows, n);
    for (let n = Math.min(same, this.last + 1, at + 1); n < rows.length; n++) this.hide(n, n > at);
    this.last = at;
    this.shown = [rows, at, air];
    this.stop(this.rows[at]?.li.querySelector(".what"));
    this.fly(rows, at, air);
  }

  // stop makes one row that at which the tabulator stops; arrows lead from it to the others.
  stop(row) {
    if (this.stops) this.stops.tabIndex = -1;
    this.stops = row;
    if (row) row.tabIndex = 0;
  }

  // step leads the keyboard from a row to the next one or the one before; from the last one
  // down to what is in the air.
  step(row, by) {
    const next = this.rows[+row.parentElement.dataset.n + by]?.li;
    const to = next && !next.hidden ? next.querySelector(".what") : by > 0 ? $("air").querySelector(".chip") : null;
    if (!to) return;
    if (to.matches(".what")) this.stop(to);
    to.focus();
  }

  measure() { return this.height = parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--row")); }

  // isDrawn reports whether a row is the one that is drawn at its place.
  isDrawn(n, row) {
    const drawn = this.rows[n];
    if (drawn.of !== row && keyOf(drawn.of) !== keyOf(row)) return false;
    drawn.of = row;
    return true;
  }

  hide(n, hidden) {
    const { li, g } = this.rows[n];
    if (li.hidden === hidden) return;
    li.hidden = hidden;
    g.setAttribute("visibility", hidden ? "hidden" : "visible");
  }

  cut(n) {
    for (const { li, g } of this.rows.splice(n)) li.remove(), g.remove();
    const last = this.rows[n - 1];
    this.bottom = last ? last.top + this.height : 0;
  }

  // middle returns the height of a row's middle, in rem.
  middle(n) { return this.rows[n].top + this.height / 2; }

  append(rows, n) {
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
      el("div", { class: "row " + row.kind + (row.forged ? " forged" : "") + (row.dropped ? " dropped" : ""), "data-n": n },
        el("span", { class: "t" }, time), state("a"), rail("a"),
        el("button", { class: "what " + (row.host ?? ""), tabindex: -1, onclick: () => this.onRow(n) }, this.what(rows, n)),
        rail("b"), state("b")));
    const g = this.line(row, top + this.height / 2);
    if (row.kind === "lost" && row.stroke) li.querySelector(".what").className = "what " + "AB"[row.stroke.from]; // its line ends before it
    this.rows.push({ of: row, li, g, top });
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
        const late = n - row.from_row > 2 || row.stroke?.class === "late" || row.forged;
        if (row.stroke?.ends === "cross") return [el("span", { class: "err" }, row.says)];
        if (row.dropped) return [el("span", {}, packetName(row)), el("span", { class: "vh" }, " " + t("arrived", row.host)), el("span", { class: "err" }, t("dropped", row.dropped))];
        const name = packetName(row);
        return [el("span", { class: late ? "" : "vh" }, name), el("span", { class: "vh" }, " " + t("arrived", row.host) + ", " + (row.states[row.host.toLowerCase()] ?? ""))];
      }
      case "lost":
        return [el("span", {}, packetName(row) + " " + t("lost"))];
    }
    return [el("span", {}, row.kind === "timeout" ? icon("slow") : null, row.kind === "set" && row.host ? row.host + ": " : null, row.says), row.error ? el("span", { class: "err" }, row.error) : null].filter(Boolean);
  }

  // line draws what came to its end with a row, as package ladder says: a segment that
  // arrived, or was lost.
  line(row, y) {
    const { from, way, class: look, ends } = row.stroke ?? {};
    const g = svg("g", { class: look ?? "" });
    if (!row.stroke) return g;
    const x1 = 100 * from, x2 = from ? 100 - way : way, y1 = this.middle(row.from_row);
    const taken = ends === "head" && !row.dropped;
    g.append(flight(x1, y1, x2, y, taken ? "m-" + (look || "usual") : null));
    if (!taken) g.append(svg("svg", { x: x2 + "%", y: y + "rem", overflow: "visible" }, svg("path", { class: "mark", d: `M${way < 100 ? -6 : from ? 2 : -14}-6l12 12m0-12l-12 12` })));
    return g;
  }

  // fly draws what is in the air, down to the line that is now.
  fly(rows, at, air) {
    $("now").hidden = $("air").hidden = rows.length === 0;
    $("clock").textContent = at < 0 ? t("noMoment") : seconds(this.now);
    const now = (at < 0 ? 0 : this.rows[at].top + this.height) + 0.8;
    air = [...air].sort((p, q) => this.across(p) - this.across(q)); // so that few lines cross
    become($("air"), air.length ? air.map((p) => el("li", {}, this.chip(p))) : el("li", { class: "empty" }, t("emptyAir")));
    const wire = $("lines").getBoundingClientRect();
    become($("flying"), air.map((p, i) => {
      const row = p.from_row;
      const box = $("air").children[i].getBoundingClientRect();
      const x = wire.width ? Math.min(97, Math.max(3, ((box.left + box.width / 2 - wire.left) / wire.width) * 100)) : 50;
      return svg("g", { class: "flying " + (p.forged ? "forged" : p.copy_of ? "late" : "") },
        row >= 0 && flight(p.from === "A" ? 0 : 100, this.middle(row), x, now));
    }));
  }

  // across says how far to the right a packet is by now; what was sent first is ahead.
  across(p) {
    const way = Math.min(1, (this.now - p.left_at) / Math.max(1, p.arrives_at - p.left_at)) - p.wire * 1e-6;
    return p.from === "A" ? way : 1 - way;
  }

  // fit draws anew what stands elsewhere now.
  fit() {
    this.measure();
    if (this.shown) this.show(...this.shown);
  }

  chip(p) {
    const marks = [p.forged && t("isForged"), p.copy_of && t("isCopy", p.copy_of), p.held ? t("isHeld") : t("arrives", seconds(p.arrives_at - this.now))].filter(Boolean);
    if (this.recorded) return el("span", { class: "chip" }, packetName(p), el("small", {}, marks.join(" · ")));
    const chip = el("button", {
      class: "chip" + (p.forged ? " forged" : ""), "data-id": "chip" + p.wire, "data-wire": p.wire, "aria-pressed": String(this.chosen === p.wire),
      onclick: () => this.onPacket(p.wire),
    }, (p.from === "A" ? "" : "← ") + packetName(p) + (p.from === "A" ? " →" : ""), el("small", {}, marks.join(" · ")));
    swipe(chip, () => this.onLose(p.wire));
    return chip;
  }

  // choose marks the row that is looked at, and differs one that is not as it was.
  choose(n) { this.mark("chosen", n); }

  differs(n) { this.mark("differs", n)?.scrollIntoView({ block: "center" }); }

  mark(name, n) {
    this.marked[name]?.classList.remove(name);
    this.marked[name] = this.rows[n]?.li.lastElementChild;
    this.marked[name]?.classList.add(name);
    return this.marked[name];
  }
}

// keyOf tells a row from another one that is drawn otherwise.
function keyOf(r) { return [r.at, r.kind, r.host, r.wire, r.says, r.from_row, r.states.a, r.states.b].join("|"); }

function other(host) { return host === "A" ? "B" : "A"; }

// flight is a line from one height to another.
function flight(x1, y1, x2, y2, marker) {
  return svg("line", { class: "arrow", x1: x1 + "%", y1: y1 + "rem", x2: x2 + "%", y2: y2 + "rem", "marker-end": marker ? `url(#${marker})` : null });
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
