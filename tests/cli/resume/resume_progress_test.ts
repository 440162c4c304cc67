/** The progress line of `resume`, on a real terminal: what a person sees while steps run and write. */
import { assertEquals, assertMatch } from "@std/assert";
import { toFileUrl } from "@std/path/to-file-url";
import type { Conversation } from "../../support/terminal/conversation.ts";
import { inFolder } from "../../support/in_folder.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { startOnTerminal, terminalTest } from "../../support/terminal/pseudo_terminal.ts";
import { runCli } from "../../support/run_deno.ts";
import { Screen } from "../../support/terminal/screen.ts";
import { planOf, writeJournal } from "../written_journal.ts";

/** A step that writes, and goes on when the person at the terminal types a line. */
const STEPS = `
import { context } from ${JSON.stringify(import.meta.resolve("../../../mod.ts"))};
export async function copy(name) {
  console.log("copying " + name);
  await Deno.stdin.read(new Uint8Array(100));
  console.log("copied " + name);
}
export async function pack(report) {
  context().progress(report);
  await Deno.stdin.read(new Uint8Array(100));
}
export function leave() {
  Deno.exit(0);
}
`;
const LONG = "the yearly report of the department for things that nobody else wants to do.pdf";

function withPlan(
  nodes: Parameters<typeof planOf>[1],
  test: (journal: string) => Promise<void>,
): Promise<void> {
  return inFolder({ "steps.js": STEPS }, async (folder) => {
    await writeJournal(`${folder}/j.json`, [planOf(toFileUrl(`${folder}/steps.js`).href, nodes)]);
    await test(`${folder}/j.json`);
  });
}

const TWO = [
  { export: "copy", args: [LONG] },
  { export: "copy", args: ["檔案"], name: "第二個檔案的備份" },
];

/** Lets both steps end, each after its call has been seen, and returns all that the terminal got. */
async function typeTwice(process: Conversation): Promise<string> {
  for (const call of ["0/2  copy", "1/2  state"]) {
    await process.hear(call);
    await process.type("\n");
  }
  const { code, stdout } = await process.end();
  assertEquals(code, 0, stdout);
  return stdout;
}

/** What the screen showed when a progress line that begins with a text had been drawn for the first time. */
function screenAt(stdout: string, text: string, columns: number): readonly string[] {
  const drawn = stdout.slice(0, stdout.indexOf("\x1b8", stdout.indexOf(text)));
  return new Screen(columns, 24).write(drawn).lines().map((line) => line.replace(/\d:\d\d/g, "0:00"));
}

function wrap(line: string, columns: number): readonly string[] {
  return line.match(RegExp(`.{1,${columns}}`, "g"))?.map((part) => part.trimEnd()) ?? [];
}

const CALLS = [
  [
    80,
    '0/2  copy("the yearly report of the department for things that nobody el…  0:00',
    /^1\/2 {2}state\.第二個檔案的備份 = copy\("檔案"\) {2}0:00/,
  ],
  [40, '0/2  copy("the yearly report of …  0:00', /^1\/2 {2}state\.第二個檔案的.*… {2}0:00/],
] as const;

for (const [columns, first, second] of CALLS) {
  terminalTest(
    `resume shows its progress below what the steps write, on ${columns} columns`,
    () =>
      withPlan(TWO, async (journal) => {
        await using process = startOnTerminal(["resume", journal], { columns });
        const stdout = await typeTwice(process);
        const [copying, copied] = [wrap(`copying ${LONG}`, columns), wrap(`copied ${LONG}`, columns)];
        assertEquals(screenAt(stdout, "0/2  copy", columns), [...copying, "", first]);
        const later = screenAt(stdout, "1/2  state", columns);
        assertEquals(later.slice(0, copying.length + copied.length), [...copying, ...copied]);
        assertMatch(later.at(-1) ?? "", second);
        const end = new Screen(columns, 24).write(stdout).lines();
        assertEquals(end.slice(0, -1), [...copying, ...copied, "copying 檔案", "copied 檔案"]);
        assertMatch(end.at(-1) ?? "", /^finished: /);
      }),
  );
}

for (
  const [report, shown] of [["half of the boxes", "half of the boxes"], [0.25, "25 %"]] as const
) {
  terminalTest(
    `resume shows what a step reports as ${JSON.stringify(report)}`,
    () =>
      withPlan([{ export: "pack", args: [report] }], async (journal) => {
        await using process = startOnTerminal(["resume", journal], { columns: 80 });
        // With the time behind it: the report is among the arguments as well.
        await process.hear(`  ${shown}  0:0`);
        await process.type("\n");
        const { code, stdout } = await process.end();
        assertEquals(code, 0, stdout);
        assertMatch(screenAt(stdout, `  ${shown}  0:0`, 80).at(-1) ?? "", RegExp(`^0/1  pack.*  ${shown}  0:00$`));
      }),
  );
}

for (const noColour of [true, false]) {
  terminalTest(
    `resume ${noColour ? "does not paint" : "paints"} its progress with${noColour ? "" : "out"} NO_COLOR`,
    () =>
      withPlan([{ export: "copy", args: ["a"] }], async (journal) => {
        await using process = startOnTerminal(["resume", journal], { columns: 80, noColour });
        await process.hear("0/1  ");
        await process.type("\n");
        const { code, stdout } = await process.end();
        assertEquals([code, stdout.includes("\x1b[2m0/1")], [0, !noColour]);
      }),
  );
}

terminalTest(
  "resume takes its line away when Ctrl-C ends it",
  () =>
    withPlan([{ export: "copy", args: ["a"] }, { export: "copy", args: ["b"] }], async (journal) => {
      await using process = startOnTerminal(["resume", journal], { columns: 80 });
      await process.hear("0/2  ");
      await process.type("\x03");
      await process.hear("waiting for the running step");
      await process.type("\n");
      const { code, stdout } = await process.end();
      assertEquals(code, 130);
      const lines = new Screen(80, 24).write(stdout).lines();
      assertEquals([lines[0], lines.includes("copied a"), lines.includes("copying b")], ["copying a", true, false]);
      assertEquals(lines.some((line) => /^[012]\/2/.test(line)), false, lines.join("\n"));
      assertMatch(lines.join("\n"), /^.* SIGINT$/m);
    }),
);

terminalTest(
  "resume takes its line away when a step ends the process",
  () =>
    withPlan([{ export: "copy", args: ["a"] }, { export: "leave" }], async (journal) => {
      await using process = startOnTerminal(["resume", journal], { columns: 80 });
      await process.hear("0/2  ");
      await process.type("\n");
      const { code, stdout } = await process.end();
      assertEquals(code, 3);
      const lines = new Screen(80, 24).write(stdout).lines();
      assertEquals(lines.slice(0, 2), ["copying a", "copied a"]);
      assertMatch(lines[2] ?? "", /^error: /);
      assertEquals(lines.some((line) => /^[012]\/2/.test(line)), false);
    }),
);

permittedTest("resume writes plain lines where nobody looks, and no line that it would redraw", [
  "read",
  "write",
  "run",
], () =>
  withPlan([{ export: "copy", args: ["a"] }], async (journal) => {
    const { code, stdout, stderr } = await runCli(["resume", journal]);
    assertEquals([code, stdout, stderr.split("\n").length], [0, "copying a\ncopied a\n", 2], stderr);
  }));
