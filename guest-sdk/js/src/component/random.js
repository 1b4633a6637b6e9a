/**
 * Random numbers out of random bytes.
 */

/** Bytes that are drawn at once for `Math.random`, so that most numbers need no call to the host. */
const POOL_BYTES = 1024;

/** What `crypto.getRandomValues` fills at most, as everywhere. */
const MAX_BYTES = 65_536;

/**
 * `crypto` as far as it is about randomness, and the function for `Math.random`.
 *
 * @param {(length: number) => Uint8Array} randomBytes
 */
export function randomSource(randomBytes) {
  const crypto = Object.freeze({
    /**
     * @template {ArrayBufferView} T
     * @param {T} view
     * @returns {T}
     */
    getRandomValues(view) {
      if (view.byteLength > MAX_BYTES) throw new RangeError(`at most ${MAX_BYTES} bytes at once, not ${view.byteLength}`);
      new Uint8Array(view.buffer, view.byteOffset, view.byteLength).set(randomBytes(view.byteLength));
      return view;
    },
    /** @returns {string} */
    randomUUID: () => uuid(randomBytes(16)),
  });
  return { crypto, random: pooled(randomBytes) };
}

/**
 * Numbers from 0 up to and without 1, with the 53 bits that a number can hold.
 *
 * @param {(length: number) => Uint8Array} randomBytes
 * @returns {() => number}
 */
function pooled(randomBytes) {
  /** @type {Uint32Array<ArrayBufferLike>} */
  let pool = new Uint32Array(0);
  let used = 0;
  return () => {
    if (used + 2 > pool.length) {
      pool = new Uint32Array(randomBytes(POOL_BYTES).buffer);
      used = 0;
    }
    const [high = 0, low = 0] = pool.subarray(used, used + 2);
    used += 2;
    return ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53;
  };
}

/**
 * A UUID of version 4.
 *
 * @param {Uint8Array} bytes Sixteen of them.
 * @returns {string}
 */
function uuid(bytes) {
  const marked = bytes.map((byte, at) => (at === 6 ? (byte & 0x0f) | 0x40 : at === 8 ? (byte & 0x3f) | 0x80 : byte));
  const hex = Array.from(marked, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
