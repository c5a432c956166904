// The diagram of states, as in the README, with a token for each socket.

const places = {
  CLOSED: [70, 30], LISTEN: [70, 100], "SYN-RECEIVED": [70, 170], "SYN-SENT": [250, 100], ESTABLISHED: [250, 170],
  "FIN-WAIT-1": [430, 100], "FIN-WAIT-2": [430, 30], CLOSING: [610, 100], "TIME-WAIT": [610, 30],
  "CLOSE-WAIT": [430, 170], "LAST-ACK": [610, 170],
};
const moves = [
  ["CLOSED", "LISTEN", "listen"], ["CLOSED", "SYN-SENT", "connect"], ["LISTEN", "SYN-RECEIVED", "SYN"],
  ["SYN-SENT", "SYN-RECEIVED", "SYN"], ["SYN-SENT", "ESTABLISHED", "SYN,ACK"], ["SYN-RECEIVED", "ESTABLISHED", "ACK"],
  ["ESTABLISHED", "FIN-WAIT-1", "close"], ["FIN-WAIT-1", "FIN-WAIT-2", "ACK"], ["FIN-WAIT-1", "CLOSING", "FIN"],
  ["FIN-WAIT-2", "TIME-WAIT", "FIN"], ["CLOSING", "TIME-WAIT", "ACK"], ["ESTABLISHED", "CLOSE-WAIT", "FIN"],
  ["CLOSE-WAIT", "LAST-ACK", "close"],
];

function drawStates(view) {
  const tokens = {};
  for (const host of view.hosts) {
    for (const s of host.sockets ?? []) (tokens[s.state] ??= []).push(host.name + s.id);
  }
  const graph = svg("svg", { class: "graph", viewBox: "0 0 690 200", role: "img", "aria-label": saidStates(tokens) });
  for (const [from, to, why] of moves) {
    const [x1, y1] = places[from], [x2, y2] = places[to];
    const dx = Math.sign(x2 - x1), dy = Math.sign(y2 - y1);
    const a = dx ? [x1 + dx * 58, y1] : [x1, y1 + dy * 15], b = dx ? [x2 - dx * 58, y2] : [x2, y2 - dy * 15];
    graph.append(svg("path", { d: `M${a}L${b}`, "marker-end": "url(#m-usual)" }),
      svg("text", { class: "why", x: (a[0] + b[0]) / 2 + (dx ? 0 : 22), y: (a[1] + b[1]) / 2 + (dx ? -4 : 4) }, why));
  }
  for (const [state, [x, y]] of Object.entries(places)) {
    const here = tokens[state] ?? [];
    graph.append(svg("g", { class: here.length ? "on" : "" },
      svg("rect", { x: x - 56, y: y - 14, width: 112, height: 28, rx: 6 }), svg("text", { x, y: y + 4 }, state),
      here.slice(0, 5).map((name, i) => svg("g", {},
        svg("circle", { cx: x - 44 + i * 22, cy: y - 16, r: 10 }), svg("text", { x: x - 44 + i * 22, y: y - 12.5 }, name)))));
  }
  $("p-states").tabIndex = 0; // it may be wider than a telephone
  become($("p-states"), graph);
}

function saidStates(tokens) {
  return Object.entries(tokens).map(([state, names]) => names.join(", ") + ": " + state).join("; ") || t("noSockets");
}
