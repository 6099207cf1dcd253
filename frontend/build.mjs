// Bundles every file of frontend/entries into jineng/portal/static/dist, under the same name.
// Hashes in file names come later, from whitenoise's manifest.
import { build } from "esbuild";
import { readFileSync, readdirSync, rmSync } from "node:fs";
import { pruned, wordsIn } from "./prune.mjs";

const entries = "frontend/entries";
const outdir = "jineng/portal/static/dist";

rmSync(outdir, { recursive: true, force: true });

// Tabler has five times what is used of it. Whatever could name a class is looked through.
const words = wordsIn(["jineng", "frontend"], [".html", ".py", ".ts"]);
// A sheet of paper is as narrow as a tablet, and yet no phone: lists stay tables on it.
const onScreen = (css) => css.replaceAll("@media (max-width", "@media screen and (max-width");
const styles = {
  name: "styles",
  setup(builder) {
    builder.onLoad({ filter: /\.css$/ }, ({ path }) => {
      const css = readFileSync(path, "utf8");
      const kept = path.endsWith("tabler.css") ? pruned(css, words) : css;
      return { contents: onScreen(kept), loader: "css" };
    });
  },
};

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
  plugins: [styles],
});
