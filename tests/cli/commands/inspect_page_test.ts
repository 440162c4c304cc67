/** The page that `inspect --html` writes, in a real browser. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { toFileUrl } from "@std/path/to-file-url";
import type { Browser, Page } from "playwright-core";
import type { Event } from "../../../lib/journal/event.ts";
import { browserTest } from "../../support/browser_test.ts";
import { inFolder } from "../../support/in_folder.ts";
import { runMain } from "../fake_io.ts";
import { planOf, writeJournal } from "../written_journal.ts";

const EVIL = `"'><script>document.title="owned"</script><img src=x onerror=alert(1)>&amp;\u202egnp.\u0000`;
const SHOWN = EVIL.replace("\u202e", "\\u202e").replace("\u0000", "\\u0000");

/** Steps that finished, failed and wait, with a stranger's text wherever a journal has room for it. */
function records(): readonly (readonly Event[])[] {
  const error = {
    name: EVIL,
    message: EVIL,
    stack: `${EVIL}\n    at ${EVIL} (file:///a.ts:1:1)`,
    cause: { name: EVIL, message: "" },
  };
  const steps = [
    { export: "first", args: [{ [EVIL]: EVIL, password: "hunter2" }] },
    { export: "second", name: EVIL, args: ["x".repeat(500), "word ".repeat(200)] },
    ...Array.from({ length: 8 }, (_, index) => ({ export: "later", args: [index] })),
  ];
  return [
    planOf(`file:///srv/${encodeURIComponent(EVIL)}.ts`, steps),
    [{ type: "started", step: "1", attempt: 1, run: 1 }],
    [{ type: "finished", step: "1", attempt: 1, ms: 2, value: EVIL }, {
      type: "started",
      step: "2",
      attempt: 1,
      run: 1,
    }],
    [{ type: "failed", step: "2", attempt: 1, ms: 3, error }, { type: "aborted", step: "2" }],
    [{ type: "resumed", run: 2, library: EVIL, host: EVIL }],
    [{ type: "decided", decision: "retry", step: "2", by: EVIL, why: EVIL }, {
      type: "signalled",
      signal: EVIL,
      by: EVIL,
    }],
    [{ type: "started", step: "2", attempt: 2, run: 2 }],
    [{ type: "failed", step: "2", attempt: 2, ms: 3, error }, { type: "aborted", step: "2" }],
  ];
}

/** What a page has done that it must not. */
interface Watched {
  readonly page: Page;
  readonly noticed: string[];
}

/** Opens the page of a journal, and notes whatever it loads, says or asks. */
async function inPage(
  browser: Browser,
  look: { readonly width: number; readonly scheme: "light" | "dark" },
  test: (watched: Watched) => Promise<void>,
): Promise<void> {
  await inFolder({}, async (folder) => {
    await writeJournal(`${folder}/j.json`, records());
    assertEquals((await runMain(["inspect", `${folder}/j.json`, "--html", `${folder}/p.html`])).code, 0);
    const url = toFileUrl(`${folder}/p.html`).href;
    const context = await browser.newContext({
      viewport: { width: look.width, height: 900 },
      colorScheme: look.scheme,
    });
    const page = await context.newPage();
    const noticed: string[] = [];
    page.on("request", (request) => request.url() !== url && noticed.push(`loads ${request.url()}`));
    page.on("console", (message) => noticed.push(`says ${message.text()}`));
    page.on("dialog", (dialog) => noticed.push(`asks ${dialog.message()}`));
    page.on("pageerror", (error) => noticed.push(`fails ${error}`));
    await page.goto(url);
    await test({ page, noticed });
    await context.close();
  });
}

browserTest(
  "the page of inspect --html shows a stranger's text as text, and loads nothing",
  (browser) =>
    inPage(browser, { width: 1400, scheme: "light" }, async ({ page, noticed }) => {
      assertEquals(noticed, []);
      assertEquals(await page.title(), `aborted: ${encodeURIComponent(EVIL)}.ts`);
      assertEquals(await page.locator("script, img, iframe, link, object, a, [onerror], [style]").count(), 0);
      await page.evaluate(OPEN_ALL);
      const text = await page.locator("body").innerText();
      for (const place of [`${SHOWN}: ${SHOWN}`, `caused by ${SHOWN}`, `retry by ${SHOWN}`, `arrived by ${SHOWN}`]) {
        assertStringIncludes(text, place);
      }
      assertStringIncludes(text, "«redacted»");
      assertEquals([text.includes("hunter2"), text.includes("\u202e")], [false, false]);
    }),
);

browserTest(
  "the policy of the page keeps scripts, images and other styles out, and lets its own style in",
  (browser) =>
    inPage(browser, { width: 1400, scheme: "light" }, async ({ page, noticed }) => {
      const font = await page.evaluate<string>("getComputedStyle(document.querySelector('pre')).fontFamily");
      assertStringIncludes(font, "monospace");
      await page.evaluate(INTRUDE);
      assertEquals(await page.locator("body").isVisible(), true);
      assertEquals((await page.title()).startsWith("aborted: "), true);
      const refused = noticed.filter((line) => line.startsWith("says ") && line.includes("Content Security Policy"));
      assertEquals(refused.length, 3);
    }),
);

for (const scheme of ["light", "dark"] as const) {
  for (const width of [400, 1400]) {
    browserTest(
      `the page fits a window of ${width} pixels and can be read, ${scheme}`,
      (browser) =>
        inPage(browser, { width, scheme }, async ({ page }) => {
          await page.evaluate(OPEN_ALL);
          assertEquals(await page.evaluate("document.documentElement.scrollWidth"), width);
          assertEquals(await page.evaluate<number>(LEAST_CONTRAST) >= 4.5, true);
          const back = await page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
          assertEquals(Number(/\d+/.exec(back)?.[0]) > 128, scheme === "light");
          assertEquals(await page.evaluate(BARS_ARE_IN_PLACE), [true, true, true]);
        }),
    );
  }
}

browserTest(
  "the page can be used with the keyboard alone",
  (browser) =>
    inPage(browser, { width: 1400, scheme: "light" }, async ({ page }) => {
      const isOpen = () => page.evaluate<boolean>("document.querySelector('details').open");
      const atSummary = () => page.evaluate<boolean>("document.activeElement === document.querySelector('summary')");
      for (let presses = 0; presses < 30 && !await atSummary(); presses += 1) await page.keyboard.press("Tab");
      assertEquals([await atSummary(), await isOpen()], [true, false]);
      assertEquals(await page.evaluate("getComputedStyle(document.activeElement).outlineStyle"), "solid");
      await page.keyboard.press("Enter");
      assertEquals(await isOpen(), true);
    }),
);

// What runs in the browser is text here: the types of pages are not among those of Deno.
const OPEN_ALL = `for (const one of document.querySelectorAll("details")) one.open = true;`;

const INTRUDE = `
  const script = document.createElement("script");
  script.textContent = "document.title = 'owned'";
  const style = document.createElement("style");
  style.textContent = "body { display: none }";
  const image = document.createElement("img");
  image.src = "https://example.org/x.png";
  document.body.append(script, style, image);
`;

const BARS_ARE_IN_PLACE = `[...document.querySelectorAll(".bar")].map((bar) => {
  const track = bar.parentElement.getBoundingClientRect();
  const { left, right, width } = bar.getBoundingClientRect();
  return width >= 3 && left >= track.left - 1 && right <= track.right + 1;
})`;

/** The least contrast of text on the page, as WCAG 2.2 reckons it. */
const LEAST_CONTRAST = `(() => {
  const numbers = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const luminance = (colour) => {
    const [red, green, blue] = numbers(colour).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element) => {
    if (element === null) return "rgb(255, 255, 255)";
    const { backgroundColor } = getComputedStyle(element);
    return numbers(backgroundColor)[3] === 0 ? behind(element.parentElement) : backgroundColor;
  };
  const texts = "h1, h2, h3, dt, dd, pre, .status, .took, .id, .call, .legend, td, footer";
  return Math.min(...[...document.querySelectorAll(texts)].map((element) => {
    const [a, b] = [luminance(getComputedStyle(element).color), luminance(behind(element))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  }));
})()`;
