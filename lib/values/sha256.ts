import { nodeProcess } from "./node_process.ts";

/** Of long messages so many bytes are hashed here before the native hash is loaded, which takes 20 ms. */
const MAX_LONG_BYTES = 4 * 1024 * 1024;
const LONG = 64 * 1024;
const BLOCK = 64;
const ROUNDS = 64;
/** Fractions of the cube roots of the first primes. */
const ROUND_BITS = rootBits(ROUNDS, Math.cbrt);
/** Fractions of the square roots of the first primes. */
const START_BITS = rootBits(8, Math.sqrt);

/** Hashes messages one after the other in the same buffers; nothing of one message is left when the next begins. */
class Hasher {
  readonly #state = new Int32Array(8);
  readonly #words = new Int32Array(ROUNDS);
  #longBytes = 0;
  #native: NativeHash | undefined;

  /** Computes the sum of one message. */
  digest(bytes: Uint8Array, prefix: string): Uint8Array {
    if (bytes.length > LONG) {
      this.#longBytes += bytes.length;
      if (this.#longBytes > MAX_LONG_BYTES) this.#native ??= loadNative();
      if (this.#native !== undefined) return this.#native(bytes, prefix);
    }
    this.#state.set(START_BITS);
    const length = prefix.length + bytes.length;
    // Behind the message: a bit, zeros, and its length in bits, which is written with 64 of them.
    const end = Math.ceil((length + 9) / BLOCK) * BLOCK;
    for (let at = 0; at < end; at += BLOCK) {
      const isInside = at >= prefix.length && at + BLOCK <= length;
      if (isInside) this.#takeInside(bytes, at - prefix.length);
      else this.#takeEdge(bytes, prefix, at);
      if (at + BLOCK === end) {
        this.#words[14] = length / 2 ** 29;
        this.#words[15] = length << 3;
      }
      mixBlock(this.#state, this.#words);
    }
    const sum = new Uint8Array(32);
    for (let i = 0; i < sum.length; i += 1) sum[i] = (this.#state[i >> 2] ?? 0) >>> (24 - 8 * (i & 3));
    return sum;
  }

  #takeInside(bytes: Uint8Array, start: number): void {
    for (let word = 0, at = start; word < 16; word += 1, at += 4) {
      const high = ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16);
      this.#words[word] = high | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
    }
  }

  /** A block with a part of the prefix, or with what stands behind the message. */
  #takeEdge(bytes: Uint8Array, prefix: string, start: number): void {
    const length = prefix.length + bytes.length;
    for (let word = 0, at = start; word < 16; word += 1) {
      let bits = 0;
      for (const next = at + 4; at < next; at += 1) {
        let byte = 0;
        if (at < prefix.length) byte = prefix.charCodeAt(at);
        else if (at < length) byte = bytes[at - prefix.length] ?? 0;
        else if (at === length) byte = 0x80;
        bits = (bits << 8) | byte;
      }
      this.#words[word] = bits;
    }
  }
}

const HASHER = new Hasher();

/**
 * Computes SHA-256 (FIPS 180-4), written out: for the few hundred bytes of a line it is as fast as the native hash, leaves
 * nothing behind that has to be collected, and the 15 ms that `node:crypto` takes to load are not taken at each start.
 * Of megabytes the native hash makes short work, and is loaded.
 *
 * @param bytes The message.
 * @param prefix ASCII that stands before it.
 */
export function sha256(bytes: Uint8Array, prefix = ""): Uint8Array {
  return HASHER.digest(bytes, prefix);
}

function mixBlock(state: Int32Array, words: Int32Array): void {
  for (let i = 16; i < ROUNDS; i += 1) {
    const x = words[i - 15] ?? 0;
    const y = words[i - 2] ?? 0;
    const early = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const late = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    words[i] = (words[i - 16] ?? 0) + early + (words[i - 7] ?? 0) + late;
  }
  let [a = 0, b = 0, c = 0, d = 0] = [state[0], state[1], state[2], state[3]];
  let [e = 0, f = 0, g = 0, h = 0] = [state[4], state[5], state[6], state[7]];
  for (let i = 0; i < ROUNDS; i += 1) {
    const eBits = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const aBits = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const first = (h + eBits + (g ^ (e & (f ^ g))) + (ROUND_BITS[i] ?? 0) + (words[i] ?? 0)) | 0;
    const second = (aBits + ((a & b) | (c & (a | b)))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  state[0] = (state[0] ?? 0) + a;
  state[1] = (state[1] ?? 0) + b;
  state[2] = (state[2] ?? 0) + c;
  state[3] = (state[3] ?? 0) + d;
  state[4] = (state[4] ?? 0) + e;
  state[5] = (state[5] ?? 0) + f;
  state[6] = (state[6] ?? 0) + g;
  state[7] = (state[7] ?? 0) + h;
}

function rootBits(count: number, root: (prime: number) => number): Int32Array {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n += 1) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return Int32Array.from(primes, (prime) => (root(prime) % 1) * 2 ** 32);
}

type NativeHash = (bytes: Uint8Array, prefix: string) => Uint8Array;

function loadNative(): NativeHash | undefined {
  const native = nodeProcess()?.getBuiltinModule("node:crypto");
  return native && ((bytes, prefix) => native.createHash("sha256").update(prefix).update(bytes).digest());
}
