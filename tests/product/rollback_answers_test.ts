/** What can be answered to a rollback that asks, or whose undo has failed, seen from outside: real files, another process. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { basename } from "@std/path/basename";
import { toFileUrl } from "@std/path/to-file-url";
import type { Inspection } from "../../lib/inspect/data/inspection.ts";
import type { Event } from "../../lib/journal/event.ts";
import { planOf, writeJournal } from "../cli/written_journal.ts";
import { CliProcess } from "../support/cli_process.ts";
import { inFolder } from "../support/in_folder.ts";
import { permittedTest } from "../support/permitted_test.ts";
import type { ProcessEnd } from "../support/run_deno.ts";

const ALL = ["read", "write", "run"] as const;
const STEPS = `
export function make() { return { path: "x" }; }
export function remove({ path }) {
  if (path === "busy") throw new RangeError("busy");
  console.log("removed", path);
}
`;
const STARTED: Event = { type: "started", step: "1", attempt: 1, run: 1 };

type Cli = (command: string, ...words: readonly string[]) => Promise<ProcessEnd>;

/** What a journal says of a transaction and of its first step. */
async function look(cli: Cli) {
  const { status, steps, next }: Inspection = JSON.parse((await cli("inspect", "--json")).stdout);
  return {
    status,
    first: { status: steps[0]?.status, undo: steps[0]?.undo },
    next: next.map(({ command }) => command.replace(/^.*\/cli (\w+) \S+/, "$1")),
  };
}

/** A journal of one step that makes something which its undo removes, and whose process has died. */
function inJournal(events: readonly Event[], test: (cli: Cli) => Promise<void>): Promise<void> {
  return inFolder({ "steps.js": STEPS }, async (folder) => {
    const node = { export: "make", name: "m", options: { undo: { module: 0, export: "remove" } } };
    await writeJournal(`${folder}/j.json`, [planOf(toFileUrl(`${folder}/steps.js`).href, [node]), events]);
    await using cli = new CliProcess({ cwd: folder });
    await test((command, ...words) => cli.run([command, "j.json", ...words]));
  });
}

permittedTest(
  "a rollback asks for the value that the undo gets, and a wrong or missing one can be given anew",
  ALL,
  () =>
    inJournal([STARTED], async (cli) => {
      const asked = await cli("rollback");
      assertEquals(asked.code, 3);
      assertStringIncludes(asked.stderr, "--done 1 --result JSON\n");
      assertEquals((await look(cli)).next, ["resume --done 1 --result JSON", "resume --skip 1"]);
      const missing = await cli("resume", "--done", "m");
      assertEquals(missing.code, 1);
      assertStringIncludes(missing.stderr, "TypeError");
      assertStringIncludes(missing.stderr, "--done 1 --result JSON");
      const wrong = await cli("resume", "--done", "m", "--result", '{"path":"busy"}');
      assertEquals(wrong.code, 1);
      assertStringIncludes(wrong.stderr, "RangeError: busy");
      assertEquals((await look(cli)).next, [
        "resume",
        "resume --done 1 --result JSON",
        "resume --done 1",
        "resume --skip 1",
      ]);
      assertEquals((await cli("done", "m", "--result", '{"path":"/x"}')).code, 0);
      assertEquals((await cli("undecide", "m")).code, 0);
      const end = await cli("rollback");
      assertEquals([end.code, end.stderr.includes("busy")], [1, true], "the value before is there again");
      const last = await cli("resume", "--done", "m", "--result", '{"path":"/x"}');
      assertEquals([last.code, last.stdout], [0, "removed /x\n"]);
    }),
);

permittedTest(
  "a value that was given can be given anew before its undo has begun",
  ALL,
  () =>
    inJournal([STARTED], async (cli) => {
      await cli("rollback");
      assertEquals((await cli("done", "m")).code, 0);
      assertEquals((await look(cli)).first.status, "finished");
      assertEquals((await cli("done", "m", "--result", '{"path":"/x"}')).code, 0);
      const end = await cli("resume");
      assertEquals([end.code, end.stdout], [0, "removed /x\n"]);
    }),
);

permittedTest("a result is refused where a step has one, or where it is said of an undo", ALL, () => {
  const finished: Event = { type: "finished", step: "1", attempt: 1, ms: 1, value: { path: "busy" } };
  return inJournal([STARTED, finished], async (cli) => {
    assertEquals((await cli("rollback")).code, 1);
    const refused = await cli("resume", "--done", "m", "--result", '{"path":"/x"}');
    assertEquals(refused.code, 2);
    const end = await cli("resume", "--done", "m");
    assertEquals([end.code, end.stdout], [0, ""]);
  });
});

permittedTest("a result is refused while nobody knows whether the undo has happened", ALL, () => {
  const undoing: readonly Event[] = [
    { type: "decided", decision: "rollback" },
    { type: "decided", decision: "done", step: "1" },
    { type: "undoing", step: "1", attempt: 1, run: 2 },
  ];
  return inJournal([STARTED, { type: "resumed", run: 2, library: "0.1.0" }, ...undoing], async (cli) => {
    const refused = await cli("done", "m", "--result", "{}");
    assertEquals(refused.code, 2);
    assertEquals((await cli("done", "m")).code, 0);
    assertEquals((await look(cli)).first.status, "undone");
  });
});

permittedTest(
  "the value that an undo gets can be given once it was decided that an undo of unknown end is made again",
  ALL,
  () => {
    const undoing: readonly Event[] = [
      { type: "decided", decision: "rollback" },
      { type: "decided", decision: "done", step: "1", given: true, value: { path: "busy" } },
      { type: "undoing", step: "1", attempt: 1, run: 2 },
    ];
    return inJournal([STARTED, { type: "resumed", run: 2, library: "0.1.0" }, ...undoing], async (cli) => {
      const { status, undo } = (await look(cli)).first;
      assertEquals([status, undo?.isUnderWay], ["unknown", true]);
      const refused = await cli("done", "m", "--result", '{"path":"/x"}');
      assertEquals(refused.code, 2, refused.stderr);
      assertEquals((await cli("retry", "m")).code, 0);
      assertEquals((await cli("done", "m", "--result", '{"path":"/x"}')).code, 0);
      const end = await cli("resume");
      assertEquals([end.code, end.stdout], [0, "removed /x\n"]);
    });
  },
);

permittedTest(
  "a rollback that has begun before says that it does not write down again who says so, and why",
  ALL,
  () =>
    inJournal([STARTED], async (cli) => {
      const told = /: --by, --why$/m;
      const wrong = await cli("rollback", "--by", "ana", "--why", "first");
      assertEquals([wrong.code, told.test(wrong.stderr)], [3, false], wrong.stderr);
      assertEquals((await cli("resume", "--done", "m", "--result", '{"path":"busy"}')).code, 1);
      const again = await cli("rollback", "--by", "ana", "--why", "second");
      assertEquals([again.code, told.test(again.stderr)], [1, true], again.stderr);
    }),
);

/** A journal of three steps, the second without an undo function, that have all happened. */
function inFinished(test: (cli: Cli, prune: () => Promise<unknown>) => Promise<void>): Promise<void> {
  return inFolder({ "steps.js": STEPS }, async (folder) => {
    const undo = { options: { undo: { module: 0, export: "remove" } } };
    const nodes = [{ export: "make", name: "a", ...undo }, { export: "make" }, { export: "make", name: "c", ...undo }];
    const ended = ["1", "2", "3"].flatMap((step): readonly Event[] => [
      { type: "started", step, attempt: 1, run: 1 },
      { type: "finished", step, attempt: 1, ms: 1, value: { path: `old ${step}` } },
    ]);
    await writeJournal(`${folder}/j.json`, [planOf(toFileUrl(`${folder}/steps.js`).href, nodes), ended, [{
      type: "ended",
    }]]);
    await using cli = new CliProcess({ cwd: folder });
    await test(
      (command, ...words) => {
        // To undo what has finished is confirmed.
        const yes = command === "rollback" && !words.includes("--dry-run") ? ["--yes"] : [];
        return cli.run([command, "j.json", ...words, ...yes]);
      },
      async () => {
        const { removed, left } = JSON.parse((await cli.run(["prune", ".", "--undone", "--dry-run", "--json"])).stdout);
        return { removed: removed.map(({ journal }: { readonly journal: string }) => basename(journal)), left };
      },
    );
  });
}

permittedTest(
  "a rollback names what had happened before a rewind, and with --strict refuses because of it",
  ALL,
  () =>
    inFinished(async (cli) => {
      assertEquals((await cli("rewind", "2", "--yes")).code, 0);
      const effects = /steps 2, 3 happened/;
      const strict = await cli("rollback", "--strict");
      assertEquals([strict.code, effects.test(strict.stderr)], [2, true], strict.stderr);
      assertMatch((await cli("rollback", "--dry-run")).stdout, effects);
      assertMatch((await cli("inspect")).stdout, /step 3 happened/);
      const up = await cli("rollback", "--to", "a");
      assertEquals([up.code, effects.test(up.stderr)], [2, true], up.stderr);
      assertEquals((await cli("resume", "--only", "2")).code, 3);
      const end = await cli("rollback");
      assertEquals([end.code, end.stdout], [0, "removed old 1\n"]);
      assertMatch(end.stderr, effects);
    }),
);

permittedTest(
  "a rollback up to a step says what it leaves, and what to type for the rest",
  ALL,
  () =>
    inFinished(async (cli, prune) => {
      const first = await cli("rollback", "--to", "2");
      assertEquals([first.code, first.stdout], [0, "removed old 3\n"]);
      assertEquals((await look(cli)).next, ["rollback"]);
      assertEquals(await prune(), { removed: [], left: 1 });
      assertEquals((await cli("rollback", "--to", "2")).code, 2);
      const second = await cli("rollback");
      assertEquals([second.code, second.stdout], [0, "removed old 1\n"]);
      assertEquals((await cli("rollback")).code, 2);
      assertEquals((await look(cli)).next, []);
      assertEquals(await prune(), { removed: ["j.json"], left: 0 });
    }),
);

permittedTest(
  "a step whose undo cannot get its arguments is left as it is, and the rollback ends",
  ALL,
  () =>
    inFolder({ "steps.js": STEPS }, async (folder) => {
      const options = { undo: { module: 0, export: "remove" } };
      const waiting = {
        export: "make",
        args: [{ step: "1" }],
        argsMeta: { values: { "0": [["custom", "ref"]] }, v: 1 },
        options,
      };
      await writeJournal(`${folder}/j.json`, [
        planOf(toFileUrl(`${folder}/steps.js`).href, [{ export: "make" }, waiting]),
      ]);
      await using process = new CliProcess({ cwd: folder });
      const cli: Cli = (command, ...words) => process.run([command, "j.json", ...words]);
      // Somebody has made it by hand; what it was to be made of never came.
      assertEquals((await cli("done", "2", "--result", '{"path":"/x"}')).code, 0);
      const failed = await cli("rollback");
      assertEquals(failed.code, 1);
      assertStringIncludes(failed.stderr, " --skip 2\n");
      assertEquals((await look(cli)).next, ["resume", "resume --done 2 --result JSON", "resume --skip 2"]);
      assertEquals((await cli("skip", "2", "--why", "made by hand")).code, 0);
      assertEquals((await cli("skip", "2")).code, 2);
      assertEquals((await cli("undecide", "2")).code, 0);
      assertEquals((await cli("resume")).code, 1);
      const end = await cli("resume", "--skip", "2");
      assertEquals([end.code, end.stdout, (await look(cli)).status], [0, "", "undone"]);
    }),
);
