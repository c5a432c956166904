// Begins: shows what was played beforehand, loads the program, and hears of saves.

const source = "<!doctype html>\n" + document.documentElement.outerHTML;
const first = JSON.parse($("first").textContent);
let asked;
try {
  asked = new URLSearchParams(location.search).get("lang");
} catch { /* then it is the page's own */ }
speak(asked ?? first.language);
const page = new Page(first);
performance.mark("first");
first.recording ? page.showRecording(first.recording) : begin();

async function begin() {
  page.say(t("loading"));
  try {
    const one = $("program");
    const workerAt = one ? URL.createObjectURL(new Blob([$("worker").textContent], { type: "text/javascript" })) : "worker.js";
    const program = await unpack(one ? packed(one.textContent).buffer : await load("tcp.bin"), workerAt);
    if (one) page.onePage = () => source.replace("<html ", `<html data-story="${page.linkText().replace(/[&"<]/g, "")}" `);
    else if (first.live) page.onePageAt = "page.html";
    const news = $("news");
    await page.run(new Engine(program, workerAt), program);
    if (news.textContent === t("loading")) news.hidden = true;
    if (first.live) hear();
    if (page.hasMine()) await page.twice();
  } catch (e) {
    page.say(String(e.message ?? e), true);
  }
}

async function load(address) {
  const answer = await fetch(address, { cache: "no-cache" });
  if (!answer.ok) throw new Error(address + ": " + answer.status);
  return answer.arrayBuffer();
}

// hear hears of saves from lab.
function hear() {
  const events = new EventSource("events");
  let version = null;
  events.onmessage = async ({ data }) => {
    const news = JSON.parse(data);
    if (news.building) return page.say(t("building"));
    page.unbuilt = !!news.error;
    if (news.error) return page.say(t("notBuilt"), true, el("pre", {}, news.error));
    if (version === null && news.version === 1 || version === news.version) { version = news.version; return; }
    version = news.version;
    page.renew(await unpack(await load("tcp.bin?" + version), page.engine.workerAt)).catch((e) => page.say(e.message, true));
  };
  events.onopen = () => { document.documentElement.dataset.hears = "yes"; };
  events.onerror = () => { if (events.readyState === EventSource.CLOSED) page.say(t("gone"), true); };
}
