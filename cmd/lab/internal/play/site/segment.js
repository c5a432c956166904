// The touched segment: what can be done with it, and what stands in it.

class Segment {
  constructor(act, go) {
    this.act = act; // told an action
    this.go = go; // told a row to go to
    this.editing = false;
    this.slower = 1500;
  }

  // show shows a packet in the air, or a row, or neither.
  show(packet, row, now) {
    const box = $("p-segment");
    if (packet?.wire !== this.wire) this.editing = false;
    this.wire = packet?.wire;
    become(box, packet ? this.packet(packet, now) : row ? this.row(row) : el("p", { class: "quiet" }, t(this.recorded ? "noRowChosen" : "nothingChosen")), this.legend(!packet && !row));
  }

  // legend says what the ladder's colours are; on a telephone it is folded.
  legend(alone) {
    const bar = (name) => el("li", {}, el("i", { class: "swatch s-" + name }), t("bar" + name[0].toUpperCase() + name.slice(1)));
    const arrow = (name) => el("li", {}, svg("svg", { class: "swatch", viewBox: "0 0 32 10", "aria-hidden": "true" }, svg("g", { class: name },
      svg("path", { class: "arrow", d: "M0 5h24" }), name === "bad" || name === "dropped" ? svg("path", { class: "mark", d: "M22 1l8 8m0-8l-8 8" }) : svg("path", { class: "head", d: "M24 1l8 4-8 4z" }))), t("arrow" + name[0].toUpperCase() + name.slice(1)));
    return el("details", { class: "legend", "data-id": "legend", open: this.legendOpen ?? (alone && innerWidth > 960), ontoggle: (e) => { if (e.target.open !== (alone && innerWidth > 960) || this.legendOpen != null) this.legendOpen = e.target.open; } },
      el("summary", {}, t("legend")),
      el("h3", {}, t("legendBars")), el("ul", {}, ["closed", "listen", "opening", "open", "ending", "waiting"].map(bar)),
      el("h3", {}, t("legendArrows")), el("ul", {}, ["usual", "later", "late", "forged", "bad", "dropped", "flying"].map(arrow)));
  }

  packet(p, now) {
    const n = p.wire;
    const tool = (name, action, key) => button(t(name), () => this.act(action), { "data-id": name, title: key, "aria-keyshortcuts": key }, name);
    const about = [p.from + " → " + (p.to ?? other(p.from)), p.forged && t("isForged"), p.copy_of && t("isCopy", p.copy_of), p.held ? t("isHeld") : t("arrives", seconds(p.arrives_at - now))];
    return [
      el("h2", {}, packetName(p), " ", el("small", { class: "quiet" }, "#" + n + " · " + about.filter(Boolean).join(" · "))),
      el("div", { class: "tools" },
        tool("lose", "lose." + n, "X"), tool("dup", `dup.${n}.${this.slower}`, "D"), tool("slow", `slow.${n}.${this.slower}`, "S"),
        tool("hold", "hold." + n, "H"), tool("now", "now." + n, "N"), button(t("edit"), () => this.edit(p, now), { "data-id": "edit", "aria-expanded": String(this.editing), title: "E", "aria-keyshortcuts": "E" }, "edit")),
      this.editing ? this.form(p, now) : null,
      numbers(p),
      this.inside(p),
    ].filter(Boolean);
  }

  edit(p, now) {
    this.editing = !this.editing;
    this.show(p, null, now);
    $("p-segment").querySelector(this.editing ? "form input" : "[data-id=edit]")?.focus();
  }

  form(p, now) {
    const fields = { seq: p.seq, ack: p.ack, flags: flagsOf(p).join("+").toLowerCase() || "none", win: p.win, len: p.len };
    return el("form", { class: "editing", onsubmit: (e) => {
      e.preventDefault();
      const typed = (name) => e.target.elements[name].value.trim();
      const changed = Object.entries(fields).filter(([name, was]) => typed(name) !== String(was)).map(([name]) => `.${name}.${typed(name).toLowerCase()}`);
      this.editing = false;
      if (changed.length) this.act("edit." + p.wire + changed.join(""));
      else this.show(p, null, now);
    } },
    Object.entries(fields).map(([name, value]) => el("label", {}, name.toUpperCase(), el("input", { name, value, "data-id": "edit-" + name, autocomplete: "off", spellcheck: "false" }))),
    el("button", { class: "primary" }, t("apply")), button(t("cancel"), () => this.edit(p, now)), el("small", { class: "quiet" }, t("changeSays")));
  }

  row(row) {
    return [
      el("h2", {}, row.wire ? packetName(row) : row.says, " ", el("small", { class: "quiet" }, clock(row.at) + " s · " + (row.host ?? ""))),
      row.purpose ? el("p", {}, row.purpose, /\d/.test(row.purpose) ? el("small", { class: "quiet" }, " " + t("relative", row.seq_rel, row.ack_rel)) : null) : row.wire ? el("p", {}, row.says) : null,
      row.dropped ? el("p", {}, el("strong", {}, t("dropped", row.dropped)), ". " + row.check + ".") : null,
      row.error ? el("p", {}, el("strong", {}, row.error)) : null,
      row.wire ? numbers(row) : null,
      el("div", { class: "tools" }, button(t("goThere"), () => this.go(row.n), { "data-id": "go" })),
    ].filter(Boolean);
  }

  // inside draws a segment's header as RFC 9293 draws it, 32 bits a line, and its bytes.
  inside(p) {
    if (!p.header?.length) return null;
    const cells = p.header.map((f) => el("div", { style: `grid-column:span ${Math.max(1, Math.min(32, f.bits))}`, title: f.bytes ? f.name + ": " + f.bytes : f.name },
      el("small", {}, f.name), f.value));
    return el("details", { open: this.opened, ontoggle: (e) => { this.opened = e.target.open; } }, el("summary", { "data-id": "header" }, t("header")),
      el("div", { class: "head32" }, cells), el("h3", {}, t("bytes")), el("p", { class: "hex" }, p.hex.replace(/(.{8})/g, "$1 ")));
  }
}

// numbers are a segment's, in one line.
function numbers(p) {
  return el("p", { class: "mono" }, `SEQ ${p.seq}  ACK ${p.ack}  LEN ${p.len}  WIN ${p.win}  ${p.options ?? ""}`,
    /\bts /.test(p.options) ? el("small", { class: "quiet" }, " " + t("ts")) : null);
}
