// In a Web Worker, behind wasm_exec.js: runs the Go program, whose functions are those of
// the object tcp. The page ends the worker when it does not answer.

let lastWords = "";
const decoder = new TextDecoder();
const write = fs.writeSync;
fs.writeSync = (fd, bytes) => {
  lastWords = (lastWords + decoder.decode(bytes)).slice(-65536);
  return write(fd, bytes);
};

const go = new Go();
let ended = false;
go.exit = (code) => {
  ended = true;
  lastWords ||= "exit status " + code;
};

onmessage = async ({ data: { id, fn, args, program } }) => {
  try {
    if (program) {
      const { instance } = await WebAssembly.instantiate(program, go.importObject);
      go.run(instance); // returns at once; the program stays, for what it exports
      fn = "build";
      args = [];
    }
    const result = ended ? undefined : tcp[fn](...args);
    postMessage(ended ? { id, died: lastWords } : result === undefined ? { id, died: "blocked" } : { id, result });
  } catch (e) {
    postMessage({ id, died: lastWords + "\n" + e });
  }
};
