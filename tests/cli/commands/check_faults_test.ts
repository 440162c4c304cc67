import { assertEquals } from "@std/assert";
import { chainSum } from "../../../lib/journal/encode_record.ts";
import type { Event } from "../../../lib/journal/event.ts";
import { inFolder } from "../../support/in_folder.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { runMain } from "../fake_io.ts";
import { planOf, unchanged, writeJournal } from "../written_journal.ts";

const STEPS = 5;
/** The plan, and a record for the start and one for the end of each step. */
const RECORDS: readonly (readonly Event[])[] = [
  planOf("file:///srv/steps.ts", Array.from({ length: STEPS }, () => ({ export: "one" }))),
  ...Array.from({ length: STEPS }, (_, index): readonly Event[][] => [
    [{ type: "started", step: String(index + 1), attempt: 1, run: 1 }],
    [{ type: "finished", step: String(index + 1), attempt: 1, ms: 7 }],
  ]).flat(),
];
const NO_FIT = "has a checksum that does not fit its text";
const NO_FIT_BEHIND = `${NO_FIT} and the line before`;

/** What `check --json` says of a journal whose lines somebody has changed. */
async function checkChanged(change: (lines: string[]) => readonly string[], records = RECORDS): Promise<Report> {
  await using folder = await makeTempFolder();
  const journal = `${folder.path}/j.json`;
  await writeJournal(journal, records);
  const lines = (await Deno.readTextFile(journal)).split("\n");
  await Deno.writeTextFile(journal, change(lines).join("\n"));
  const { code, out } = await unchanged(journal, () => runMain(["check", journal, "--json"]));
  const report: Report = JSON.parse(out);
  const shown = await runMain(["check", journal]);
  assertEquals([code, shown.code], [65, 65]);
  const expected = report.faults.map(({ line, reason }) => `${journal}:${line}: ${reason}\n`).join("");
  assertEquals(shown.out.startsWith(expected), true, shown.out);
  return report;
}

interface Report {
  readonly faults: readonly { readonly line: number; readonly reason: string }[];
  readonly moreFaults: number;
  readonly records: number;
  readonly notes: readonly string[];
}

function changeLine(lines: string[], line: number, from: string | RegExp, to: string): string[] {
  const text = lines[line - 1] ?? "";
  const changed = text.replace(from, to);
  assertEquals(changed === text, false, `line ${line} is as it was`);
  return lines.with(line - 1, changed);
}

/** A line with the sum that belongs to it, behind the lines before it. */
function withSum(before: string, covered: string): string {
  return `${covered},"sum":"${chainSum(/"sum":"(.{43})"\}$/.exec(before)?.[1] ?? "", covered)}"}`;
}

/** Puts other events in the place of a record's, and computes all sums from there anew. */
function rewrite(lines: readonly string[], line: number, events: string): string[] {
  const done = lines.slice(0, line - 1);
  for (const [index, text] of lines.slice(line - 1).entries()) {
    const covered = text.replace(/,"sum":"[^"]*"\}$/, "");
    const changed = index === 0 ? covered.replace(/"events":.*$/, `"events":${events}`) : covered;
    done.push(text === "]" ? text : withSum(done.at(-1) ?? "", changed));
  }
  return done;
}

function places({ faults }: Report): readonly (readonly [line: number, reason: string])[] {
  return faults.map(({ line, reason }) => [line, reason]);
}

permittedTest("check names every line that was damaged", ["read", "write"], async () => {
  const report = await checkChanged((lines) =>
    [3, 6, 9].reduce((all, line) => changeLine(all, line, /"attempt":1/, '"attempt":3'), lines)
  );
  assertEquals(places(report), [[3, `the line ${NO_FIT}`], [6, `the line ${NO_FIT}`], [9, `the line ${NO_FIT}`]]);
  assertEquals([report.records, report.moreFaults], [2, 0]);
  assertEquals(report.notes, ["after line 3, check cannot tell whether events contradict each other"]);
});

permittedTest("check does not blame the line behind one whose checksum was damaged", ["read", "write"], async () => {
  const other = (sum: string) => (sum.startsWith("A") ? "B" : "A") + sum.slice(1);
  const damage = (lines: string[], line: number) =>
    lines.with(line - 1, (lines[line - 1] ?? "").replace(/[\w-]{43}(?="\}$)/, other));
  assertEquals(places(await checkChanged((lines) => damage(damage(lines, 4), 5))), [
    [4, `the line ${NO_FIT}`],
    [5, `the line ${NO_FIT_BEHIND}`],
  ]);
});

permittedTest("check names lines that were broken, and goes on behind them", ["read", "write"], async () => {
  const cut = await checkChanged((lines) => lines.with(2, "").with(6, (lines[6] ?? "").slice(0, -20)));
  assertEquals(places(cut), [[3, "the line has no checksum at its end"], [7, "the line has no checksum at its end"]]);
  const joined = await checkChanged((lines) => lines.toSpliced(3, 2, `${lines[3]} ${lines[4]}`));
  assertEquals(places(joined), [[4, `the line ${NO_FIT}`]]);
  const marker = await checkChanged((lines) => changeLine(changeLine(lines, 2, ",", "]"), 5, ",", "-"));
  assertEquals(places(marker), [2, 5].map((line) => [line, 'the line does not begin with ","']));
  const first = await checkChanged((lines) =>
    changeLine(changeLine(lines, 1, '"seq"', '"sek"'), 11, "finished", "failed")
  );
  assertEquals(places(first), [[1, `the line ${NO_FIT}`], [11, `the line ${NO_FIT}`]]);
});

permittedTest("check tells where lines are missing, doubled or moved", ["read", "write"], async () => {
  const missing = "lines are missing here, or this one is damaged";
  const again = "this line is duplicated, out of place, or damaged";
  const removed = await checkChanged((lines) => lines.toSpliced(7, 2).toSpliced(2, 1));
  assertEquals(places(removed), [
    [3, `the line ${NO_FIT_BEHIND}, and "seq" 3 after 1: ${missing}`],
    [7, `the line ${NO_FIT_BEHIND}, and "seq" 9 after 6: ${missing}`],
  ]);
  const doubled = await checkChanged((lines) => lines.toSpliced(4, 0, lines[4] ?? ""));
  assertEquals(places(doubled), [[6, `the line ${NO_FIT_BEHIND}, and "seq" 4 after 4: ${again}`]]);
  const moved = await checkChanged((lines) => lines.with(4, lines[5] ?? "").with(5, lines[4] ?? ""));
  assertEquals(places(moved).map(([line]) => line), [5, 6, 7]);
  assertEquals(places(await checkChanged((lines) => lines.toSpliced(1, 0, lines[0] ?? ""))), [
    [2, 'the line does not begin with ","'],
  ]);
});

permittedTest(
  "check names lines of a sound checksum that are no record of this format",
  ["read", "write"],
  async () => {
    const lines = (all: string[]) => rewrite(rewrite(all, 4, '[{"type":"started","step":7}]'), 8, "nonsense");
    assertEquals(places(await checkChanged(lines)), [
      [4, "the line has an event 0.step that is not a text"],
      [8, "the line is not JSON in UTF-8"],
    ]);
  },
);

permittedTest("check names each line that holds something unknown", ["read", "write"], async () => {
  const newer = "is not known to this version; a newer one wrote it";
  const started = '{"type":"started","step":"3","attempt":1,"run":1';
  const unknown = (lines: string[]) =>
    rewrite(rewrite(lines, 4, '[{"type":"teleported"}]'), 6, `[${started},"mood":"fine"}]`);
  const report = await checkChanged(unknown);
  assertEquals(places(report), [
    [4, `record 3: event 0, which has the unknown type "teleported", ${newer}`],
    [6, `record 5: event 0, which has the unknown key "mood", ${newer}`],
  ]);
  assertEquals(report.notes, ["after line 4, check cannot tell whether events contradict each other"]);
  const damaged = await checkChanged((lines) => changeLine(unknown(lines), 5, '"ms":7', '"ms":8'));
  assertEquals(places(damaged).map(([line]) => line), [4, 5, 6]);
});

permittedTest(
  "check reports what contradicts the events before it, up to the first damage",
  ["read", "write"],
  async () => {
    const records = RECORDS.with(3, RECORDS[1] ?? []).with(7, RECORDS[1] ?? []);
    const report = await checkChanged((lines) => changeLine(lines, 6, '"run":1', '"run":2'), records);
    assertEquals(places(report).map(([line]) => line), [4, 5, 6]);
  },
);

permittedTest("check names what follows the closing bracket, and a tail that is cut", ["read", "write"], async () => {
  const behind = await checkChanged((lines) => [...changeLine(lines, 4, '"run":1', '"run":2'), "and more", ""]);
  assertEquals(places(behind), [
    [4, `the line ${NO_FIT}`],
    [12, "the line is a closing bracket with more after it"],
    [13, "the line has no checksum at its end"],
    [14, "the line is missing: the file ends without its closing bracket"],
  ]);
  const cut = await checkChanged((lines) => [
    ...changeLine(lines, 4, '"run":1', '"run":2').slice(0, 10),
    (lines[10] ?? "").slice(0, 50),
  ]);
  assertEquals(places(cut), [[4, `the line ${NO_FIT}`], [11, "the line is no record"]]);
  const edited = await checkChanged((lines) => [...changeLine(lines, 4, '"run":1', '"run":2'), "", ""]);
  assertEquals(places(edited), [[4, `the line ${NO_FIT}`]]);
});

permittedTest(
  "check lists a hundred faults and counts the others",
  ["read", "write"],
  () =>
    inFolder({}, async (folder) => {
      const journal = `${folder}/j.json`;
      const events = Array.from({ length: 250 }, (): Event[] => [{ type: "signalled", signal: "go", value: 1 }]);
      await writeJournal(journal, [...RECORDS, ...events]);
      await Deno.writeTextFile(journal, (await Deno.readTextFile(journal)).replaceAll('"value":1', '"value":2'));
      const { code, out } = await runMain(["check", journal]);
      const lines = out.trimEnd().split("\n");
      assertEquals([code, lines.length], [65, 103]);
      assertEquals(lines[99], `${journal}:111: the line ${NO_FIT_BEHIND}`);
      assertEquals(lines[100], "… and 150 more");
      assertEquals(lines.at(-1), "not sound: 250 faults; 11 records, 5 steps could be read");
      const report: Report = JSON.parse((await runMain(["check", journal, "--json"])).out);
      assertEquals([report.faults.length, report.moreFaults], [100, 150]);
      const doubled = [...RECORDS.slice(0, 2), ...Array.from({ length: 120 }, () => RECORDS[1] ?? [])];
      await Deno.remove(journal);
      await writeJournal(journal, doubled);
      assertEquals((await runMain(["check", journal])).out.split("\n").at(-3), "… and 20 more");
    }),
);

permittedTest("check cannot tell that the last line was taken away", ["read", "write"], async () => {
  await using folder = await makeTempFolder();
  const journal = `${folder.path}/j.json`;
  await writeJournal(journal, RECORDS);
  const lines = (await Deno.readTextFile(journal)).split("\n");
  await Deno.writeTextFile(journal, lines.toSpliced(RECORDS.length - 1, 1).join("\n"));
  // Nothing is left that could miss it: what ended last has not ended.
  assertEquals((await runMain(["check", journal])).out, "sound: 10 records, 5 steps\n");
  const { out } = await runMain(["inspect", journal, "--json"]);
  const steps: readonly { readonly status: string }[] = JSON.parse(out).steps;
  assertEquals(steps.map(({ status }) => status), ["finished", "finished", "finished", "finished", "unknown"]);
});
