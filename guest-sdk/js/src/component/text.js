/**
 * UTF-8, for an engine that has no `TextEncoder` and `TextDecoder`.
 */

/** What stands for bytes that are no UTF-8. */
const REPLACEMENT = 0xfffd;

/** How many characters are made into a string at once: a call takes a limited number of arguments. */
const CHUNK = 4096;

/** Writes UTF-8. */
export class TextEncoder {
  get encoding() {
    return "utf-8";
  }

  /**
   * @param {string} [text]
   * @returns {Uint8Array}
   */
  encode(text = "") {
    const source = String(text).toWellFormed();
    // A code unit of UTF-16 becomes three bytes at most.
    const bytes = new Uint8Array(source.length * 3);
    let length = 0;
    for (let at = 0; at < source.length; at += 1) {
      const unit = source.charCodeAt(at);
      if (unit < 0x80) {
        bytes[length] = unit;
        length += 1;
        continue;
      }
      const point = /** @type {number} */ (source.codePointAt(at));
      if (point > 0xffff) at += 1;
      length = put(bytes, length, point);
    }
    return bytes.slice(0, length);
  }
}

/**
 * Writes a character of two bytes or more.
 *
 * @param {Uint8Array} bytes
 * @param {number} at
 * @param {number} point
 * @returns {number} Where the next one goes.
 */
function put(bytes, at, point) {
  const more = point < 0x800 ? 1 : point < 0x1_0000 ? 2 : 3;
  bytes[at] = ((0xff << (7 - more)) & 0xff) | (point >> (6 * more));
  for (let left = more - 1; left >= 0; left -= 1) {
    bytes[at + more - left] = 0x80 | ((point >> (6 * left)) & 0x3f);
  }
  return at + more + 1;
}

/** Reads UTF-8, and nothing else. */
export class TextDecoder {
  /**
   * @param {string} [encoding]
   * @param {{ fatal?: boolean, ignoreBOM?: boolean }} [options]
   */
  constructor(encoding = "utf-8", { fatal = false, ignoreBOM = false } = {}) {
    if (!/^\s*(utf-?8|unicode-1-1-utf-8)\s*$/i.test(encoding)) throw new RangeError(`only utf-8 is known here, not ${encoding}`);
    this.encoding = "utf-8";
    this.fatal = fatal;
    this.ignoreBOM = ignoreBOM;
  }

  /**
   * @param {ArrayBuffer | ArrayBufferView} [source]
   * @returns {string}
   * @throws {TypeError} Where it is no UTF-8, and `fatal` was asked for.
   */
  decode(source = new Uint8Array()) {
    const bytes = ArrayBuffer.isView(source)
      ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
      : new Uint8Array(source);
    const points = [];
    let text = "";
    for (let at = 0; at < bytes.length; ) {
      const [point, length] = take(bytes, at);
      if (point < 0 && this.fatal) throw new TypeError("the bytes are not UTF-8");
      points.push(point < 0 ? REPLACEMENT : point);
      at += length;
      if (points.length === CHUNK) text += String.fromCodePoint(...points.splice(0));
    }
    text += String.fromCodePoint(...points);
    return !this.ignoreBOM && text.startsWith("\ufeff") ? text.slice(1) : text;
  }
}

/**
 * The character at a place, and how many bytes it has. -1 where there is none: then the bytes are those that could have
 * begun one.
 *
 * @param {Uint8Array} bytes
 * @param {number} at
 * @returns {[number, number]}
 */
function take(bytes, at) {
  const first = /** @type {number} */ (bytes[at]);
  if (first < 0x80) return [first, 1];
  if (first < 0xc2 || first > 0xf4) return [-1, 1];
  const more = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
  let point = first & (0x3f >> more);
  for (let n = 1; n <= more; n += 1) {
    const [low, high] = n === 1 ? second(first) : [0x80, 0xbf];
    const byte = bytes[at + n] ?? 0;
    if (byte < low || byte > high) return [-1, n];
    point = (point << 6) | (byte & 0x3f);
  }
  return [point, more + 1];
}

/**
 * What may follow the first byte: not what would be a longer way to say less, half of a pair, or beyond the last character.
 *
 * @param {number} first
 * @returns {[number, number]}
 */
function second(first) {
  if (first === 0xe0) return [0xa0, 0xbf];
  if (first === 0xed) return [0x80, 0x9f];
  if (first === 0xf0) return [0x90, 0xbf];
  if (first === 0xf4) return [0x80, 0x8f];
  return [0x80, 0xbf];
}
