/**
 * Makes `types/` of `src/`: what the compiler says of the modules, and the types that are written by hand.
 *
 * `npm run types`, or with another folder to write to: `node tools/types.js FOLDER`.
 */

import { execFileSync } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const to = process.argv[2] ?? join(root, "types");
const compiler = join(root, "node_modules/.bin/tsc");

rmSync(to, { recursive: true, force: true });
execFileSync(compiler, ["-p", root, "--noEmit", "false", "--declaration", "--emitDeclarationOnly", "--outDir", to], {
  stdio: "inherit",
});
for (const path of ["types.d.ts", "llm/types.d.ts", "testing/types.d.ts"]) cpSync(join(root, "src", path), join(to, path));
