// The Go program behind the page, in a Web Worker of its own: whatever a learner's
// code does there, the page goes on.

const patience = 2000; // ms that an answer may take; the first one may take longer

class Engine {
  // program is the compiled program, an ArrayBuffer; source is the worker's text or address.
  constructor(program, workerAt) {
    this.program = program;
    this.workerAt = workerAt;
    this.begin();
  }

  begin() {
    this.worker = new Worker(this.workerAt);
    this.waiting = new Map();
    this.last = 0;
    this.rows = []; // of the story that this program has played last
    this.worker.onmessage = ({ data }) => this.answer(data);
    this.worker.onerror = (e) => { e.preventDefault(); this.end(t("died", e.message)); };
    this.ready = this.send({ program: this.program }, 20_000).then(JSON.parse);
    this.ready.catch(() => {}); // who asks for it is told
  }

  // call calls a function of the program; the error says what the code did.
  async call(fn, ...args) {
    await this.ready;
    return this.send({ fn, args }, patience);
  }

  // play plays a story. The program tells which rows are new; those before are the same
  // objects as in the last one.
  async play(text) {
    const play = JSON.parse(await this.call("play", text, language));
    play.rows = this.rows = this.rows.slice(0, play.kept).concat(play.rows ?? []);
    return play;
  }

  send(message, patience) {
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.end(t("loop")), patience);
      this.waiting.set(id, { resolve, reject, timer });
      this.worker.postMessage({ id, ...message });
    });
  }

  answer({ id, result, died }) {
    if (died !== undefined) return this.end(obituary(died));
    const asked = this.waiting.get(id);
    this.waiting.delete(id);
    clearTimeout(asked.timer);
    asked.resolve(result);
  }

  // end ends the program, says why to all who wait, and begins it again.
  end(why) {
    this.worker.terminate();
    const waiting = this.waiting;
    for (const asked of waiting.values()) clearTimeout(asked.timer);
    const starting = waiting.has(1) && this.last === 1;
    if (!starting) this.begin();
    for (const asked of waiting.values()) asked.reject(new Error(why));
  }

  close() {
    this.worker.terminate();
    for (const asked of this.waiting.values()) clearTimeout(asked.timer);
  }
}

// Recorded stands in for a program where there is a recording: it has the rows, and what
// there was to see after each.
class Recorded {
  constructor(recording) { this.recording = recording; }

  async play() { return this.recording.play; }

  async call(fn, row) {
    const { play, views, of } = this.recording;
    if (fn !== "view") return "null";
    return JSON.stringify(play.rows[row] ? { ...views[of[row]], at: play.rows[row].at } : views[0]);
  }
}

// obituary says in a sentence what ended a program, from its last words.
function obituary(last) {
  if (last === "blocked" || /all goroutines are asleep/.test(last)) return t("blocked");
  if (/stack overflow|exceeds \d+-byte limit|Maximum call stack/.test(last)) return t("recursion");
  if (/out of memory|cannot allocate|Out of memory/.test(last)) return t("memory");
  const panic = /^panic: (.*)$/m.exec(last);
  if (panic) return t("panicked", panic[1]);
  const fatal = /^fatal error: (.*)$/m.exec(last);
  if (fatal) return t("died", fatal[1]);
  return t("exit");
}

// unpack returns a program, unpacked in a worker, so that the page goes on meanwhile.
function unpack(packed, workerAt) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerAt);
    const end = (how, value) => { worker.terminate(); how(value); };
    worker.onmessage = ({ data }) => data.result ? end(resolve, data.result) : end(reject, new Error(data.died));
    worker.onerror = (e) => end(reject, new Error(e.message));
    worker.postMessage({ packed });
  });
}

// packed returns the bytes of Ascii85 in which v stands for <.
function packed(text) {
  const bytes = new Uint8Array(text.length * 4); // each letter may be a z: four bytes of 0
  let end = 0, group = 0, letters = 0;
  const put = (n) => { for (let i = 0; i < n; i++) bytes[end++] = group / 2 ** (24 - 8 * i); group = letters = 0; };
  for (let i = 0; i < text.length; i++) {
    const letter = text.charCodeAt(i);
    if (letter === 122) { put(4); continue; }
    group = group * 85 + (letter === 118 ? 60 : letter) - 33;
    if (++letters === 5) put(4);
  }
  const rest = letters - 1;
  if (rest > 0) {
    for (; letters < 5; letters++) group = group * 85 + 84;
    put(rest);
  }
  return bytes.slice(0, end);
}
