import { assert, assertEquals } from "@std/assert";
import { type Planner, Transaction } from "@x/resumable-tx";
import { DatabaseSync } from "node:sqlite";
import { compareSummaries } from "../../../lib/inspect/data/find_summaries.ts";
import { type JournalSummary, LISTED_STATUSES, summarizeJournal } from "../../../lib/inspect/data/summarize_journal.ts";
import { openSqliteStore } from "../../../lib/storage/sqlite/open_sqlite_store.ts";
import { planOf } from "../written_journal.ts";
import { resumeJournal } from "../../../lib/run/start/continue_journal.ts";
import { LISTED } from "../../../lib/storage/sql/schema.ts";
import { locatorOf, openStore } from "../../../lib/storage/locator.ts";
import { openStore as openConnection, type StoreConnection } from "@x/resumable-tx/sqlite";
import type { Store } from "../../../lib/storage/store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { SeededRandom } from "../../support/seeded_random.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { runMain } from "../fake_io.ts";
import { testSetting } from "../../support/test_setting.ts";

const SEED = testSetting("LIST_SEED", Math.floor(Math.random() * 2 ** 32));
const TRANSACTIONS = 30;
const MAX_ACTIONS = 6;

export function succeed(value: string): string {
  return value;
}

export function fail(message: string): never {
  throw new RangeError(message);
}

export function planMore(name: string): (t: Planner) => void {
  return (t) => void t.do(succeed, name);
}

export function undo(): void {}

/** What a plan may have in it; of a step, every second can be undone. */
function addNode(t: Planner, random: SeededRandom, depth = 0): void {
  const step = random.below(2) === 0 ? { undo } : {};
  switch (random.below(depth > 1 ? 5 : 8)) {
    case 0:
    case 3:
      return void t.do(fail, `it's full "${random.below(9)}" \n$PATH\u0000`).with({
        ...step,
        name: `n${random.below(1e9)}`,
      });
    case 1:
      return void t.waitFor(`go${random.below(2)}`);
    case 2:
      return void t.sleep(random.below(2) === 0 ? 0 : 3_600_000);
    case 5:
      return void t.do(planMore, "inner").with(step);
    case 6:
      return void t.parallel((t) => addNodes(t, random, depth + 1));
    default:
      return void t.do(succeed, "x".repeat(random.below(300))).with(step);
  }
}

function addNodes(t: Planner, random: SeededRandom, depth = 0): void {
  for (let left = 1 + random.below(4); left > 0; left -= 1) addNode(t, random, depth);
}

/** What a person may do with a transaction. Much of it is refused. */
function actionOn(locator: string, random: SeededRandom): readonly string[] {
  const step = String(2 + random.below(4));
  const why = ["--by", "ana", "--why", "because"];
  const actions = [
    ["retry", locator, step, ...why],
    ["skip", locator, step, ...why],
    ["done", locator, step, '"by hand"', ...why],
    ["rewind", locator, step, "--yes", ...why],
    ["undecide", locator, step],
    ["signal", locator, "go0", "1"],
    ["cancel", locator, ...why],
    ["rollback", locator, "--yes", ...why],
    ["rollback", locator, "--to", step, "--yes", ...why],
  ];
  return actions[random.below(actions.length)] ?? [];
}

/** How the first transactions end, so that each of these is there. */
const CERTAIN = ["finished", "aborted", "waiting", "interrupted", "cancelled", "undone"];
/** How those after them end, before a step of each is run again, as far as that can be. */
const REWOUND = ["finished", "cancelled", "undone"];

/** Runs a transaction, and does more or less with it. */
async function live(number: number, random: SeededRandom, connection: StoreConnection, store: Store): Promise<void> {
  const journal = number % 7 === 0 ? `a name/${number}` : `t${number}`;
  const certain = [...CERTAIN, ...REWOUND][number];
  const keep = certain !== undefined || random.below(4) > 0;
  const build = (t: Planner) => {
    // So that no sleep belongs to the first run, which would last as long.
    t.waitFor("start");
    if (certain !== undefined || number % 5 === 1) t.do(succeed, "undone").with({ undo });
    if (certain === undefined) addNodes(t, random);
    if (certain === "aborted" || certain === "interrupted" || certain === "undone") t.do(fail, "it fails");
  };
  await Transaction.run(import.meta, build, { store: connection, journal, keep }).catch(() => {});
  const locator = locatorOf(connection.locator, journal);
  await runMain(["signal", locator, "start", "1"]);
  const resume = () => resumeJournal(store, locator, { maxIdleMs: 0 }).catch(() => {});
  if (certain !== undefined) {
    if (certain !== "waiting" && certain !== "cancelled") await resume();
    if (certain === "interrupted") await runMain(["retry", locator, "3"]);
    if (certain === "cancelled") await runMain(["cancel", locator]);
    if (certain === "undone") await runMain(["rollback", locator, "--yes"]);
    if (number >= CERTAIN.length) await runMain(["rewind", locator, "2", "--yes", "--why", "again"]);
    return;
  }
  if (random.below(8) > 0) await resume();
  if (number % 5 === 0) await runMain(["cancel", locator]);
  if (number % 5 === 1) await runMain(["rollback", locator, "--yes"]);
  if (number % 5 === 2) { for (const step of ["2", "3", "4"]) await runMain(["retry", locator, step]); }
  if (number % 5 < 3) return;
  for (let left = random.below(MAX_ACTIONS); left > 0; left -= 1) {
    if (random.below(2) === 0) await runMain(actionOn(locator, random));
    else await resume();
  }
}

Deno.test("the column of a list has its statuses in the order of the list", () => {
  assertEquals([...LISTED], LISTED_STATUSES.filter((status) => LISTED.some((listed) => listed === status)));
});

permittedTest(`what list says of a database, its records say, whatever has happened: seed ${SEED}`, [
  "read",
  "write",
  "env",
], async () => {
  const random = new SeededRandom(SEED);
  await using folder = await makeTempFolder();
  const path = `${folder.path}/tx.db`;
  await using connection = await openConnection(`sqlite:${path}`);
  await using place = await openStore(connection.locator, { isScope: true });
  const { store } = place;
  for (let number = 0; number < TRANSACTIONS; number += 1) await live(number, random, connection, store);
  const names = await Array.fromAsync(store.list(connection.locator));
  const folded = await Promise.all(names.map((name) => summarizeJournal(store, name)));
  const expected = folded.flatMap((summary) => summary ?? []).sort(compareSummaries);
  {
    using database = new DatabaseSync(path);
    const over = "listed in (4, 5, 6)";
    // What the columns call over is over, and nothing else is.
    const wrong = database.prepare(`select name, status, listed from transactions where listed is not null
      and (status in (5, 6, 7)) <> (${over}) or (ended_at is not null) <> (status in (5, 6, 7))`).all();
    assertEquals(wrong, []);
    // No record is read again: there is none.
    database.exec("delete from records where tx in (select id from transactions where listed is not null)");
    const left = database.prepare("select count(*) as count from records").get();
    assertEquals(left?.["count"], 0);
  }
  const { out, code } = await runMain(["list", connection.locator, "--json"]);
  const listed: typeof expected = JSON.parse(out);
  assertEquals(code, 0);
  const plain: typeof expected = JSON.parse(JSON.stringify(expected));
  // Within a millisecond the order is that of ids.
  assertEquals([...listed].sort(compareSummaries), plain);
  const keys = listed.map(({ status, lastAt = "" }) => [LISTED_STATUSES.indexOf(status), lastAt] as const);
  assert(keys.every(([rank, at], index) => {
    const [before = -1, earlier = ""] = keys[index - 1] ?? [];
    return before < rank || (before === rank && earlier <= at);
  }));
  const statuses = new Set(listed.map(({ status }) => status));
  assertEquals(CERTAIN.filter((status) => !LISTED.some((listed) => listed === status && statuses.has(listed))), []);
  for (const status of LISTED) {
    const { out } = await runMain(["list", connection.locator, "--status", status, "--json"]);
    assertEquals(JSON.parse(out), listed.filter((entry) => entry.status === status));
  }
  const filtered = await runMain([
    "list",
    connection.locator,
    "--error",
    "full",
    "--name",
    "t1",
    "--limit",
    "3",
    "--json",
  ]);
  const isMeant = ({ status, journal }: typeof expected[number]) => status === "aborted" && journal.includes("#t1");
  const matching = listed.filter((entry) => isMeant(entry) && entry.reason?.includes("full"));
  assertEquals(JSON.parse(filtered.out), matching.slice(0, 3));
});

permittedTest("list reads the records of what runs, and of what a process left that died", [
  "read",
  "write",
], async () => {
  await using folder = await makeTempFolder();
  const path = `${folder.path}/tx.db`;
  await using store = await openSqliteStore(path);
  const journal = store.journalOf("a");
  const statuses = async () => {
    const { out } = await runMain(["list", store.locator, "--json"]);
    return JSON.parse(out).map(({ status, isHeld }: JournalSummary) => `${status}${isHeld ? " held" : ""}`);
  };
  const kill = (sql = "update workers set dead = 1, lease_until = 0") => {
    using database = new DatabaseSync(path);
    database.exec(sql);
  };
  const first = await store.create(journal, planOf("file:///a.ts", [{ export: "make", args: [] }]));
  assertEquals(await statuses(), ["pending held"]);
  const release = () => ({ status: "aborted", listing: { status: "aborted", next: [] } } as const);
  await first.append([{ type: "started", step: "1", attempt: 1, run: 1 }]);
  await first.close({ release });
  // What its last owner said, although the records say another thing.
  assertEquals(await statuses(), ["aborted"]);
  const run = await store.open(journal, () => {});
  assertEquals(await statuses(), ["aborted held"]);
  await run.recover({ runs: true });
  assertEquals(await statuses(), ["started held"]);
  kill();
  assertEquals(await statuses(), ["interrupted"]);
  {
    await using other = await openSqliteStore(path);
    const amended = await other.open(journal, () => {});
    await amended.close({ release });
    assertEquals(await statuses(), ["aborted"]);
    const repair = await other.open(journal, () => {});
    await repair.recover();
    kill();
    // Its column is that of the owner before, which may have been followed by records.
    assertEquals(await statuses(), ["interrupted"]);
    // The sweep of another process frees it.
    await using third = await openSqliteStore(path);
    await (await third.create(third.journalOf("b"), planOf("file:///a.ts", []))).close({ remove: true });
    await (await third.open(journal, () => {})).close();
    assertEquals(await statuses(), ["interrupted"]);
  }
});
