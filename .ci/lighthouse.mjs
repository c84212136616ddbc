// lighthouse.mjs URL: runs Lighthouse against a till with the demo shop. The phone
// page is loaded as Lighthouse loads every page, on a slow phone; the others are
// judged as they stand. Prints the scores, and what costs points; fails below 95.
import { existsSync } from "node:fs";
import { navigation, snapshot, desktopConfig } from "lighthouse";
import puppeteer from "puppeteer-core";

const least = 95;
const base = process.argv[2];
const executablePath = ["chromium", "chromium-browser", "google-chrome"]
  .flatMap((name) => process.env.PATH.split(":").map((folder) => `${folder}/${name}`))
  .find((path) => existsSync(path));
if (!executablePath) throw new Error("needs Chromium: apt-get install chromium");

let below = 0;

// report prints one page's scores, and of those below the bar what is wrong.
function report(where, { lhr }, timings = []) {
  const scores = Object.values(lhr.categories).map((c) => [c.title, Math.round(c.score * 100), c]);
  console.log(`${where}: ${scores.map(([title, score]) => `${title.toLowerCase()} ${score}`).join(", ")}`);
  for (const id of timings) console.log(`  ${lhr.audits[id].title.toLowerCase()}: ${lhr.audits[id].displayValue}`);
  for (const { node, score } of lhr.audits["layout-shifts"]?.details?.items ?? []) console.log(`  moves by ${score.toFixed(3)}: ${node?.selector}`);
  for (const [title, score, category] of scores) {
    if (score < least) below++;
    for (const { id, weight } of category.auditRefs) {
      const audit = lhr.audits[id];
      if (weight === 0 || audit.score === null || audit.score >= 0.9) continue;
      console.log(`  ${title.toLowerCase()} loses by ${id}: ${audit.title} ${audit.displayValue ?? ""}`);
      for (const item of (audit.details?.items ?? []).slice(0, 5)) {
        console.log(`    ${item.node?.selector ?? item.url ?? item.description ?? JSON.stringify(item).slice(0, 200)}`);
      }
    }
  }
}

const browser = await puppeteer.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-quic"] });
try {
  const page = await browser.newPage();
  const timings = ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift", "speed-index"];
  const all = { onlyCategories: ["performance", "accessibility", "best-practices"] };
  report("phone", await navigation(page, `${base}/`, { flags: all }), timings);

  const sees = (selector) => page.waitForSelector(selector, { timeout: 20000 });
  const click = async (selector) => (await sees(selector)).click();
  const type = async (selector, text) => (await sees(selector)).type(text);
  const judge = async (where, config) => report(where, await snapshot(page, { config, flags: { onlyCategories: ["accessibility"] } }));
  const visit = async (where, path, ready, config) => {
    await page.goto(base + path);
    await sees(ready);
    await judge(where, config);
  };

  await visit("phone, at first", "/", 'main[data-link="open"]');
  await click(".open-typing");
  await type("#type", "three oat milk\n");
  await sees('.cart-line[data-item="1203"]');
  await judge("phone, basket");
  await click(".checkout");
  await click(".confirm");
  await type("#account", "1001");
  await type("#secret", "till-demo-1\n");
  await sees(".receipt .qr");
  await judge("phone, receipt");
  const link = await page.$eval(".receipt a", (a) => a.getAttribute("href"));
  await visit("receipt by its link", link, ".qr");
  await visit("receipts by number", "/receipts", "form");
  await visit("kiosk, resting", "/kiosk", "#wake", desktopConfig);
  await click("#wake");
  await sees('main[data-link="open"]');
  await judge("kiosk", desktopConfig);
  await visit("gate", "/gate", "#pass", desktopConfig);
  await visit("console, signing in", "/merchant", ".login form", desktopConfig);
  await type("[name=account]", "merchant@example.com");
  await type("[name=password]", "shop-demo-1\n");
  await sees(".console");
  for (const section of await page.$$eval(".side .sections a", (links) => links.map((a) => a.hash))) {
    await page.evaluate((hash) => { location.hash = hash; }, section);
    await sees(`.side a[href="${section}"][aria-current]`);
    await judge(`console, ${section.slice(1)}`, desktopConfig);
  }
} finally {
  await browser.close();
}
if (below > 0) {
  console.error(`lighthouse: ${below} scores are below ${least}`);
  process.exit(1);
}
