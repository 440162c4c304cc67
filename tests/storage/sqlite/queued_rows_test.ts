import { assertEquals } from "@std/assert";
import type { NewTransaction, TransactionRow } from "../../../lib/storage/sql/table_rows.ts";
import { openDatabase } from "../../../lib/storage/sqlite/open_database.ts";
import { Tables } from "../../../lib/storage/sqlite/tables.ts";
import { WorkerLocks } from "../../../lib/storage/sqlite/worker_lock.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";

const LEASE = 30_000;

/** Tables with one worker, at a time that stands still. */
async function inTables(
  run: (tables: Tables, create: (id: string, row: Partial<NewTransaction>) => void) => void,
): Promise<void> {
  await using folder = await makeTempFolder();
  using database = openDatabase(`${folder.path}/tx.db`);
  const locks = new WorkerLocks(`${folder.path}/tx.db`);
  const tables = new Tables(database, locks, () => 1_000_000);
  tables.addWorker({ id: "w", leaseMs: LEASE, host: "h", pid: 1, library: "0.1.0" });
  const rest = { name: undefined, owner: undefined, queue: "default", priority: 0, dueAt: undefined };
  let batch = 0;
  const create = (id: string, row: Partial<NewTransaction>) => {
    const first = { id, library: "0.1.0", home: "file:///h.ts", record: { data: "{}", sum: "s0" } };
    tables.create([{ ...rest, ...first, ...row }], { worker: "w", batch: batch += 1 });
  };
  try {
    run(tables, create);
  } finally {
    locks.close();
  }
}

function find(tables: Tables, id: string): Pick<TransactionRow, "status" | "dueAt"> | undefined {
  const found = tables.find(id);
  return typeof found === "object" ? { status: found.status, dueAt: found.dueAt } : undefined;
}

permittedTest(
  "what was enqueued for later stays so when it is taken and given up again",
  ["read", "write"],
  async () => {
    await inTables((tables, create) => {
      create("a", { dueAt: 5_000_000 });
      create("b", { priority: 2 });
      create("c", { priority: -1 });
      const { epoch } = tables.take("a", "w") ?? { epoch: NaN };
      assertEquals(tables.leave({ tx: "a", worker: "w", epoch }, { status: undefined }), true);
      assertEquals(find(tables, "a"), { status: "sleeping", dueAt: 5_000_000 });
      assertEquals(tables.wake(), []);
      assertEquals(tables.claim("w", { queues: ["default"], limit: 9 }).map(({ id }) => id).toSorted(), ["b", "c"]);
    });
  },
);

permittedTest("nothing claims a plan whose process died while it recorded the plan", ["read", "write"], async () => {
  await inTables((tables, create) => {
    create("a", { owner: "w", isPartial: true });
    tables.bury([{ id: "w", lease: String(1_000_000 + LEASE), isGone: true }]);
    assertEquals(tables.freeOrphans(9), 1);
    assertEquals(find(tables, "a"), { status: "aborted", dueAt: 1_000_000 });
    tables.addWorker({ id: "v", leaseMs: LEASE, host: "h", pid: 2, library: "0.1.0" });
    assertEquals(tables.claim("v", { queues: ["default"], limit: 9 }), []);
  });
});
