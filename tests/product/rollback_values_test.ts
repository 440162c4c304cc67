/** Values that were lost when they were to be stored, and that undo functions get. */
import { assertEquals } from "@std/assert";
import { toFileUrl } from "@std/path/to-file-url";
import type { Event } from "../../lib/journal/event.ts";
import { planOf, unchanged, writeJournal } from "../cli/written_journal.ts";
import { CliProcess } from "../support/cli_process.ts";
import { inFolder } from "../support/in_folder.ts";
import { permittedTest } from "../support/permitted_test.ts";
import type { ProcessEnd } from "../support/run_deno.ts";

const ALL = ["read", "write", "run"] as const;
const STEPS = `
export function make() { return { path: "x" }; }
export function remove({ path }) { console.log("removed", path); }
`;
const STARTED: Event = { type: "started", step: "1", attempt: 1, run: 1 };

type Cli = (command: string, ...words: readonly string[]) => Promise<ProcessEnd>;

/** The values that two steps and a step of a returned plan had could not be stored. */
const LOST: readonly Event[] = [
  STARTED,
  { type: "finished", step: "1", attempt: 1, ms: 1, dropped: { reason: "value is a stream" } },
  { type: "started", step: "2", attempt: 1, run: 1 },
  { type: "expanded", step: "2", nodes: [{ id: "2.1", kind: "step", module: 0, export: "make" }] },
  {
    ...{ type: "finished", step: "2", attempt: 1, ms: 1, expands: 1 },
    ...{ value: { step: "2.1" }, valueMeta: { values: [["custom", "ref"]], v: 1 } },
  },
  { type: "started", step: "2.1", attempt: 1, run: 1 },
  { type: "finished", step: "2.1", attempt: 1, ms: 1, dropped: { reason: "value is a stream" } },
  { type: "started", step: "3", attempt: 1, run: 1 },
  { type: "finished", step: "3", attempt: 1, ms: 1, value: { path: "third" } },
];

permittedTest(
  "a rollback asks for every value that was lost and that an undo gets, before it undoes anything",
  ALL,
  () =>
    inFolder({ "steps.js": STEPS }, async (folder) => {
      const node = { export: "make", options: { undo: { module: 0, export: "remove" } } };
      const planned = planOf(
        toFileUrl(`${folder}/steps.js`).href,
        ["m", "plan", "last"].map((name) => ({ ...node, name })),
      );
      await writeJournal(`${folder}/j.json`, [planned, LOST]);
      await using process = new CliProcess({ cwd: folder });
      const cli: Cli = (command, ...words) => process.run([command, "j.json", ...words]);
      const asked = await cli("rollback");
      assertEquals([asked.code, asked.stdout], [3, ""]);
      const { next, rollback } = JSON.parse((await cli("inspect", "--json")).stdout);
      assertEquals(rollback.queue, undefined);
      const commands = next.map(({ command }: { command: string }) => command.replace(/^.*j\.json /, ""));
      assertEquals(commands, [
        ...["--done 2.1 --result JSON", "--done 1 --result JSON", "--skip 1"],
      ]);
      assertEquals((await unchanged(`${folder}/j.json`, () => cli("resume"))).code, 3, "asking again writes nothing");
      assertEquals((await cli("resume", "--done", "m")).code, 2, "a value is what is missing");
      const half = await cli("resume", "--done", "m", "--result", '{"path":"/1"}');
      assertEquals([half.code, half.stdout], [3, ""]);
      const end = await cli("resume", "--done", "2.1", "--result", '{"path":"/2"}');
      assertEquals([end.code, end.stdout], [0, "removed third\nremoved /2\nremoved /1\n"]);
    }),
);

permittedTest(
  "a step whose value was lost can be left as it is, and then nobody is asked for it",
  ALL,
  () =>
    inFolder({ "steps.js": STEPS }, async (folder) => {
      const node = { export: "make", name: "m", options: { undo: { module: 0, export: "remove" } } };
      await writeJournal(`${folder}/j.json`, [planOf(toFileUrl(`${folder}/steps.js`).href, [node]), LOST.slice(0, 2)]);
      await using process = new CliProcess({ cwd: folder });
      const cli: Cli = (command, ...words) => process.run([command, "j.json", ...words]);
      assertEquals((await cli("rollback")).code, 3);
      const end = await cli("resume", "--skip", "m");
      assertEquals([end.code, end.stdout], [0, ""]);
    }),
);
