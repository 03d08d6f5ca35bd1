/**
 * Open pages of the built site in Firefox, and say of each what went wrong.
 *
 *     node tests/browser/firefox.mjs PATH_TO_FIREFOX http://127.0.0.1:PORT/ READY PAGE …
 *
 * READY is a function that says in a page whether all widgets are there. Printed is a
 * line of JSON per page: `problems`, the number of `widgets`, and how many of those with
 * sliders, choices, or switches (`keyed`) `answered` when a key moved one; of a
 * playground, the AP50 that it `learned`.
 */
import puppeteer from "puppeteer-core";

import { CONTROL, KEYS, looks, PLAYGROUND, settle } from "./explorers.mjs";

const [executablePath, site, ready, ...pages] = process.argv.slice(2);
const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath,
  headless: true,
});
for (const name of pages) {
  console.log(JSON.stringify(await visit(name)));
}
await browser.close();

/** Open a page and try its explorers. */
async function visit(/** @type {string} */ name) {
  const page = await browser.newPage();
  const problems = watch(page);
  await page.goto(site + name, { waitUntil: "load" });
  const waiting = { timeout: 30_000 };
  await page.waitForFunction(`(${ready})()`, waiting);
  const widgets = await page.$$(".widget-subarea");
  let [keyed, answered] = [0, 0];
  for (const widget of widgets) {
    const controls = await visible(await widget.$$(CONTROL));
    keyed += Number(controls.length > 0);
    for (const control of controls) {
      if (await answers(widget, control)) {
        answered += 1;
        break;
      }
    }
  }
  const learned = (await page.$(PLAYGROUND)) ? await learn(page) : null;
  await page.close();
  const count = widgets.length;
  return { name, problems, widgets: count, keyed, answered, learned };
}

/** Return the elements that are shown. */
async function visible(
  /** @type {puppeteer.ElementHandle<Element>[]} */ elements,
) {
  const shown = await Promise.all(elements.map((one) => one.isVisible()));
  return elements.filter((_, k) => shown[k]);
}

/** Gather a page's errors and its requests to other hosts. */
function watch(/** @type {puppeteer.Page} */ page) {
  /** @type {string[]} */
  const problems = [];
  page.on("pageerror", (error) => problems.push(`exception: ${error}`));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  page.on("request", (request) => {
    const url = request.url();
    if (url.startsWith("http") && !url.startsWith(new URL(site).origin))
      problems.push(`request to another host: ${url}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400 && !response.url().endsWith("/favicon.ico"))
      problems.push(`${response.status()}: ${response.url()}`);
  });
  return problems;
}

/** Move a control by a key, and say whether the widget shows something else. */
async function answers(
  /** @type {puppeteer.ElementHandle<Element>} */ widget,
  /** @type {puppeteer.ElementHandle<Element>} */ control,
) {
  await widget.scrollIntoView();
  await settle();
  const before = await widget.evaluate(looks);
  await control.focus();
  for (const key of KEYS) {
    await control.press(/** @type {puppeteer.KeyInput} */ (key));
    await settle();
    if ((await widget.evaluate(looks)) !== before) return true;
  }
  return false;
}

/** Let the playground train to its end; return the AP50 that it shows. */
async function learn(/** @type {puppeteer.Page} */ page) {
  const [button] = await visible(await page.$$(".d2l-pg-train"));
  await button.click();
  const finished = `${PLAYGROUND}[data-phase=finished]`;
  const run = await page.waitForSelector(finished, { timeout: 120_000 });
  return run?.evaluate((element) =>
    Number(/** @type {HTMLElement} */ (element).dataset.ap50),
  );
}
