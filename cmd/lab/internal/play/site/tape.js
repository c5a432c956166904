// The tape: the states of both hosts, what was lost and what you did, to go to any moment.

function drawTape(play, at, wrong) {
  const tape = $("tape"), n = Math.max(1, play.rows.length);
  tape.setAttribute("viewBox", `0 0 ${n} 24`);
  const parts = [];
  for (const [side, y] of [["a", 1], ["b", 13]]) {
    let from = 0;
    for (let i = 1; i <= play.rows.length; i++) {
      const state = play.rows[from].states[side];
      if (i < play.rows.length && play.rows[i].states[side] === state) continue;
      const fill = state === "LISTEN" ? { fill: "url(#p-listen)" } : {};
      parts.push(svg("rect", { x: from, y, width: i - from, height: 10, class: "s-" + family(state), ...fill }));
      from = i;
    }
  }
  play.rows.forEach((row, i) => {
    const mark = row.kind === "lost" || i === wrong ? "gone" : row.kind === "call" ? "did" : null;
    if (mark) parts.push(svg("path", { class: mark, "vector-effect": "non-scaling-stroke", d: `M${i + 0.5} 0V24` }));
  });
  parts.push(svg("path", { class: "at", "vector-effect": "non-scaling-stroke", d: `M${at + 1} -3V27` }));
  tape.replaceChildren(...parts);
  const range = $("moment");
  range.max = play.rows.length - 1;
  range.value = at;
  const said = at < 0 ? t("noMoment") : t("moments", seconds(play.rows[at].at), at + 1, play.rows.length);
  range.setAttribute("aria-valuetext", said);
  $("when").textContent = said;
}
