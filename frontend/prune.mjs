// Leaves out of a style sheet the rules whose classes nothing names. A rule stays if every class in
// one of its selectors is a word somewhere in the sources: a class must be written out in full.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Every word that could be a class, in the files of these folders with these endings. */
export function wordsIn(folders, endings) {
  const words = new Set();
  for (const folder of folders) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !endings.some((ending) => entry.name.endsWith(ending))) continue;
      const text = readFileSync(join(entry.parentPath, entry.name), "utf8");
      for (const [word] of text.matchAll(/[A-Za-z_][\w-]*/g)) words.add(word);
    }
  }
  return words;
}

/** The style sheet without what is not used; notices of its licence stay. */
export function pruned(css, words) {
  const notices = css.match(/\/\*![^]*?\*\//g) ?? [];
  return [...notices, used(css.replace(/\/\*[^]*?\*\//g, ""), words)].join("\n");
}

function used(css, words) {
  return blocks(css)
    .map(({ head, body }) => {
      if (body === null) return head;
      if (/^@(media|supports)/.test(head)) {
        const inside = used(body, words);
        return inside.trim() ? `${head}{${inside}}` : "";
      }
      if (head.startsWith("@")) return `${head}{${body}}`;
      const kept = selectors(head).filter((one) => isUsed(one, words));
      return kept.length ? `${kept.join(",")}{${body}}` : "";
    })
    .join("\n");
}

function isUsed(selector, words) {
  const plain = selector.replace(/:(not|where|is|has)\([^()]*(\([^()]*\)[^()]*)*\)/g, "");
  return [...plain.matchAll(/\.((?:[\w-]|\\.)+)/g)].every(([, name]) => words.has(name));
}

// A selector's parts, at the commas that stand outside of brackets.
function selectors(head) {
  const parts = [""];
  let depth = 0;
  for (const letter of head) {
    if (letter === "(" || letter === "[") depth += 1;
    if (letter === ")" || letter === "]") depth -= 1;
    if (letter === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += letter;
  }
  return parts.map((part) => part.trim());
}

// The blocks of the outermost level: what stands before the brace, and what between the braces.
function blocks(css) {
  const found = [];
  let at = 0;
  while (at < css.length) {
    const end = next(css, at, "{;");
    if (end === css.length) break;
    const head = css.slice(at, end).trim();
    if (css[end] === ";") {
      found.push({ head: `${head};`, body: null });
      at = end + 1;
      continue;
    }
    let [depth, close] = [1, end];
    while (depth > 0) {
      close = next(css, close + 1, "{}");
      if (close === css.length) throw new Error(`a block is never closed: ${head}`);
      depth += css[close] === "{" ? 1 : -1;
    }
    found.push({ head, body: css.slice(end + 1, close) });
    at = close + 1;
  }
  return found;
}

// Where the next of these letters stands, outside of texts and of brackets such as url(…;…).
function next(css, from, letters) {
  for (let at = from; at < css.length; at += 1) {
    const letter = css[at];
    if (letter === '"' || letter === "'") {
      at = css.indexOf(letter, at + 1);
      if (at < 0) return css.length;
    } else if (letters.includes(letter)) {
      return at;
    }
  }
  return css.length;
}
