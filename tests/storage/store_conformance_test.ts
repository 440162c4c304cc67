import { DatabaseSync } from "node:sqlite";
import { FileStore } from "../../lib/storage/file/file_store.ts";
import { openSqliteStore } from "../../lib/storage/sqlite/open_sqlite_store.ts";
import { MemoryStore } from "../support/memory_store.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { makeTempFolder } from "../support/temp_folder.ts";
import { CONFORMANCE } from "./conformance.ts";

for (const { name, run } of CONFORMANCE) {
  Deno.test(`MemoryStore ${name}`, async () => {
    const store = new MemoryStore();
    const takeAway = (journal: string) => store.crash(journal);
    await run({ store, folder: "/memory", nameOf: (journal) => `/memory/${journal}.json`, takeAway });
  });

  permittedTest(`FileStore ${name}`, ["read", "write"], async () => {
    await using folder = await makeTempFolder();
    const takeAway = (journal: string) => Deno.rename(journal, `${journal}.moved`);
    const nameOf = (journal: string) => `${folder.path}/${journal}.json`;
    await run({ store: new FileStore(), folder: folder.path, nameOf, takeAway, damage, tear });
  });

  permittedTest(`SqlStore with SQLite ${name}`, ["read", "write"], async () => {
    await using folder = await makeTempFolder();
    const path = `${folder.path}/tx.db`;
    await using store = await openSqliteStore(path);
    const nameOf = (journal: string) => store.journalOf(journal);
    // The other process counts the owner up, as every take-over does.
    const takeAway = (journal: string) => change(path, "update transactions set epoch = epoch + 1", journal);
    const damage = (journal: string) => {
      const sql = `update records set data = replace(data, '"events"', '"evants"') where seq = 1 and tx in
        (select id from transactions`;
      return Promise.resolve(change(path, sql, journal, ")"));
    };
    await run({ store, folder: store.locator, nameOf, takeAway, damage });
  });
}

/** Changes a letter in the second line. */
async function damage(journal: string): Promise<void> {
  const [first = "", second = "", ...rest] = (await Deno.readTextFile(journal)).split("\n");
  await Deno.writeTextFile(journal, [first, second.replace('"events"', '"evants"'), ...rest].join("\n"));
}

/** Cuts the last record short at the end of a sector, with filler after it as in a journal that is open. */
async function tear(journal: string): Promise<void> {
  const bytes = await Deno.readFile(journal);
  const [comma, newline] = [",".charCodeAt(0), "\n".charCodeAt(0)];
  const last = bytes.findLastIndex((byte, index) => byte === comma && bytes[index - 1] === newline);
  const kept = Math.ceil((last + 1) / 512) * 512;
  const torn = new Uint8Array(kept + 4096).fill("\t".charCodeAt(0));
  torn.set(bytes.subarray(0, kept));
  await Deno.writeFile(journal, torn);
}

/** Changes what an SQLite database has of a journal, with a connection of its own. */
function change(path: string, sql: string, journal: string, end = ""): void {
  const database = new DatabaseSync(path, { timeout: 5000 });
  database.prepare(`${sql} where name = ?${end}`).run(journal.slice(journal.indexOf("#") + 1));
  database.close();
}
