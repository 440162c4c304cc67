import { assert, assertEquals } from "@std/assert";
import { unicodeWidth } from "@std/cli/unicode-width";
import { formatProgress, type ProgressView } from "../../lib/progress/run_progress.ts";
import { SeededRandom } from "../support/seeded_random.ts";

const VIEW: ProgressView = { done: 3, all: 12, call: 'upload("report.pdf")', elapsedMs: 12_900 };

Deno.test("formatProgress() shows count, call, what the step says, and time", () => {
  assertEquals(formatProgress(VIEW, 80), '3/12  upload("report.pdf")  0:12');
  assertEquals(formatProgress({ ...VIEW, expectedMs: 40_000 }, 80), '3/12  upload("report.pdf")  0:12 of ~0:40');
  const said = { ...VIEW, expectedMs: 3_725_000, fraction: 0.629, text: "copying" };
  assertEquals(formatProgress(said, 80), '3/12  upload("report.pdf")  62 % copying  0:12 of ~1:02:05');
  assertEquals(formatProgress({ ...said, others: 2 }, 80).includes('upload("report.pdf") and 2 more'), true);
  assertEquals(formatProgress({ done: 0, all: 1_000_000, elapsedMs: 0 }, 80), "0/1,000,000  0:00");
});

Deno.test("formatProgress() gives up the guess first, then what the step says, then the end of the call", () => {
  const said = { ...VIEW, expectedMs: 40_000, fraction: 0.5, text: "copying" };
  assertEquals(formatProgress({ ...VIEW, expectedMs: 40_000 }, 40), '3/12  upload("report.pd…  0:12 of ~0:40');
  assertEquals(formatProgress(said, 40), '3/12  upload("repo…  50 % copying  0:12');
  assertEquals(formatProgress(said, 24), '3/12  upload("re…  0:12');
  assertEquals(formatProgress({ ...VIEW, call: "f()" }, 20), "3/12  f()  0:12");
  assertEquals(formatProgress(VIEW, 12), "3/12  0:12");
  assertEquals(formatProgress(VIEW, 5), "3/1…");
  assertEquals(formatProgress(VIEW, 0), "");
});

Deno.test("formatProgress() drops a guess that has proved wrong, and shares that are none", () => {
  assertEquals(formatProgress({ ...VIEW, expectedMs: 12_000 }, 80), '3/12  upload("report.pdf")  0:12');
  for (const fraction of [NaN, -0.1, 1.1]) {
    assertEquals(formatProgress({ ...VIEW, fraction }, 80), '3/12  upload("report.pdf")  0:12');
  }
});

Deno.test("formatProgress() counts wide characters twice and cuts none of them in half", () => {
  const view = { ...VIEW, call: 'state.檔案 = 移動("報告.pdf")', text: "複製中的檔案" };
  assertEquals(formatProgress(view, 80), '3/12  state.檔案 = 移動("報告.pdf")  複製中的檔案  0:12');
  assertEquals(formatProgress(view, 40), "3/12  state.檔案 =…  複製中的檔案  0:12");
});

Deno.test("formatProgress() shows what would move the cursor as text", () => {
  assertEquals(
    formatProgress({ ...VIEW, call: "a\nb", text: "\u001b[2J\r" }, 80),
    "3/12  a\\nb  \\u001b[2J\\r  0:12",
  );
});

Deno.test("formatProgress() never needs more than all columns but one", () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const random = new SeededRandom(seed);
  const letters = ["a", "移", "é", "👩‍👩‍👧", " ", "…", "\u001b"];
  const text = () => Array.from({ length: random.below(60) }, () => letters[random.below(letters.length)]).join("");
  for (let round = 0; round < 2000; round += 1) {
    const columns = random.below(100);
    const view: ProgressView = {
      done: random.below(1e6),
      all: random.below(1e6),
      call: text(),
      text: text(),
      elapsedMs: random.below(1e8),
      ...(random.below(2) === 0 ? {} : { expectedMs: random.below(1e8) }),
      ...(random.below(2) === 0 ? {} : { fraction: random.below(100) / 100 }),
      ...(random.below(5) > 0 ? {} : { others: random.below(1000) }),
    };
    const line = formatProgress(view, columns);
    assert(unicodeWidth(line) <= Math.max(0, columns - 1), `seed ${seed}: ${columns} columns, ${JSON.stringify(view)}`);
  }
});
