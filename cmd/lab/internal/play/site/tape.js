// The tape: the states of both hosts, what was lost and what you did, to go to any moment.

// drawTape draws the first n rows; the row at is looked at, and it is now.
function drawTape(rows, n, at, now, wrong) {
  const tape = $("tape");
  tape.setAttribute("viewBox", `0 0 ${Math.max(1, n)} 24`);
  const parts = [];
  for (const [side, y] of [["a", 1], ["b", 13]]) {
    let from = 0;
    for (let i = 1; i <= n; i++) {
      const state = rows[from].states[side];
      if (i < n && rows[i].states[side] === state) continue;
      const fill = state === "LISTEN" ? { fill: "url(#p-listen)" } : {};
      parts.push(svg("rect", { x: from, y, width: i - from, height: 10, class: "s-" + family(state), ...fill }));
      from = i;
    }
  }
  const marks = { gone: "", did: "" };
  for (let i = 0; i < n; i++) {
    const mark = rows[i].kind === "lost" || i === wrong ? "gone" : rows[i].kind === "call" ? "did" : null;
    if (mark) marks[mark] += `M${i + 0.5} 0V24`;
  }
  const line = (name, d) => svg("path", { class: name, "vector-effect": "non-scaling-stroke", d });
  become(tape, parts, line("did", marks.did), line("gone", marks.gone), line("at", `M${at + 1} -3V27`));
  const range = $("moment");
  range.max = n - 1;
  range.value = at;
  const said = at < 0 ? t("noMoment") : t("moments", seconds(now), at + 1, n);
  range.setAttribute("aria-valuetext", said);
  $("when").textContent = said;
}
