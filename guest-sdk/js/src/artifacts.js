/**
 * Named files that outlive the run.
 */

import { Failure } from "./failure.js";
import { bytesOf, textOf } from "./http.js";

/** @import { Host } from "./host.js" */
/** @import { ArtifactInfo, InlineDataPart, Json, JsonInput } from "./types.js" */

/** How much of a version is read at once where nobody says. */
const PIECE = 64 * 1024;
const TEXT = "text/plain; charset=utf-8";
const BYTES = "application/octet-stream";

/**
 * What is in a version. It is a part of a content as it is.
 * @implements {InlineDataPart}
 */
export class Artifact {
  /**
   * @param {string} mimeType
   * @param {Uint8Array} data
   */
  constructor(mimeType, data) {
    /** @readonly @type {"inline-data"} */
    this.type = "inline-data";
    /** @readonly @type {string} For example `text/plain`. */
    this.mimeType = mimeType;
    /** @readonly @type {Uint8Array} */
    this.data = data;
  }

  /**
   * What {@link Artifacts.save} keeps of what it is given.
   * @internal
   * @param {string | Uint8Array | ArrayBuffer | InlineDataPart} data
   * @param {string} [mimeType]
   * @returns {Artifact}
   */
  static of(data, mimeType) {
    if (typeof data === "string") return new Artifact(mimeType ?? TEXT, bytesOf(data));
    if (data !== null && typeof data === "object" && "mimeType" in data) return new Artifact(mimeType ?? data.mimeType, bytesOf(data.data));
    return new Artifact(mimeType ?? BYTES, bytesOf(data));
  }

  /**
   * The bytes as text, which is UTF-8.
   * @returns {string}
   */
  text() {
    return textOf(this.data);
  }

  /**
   * The text, parsed as JSON. The type argument is a promise of yours that nothing checks.
   *
   * @template {JsonInput} [T=Json]
   * @returns {T}
   * @throws {SyntaxError} Where it is no JSON.
   */
  json() {
    return JSON.parse(this.text());
  }
}

/**
 * Files that outlive the run: `cx.artifacts`. Each save makes a version, which never changes.
 *
 * A name that begins with `user:` is a file of the user, in all sessions with this agent; any other one is the session's. What follows
 * may have slashes: `reports/2026.md`.
 *
 * Every call throws a {@link Failure}, among others `denied` where it is not granted; `invalid-argument` for a name or a type that is
 * none; and `limit-exceeded` where a file is too large, or the user has too much.
 */
export class Artifacts {
  /** @type {Host} */
  #host;

  /** @param {Host} host */
  constructor(host) {
    this.#host = host;
  }

  /**
   * Keeps a new version, and tells the client. What was saved stays where the run fails.
   *
   * ```js
   * const version = cx.artifacts.save("reports/2026.md", "# 2026", "text/markdown");
   * ```
   *
   * @param {string} name
   * @param {string | Uint8Array | ArrayBuffer | InlineDataPart} data A text is kept as UTF-8.
   * @param {string} [mimeType] That of the part where it is left out, `text/plain; charset=utf-8` for a string, and
   *   `application/octet-stream` for bytes.
   * @returns {number} Its number.
   */
  save(name, data, mimeType) {
    return this.#host.saveArtifact(name, Artifact.of(data, mimeType));
  }

  /**
   * The whole of a version; `undefined` where it is not there.
   *
   * @param {string} name
   * @param {number} [version] The newest where it is left out.
   * @returns {Artifact | undefined}
   */
  load(name, version) {
    return this.#host.loadArtifact(name, version);
  }

  /**
   * A part of a version.
   *
   * @param {string} name
   * @param {number} version
   * @param {number} [offset] Where it begins, in bytes.
   * @param {number} [max] How many bytes it has at most.
   * @returns {Uint8Array} Empty at the end.
   * @throws {Failure} `not-found` where it is not there (any more).
   */
  read(name, version, offset = 0, max = PIECE) {
    return this.#host.readArtifact(name, version, offset, max);
  }

  /**
   * A version in pieces, so that it may be larger than memory.
   *
   * ```js
   * for (const piece of cx.artifacts.pieces("measurements.csv")) count(piece);
   * ```
   *
   * @param {string} name
   * @param {{ version?: number | undefined, max?: number | undefined }} [options] The version, the newest where it is left out, and
   *   how many bytes each piece has at most.
   * @returns {Generator<Uint8Array, void, unknown>}
   * @throws {Failure} `not-found` where it is not there.
   */
  *pieces(name, { version = this.versions(name)[0]?.version, max } = {}) {
    if (version === undefined) throw Failure.notFound(`there is no artifact \`${name}\``);
    for (let offset = 0; ; ) {
      const piece = this.read(name, version, offset, max);
      if (piece.length === 0) return;
      yield piece;
      offset += piece.length;
    }
  }

  /**
   * The newest version of each name that begins with this, sorted by name.
   *
   * @param {string} [prefix]
   * @returns {ArtifactInfo[]}
   */
  list(prefix = "") {
    return this.#host.artifacts(prefix);
  }

  /**
   * The versions of a name, newest first; none where there is none.
   *
   * @param {string} name
   * @returns {ArtifactInfo[]}
   */
  versions(name) {
    return this.#host.artifactVersions(name);
  }

  /**
   * Removes a version.
   *
   * @param {string} name
   * @param {number} [version] All of them where it is left out.
   * @returns {boolean} False where there was none.
   */
  remove(name, version) {
    return this.#host.removeArtifact(name, version);
  }
}
