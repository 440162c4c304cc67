import { assertRejects } from "@std/assert";
import { JournalUnwritable } from "../../../lib/errors/storage_errors.ts";
import type { Request } from "../../../lib/journal/request.ts";
import { DatabaseError } from "../../../lib/storage/sql/database.ts";
import { RecordWriter } from "../../../lib/storage/sql/record_writer.ts";
import { SqlInbox } from "../../../lib/storage/sql/sql_inbox.ts";
import { LEASE_TIMES, SqlWorker } from "../../../lib/storage/sql/sql_worker.ts";
import { fakeClock, fakeDatabase } from "./fake_database.ts";

Deno.test("requests that a database does not give or take away are an error of the journal", async () => {
  const fail = () => Promise.reject(new DatabaseError("away", "the server cannot be reached"));
  const database = fakeDatabase({ readRequests: fail, removeRequests: fail, stopListening: fail });
  const clock = fakeClock();
  const worker = new SqlWorker(database, { clock, times: LEASE_TIMES });
  const writer = new RecordWriter(database, worker, { maxInFlight: 1, clock });
  const owned = { tx: "a", worker: worker.id, epoch: 1 };
  const inbox = new SqlInbox({ database, worker, writer, owned, journal: "sqlite:/fake.db#a", isOpen: true });
  const request: Request = { request: "cancel", id: "r", transaction: "a", at: "2026-11-30T00:00:00.000Z" };
  await assertRejects(() => inbox.read("a"), JournalUnwritable);
  await assertRejects(() => inbox.forget([request]), JournalUnwritable);
  await assertRejects(() => inbox.close("a"), JournalUnwritable);
});
