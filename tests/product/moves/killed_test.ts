/** A move that is killed at any moment leaves one copy that may be run, and completes when it is typed again. */
import { assertEquals } from "@std/assert";
import { copy } from "@std/fs/copy";
import { openSqliteStore } from "../../../lib/storage/sqlite/open_sqlite_store.ts";
import { runMain } from "../../cli/fake_io.ts";
import { writeJournal } from "../../cli/written_journal.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { CLI, runDeno } from "../../support/run_deno.ts";
import { SeededRandom } from "../../support/seeded_random.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { abortedRecords, isRunnable } from "./moving.ts";
import { testSetting } from "../../support/test_setting.ts";

const SEED = testSetting("TEST_SEED", Math.floor(Math.random() * 2 ** 32));
/** The torture tries all of them. */
const DRAWN_KILLS = testSetting("MOVE_KILLS", 1);
const HOOKS = import.meta.resolve("../../support/programs/move_hooks.ts");
/** Of processes that are killed at different places, so many run side by side. */
const AT_ONCE = 4;

/** Runs a command that is killed before or after its n-th call. Returns which calls it has made, if it was not. */
async function runKilled(folder: string, words: readonly string[], kill: string): Promise<string | undefined> {
  const flags = ["-A", `--preload=${HOOKS}`];
  const { code, stdout } = await runDeno(CLI, words, { cwd: folder, flags, env: { MOVE_KILL: kill } });
  if (code === 137) return undefined;
  assertEquals([kill, code], [kill, 0]);
  return /calls (\w+)/.exec(stdout)?.[1];
}

/** What a move has left: which copies may be run, and the records of each. */
async function look(folder: string): Promise<{ readonly runnable: readonly string[]; readonly inDatabase: string }> {
  await using store = await openSqliteStore(`${folder}/tx.db`);
  const journal = `${store.locator}#ana`;
  const runnable = [
    ...(await isRunnable(`${folder}/ana.json`) ? ["file"] : []),
    ...(await isRunnable(journal, store) ? ["database"] : []),
  ];
  const lines: string[] = [];
  if (await store.kindOf(journal) !== undefined) {
    for await (const page of store.moves.readLines(journal)) lines.push(...page.map(({ data }) => data));
  }
  return { runnable, inDatabase: lines.map((data, seq) => `${seq === 0 ? "[" : ","}${data}\n`).join("") };
}

/** Kills a move at each of its calls; then types it again, and checks where the transaction is in the end. */
async function killEverywhere(
  start: string,
  words: readonly string[],
  { text, end }: { readonly text: string; readonly end: "file" | "database" },
): Promise<void> {
  await using first = await makeTempFolder();
  await copy(start, `${first.path}/x`);
  const calls = await runKilled(`${first.path}/x`, words, "count 0") ?? "";
  assertEquals(calls.includes("fd") && calls.includes("df"), true, calls);
  const kills = drawKills(calls, end);
  const between = new Set<string>();
  const next = async () => {
    for (let kill = kills.pop(); kill !== undefined; kill = kills.pop()) {
      await using folder = await makeTempFolder();
      const place = `${folder.path}/x`;
      await copy(start, place);
      await runKilled(place, words, kill);
      const { runnable, inDatabase } = await look(place);
      between.add(runnable.join());
      assertEquals([kill, runnable.length <= 1], [kill, true], runnable.join());
      // If neither may be run, both have everything.
      if (runnable.length === 0) {
        const file = await Deno.readTextFile(`${place}/ana.json`);
        assertEquals([kill, file, `${inDatabase}]`], [kill, text.replace("[", " "), text]);
      }
      await finish(place, words, end);
      const after = await look(place);
      assertEquals([kill, after.runnable], [kill, [end]]);
      assertEquals(`${after.inDatabase}]`, text);
      if (end === "file") assertEquals(await Deno.readTextFile(`${place}/ana.json`), text);
      const names = Array.from(Deno.readDirSync(place), ({ name }) => name).filter((name) => !name.startsWith("tx.db"));
      assertEquals([kill, names], [kill, end === "file" ? ["ana.json"] : []]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  // It was killed before, between and after.
  assertEquals([...between].toSorted(), ["", "database", "file"]);
}

/** The first call, the one between the two writes after which the other copy may be run, the last, and some others. */
function drawKills(calls: string, end: "file" | "database"): string[] {
  const between = calls.lastIndexOf(end === "file" ? "df" : "fd") + 2;
  const drawn = new Set([1, between, calls.length].map((call) => `before ${call}`));
  // What a file call has done, it has done before the next call.
  const others = [...calls].flatMap((kind, index) =>
    (kind === "d" ? ["before", "after"] : ["before"]).map((when) => `${when} ${index + 1}`)
  ).filter((kill) => !drawn.has(kill));
  const random = new SeededRandom(SEED);
  for (let left = DRAWN_KILLS; left > 0 && others.length > 0; left -= 1) {
    drawn.add(others.splice(random.below(others.length), 1)[0] ?? "");
  }
  return [...drawn];
}

/** Types a command again. One that had done all of it says that there is nothing to do. */
async function finish(folder: string, words: readonly string[], end: "file" | "database"): Promise<void> {
  const named = words.map((word) => word.replace("sqlite:", `sqlite:${folder}/`).replace(/^ana/, `${folder}/ana`));
  const { code, error } = await runMain(named);
  const done = end === "file" ? 77 : 66;
  assertEquals([words, code === 0 || code === done], [words, true], error);
}

permittedTest(
  `an export that is killed at any of its calls leaves one copy to run, and completes when it is typed again: seed ${SEED}`,
  ["read", "write", "run", "env", "sys"],
  async () => {
    await using folder = await makeTempFolder();
    await writeJournal(`${folder.path}/ana.json`, abortedRecords());
    const text = await Deno.readTextFile(`${folder.path}/ana.json`);
    await using _store = await openSqliteStore(`${folder.path}/tx.db`);
    assertEquals((await runMain(["import", `${folder.path}/ana.json`, `sqlite:${folder.path}/tx.db`])).code, 0);
    await _store[Symbol.asyncDispose]();
    await killEverywhere(folder.path, ["export", "sqlite:tx.db#ana", "ana.json"], { text, end: "file" });
  },
);

permittedTest(
  `an import that is killed at any of its calls leaves one copy to run, and completes when it is typed again: seed ${SEED}`,
  ["read", "write", "run", "env", "sys"],
  async () => {
    await using folder = await makeTempFolder();
    await writeJournal(`${folder.path}/ana.json`, abortedRecords());
    const text = await Deno.readTextFile(`${folder.path}/ana.json`);
    await (await openSqliteStore(`${folder.path}/tx.db`))[Symbol.asyncDispose]();
    await killEverywhere(folder.path, ["import", "ana.json", "sqlite:tx.db"], { text, end: "database" });
  },
);
