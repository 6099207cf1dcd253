// Bundles every file of frontend/entries into jineng/portal/static/dist, under the same name.
// Hashes in file names come later, from whitenoise's manifest.
import { build } from "esbuild";
import { readdirSync, rmSync } from "node:fs";

const entries = "frontend/entries";
const outdir = "jineng/portal/static/dist";

rmSync(outdir, { recursive: true, force: true });

await build({
  entryPoints: readdirSync(entries).map((name) => `${entries}/${name}`),
  outdir,
  bundle: true,
  minify: true,
  format: "iife",
  // The browsers of government offices are old: nothing newer may be relied upon.
  target: ["chrome87", "firefox78"],
  charset: "utf8",
  legalComments: "linked",
  logLevel: "warning",
});
