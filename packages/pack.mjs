/**
 * What is published on npm: `npm run pack [FOLDER]` writes the tarballs of these packages, into dist/npm by default.
 *
 * In the workspace a package is its TypeScript, so that nothing has to be built before it is used. What is packed is
 * JavaScript (ES modules, as the compiler emits them, file by file) with declarations and source maps.
 */

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const PACKAGES = ["protocol", "runtime", "react"];
const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const TSC = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");

const target = resolve(process.argv[2] ?? join(ROOT, "dist", "npm"));
mkdirSync(target, { recursive: true });
const staging = mkdtempSync(join(tmpdir(), "anyhost-npm-"));
try {
  const staged = PACKAGES.map((name) => stage(name, join(staging, name)));
  run("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", target, ...staged]);
} finally {
  rmSync(staging, { recursive: true });
}

/** The folder that becomes a package's tarball. */
function stage(name, folder) {
  const source = join(ROOT, "packages", name);
  mkdirSync(folder);
  compile(source, join(folder, "dist"));
  cpSync(join(source, "README.md"), join(folder, "README.md"));
  cpSync(join(ROOT, "LICENSE"), join(folder, "LICENSE"));
  const manifest = published(JSON.parse(readFileSync(join(source, "package.json"), "utf8")));
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  return folder;
}

function compile(source, outDir) {
  const config = join(dirname(outDir), "tsconfig.json");
  const compilerOptions = {
    noEmit: false,
    outDir,
    rootDir: join(source, "src"),
    rewriteRelativeImportExtensions: true,
    declaration: true,
    sourceMap: true,
    inlineSources: true,
    types: [],
  };
  writeFileSync(
    config,
    JSON.stringify({
      extends: join(ROOT, "tsconfig.json"),
      compilerOptions,
      include: [join(source, "src")],
    }),
  );
  run(process.execPath, [TSC, "--project", config]);
  rmSync(config);
  for (const name of readdirSync(outDir, { recursive: true })) {
    if (name.endsWith(".d.ts")) rewriteExtensions(join(outDir, name));
  }
}

/** The compiler does it in JavaScript only. */
function rewriteExtensions(file) {
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace(/"(\.\.?\/[^"]+)\.ts"/g, '"$1.js"'));
}

function published({ devDependencies, scripts, ...manifest }) {
  return {
    ...manifest,
    exports: { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } },
    files: ["dist"],
  };
}

function run(command, parameters) {
  execFileSync(command, parameters, { cwd: ROOT, stdio: ["ignore", "inherit", "inherit"] });
}
