// LZMA, of which no browser knows anything: a quarter smaller than gzip, which is a third of
// a megabyte here. Decoded as the LZMA specification of its author says: literals and
// matches, each bit with a probability that follows what was seen.

// unlzma returns what a file of the .lzma format holds, whose header has the size.
function unlzma(input) {
  const lc = input[0] % 9, lp = Math.trunc(input[0] / 9) % 5, pb = Math.trunc(input[0] / 45);
  const size = new DataView(input.buffer, input.byteOffset).getUint32(5, true);
  const out = new Uint8Array(size);
  const even = (n) => new Uint16Array(n).fill(1024); // probabilities of 0, of 2048
  const lengths = () => ({ choice: even(2), low: even(128), middle: even(128), high: even(256) });
  const isMatch = even(192), isRep = even(12), isRepG0 = even(12), isRepG1 = even(12), isRepG2 = even(12), isRep0Long = even(192);
  const slots = even(256), special = even(128), align = even(16), literals = even(0x300 << (lc + lp));
  const matchLengths = lengths(), repLengths = lengths();

  let at = 13, range = 0xffffffff, code = 0;
  for (let i = 0; i < 5; i++) code = ((code << 8) | input[at++]) >>> 0;

  function fill() {
    if (range >= 0x1000000) return;
    range = (range << 8) >>> 0;
    code = ((code << 8) | input[at++]) >>> 0;
  }

  function bit(probabilities, i) {
    const p = probabilities[i], bound = (range >>> 11) * p;
    let b = 0;
    if (code < bound) {
      range = bound;
      probabilities[i] = p + ((2048 - p) >> 5);
    } else {
      range -= bound;
      code -= bound;
      probabilities[i] = p - (p >> 5);
      b = 1;
    }
    fill();
    return b;
  }

  // bits reads n bits, the highest first; backwards the lowest first, by a tree of
  // probabilities; direct ones without.
  function bits(tree, from, n) {
    let m = 1;
    for (let i = 0; i < n; i++) m = (m << 1) | bit(tree, from + m);
    return m - (1 << n);
  }
  function backwards(tree, from, n) {
    let m = 1, value = 0;
    for (let i = 0; i < n; i++) {
      const b = bit(tree, from + m);
      m = (m << 1) | b;
      value |= b << i;
    }
    return value;
  }
  function direct(n) {
    let value = 0;
    for (let i = 0; i < n; i++) {
      range >>>= 1;
      const b = code >= range ? 1 : 0;
      if (b) code -= range;
      value = value * 2 + b;
      fill();
    }
    return value;
  }

  function length(of, place) {
    if (!bit(of.choice, 0)) return 2 + bits(of.low, place << 3, 3);
    if (!bit(of.choice, 1)) return 10 + bits(of.middle, place << 3, 3);
    return 18 + bits(of.high, 0, 8);
  }

  function distance(length) {
    const slot = bits(slots, Math.min(length - 2, 3) << 6, 6);
    if (slot < 4) return slot;
    const n = (slot >> 1) - 1, high = (2 | (slot & 1)) * 2 ** n;
    if (slot < 14) return high + backwards(special, high - slot, n);
    return high + direct(n - 4) * 16 + backwards(align, 0, 4);
  }

  let o = 0, state = 0, rep0 = 0, rep1 = 0, rep2 = 0, rep3 = 0;

  function literal() {
    const from = 0x300 * (((o & ((1 << lp) - 1)) << lc) + ((o ? out[o - 1] : 0) >> (8 - lc)));
    let symbol = 1;
    if (state >= 7) { // after a match: not what stood there
      let match = out[o - rep0 - 1];
      while (symbol < 0x100) {
        const expected = (match >> 7) & 1;
        match <<= 1;
        const b = bit(literals, from + ((1 + expected) << 8) + symbol);
        symbol = (symbol << 1) | b;
        if (b !== expected) break;
      }
    }
    while (symbol < 0x100) symbol = (symbol << 1) | bit(literals, from + symbol);
    out[o++] = symbol & 0xff;
    state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
  }

  // again chooses one of the last four distances, and makes it the first of them.
  function again() {
    let d = rep1;
    if (bit(isRepG1, state)) {
      d = rep2;
      if (bit(isRepG2, state)) {
        d = rep3;
        rep3 = rep2;
      }
      rep2 = rep1;
    }
    rep1 = rep0;
    rep0 = d;
  }

  while (o < size) {
    const place = o & ((1 << pb) - 1);
    if (!bit(isMatch, (state << 4) + place)) {
      literal();
      continue;
    }
    let n;
    if (bit(isRep, state)) {
      if (bit(isRepG0, state)) again();
      else if (!bit(isRep0Long, (state << 4) + place)) {
        state = state < 7 ? 9 : 11;
        out[o] = out[o - rep0 - 1];
        o++;
        continue;
      }
      n = length(repLengths, place);
      state = state < 7 ? 8 : 11;
    } else {
      [rep3, rep2, rep1] = [rep2, rep1, rep0];
      n = length(matchLengths, place);
      state = state < 7 ? 7 : 10;
      rep0 = distance(n);
    }
    if (rep0 >= o) throw new Error("the program is damaged");
    for (; n > 0 && o < size; n--, o++) out[o] = out[o - rep0 - 1];
  }
  return out;
}

