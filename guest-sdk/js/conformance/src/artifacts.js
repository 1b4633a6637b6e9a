/** Artifacts. */

import { failureOf, split } from "./agents.js";

export const artifacts = {
  artifact: (cx, text) => String(cx.artifacts.save("notes/today.txt", text, "text/plain")),

  "artifact-load": (cx, name) => shown(cx.artifacts.load(name)),

  "artifact-version"(cx, argument) {
    const [name, version] = split(argument);
    return shown(cx.artifacts.load(name, Number(version)));
  },

  "artifact-bytes"(cx) {
    cx.artifacts.save("user:raw.bin", Uint8Array.of(0x00, 0x01, 0xfe, 0xff));
    const { data } = cx.artifacts.load("user:raw.bin");
    return Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
  },

  "artifact-pieces"(cx) {
    cx.artifacts.save("long.txt", "one two three", "text/plain");
    const pieces = [...cx.artifacts.pieces("long.txt", { max: 5 })];
    return pieces.map((piece) => new TextDecoder().decode(piece)).join("|");
  },

  artifacts: (cx, prefix) =>
    cx.artifacts
      .list(prefix)
      .map(({ name, version, size }) => `${name}@${version}:${size}`)
      .join(","),

  "artifact-versions": (cx, name) =>
    cx.artifacts
      .versions(name)
      .map(({ version }) => version)
      .join(","),

  "artifact-remove": (cx, name) => String(cx.artifacts.remove(name)),

  "artifact-fails": (cx, name) => failureOf(() => cx.artifacts.save(name, "x", "text/plain")),
};

/**
 * The type, a space, and the text.
 * @param {import("rak").Artifact | undefined} artifact
 */
function shown(artifact) {
  return artifact ? `${artifact.mimeType} ${artifact.text()}` : "none";
}
