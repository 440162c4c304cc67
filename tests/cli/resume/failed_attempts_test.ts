/** What `resume` says about attempts that fail before one succeeds. */
import { assertEquals } from "@std/assert";
import { toFileUrl } from "@std/path/to-file-url";
import type { Event } from "../../../lib/journal/event.ts";
import { inFolder } from "../../support/in_folder.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { runMain } from "../fake_io.ts";
import { planOf, writeJournal } from "../written_journal.ts";

const STEPS = `
let tries = 0;
export function make() {}
export function fail() { if (++tries % 3 !== 0) throw new RangeError("no \\x1b[31mroom " + tries); }
`;

permittedTest(
  "resume prints one line for each failed attempt, escaped, and none with --quiet",
  ["read", "write", "sys", "env"],
  () =>
    inFolder({ "steps.js": STEPS }, async (folder) => {
      const options = { retry: { maxAttempts: 3, delayMs: 0 } };
      const plan = planOf(toFileUrl(`${folder}/steps.js`).href, [{ export: "fail", name: "mail", options }]);
      await writeJournal(`${folder}/a.json`, [plan]);
      const { code, error } = await runMain(["resume", `${folder}/a.json`]);
      const line = (attempt: number) =>
        `Step 1 "mail", attempt ${attempt} failed: RangeError: no \\u001b[31mroom ${attempt}. ` +
        `Attempt ${attempt + 1} no earlier than TIME UTC`;
      const lines = error.replaceAll(/\d{4}-\d\d-\d\d [\d:.]+/g, "TIME").split("\n");
      assertEquals([code, lines.slice(0, 2), lines.length], [0, [line(1), line(2)], 4]);
      await writeJournal(`${folder}/b.json`, [plan]);
      const quiet = await runMain(["resume", `${folder}/b.json`, "--quiet"]);
      assertEquals([quiet.code, quiet.error.split("\n")], [0, lines.slice(2)]);
    }),
);

permittedTest(
  "rollback prints one line for each failed attempt of an undo, and none with --quiet",
  ["read", "write", "sys", "env"],
  () =>
    inFolder({ "steps.js": STEPS }, async (folder) => {
      const options = { retry: { maxAttempts: 3, delayMs: 0 }, undo: { module: 0, export: "fail" } };
      const records: readonly (readonly Event[])[] = [
        planOf(toFileUrl(`${folder}/steps.js`).href, [{ export: "make", options }]),
        [{ type: "started", step: "1", attempt: 1, run: 1 }],
        [{ type: "finished", step: "1", attempt: 1, ms: 1 }, { type: "ended" }],
      ];
      const lines: number[] = [];
      for (const [index, flags] of [[], ["--quiet"]].entries()) {
        await writeJournal(`${folder}/${index}.json`, records);
        const { code, error } = await runMain(["rollback", `${folder}/${index}.json`, "--yes", ...flags]);
        assertEquals(code, 0, error);
        lines.push(error.split("\n").filter((line) => /its undo, attempt [12] failed/.test(line)).length);
      }
      assertEquals(lines, [2, 0]);
    }),
);
