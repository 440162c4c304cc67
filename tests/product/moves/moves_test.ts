/** Moves of transactions between a database and files: byte for byte, and one copy that may be run. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { JournalExported, JournalLocked } from "../../../lib/errors/opening_errors.ts";
import { FileStore } from "../../../lib/storage/file/file_store.ts";
import { runMain } from "../../cli/fake_io.ts";
import { writeJournal, writeTorn } from "../../cli/written_journal.ts";
import {
  abortedRecords,
  appendRecords,
  columnsOf,
  epochOf,
  isRunnable,
  type MoveTest,
  moveTest,
  REST,
} from "./moving.ts";

/** Types a command, and checks its exit code. */
async function type(code: number, ...words: readonly string[]): Promise<string> {
  const end = await runMain(words);
  assertEquals([words, end.code], [words, code], end.out + end.error);
  return end.out + end.error;
}

/** Brings a new aborted transaction into the database. Returns the bytes that its file had. */
async function bring({ database, folder }: MoveTest, name: string): Promise<string> {
  const path = `${folder}/${name}.json`;
  await writeJournal(path, abortedRecords());
  const text = await Deno.readTextFile(path);
  await type(0, "import", path, database);
  return text;
}

moveTest(
  "what was imported is exported byte for byte, and its row is that of a run that has ended so",
  async (test) => {
    const { store, database, folder } = test;
    const text = await bring(test, "ana");
    assertEquals(Array.from(Deno.readDirSync(folder), ({ name }) => name).filter((name) => name.endsWith(".json")), []);
    const [first, last] = [/"at":"([^"]*)"/, /.*"at":"([^"]*)"/s].map((at) => Date.parse(at.exec(text)?.[1] ?? ""));
    const row = {
      ...{ name: "ana", status: 4, owner: null, steps: 2, finished: 1, at_step: "2", exported_to: null },
      error: "Error: no route to \\u202ehost",
      home: "file:///srv/welcome.ts",
      library: "0.1.0",
    };
    assertEquals(await columnsOf(database, "ana"), { ...row, created_at: first, ended_at: null });
    await type(0, "export", `${database}#ana`, `${folder}/b.json`);
    assertEquals(await Deno.readTextFile(`${folder}/b.json`), text);
    assertEquals(await columnsOf(database, "ana"), {
      ...row,
      ...{ status: 8, exported_to: `${folder}/b.json`, created_at: first, ended_at: null },
    });
    await appendRecords(`${folder}/b.json`, REST);
    const whole = await Deno.readTextFile(`${folder}/b.json`);
    await type(0, "import", `${folder}/b.json`, database);
    const { created_at, ended_at, ...rest } = await columnsOf(database, "ana");
    assertEquals(rest, { ...row, status: 5, finished: 2, at_step: null, error: null });
    assertEquals([created_at, ended_at === null, last === first], [first, false, last === first]);
    await type(0, "export", `${database}#ana`, `${folder}/c.json`);
    await type(0, "export", `${database}#ana`, `${folder}/d.json`);
    for (const copy of ["c", "d"]) assertEquals(await Deno.readTextFile(`${folder}/${copy}.json`), whole);
    assertEquals((await columnsOf(database, "ana"))["status"], 5);
    await type(0, "check", `${database}#ana`);
    assertEquals(await Array.fromAsync(store.list(store.locator)), [`${database}#ana`]);
  },
);

moveTest(
  "an exported transaction is shown, and not run or changed, until its file is back or reclaimed",
  async (test) => {
    const { store, database, folder } = test;
    await bring(test, "ana");
    const [journal, file] = [`${database}#ana`, `${folder}/b.json`];
    const before = await columnsOf(database, "ana");
    await type(0, "export", journal, file);
    const error = await assertRejects(() => store.open(journal, () => {}), JournalExported);
    assertEquals([error.file, error.host === undefined], [file, Deno.hostname() === undefined]);
    const calls = [
      ["resume"],
      ["resume", "--dry-run"],
      ["rollback", "--yes"],
      ["rollback", "--dry-run"],
      ["skip", "2"],
      ["edit", "2", "--args", "[]"],
      ["rewind", "1", "--yes"],
      ["signal", "go"],
      ["cancel"],
      ["stop"],
    ];
    for (const [command = "", ...rest] of calls) {
      const said = await type(77, command, journal, ...rest);
      assertStringIncludes(said, `import ${file} `);
      assertStringIncludes(said, " reclaim ");
    }
    const { exported, next, status } = JSON.parse(await type(0, "inspect", journal, "--json"));
    assertEquals([exported.file, status, next.length], [file, "aborted", 2]);
    const [listed] = JSON.parse(await type(0, "list", database, "--status", "exported", "--json"));
    assertEquals([listed.status, listed.journal], ["exported", journal]);
    await type(77, "export", journal, `${folder}/c.json`);
    await type(77, "export", journal, file);

    await type(2, "reclaim", journal, "--yes");
    await type(2, "reclaim", journal, "--why", "lost");
    assertStringIncludes(await type(2, "reclaim", journal, "--why", "lost", "--yes"), "still there");
    assertEquals([await isRunnable(file), await isRunnable(journal, store)], [true, false]);
    await Deno.rename(file, `${folder}/kept.json`);
    await type(0, "reclaim", journal, "--why", "the disk broke", "--by", "ana", "--yes");
    // Where it was remains in the row.
    assertEquals(await columnsOf(database, "ana"), { ...before, exported_to: file });
    const { stdout: events } = { stdout: await type(0, "inspect", journal, "--events") };
    assertStringIncludes(events, "the disk broke");
    assertEquals(await isRunnable(journal, store), true);
    await type(2, "reclaim", journal, "--why", "again", "--yes");
    // It has another history now.
    await type(2, "import", `${folder}/kept.json`, database);
    await type(0, "export", journal, file);
    assertStringIncludes(await type(2, "import", `${folder}/kept.json`, database), "older");
    await appendRecords(`${folder}/kept.json`, REST);
    assertStringIncludes(await type(2, "import", `${folder}/kept.json`, database), "differ");
    assertEquals([await isRunnable(file), await isRunnable(`${folder}/kept.json`)], [true, true]);
  },
);

moveTest(
  "an export raises the epoch once more than its owner, so that nothing late of that owner is taken",
  async (test) => {
    const { database, folder } = test;
    await bring(test, "ana");
    const before = await epochOf(database, "ana");
    await type(0, "export", `${database}#ana`, `${folder}/b.json`);
    assertEquals(await epochOf(database, "ana"), before + 2);
    // Its new owner has another epoch than any before.
    await type(0, "import", `${folder}/b.json`, database);
    assertEquals(await epochOf(database, "ana"), before + 3);
  },
);

moveTest("a transaction or a file that a process runs is not moved", async (test) => {
  const { store, database, folder } = test;
  const text = await bring(test, "ana");
  const open = await store.open(`${database}#ana`, () => {});
  const said = await type(75, "export", `${database}#ana`, `${folder}/b.json`);
  assertStringIncludes(said, String(Deno.pid));
  assertEquals(await Deno.lstat(`${folder}/b.json`).catch(() => undefined), undefined);
  await open.close();
  await type(0, "export", `${database}#ana`, `${folder}/b.json`);
  const run = await new FileStore().open(`${folder}/b.json`, () => {});
  await type(75, "import", `${folder}/b.json`, database);
  await assertRejects(() => new FileStore().open(`${folder}/b.json`, () => {}), JournalLocked);
  await run.close();
  assertEquals(await Deno.readTextFile(`${folder}/b.json`), text);
  await type(0, "import", `${folder}/b.json`, database);
});

moveTest("what cannot be imported or exported is refused, and nothing is changed", async (test) => {
  const { store, database, folder } = test;
  await bring(test, "ana");
  const records = abortedRecords();
  await writeJournal(`${folder}/ana.json`, records);
  await writeJournal(`${folder}/incomplete.json`, [(records[0] ?? []).slice(0, 1)]);
  await writeJournal(`${folder}/damaged.json`, records);
  const bytes = await Deno.readFile(`${folder}/damaged.json`);
  await Deno.writeFile(`${folder}/damaged.json`, bytes.with(bytes.length - 100, 0x21));
  await Deno.writeTextFile(`${folder}/text.json`, "Dear diary\n", { mode: 0o600 });
  await Deno.writeTextFile(
    `${folder}/suspended.json`,
    ` ${await (await Deno.readTextFile(`${folder}/ana.json`)).slice(1)}`,
  );
  await Deno.writeTextFile(`${folder}/begun.json`, ' {"seq":0,');
  await writeJournal(`${folder}/open.json`, abortedRecords());
  await Deno.chmod(`${folder}/open.json`, 0o666);
  const look = async () => [
    ...Array.from(Deno.readDirSync(folder), ({ name }) => name).filter((name) => name.endsWith(".json")).toSorted()
      .map((name) => [name, Deno.readTextFileSync(`${folder}/${name}`)]),
    await Array.fromAsync(store.list(store.locator)),
  ];
  const before = await look();
  for (
    const [code, ...words] of [
      [2, "import", `${folder}/ana.json`, database],
      [65, "import", `${folder}/incomplete.json`, database],
      [65, "import", `${folder}/damaged.json`, database],
      [65, "import", `${folder}/text.json`, database],
      [65, "import", `${folder}/begun.json`, database],
      [2, "import", `${folder}/suspended.json`, database],
      [77, "import", `${folder}/open.json`, database],
      [66, "import", `${folder}/none.json`, database],
      [65, "import", folder, database],
      [2, "import", `${folder}/ana.json`, folder],
      [2, "import", `${folder}/ana.json`, `${database}#`],
      [66, "import", `${folder}/ana.json`, `sqlite:${folder}/none.db`],
      [65, "resume", `${folder}/suspended.json`],
      [66, "export", `${database}#none`, `${folder}/b.json`],
      [2, "export", `${database}#ana`, `${folder}/text.json`],
      [2, "export", `${database}#ana`, `${folder}/suspended.json`],
      [2, "export", `${database}#ana`, folder],
      [74, "export", `${database}#ana`, `${folder}/none/b.json`],
      [2, "export", `${folder}/ana.json`, `${folder}/b.json`],
      [2, "export", database, `${folder}/b.json`],
      [2, "reclaim", `${database}#ana`, "--why", "gone", "--yes"],
      [66, "reclaim", `${database}#none`, "--why", "gone", "--yes"],
    ] as const
  ) {
    await type(code, ...words);
    assertEquals(await look(), before, words.join(" "));
  }
  await type(0, "import", `${folder}/ana.json`, database, "--name", "ben");
  await type(0, "import", `${folder}/open.json`, `${database}#cleo`, "--trust", "--keep");
  await type(65, "resume", `${folder}/open.json`);
  assertEquals(await isRunnable(`${database}#cleo`, store), true);
});

moveTest("what a crash has cut off the file is kept beside it, and the records before it are moved", async (test) => {
  const { store, database, folder } = test;
  const [plan = []] = abortedRecords();
  await writeTorn(`${folder}/torn.json`, plan);
  await type(0, "import", `${folder}/torn.json`, database);
  assertEquals((await Deno.stat(`${folder}/torn.json.torn-1`)).size > 0, true);
  const read: unknown[] = [];
  await store.read(`${database}#torn`, ({ events }) => read.push(events));
  assertEquals(read, [plan]);
});

moveTest("requests that nobody has answered are answered before a transaction is moved", async (test) => {
  const { store, database, folder } = test;
  const path = `${folder}/ana.json`;
  const records = abortedRecords();
  await writeJournal(path, records);
  const [opened] = records[0] ?? [];
  const transaction = opened?.type === "opened" ? opened.id : "";
  const request = (id: number) => ({
    ...{ id: `0198a4c2-7c1d-4e7f-9a34-5d2f1c0b9e0${id}`, transaction, at: "2026-11-23T02:15:00.000Z" },
    ...{ request: "signal", signal: "go", value: id } as const,
  });
  await Deno.mkdir(`${path}.requests`, { mode: 0o700 });
  assertEquals(await new FileStore().send(path, request(1)), true);
  await type(0, "import", path, database);
  assertEquals(await Deno.lstat(`${path}.requests`).catch(() => undefined), undefined);
  const signals = async () => {
    const found: unknown[] = [];
    await store.read(`${database}#ana`, ({ events }) => {
      found.push(...events.flatMap((event) => event.type === "signalled" ? [event.id?.at(-1)] : []));
    });
    return found;
  };
  assertEquals(await signals(), ["1"]);
  // The process that runs it dies before it answers.
  const open = await store.open(`${database}#ana`, () => {});
  await open.recover({ runs: true });
  assertEquals(await store.send(`${database}#ana`, request(2)), true);
  await open.close();
  await type(0, "export", `${database}#ana`, path);
  assertEquals([await signals(), (await store.pending(`${database}#ana`)).length], [["1", "2"], 0]);
  assertStringIncludes(await Deno.readTextFile(path), '"id":"0198a4c2-7c1d-4e7f-9a34-5d2f1c0b9e02"');
});
