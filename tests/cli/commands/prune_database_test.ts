import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { openStore } from "../../../lib/storage/locator.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { runMain } from "../fake_io.ts";
import { planOf } from "../written_journal.ts";

/** The time of the tests, and ages before it. */
const NOW = Date.parse("2026-11-23T12:00:00.000Z");
const DAY = 86_400_000;

/** Statuses by number, as the tables have them, and as `listed` counts. */
const FINISHED = [5, 6, "finished"] as const;
const ABORTED = [4, 1, "aborted"] as const;
const UNDONE = [7, 5, "undone"] as const;

interface Row {
  readonly name: string;
  readonly is: readonly [status: number, listed: number, word: string];
  readonly ageDays: number;
  readonly isExported?: boolean;
  readonly canUndo?: boolean;
}

function fill(path: string, rows: readonly Row[]): void {
  using database = new DatabaseSync(path);
  const insert = database.prepare(`insert into transactions (id, name, status, queue, priority, due_at, epoch, listens,
    requests, format, library, home, created_at, steps, finished, listed, last_at, listing)
    values (?1, ?2, ?3, 'default', 0, 0, 1, 0, 0, 1, '0.1.0', 'file:///a.ts', 0, 1, 1, ?4, ?5, ?6)`);
  const record = database.prepare("insert into records (tx, seq, epoch, data, sum) values (?1, 0, 1, '{}', 's')");
  database.exec("begin");
  for (const [index, { name, is: [status, listed, word], ageDays, isExported, canUndo }] of rows.entries()) {
    const id = `00000000-0000-7000-8000-${index.toString(16).padStart(12, "0")}`;
    const lastAt = NOW - ageDays * DAY;
    const next = canUndo === true ? [{ when: "Undo the rest", command: "deno run x/cli rollback THIS-JOURNAL" }] : [];
    const listing = JSON.stringify({ status: word, lastAt: new Date(lastAt).toISOString(), next });
    insert.run(id, name, isExported === true ? 8 : status, listed, lastAt, listing);
    record.run(id);
  }
  database.exec("commit");
}

function namesIn(path: string): readonly unknown[] {
  using database = new DatabaseSync(path);
  const rows = database.prepare("select name from transactions order by name").all();
  const orphans = database.prepare("select count(*) as n from records where tx not in (select id from transactions)");
  assertEquals(orphans.get()?.["n"], 0);
  return rows.map(({ name }) => name);
}

async function inDatabase(test: (database: string, path: string) => Promise<void>): Promise<void> {
  await using folder = await makeTempFolder();
  const [path, database] = [`${folder.path}/tx.db`, `sqlite:${folder.path}/tx.db`];
  {
    // It makes the tables, and is left as a crash leaves one.
    await using place = await openStore(`${database}#running`, { created: { id: "6f1c" } });
    await (await place.store.create(place.name, planOf("file:///a.ts", [{ export: "make", args: [] }]))).close();
  }
  await test(database, path);
}

const STAYING: readonly Row[] = [
  { name: "aborted", is: ABORTED, ageDays: 90 },
  { name: "can be undone further", is: UNDONE, ageDays: 90, canUndo: true },
  { name: "exported", is: FINISHED, ageDays: 90, isExported: true },
  { name: "young", is: FINISHED, ageDays: 1 },
];

permittedTest("prune removes what is over from a database, in batches, and only shows it in a dry run", [
  "read",
  "write",
], () =>
  inDatabase(async (database, path) => {
    const old = Array.from({ length: 1201 }, (_, index) => ({ name: `old ${index}`, is: FINISHED, ageDays: 31 }));
    fill(path, [...STAYING, ...old, { name: "undone", is: UNDONE, ageDays: 31 }]);
    const words = ["prune", database, "--finished", "--undone", "--older", "30d"];
    const before = namesIn(path);
    const dry = JSON.parse((await runMain([...words, "--dry-run", "--json"])).out);
    assertEquals([dry.isDryRun, dry.removed.length, dry.left, namesIn(path)], [true, 1202, 5, before]);
    const shown: string[] = [];
    let draw = () => {};
    const terminal = {
      write: (text: string) => void shown.push(text),
      readColumns: () => 80,
      wantsColour: false,
      readClock: () => shown.length * 1000,
      every: (_ms: number, tick: () => void) => {
        draw = tick;
        draw();
        return () => {};
      },
      aroundWrites: () => () => {},
    };
    const { code, out } = await runMain(words, { terminal });
    assertEquals([code, out.split("\n").at(-2)], [0, "1,202 journals removed, 5 left"]);
    assertStringIncludes(out, `removed  ${database}#old%207  (finished, 31 d old)\n`);
    assert(shown.some((text) => text.includes("removed 500 of 1,202 journals")), shown.join());
    assertEquals(namesIn(path), ["running", ...STAYING.map(({ name }) => name)].toSorted());
    assertEquals((await runMain([...words, "--json"])).out.includes('"removed": []'), true);
  }));

permittedTest("prune of a database asks, and leaves what another process has owned meanwhile", [
  "read",
  "write",
], () =>
  inDatabase(async (database, path) => {
    fill(path, ["a", "b", "c"].map((name) => ({ name, is: FINISHED, ageDays: 3 })));
    const questions: string[] = [];
    const prune = (answer: string) =>
      runMain(["prune", database, "--finished"], {
        ask: (question) => {
          questions.push(question);
          using tables = new DatabaseSync(path);
          tables.exec("update transactions set epoch = epoch + 1 where name = 'b'");
          return Promise.resolve(answer);
        },
      });
    assertEquals((await prune("n")).code, 0);
    assertEquals(namesIn(path), ["a", "b", "c", "running"]);
    const { code, out } = await prune("y");
    assertEquals([code, out, namesIn(path)], [0, "2 journals removed, 2 left\n", ["b", "running"]]);
    assertEquals(questions[0]?.match(/remove {2}sqlite:/g)?.length, 3);
  }));
