/**
 * Open pages of the built site in WebKit, and say of each what went wrong.
 *
 *     node tests/browser/webkit.mjs MINI_BROWSER http://127.0.0.1:PORT/ READY PAGE …
 *
 * Needs a display, and WebKitGTK's driver and small browser. READY and what is printed
 * are as in `firefox.mjs`; the pages gather their `problems` themselves.
 */
import { Builder, By, Capabilities, Key, until } from "selenium-webdriver";
import { DriverService } from "selenium-webdriver/remote/index.js";

import { CONTROL, KEYS, looks, PLAYGROUND, settle } from "./explorers.mjs";

/** @typedef {import("selenium-webdriver").WebElement} WebElement */

const NAMES = { ArrowRight: Key.ARROW_RIGHT, ArrowDown: Key.ARROW_DOWN };

const [binary, site, ready, ...pages] = process.argv.slice(2);
const service = new DriverService.Builder("WebKitWebDriver")
  .setLoopback(true)
  .build();
const options = { binary, args: ["--automation"] };
const wanted = new Capabilities({ "webkitgtk:browserOptions": options });
const server = await service.start();
/** @type {import("selenium-webdriver").WebDriver} */
let browser;
try {
  browser = await new Builder()
    .usingServer(server)
    .withCapabilities(wanted.setBrowserName("MiniBrowser"))
    .build();
  for (const name of pages) {
    console.log(JSON.stringify(await visit(name)));
  }
  await browser.quit();
} finally {
  await service.kill();
}

/** Open a page and try its explorers. */
async function visit(/** @type {string} */ name) {
  await browser.get(site + name);
  await browser.wait(() => browser.executeScript(`return (${ready})()`), 30_000);
  const widgets = await browser.findElements(By.css(".widget-subarea"));
  let [keyed, answered] = [0, 0];
  for (const widget of widgets) {
    const controls = await visible(await widget.findElements(By.css(CONTROL)));
    keyed += Number(controls.length > 0);
    for (const control of controls) {
      if (await answers(widget, control)) {
        answered += 1;
        break;
      }
    }
  }
  const learned = name.endsWith("playground.html") ? await learn() : null;
  const problems = await browser.executeScript("return problems");
  const count = widgets.length;
  return { name, problems, widgets: count, keyed, answered, learned };
}

/** Return the elements that are shown. */
async function visible(/** @type {WebElement[]} */ elements) {
  const shown = await Promise.all(elements.map((one) => one.isDisplayed()));
  return elements.filter((_, k) => shown[k]);
}

/** Move a control by a key, and say whether the widget shows something else. */
async function answers(
  /** @type {WebElement} */ widget,
  /** @type {WebElement} */ control,
) {
  const look = () => browser.executeScript(looks, widget);
  await browser.executeScript("arguments[0].scrollIntoView()", widget);
  await settle();
  const before = await look();
  for (const key of KEYS) {
    await control.sendKeys(NAMES[/** @type {keyof NAMES} */ (key)] ?? key);
    await settle();
    if ((await look()) !== before) return true;
  }
  return false;
}

/** Let the playground train to its end; return the AP50 that it shows. */
async function learn() {
  const buttons = await browser.findElements(By.css(".d2l-pg-train"));
  const [button] = await visible(buttons);
  await button.click();
  const finished = By.css(`${PLAYGROUND}[data-phase=finished]`);
  const run = await browser.wait(until.elementLocated(finished), 120_000);
  return Number(await run.getAttribute("data-ap50"));
}
