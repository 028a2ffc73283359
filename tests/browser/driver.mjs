// Drives one system Chromium for the tests: reads `{call, args}` a line, answers `{value}` or `{error}` a line.
// A call is a method of Playwright's page; `open` begins a new context and `leave` ends it, `troubles` gives what the page
// complained of. All tests share the browser, each in contexts of its own; one that crashed is replaced.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const [executablePath] = process.argv.slice(2);

let browser;
let page;
let troubles = [];

const launch = () =>
  chromium.launch({
    executablePath,
    timeout: 120_000,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--disable-background-networking",
      "--disable-component-update",
    ],
  });

async function leave() {
  await page
    ?.context()
    .close()
    .catch(() => undefined);
  page = undefined;
}

async function open(options) {
  await leave();
  troubles = [];
  if (!browser?.isConnected()) browser = await launch();
  const context = await browser.newContext({ reducedMotion: "reduce", ...options });
  page = await context.newPage();
  page.setDefaultTimeout(options.timeout ?? 30_000);
  page.on("console", (message) => {
    // a refused sign-in and a lost connection are logged by the browser itself; tests ask for these on purpose
    if (["error", "warning"].includes(message.type())) troubles.push(`${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => troubles.push(`exception: ${error}`));
}

const own = {
  open,
  leave,
  troubles: () => troubles,
  offline: (off) => page.context().setOffline(off),
  block: (address) => page.route(address, (route) => route.abort()),
  press: (key) => page.keyboard.press(key),
  emulate: (media) => page.emulateMedia(media),
  screenshot: (path, options) => page.screenshot({ path, ...options }).then(() => null),
  // drawings have no innerText
  text: (selector) => page.locator(selector).evaluateAll((all) => all.map((one) => one.innerText ?? one.textContent)),
  attribute: (selector, name) => page.locator(selector).first().getAttribute(name),
  count: (selector) => page.locator(selector).count(),
  see: (selector, options) => page.locator(selector).first().waitFor({ state: "visible", ...options }),
  select: (selector, value) => page.locator(selector).selectOption(value),
  go: (url) => page.goto(url).then(() => null),
  evaluate: (script) => page.evaluate(script),
  url: () => page.url(),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { call, args } = JSON.parse(line);
  try {
    const value = await (own[call] ? own[call](...args) : page[call](...args));
    process.stdout.write(`${JSON.stringify({ value: value ?? null })}\n`);
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ error: String(error) })}\n`);
  }
}
await browser?.close();
