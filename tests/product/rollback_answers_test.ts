/** What can be answered to a rollback that asks, or whose undo has failed, seen from outside: real files, another process. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { toFileUrl } from "@std/path/to-file-url";
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
  if (path === "busy") throw new RangeError("it is busy");
  console.log("removed", path);
}
`;
const STARTED: Event = { type: "started", step: "1", attempt: 1, run: 1 };

type Cli = (command: string, ...words: readonly string[]) => Promise<ProcessEnd>;

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
      assertStringIncludes((await cli("inspect")).stdout, "--done 1 --result JSON\n");
      const missing = await cli("resume", "--done", "m");
      assertEquals(missing.code, 1);
      assertStringIncludes(missing.stderr, 'Step 1 "m" could not be undone: TypeError');
      assertStringIncludes(missing.stderr, "--done 1 --result JSON");
      const wrong = await cli("resume", "--done", "m", "--result", '{"path":"busy"}');
      assertEquals(wrong.code, 1);
      assertStringIncludes(wrong.stderr, "RangeError: it is busy");
      assertStringIncludes((await cli("inspect")).stdout, "--done 1 --result JSON\n");
      const given = await cli("done", "m", "--result", '{"path":"/x"}');
      assertStringIncludes(given.stderr, 'Step 1 "m" will be undone\n');
      assertEquals((await cli("undecide", "m")).code, 0);
      const end = await cli("rollback");
      assertEquals([end.code, end.stderr.includes("it is busy")], [1, true], "the value before is there again");
      const last = await cli("resume", "--done", "m", "--result", '{"path":"/x"}');
      assertEquals([last.code, last.stdout, last.stderr], [0, "removed /x\n", "undone: 1 step\n"]);
    }),
);

permittedTest(
  "a value that was given can be given anew before its undo has begun",
  ALL,
  () =>
    inJournal([STARTED], async (cli) => {
      await cli("rollback");
      assertStringIncludes((await cli("done", "m")).stderr, 'Step 1 "m" did happen, and will be undone\n');
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
    assertStringIncludes((await cli("done", "m")).stderr, 'Step 1 "m" counts as undone\n');
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
      assertStringIncludes((await cli("list")).stdout, "step 1 m: outcome of its undo unknown\n");
      const refused = await cli("done", "m", "--result", '{"path":"/x"}');
      assertEquals(refused.code, 2, refused.stderr);
      assertEquals((await cli("retry", "m")).code, 0);
      const given = await cli("done", "m", "--result", '{"path":"/x"}');
      assertEquals([given.code, given.stderr.includes('Step 1 "m" will be undone\n')], [0, true], given.stderr);
      const end = await cli("resume");
      assertEquals([end.code, end.stdout, end.stderr], [0, "removed /x\n", "undone: 1 step\n"]);
    });
  },
);

permittedTest(
  "a rollback that has begun before says that it does not write down again who says so, and why",
  ALL,
  () =>
    inJournal([STARTED], async (cli) => {
      const told = "The rollback had already begun, so this is not recorded: --by, --why\n";
      const wrong = await cli("rollback", "--by", "ana", "--why", "first");
      assertEquals([wrong.code, wrong.stderr.includes(told)], [3, false], wrong.stderr);
      assertEquals((await cli("resume", "--done", "m", "--result", '{"path":"busy"}')).code, 1);
      const again = await cli("rollback", "--by", "ana", "--why", "second");
      assertEquals([again.code, again.stderr.includes(told)], [1, true], again.stderr);
    }),
);

/** A journal of three steps, the second without an undo function, that have all happened. */
function inFinished(test: (cli: Cli, prune: () => Promise<ProcessEnd>) => Promise<void>): Promise<void> {
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
      () => cli.run(["prune", ".", "--undone", "--dry-run"]),
    );
  });
}

permittedTest(
  "a rollback names what had happened before a rewind, and with --strict refuses because of it",
  ALL,
  () =>
    inFinished(async (cli) => {
      assertStringIncludes(
        (await cli("rewind", "2", "--yes")).stderr,
        "No rollback will undo what they have done so far\n",
      );
      const effects = "steps 2, 3 happened before the rewind, and their effects stay";
      const strict = await cli("rollback", "--strict");
      assertEquals([strict.code, strict.stderr.includes(effects)], [2, true], strict.stderr);
      assertStringIncludes((await cli("rollback", "--dry-run")).stdout, `Also, ${effects}\n`);
      assertStringIncludes(
        (await cli("inspect")).stdout,
        "step 3 happened before the rewind, and its effect stays",
      );
      const up = await cli("rollback", "--to", "a");
      assertEquals([up.code, up.stderr.includes("nothing has happened")], [2, false]);
      assertStringIncludes(up.stderr, `nothing after step 1 has happened that can be undone; ${effects}; what has`);
      assertEquals((await cli("resume", "--only", "2")).code, 3);
      const end = await cli("rollback");
      assertEquals([end.code, end.stdout], [0, "removed old 1\n"]);
      assertEquals(end.stderr, `undone: 1 step; step 2 stays as it is; ${effects}\n`);
    }),
);

permittedTest("cancel names what had happened before a rewind", ALL, () =>
  inFinished(async (cli) => {
    await cli("rewind", "2", "--yes");
    const { code, stderr } = await cli("cancel");
    assertEquals(code, 0, stderr);
    assertStringIncludes(
      stderr,
      "Cancelled. Step 1: done. Steps 2, 3: not run since the rewind\n" +
        "Steps 2, 3 happened before the rewind, and their effects stay\n",
    );
  }));

permittedTest(
  "a rollback does not say that nothing has happened when all of it was rewound",
  ALL,
  () =>
    inFinished(async (cli) => {
      await cli("rewind", "1", "--yes");
      const end = await cli("rollback");
      assertEquals(end.code, 2);
      assertStringIncludes(
        end.stderr,
        "nothing has happened that can be undone; steps 1, 2, 3 happened before the rewind",
      );
    }),
);

permittedTest(
  "a rollback up to a step says what it leaves, and what to type for the rest",
  ALL,
  () =>
    inFinished(async (cli, prune) => {
      const first = await cli("rollback", "--to", "2");
      assertEquals([first.code, first.stderr], [0, "undone: 1 step; steps 1, 2 stay because of --to\n"]);
      assertStringIncludes((await cli("inspect")).stdout, "Undo the rest\n");
      assertStringIncludes((await prune()).stdout, "0 journals would be removed, 1 left\n");
      const again = await cli("rollback", "--to", "2");
      assertEquals(again.code, 2);
      assertStringIncludes(
        again.stderr,
        "everything after step 2 that can be undone is already undone; what has happened up to",
      );
      const second = await cli("rollback");
      assertEquals([second.code, second.stderr], [0, "undone: 1 step; step 2 stays as it is\n"]);
      const third = await cli("rollback");
      assertEquals(third.code, 2);
      assertStringIncludes(
        third.stderr,
        "everything that can be undone is already undone; step 2 has no undo function",
      );
      assertEquals((await cli("inspect")).stdout.includes("Undo the rest"), false);
      assertStringIncludes((await prune()).stdout, "1 journal would be removed, 0 left\n");
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
      assertStringIncludes(failed.stderr, "Cannot use the value of step 1");
      assertStringIncludes(failed.stderr, "--skip 2\n");
      assertStringIncludes((await cli("inspect")).stdout, "--skip 2\n");
      assertEquals((await cli("skip", "2", "--why", "made by hand")).code, 0);
      assertEquals((await cli("skip", "2")).code, 2);
      assertEquals((await cli("undecide", "2")).code, 0);
      assertEquals((await cli("resume")).code, 1);
      const end = await cli("resume", "--skip", "2");
      assertEquals([end.code, end.stdout, end.stderr], [0, "", "undone: 0 steps; step 2 stays as it is\n"]);
    }),
);
