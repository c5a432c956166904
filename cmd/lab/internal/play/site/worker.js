// In a Web Worker, behind wasm_exec.js and lzma.js: unpacks and runs the Go program, whose functions are those of
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

// unpack returns the program, which is packed in one of two ways, or not.
async function unpack(packed) {
  const bytes = new Uint8Array(packed);
  if (bytes[0] === 0) return packed;
  if (bytes[0] !== 0x1f) return unlzma(bytes).buffer;
  return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

onmessage = async ({ data: { id, fn, args, program, packed } }) => {
  try {
    if (packed) {
      const result = await unpack(packed);
      postMessage({ id, result }, [result]);
      return;
    }
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
