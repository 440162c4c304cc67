/** `inspect --events`. */
import { assertEquals, assertMatch } from "@std/assert";
import type { Event } from "../../../lib/journal/event.ts";
import { inFolder } from "../../support/in_folder.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { runMain } from "../fake_io.ts";
import { planOf, unchanged, writeJournal } from "../written_journal.ts";

permittedTest(
  "inspect --events shows the history, and with --json every event of it",
  ["read", "write"],
  () =>
    inFolder({}, async (folder) => {
      const journal = `${folder}/j.json`;
      await writeJournal(journal, [
        planOf("file:///srv/a.ts", [{ export: "move", name: "first", args: [1] }, { export: "mail" }]),
        [{ type: "started", step: "1", attempt: 1, run: 1 }],
        [{ type: "finished", step: "1", attempt: 1, ms: 2, value: 7 }, {
          type: "started",
          step: "2",
          attempt: 1,
          run: 1,
        }],
      ]);
      const text = await unchanged(journal, () => runMain(["inspect", journal, "--events"]));
      assertEquals([text.code, text.error], [0, ""]);
      const lines = text.out.split("\n").map((line) => line.replace(/ {2}\S* ?[\d:.]{12} {2}/, "  TIME  "));
      assertEquals(lines.slice(1), [
        "    0  TIME  opened           by process 41 with resumable-tx 0.1.0, for file:///srv/a.ts",
        "    0            TIME  planned          2 steps: 1 to 2",
        "    0            TIME  ready            the plan is complete",
        "    1            TIME  started    1     first",
        "    2            TIME  finished   1     first after 2 ms → 7",
        "    2            TIME  started    2     mail",
        "",
        "6 events",
        "",
      ]);
      const { out } = await runMain(["inspect", journal, "--events", "--json"]);
      const events = JSON.parse(out);
      assertEquals(events.map(({ seq, type }: { seq: number; type: string }) => `${seq} ${type}`), [
        ...["0 opened", "0 planned", "0 ready", "1 started", "2 finished", "2 started"],
      ]);
      assertEquals([events[4].value, events[4].text], [7, "first after 2 ms → 7"]);
    }),
);

const EXPANDED: readonly Event[] = [
  { type: "expanded", step: "1", nodes: [{ id: "1.1", kind: "step", module: 0, export: "send", name: "letter" }] },
  { type: "finished", step: "1", attempt: 1, ms: 1, expands: 1 },
  { type: "started", step: "1.1", attempt: 1, run: 1 },
];
const MOVED = { module: 0, url: "file:///opt/b.ts" };

permittedTest(
  "inspect names what events refer to as it was then, also steps and places of modules that are gone since",
  ["read", "write"],
  () =>
    inFolder({}, async (folder) => {
      const journal = `${folder}/j.json`;
      await writeJournal(journal, [
        planOf("file:///srv/a.ts", [{ export: "makePlan" }]),
        [{ type: "started", step: "1", attempt: 1, run: 1 }],
        EXPANDED,
        [{ type: "finished", step: "1.1", attempt: 1, ms: 2 }],
        [{ type: "decided", decision: "rewind", step: "1" }],
        [{ type: "resumed", run: 2, library: "0.1.0", modules: [MOVED] }],
        [{ type: "resumed", run: 3, library: "0.1.0", modules: [{ ...MOVED, url: "file:///opt/c.ts" }] }],
      ]);
      for (const form of [["--events"], ["--events", "--json"], ["--follow"], ["--follow", "--json"], ["--html=-"]]) {
        const whole = (await runMain(["inspect", journal, ...form])).out;
        const out = whole.slice(Math.max(0, whole.indexOf(">History<")));
        assertEquals(out.match(/letter/g)?.length, form.length === 2 ? 3 : 2, out);
        assertEquals(out.match(/moved to file:\/\/\/opt\/[bc]\.ts/g)?.length, 2, out);
        assertEquals(["a.ts moved", "b.ts moved", "c.ts moved"].map((text) => out.includes(text)), [true, true, false]);
      }
    }),
);

permittedTest(
  "inspect --events sums a long history up, and --all shows every event",
  ["read", "write"],
  () =>
    inFolder({}, async (folder) => {
      const journal = `${folder}/j.json`;
      const signals = Array.from(
        { length: 300 },
        () => [{ type: "waiting" as const, step: "1", for: "decision" as const }],
      );
      await writeJournal(journal, [planOf("file:///srv/a.ts", [{ export: "move" }]), ...signals]);
      const short = (await runMain(["inspect", journal, "--events"])).out;
      assertMatch(short, /^ {2}… 248 events …\n[^]*\n303 events; --all shows every one\n/m);
      assertEquals((await runMain(["inspect", journal, "--events", "--all"])).out.split("\n").length, 307);
    }),
);

permittedTest(
  "inspect refuses two forms at once, and a damaged journal",
  ["read", "write"],
  () =>
    inFolder({}, async (folder) => {
      const journal = `${folder}/j.json`;
      await writeJournal(journal, [planOf("file:///srv/a.ts", [{ export: "move" }])]);
      const both = await runMain(["inspect", journal, "--events", "--step", "1"]);
      assertEquals([both.code, both.out], [2, ""]);
      await Deno.writeTextFile(journal, (await Deno.readTextFile(journal)).replace("planned", "plannet"));
      const damaged = await runMain(["inspect", journal, "--events"]);
      assertEquals([damaged.code, damaged.out], [65, ""]);
    }),
);
