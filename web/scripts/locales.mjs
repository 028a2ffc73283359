// Both catalogues say the same things: equal keys with equal arguments, none unused; equal reason codes and words.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("../src/", import.meta.url));
const read = (name) => JSON.parse(readFileSync(`${source}locales/${name}.json`, "utf8"));
const wrong = [];

function sameKeys(what, a, b) {
  for (const key of Object.keys(a)) if (!(key in b)) wrong.push(`${what}: zh lacks ${key}`);
  for (const key of Object.keys(b)) if (!(key in a)) wrong.push(`${what}: en lacks ${key}`);
}

function sameFields(what, a, b, fields) {
  for (const key of Object.keys(a).filter((one) => one in b)) {
    const [en, zh] = [fields(a[key]), fields(b[key])].map((found) => [...new Set(found)].sort().join(" "));
    if (en !== zh) wrong.push(`${what}: ${key} has {${en}} in English and {${zh}} in Chinese`);
    if (b[key] === "") wrong.push(`${what}: ${key} is empty in Chinese`);
  }
}

/** {name} and {name, plural, …}, but not the branches inside of it. */
function messageFields(text) {
  const found = [];
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "}") depth--;
    if (text[at] === "{" && ++depth === 1) found.push(/^\w+/.exec(text.slice(at + 1))?.[0] ?? "?");
  }
  return found;
}

const reasonFields = (text) => [...text.matchAll(/\{([a-z_]+(?::[a-z_]+)?)\}/g)].map((found) => found[1]);

const [en, zh] = [read("messages.en"), read("messages.zh")];
sameKeys("messages", en, zh);
sameFields("messages", en, zh, messageFields);

const code = readdirSync(source, { recursive: true, withFileTypes: true })
  .filter((file) => /\.tsx?$/.test(file.name) && !file.name.includes(".test."))
  .map((file) => readFileSync(`${file.parentPath}/${file.name}`, "utf8"))
  .join("\n");
for (const key of Object.keys(en)) {
  const family = `${key.slice(0, key.lastIndexOf(".") + 1)}\${`;
  if (!code.includes(`"${key}"`) && !code.includes(family)) wrong.push(`messages: nobody says ${key}`);
}

const [reasonsEn, reasonsZh] = [read("reasons.en"), read("reasons.zh")];
sameKeys("reasons", reasonsEn.codes, reasonsZh.codes);
sameFields("reasons", reasonsEn.codes, reasonsZh.codes, reasonFields);
sameKeys("word groups", reasonsEn.words, reasonsZh.words);
for (const group of Object.keys(reasonsEn.words)) sameKeys(group, reasonsEn.words[group], reasonsZh.words[group] ?? {});

for (const line of wrong) console.error(line);
process.exit(wrong.length > 0 ? 1 : 0);
