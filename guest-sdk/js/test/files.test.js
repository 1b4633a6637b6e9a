/**
 * What is made of other files and committed is what would be made of them now.
 */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/**
 * Every file below a folder, with its contents.
 *
 * @param {string} folder
 */
function contents(folder) {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  return Object.fromEntries(paths.map((path) => [path.slice(folder.length), readFileSync(path, "utf8")]).sort());
}

test("types/ is made of src/: `npm run types`", () => {
  const made = mkdtempSync(join(tmpdir(), "rak-types-"));
  try {
    execFileSync(process.execPath, [join(ROOT, "tools/types.js"), made]);
    assert.deepEqual(contents(join(ROOT, "types")), contents(made));
  } finally {
    rmSync(made, { recursive: true });
  }
});

test("every project is pinned to the same tools", () => {
  const { version, devDependencies, overrides } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const projects = ["../../host/templates/javascript/package", "../../host/templates/typescript/package", "../../agents/todo/package"];
  for (const project of projects) {
    const read = (/** @type {string} */ suffix) => JSON.parse(readFileSync(new URL(`../${project}${suffix}`, import.meta.url), "utf8"));
    const ending = project.includes("templates") ? ".json.in" : ".json";
    const manifest = read(ending);
    for (const [tool, pinned] of Object.entries(manifest.devDependencies)) assert.equal(pinned, devDependencies[tool], tool);
    assert.deepEqual(manifest.overrides, overrides);
    const locked = Object.values(read(`-lock${ending}`).packages).find(({ name }) => name === "rak");
    assert.deepEqual([locked.version, locked.devDependencies], [version, devDependencies], project);
  }
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  for (const tool of ["@bytecodealliance/jco", "esbuild"]) assert.ok(readme.includes(`"${tool}": "${devDependencies[tool]}"`), tool);
});
