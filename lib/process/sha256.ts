import { nodeProcess } from "./process_slot.ts";

/** Number of bytes of a message that are copied into the buffer at a time. */
const LONG = 64 * 1024;
/** Number of bytes of long messages after which the native hash is loaded, which takes 20 ms. */
const MAX_LONG_BYTES = 4 * 1024 * 1024;
const BLOCK = 64;
const ROUNDS = 64;
/** Fractional bits of the cube roots of the first primes. */
const ROUND_BITS = toWords(
  "428a2f9871374491b5c0fbcfe9b5dba53956c25b59f111f1923f82a4ab1c5ed5d807aa9812835b01243185be550c7dc3" +
    "72be5d7480deb1fe9bdc06a7c19bf174e49b69c1efbe47860fc19dc6240ca1cc2de92c6f4a7484aa5cb0a9dc76f988da" +
    "983e5152a831c66db00327c8bf597fc7c6e00bf3d5a7914706ca63511429296727b70a852e1b21384d2c6dfc53380d13" +
    "650a7354766a0abb81c2c92e92722c85a2bfe8a1a81a664bc24b8b70c76c51a3d192e819d6990624f40e3585106aa070" +
    "19a4c1161e376c082748774c34b0bcb5391c0cb34ed8aa4a5b9cca4f682e6ff3748f82ee78a5636f84c878148cc70208" +
    "90befffaa4506cebbef9a3f7c67178f2",
);
/** Fractional bits of the square roots of the first primes. */
const START_BITS = toWords("6a09e667bb67ae853c6ef372a54ff53a510e527f9b05688c1f83d9ab5be0cd19");

/** Hashes messages one after the other, in the same buffers. */
class Hasher {
  readonly #state = new Int32Array(8);
  readonly #words = new Int32Array(ROUNDS);
  readonly #buffer = new Uint8Array(LONG + 4 * BLOCK);
  readonly #view = new DataView(this.#buffer.buffer);
  readonly #sum = new Uint8Array(32);
  readonly #sumView = new DataView(this.#sum.buffer);
  #longBytes = 0;
  #native: NativeHash | undefined;

  digest(bytes: Uint8Array, prefix: string): Uint8Array {
    if (prefix.length + bytes.length > LONG) {
      this.#longBytes += bytes.length;
      if (this.#longBytes > MAX_LONG_BYTES) this.#native ??= loadNative();
      if (this.#native !== undefined) return this.#native(bytes, prefix);
    }
    this.#state.set(START_BITS);
    for (let i = 0; i < prefix.length; i += 1) this.#buffer[i] = prefix.charCodeAt(i);
    let taken = 0;
    let filled = prefix.length;
    for (; bytes.length - taken > LONG; filled = 0) {
      // The buffer has room for this many bytes and the short prefix.
      const whole = Math.floor((filled + LONG) / BLOCK) * BLOCK;
      this.#buffer.set(bytes.subarray(taken, taken + whole - filled), filled);
      taken += whole - filled;
      this.#mix(whole);
    }
    this.#buffer.set(taken === 0 ? bytes : bytes.subarray(taken), filled);
    return this.#finish(filled + bytes.length - taken, prefix.length + bytes.length);
  }

  *digestBeginnings(message: Uint8Array, lengths: Iterable<number>): Generator<Uint8Array> {
    this.#state.set(START_BITS);
    let mixed = 0;
    for (const length of lengths) {
      while (length - mixed >= BLOCK) {
        const bytes = Math.min(LONG, Math.floor((length - mixed) / BLOCK) * BLOCK);
        this.#buffer.set(message.subarray(mixed, mixed + bytes));
        this.#mix(bytes);
        mixed += bytes;
      }
      const state = this.#state.slice();
      this.#buffer.set(message.subarray(mixed, length));
      const sum = this.#finish(length - mixed, length);
      this.#state.set(state);
      yield sum;
    }
  }

  /** The message is followed by a bit, zeros, and its length in bits as a 64-bit number. */
  #finish(filled: number, length: number): Uint8Array {
    const end = Math.ceil((filled + 9) / BLOCK) * BLOCK;
    this.#buffer.fill(0, filled, end);
    this.#buffer[filled] = 0x80;
    this.#view.setUint32(end - 8, length / 2 ** 29);
    this.#view.setUint32(end - 4, length << 3);
    this.#mix(end);
    for (let i = 0; i < 8; i += 1) this.#sumView.setInt32(4 * i, this.#state[i] ?? 0);
    return this.#sum;
  }

  #mix(end: number): void {
    for (let at = 0; at < end; at += BLOCK) {
      for (let i = 0; i < 16; i += 1) this.#words[i] = this.#view.getInt32(at + 4 * i);
      mixBlock(this.#state, this.#words);
    }
  }
}

const HASHER = new Hasher();

/**
 * SHA-256 (FIPS 180-4) of an ASCII prefix and a message, without `node:crypto`, which takes 15 ms to load. For a few
 * hundred bytes this is as fast as the native hash, which is loaded for megabytes, and leaves no garbage. The sum is
 * valid until the next call: a new array for each sum took a fifth of the time.
 */
export function sha256(bytes: Uint8Array, prefix = ""): Uint8Array {
  return HASHER.digest(bytes, prefix);
}

/** SHA-256 of beginnings of a message, whose lengths ascend. Hashes each byte once; a sum is valid until the next. */
export function sha256Beginnings(message: Uint8Array, lengths: Iterable<number>): Generator<Uint8Array> {
  return new Hasher().digestBeginnings(message, lengths);
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

/** Computing them takes longer than reading them. */
function toWords(hex: string): Int32Array {
  return Int32Array.from(hex.match(/.{8}/g) ?? [], (word) => Number.parseInt(word, 16));
}

type NativeHash = (bytes: Uint8Array, prefix: string) => Uint8Array;

function loadNative(): NativeHash | undefined {
  const native = nodeProcess()?.getBuiltinModule("node:crypto");
  return native && ((bytes, prefix) => native.createHash("sha256").update(prefix).update(bytes).digest());
}
