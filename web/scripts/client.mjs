// Writes src/api/schema.d.ts from the hub's OpenAPI document; with --check it only says whether the file is up to date.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";

const target = fileURLToPath(new URL("../src/api/schema.d.ts", import.meta.url));
const project = fileURLToPath(new URL("../..", import.meta.url));
const python = process.env.FAULTPATH_PYTHON ?? `${project}.venv/bin/python`;

const document = execFileSync(python, ["-m", "faultpath.api.document"], {
  cwd: project,
  encoding: "utf8",
  maxBuffer: 32 * 1024 * 1024,
});
const banner = "// Generated from the hub's OpenAPI document by `npm run generate`; do not edit.\n\n";
const made = banner + astToString(await openapiTS(JSON.parse(document), { alphabetize: true }));

if (!process.argv.includes("--check")) {
  writeFileSync(target, made);
} else if (readFileSync(target, "utf8") !== made) {
  console.error("src/api/schema.d.ts is older than the API: run `npm run generate` and commit the result");
  process.exit(1);
}
