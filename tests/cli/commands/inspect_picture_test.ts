/** What a person sees on the page of `inspect --html`: all its parts, and that it is drawn at all. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { toFileUrl } from "@std/path/to-file-url";
import type { Event } from "../../../lib/journal/event.ts";
import { browserTest } from "../../support/browser_test.ts";
import { inFolder } from "../../support/in_folder.ts";
import { runMain } from "../fake_io.ts";
import { planOf, writeJournal } from "../written_journal.ts";

/** A step that is done, and a group in which one of two has failed. */
function records(): readonly (readonly Event[])[] {
  const [opened] = planOf("file:///srv/welcome.ts", []);
  if (opened === undefined) throw new TypeError("no plan");
  const step = { kind: "step", module: 0 } as const;
  const error = { name: "TypeError", message: "no such mailbox" };
  return [
    [opened, {
      type: "planned",
      nodes: [
        { id: "1", ...step, export: "make", args: ["/srv/ana"] },
        { id: "2", kind: "parallel" },
        { id: "2.1", ...step, export: "mail", name: "mail" },
        { id: "2.2", ...step, export: "print" },
      ],
    }, { type: "ready", nodes: 4 }],
    [{ type: "started", step: "1", attempt: 1, run: 1 }],
    [{ type: "finished", step: "1", attempt: 1, ms: 2, value: 7 }],
    [{ type: "started", step: "2.1", attempt: 1, run: 1 }],
    [{ type: "failed", step: "2.1", attempt: 1, ms: 3, error }, { type: "aborted", step: "2.1" }],
  ];
}

for (const scheme of ["light", "dark"] as const) {
  browserTest(
    `the page of inspect --html has all its parts, and is drawn, ${scheme}`,
    (browser) =>
      inFolder({}, async (folder) => {
        await writeJournal(`${folder}/j.json`, records());
        assertEquals((await runMain(["inspect", `${folder}/j.json`, "--html", `${folder}/p.html`])).code, 0);
        const context = await browser.newContext({ viewport: { width: 800, height: 600 }, colorScheme: scheme });
        const page = await context.newPage();
        await page.goto(toFileUrl(`${folder}/p.html`).href);
        assertStringIncludes(await page.locator("header").innerText(), "1 finished, 1 failed, 1 pending");
        assertStringIncludes(await page.locator("header").innerText(), "step 2.1 mail: TypeError: no such mailbox");
        const tree = page.locator("ol.tree > li");
        assertEquals([await tree.count(), await tree.nth(1).locator("ol > li").count()], [2, 2]);
        assertStringIncludes(await tree.nth(1).innerText(), "state.mail = mail()");
        assertStringIncludes(await page.locator("section:has(#history)").innerText(), "aborted");
        assertStringIncludes(await page.locator("body").innerText(), `resume ${folder}/j.json`);
        const picture = await page.screenshot();
        assertEquals([...picture.slice(0, 8)], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
        // Another page measures it: this one's policy lets no picture in.
        const drawn = await context.newPage();
        const measured = await drawn.evaluate<readonly number[]>(
          `(${MEASURE})(${JSON.stringify(new Uint8Array(picture).toBase64())})`,
        );
        assertEquals([measured[0], measured[1], (measured[2] ?? 0) > 4], [800, 600, true]);
        await context.close();
      }),
  );
}

// What runs in the browser is text here: the types of pages are not among those of Deno.
const MEASURE = `async (base64) => {
  const image = new Image();
  image.src = "data:image/png;base64," + base64;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.width, image.height];
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  return [image.width, image.height, new Set(new Uint32Array(data.buffer)).size];
}`;
