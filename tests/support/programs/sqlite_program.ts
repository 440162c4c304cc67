/**
 * A process that owns a journal in an SQLite database: `sqlite_program.ts hold|write|fill PATH NAME [LEASE_MS]`. Prints what it
 * has reached, in one line each, and ends when its input does.
 *
 * @module
 */
import { StorageFull } from "../../../lib/errors/storage_errors.ts";
import type { Event } from "../../../lib/journal/event.ts";
import { LEASE_TIMES } from "../../../lib/storage/sql/sql_worker.ts";
import { openSqliteStore } from "../../../lib/storage/sqlite/open_sqlite_store.ts";
import type { OpenJournal } from "../../../lib/storage/open_journal.ts";

const [command = "", path = "", name = "", leaseMs] = Deno.args;
const times = leaseMs === undefined
  ? LEASE_TIMES
  : { leaseMs: Number(leaseMs), beatMs: Number(leaseMs) / 4, marginMs: Number(leaseMs) / 8 };

function padded(count: number, length: number): Event {
  return { type: "signalled", signal: `record ${count}`, value: "x".repeat(length) };
}

/** Appends until the block ends, and prints the number of each record that was acknowledged. */
async function write(open: OpenJournal): Promise<void> {
  for (let count = 1;; count += 1) {
    await open.append([padded(count, (count * 37) % 900)]);
    console.log(count);
  }
}

/** Fills the disk, then makes room, and says what happened. */
async function fill(open: OpenJournal, ballast: string): Promise<void> {
  let written = 0;
  try {
    for (;; written += 1) await open.append([padded(written + 1, 20_000)]);
  } catch (error) {
    console.log(error instanceof StorageFull ? "full" : error);
  }
  await Deno.remove(ballast);
  await open.append([{ type: "ended" }]);
  console.log(written);
}

await using store = await openSqliteStore(path, { times });
const open = await store.create(store.journalOf(name), [padded(0, 0)]);
console.log("owns");
try {
  if (command === "write") await write(open);
  if (command === "fill") await fill(open, `${path}.ballast`);
  for await (const _chunk of Deno.stdin.readable) await open.append([padded(1, 0)]);
} catch (error) {
  console.log(error instanceof Error ? error.name : error, open.lost.aborted);
}
await open.close();
