/** What commands ask and show on a real terminal. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { unicodeWidth } from "@std/cli/unicode-width";
import { toFileUrl } from "@std/path/to-file-url";
import type { Event } from "../../../lib/journal/event.ts";
import { inFolder } from "../../support/in_folder.ts";
import { startOnTerminal, terminalTest } from "../../support/terminal/pseudo_terminal.ts";
import { Screen } from "../../support/terminal/screen.ts";
import { runCli } from "../../support/run_deno.ts";
import { writeSample, writeSamples } from "../sample_folder.ts";
import { planOf, writeJournal } from "../written_journal.ts";

const STEPS = `
export async function copy() { await Deno.stdin.read(new Uint8Array(100)); }
`;

for (const [answer, isSettled] of [["y\n", true], ["\n", false]] as const) {
  terminalTest(
    `rewind asks on a terminal, and ${isSettled ? "does it" : "leaves all as it is"}`,
    () =>
      inFolder({}, async (folder) => {
        const journal = `${folder}/j.json`;
        await writeSample(journal, "aborted");
        const before = await Deno.readTextFile(journal);
        await using process = startOnTerminal(["rewind", journal, "1"]);
        await process.hear("  2  ");
        await process.hear("? [y/N] ");
        await process.type(answer);
        const { code } = await process.end();
        assertEquals([code, await Deno.readTextFile(journal) === before], [0, !isSettled]);
      }),
  );

  terminalTest(
    `prune asks on a terminal, and ${isSettled ? "does it" : "leaves all as it is"}`,
    () =>
      inFolder({}, async (folder) => {
        await writeSample(`${folder}/finished.json`, "finished");
        await using process = startOnTerminal(["prune", folder, "--finished"]);
        await process.hear("finished.json");
        await process.hear("? [y/N] ");
        await process.type(answer);
        const { code } = await process.end();
        assertEquals([code, [...Deno.readDirSync(folder)].length], [0, isSettled ? 0 : 1]);
      }),
  );
}

const SAY = `export function say(text) { console.log("said", text); }\n`;

for (const isTrusted of [true, false]) {
  terminalTest(
    `resume of a folder sums up when Ctrl-C is pressed at a question ${isTrusted ? "about a step" : "of trust"}`,
    () =>
      inFolder({ "steps.js": SAY }, async (folder) => {
        const module = toFileUrl(`${folder}/steps.js`).href;
        for (const name of ["a", "b", "c"]) {
          const isAsked = name === "b";
          const plan = planOf(module, [{ export: "say", args: [name] }]);
          const started = { type: "started", step: "1", attempt: 1, run: 1 } as const;
          await writeJournal(`${folder}/${name}.json`, [plan, ...(isAsked && isTrusted ? [[started]] : [])]);
          if (isAsked && !isTrusted) await Deno.chmod(`${folder}/${name}.json`, 0o666);
        }
        await using process = startOnTerminal(["resume", "."], { cwd: folder });
        await process.hear(isTrusted ? "[q, Enter] " : "? [y/N] ");
        const asked = await Deno.readFile(`${folder}/b.json`);
        await process.type("\x03");
        const { code, stdout } = await process.end();
        const told = "1 of 3 journals finished\r\n  a.json  finished\r\n  b.json  waits for an answer\r\n" +
          "  c.json  was not tried\r\nContinue with the folder\r\n  deno run -A";
        assertEquals([code, stdout.split(told).length], [130, 2], stdout);
        assertEquals(await Deno.readFile(`${folder}/b.json`), asked);
      }),
  );
}

const COLUMNS = 60;
/** Texts that begin a row of the terminal with a line that no tool has written, or would if they were shown as they are. */
const FAKES = [" ", "\u00a0", "\u3000", "\u2800", "\u3164", "x", "漢", ". ", "x ".repeat(5), "\u{1f600}"].map((fill) =>
  `${fill.repeat(50 / fill.length)}  9  fine()   file:///srv/fine.ts`
);

/** The rows that a terminal shows from a text on, but not the answer. */
function rowsFrom(begin: string, stdout: string): readonly string[] {
  const rows = new Screen(COLUMNS, 1000).write(stdout).lines();
  return rows.slice(rows.findIndex((row) => row.includes(begin)) + 1);
}

for (
  const [words, begin, end, tool, prepare] of [
    [
      ["resume", "j.json"],
      "it would run",
      "Run that? [y/N]",
      ["To see in full what is cut (…), use inspect --json"],
      (path: string) => Deno.chmod(path, 0o666),
    ],
    [["rollback", "j.json"], "in this order", "Undo all these steps? [y/N]", [], () => Promise.resolve()],
    [["rewind", "j.json", "1"], " run again", "Run all these steps again? [y/N]", [
      "No rollback will undo what they have done so far",
    ], () => Promise.resolve()],
  ] as const
) {
  terminalTest(
    `no text of a journal looks like a line of the question of ${words[0]}`,
    () =>
      inFolder({ "steps.js": STEPS }, async (folder) => {
        const undo = { module: 0, export: FAKES[0] ?? "" };
        const [opened, planned, ready] = planOf(toFileUrl(`${folder}/steps.js`).href, [
          ...FAKES.map((name) => ({ export: "copy", name, options: { undo } })),
          ...FAKES.map((text) => ({ export: text, args: [text, { [text]: text }], options: { undo } })),
        ]);
        const ids = FAKES.flatMap((_text, index) => [index + 1, FAKES.length + index + 1]).map(String);
        const done = ids.toSorted((a, b) => Number(a) - Number(b)).map((step): readonly Event[] => [
          { type: "started", step, attempt: 1, run: 1 },
          { type: "finished", step, attempt: 1, ms: 1 },
        ]);
        const records = [[opened, planned, ready].filter((event) => event !== undefined), ...done];
        await writeJournal(`${folder}/j.json`, words[0] === "resume" ? records.slice(0, 1) : records);
        await prepare(`${folder}/j.json`);
        await using process = startOnTerminal(words, { columns: COLUMNS, cwd: folder });
        await process.hear(end);
        await process.type("n\n");
        const shown = rowsFrom(begin, (await process.end()).stdout);
        const rows = shown.slice(0, shown.findIndex((row) => row.includes(end)));
        const own = rows.filter((row) => !row.startsWith("      | "));
        const others = own.filter((row) => !/^ {2}(?:\d+ {2}\S| +its undo: x?)/.test(row));
        const numbers = own.flatMap((row) => /^ {2}(\d+) /.exec(row)?.[1] ?? []);
        assertEquals(others, [...tool], shown.join("\n"));
        assertEquals(numbers.toSorted((a, b) => Number(a) - Number(b)), ids.toSorted((a, b) => Number(a) - Number(b)));
        // If a terminal is narrower than it says, what it breaks off has no indent.
        assertEquals(rows.filter((row) => row.slice(6).includes("  9  ")), []);
      }),
  );
}

for (const columns of [40, 80]) {
  terminalTest(
    `list cuts its lines to a terminal of ${columns} columns, and none for a reader of a pipe`,
    () =>
      inFolder({}, async (folder) => {
        await writeSamples(folder);
        const deep = `${folder}/${"深い".repeat(20)}`;
        await Deno.mkdir(deep);
        await writeSample(`${deep}/aborted.json`, "aborted");
        const [message, why] = ["檔案不存在 ".repeat(40).trim(), "telephone ".repeat(40).trim()];
        await writeJournal(`${folder}/failed.json`, [
          planOf("file:///srv/a.ts", [{ export: "move" }]),
          [{ type: "started", step: "1", attempt: 1, run: 1 }],
          [
            { type: "failed", step: "1", attempt: 1, ms: 1, error: { name: "Error", message } },
            { type: "aborted", step: "1" },
          ],
        ]);
        await writeJournal(`${folder}/stopped.json`, [
          planOf("file:///srv/a.ts", [{ export: "move" }]),
          [{ type: "cancelled", by: "ana", why }],
        ]);
        await using process = startOnTerminal(["list", ".", deep], { columns, cwd: folder });
        const lines = (await process.end()).stdout.split("\r\n");
        assertEquals(lines.filter((line) => unicodeWidth(line) > columns), []);
        const piped = (await runCli(["list", ".", deep], { cwd: folder })).stdout;
        assertEquals([lines.some((line) => line.includes("…")), piped.includes("…")], [true, false], piped);
        for (const text of [message, why, `${deep}/aborted.json`]) assertStringIncludes(piped, text);
        // Of a long path, the end says more. What to type next is cut first.
        const [path, next] = columns === 80
          ? [/ …[深い]+\/aborted\.json {2}resume$/m, /^waiting .* --retry 1 \| --done 1 \| --skip 1$/m]
          : [/ …\/aborted\.json *…$/m, /^waiting .* waiting\.json *…$/m];
        for (const pattern of [path, next]) assertMatch(lines.join("\n"), pattern);
      }),
  );
}

for (const columns of [40, 80]) {
  terminalTest(
    `inspect cuts calls and wraps notes to a terminal of ${columns} columns, and --step shows what is cut`,
    () =>
      inFolder({}, async (folder) => {
        const [call, why] = ["長い文字列".repeat(12), "it was said by telephone ".repeat(6).trim()];
        const journal = `${folder}/j.json`;
        await writeJournal(journal, [
          planOf("file:///a.ts", [{ export: "copy", args: [call] }, { export: "a" }]),
          [{ type: "decided", step: "1", decision: "skip", why }],
        ]);
        await using process = startOnTerminal(["inspect", journal], { columns });
        const lines = (await process.end()).stdout.split("\r\n");
        const from = lines.indexOf("Steps");
        const steps = lines.slice(from, lines.indexOf("Next"));
        assertEquals(steps.filter((line) => unicodeWidth(line) > columns), []);
        assertMatch(steps[1] ?? "", /^ {2}1 {2}copy\("長.*… +skipped$/);
        const note = steps.slice(2, steps.findIndex((line) => line.startsWith("  2  a()")));
        assertEquals(note.map((line) => line.trim()).join(" ").endsWith(why), true, steps.join("\n"));
        assertStringIncludes(steps.join("\n"), "  … in full: inspect --step N");
        await using shown = startOnTerminal(["inspect", journal, "--step", "1"], { columns });
        const { stdout } = await shown.end();
        for (const text of [call, why]) assertStringIncludes(stdout, text);
        // Whoever reads it elsewhere has as much room as it takes.
        const piped = await runCli(["inspect", journal]);
        for (const text of [call, why]) assertStringIncludes(piped.stdout, text);
      }),
  );
}

terminalTest(
  "resume --dry-run cuts calls to the terminal, and nothing of what would happen",
  () =>
    inFolder({ "steps.js": STEPS }, async (folder) => {
      const journal = `${folder}/j.json`;
      const module = toFileUrl(`${folder}/steps.js`).href;
      await writeJournal(journal, [
        planOf(module, [{ export: "copy", args: ["x".repeat(70)] }, { export: "copy" }]),
        [{ type: "started", step: "1", attempt: 1, run: 1 }],
        [{ type: "failed", step: "1", attempt: 1, ms: 1, error: { name: "Error", message: "" } }],
      ]);
      await using process = startOnTerminal(["resume", journal, "--dry-run"], { columns: 60 });
      const { code, stdout } = await process.end();
      assertEquals(code, 0, stdout);
      assertMatch(stdout, /^ {2}1 {2}copy\("x+… {2}failed {3}will run again, as attempt 2\r$/m);
    }),
);

terminalTest(
  "resume shows on a terminal how long it may take, from what it took before",
  () =>
    inFolder({ "steps.js": STEPS }, async (folder) => {
      const journal = `${folder}/j.json`;
      const module = toFileUrl(`${folder}/steps.js`).href;
      await writeJournal(journal, [
        planOf(module, [{ export: "copy" }, { export: "copy" }]),
        [{ type: "started", step: "1", attempt: 1, run: 1 }],
        [{ type: "finished", step: "1", attempt: 1, ms: 3_600_000 }],
      ]);
      await using process = startOnTerminal(["resume", journal], { columns: 80 });
      await process.hear("1/2  copy()  ");
      await process.hear(" of ~1:00:0");
      await process.type("\n");
      assertEquals((await process.end()).code, 0);
    }),
);
