import { assertEquals } from "@std/assert";
import pg from "pg";
import { newId } from "../../../lib/storage/locator.ts";
import { openPostgres } from "../../../lib/storage/postgres/postgres_database.ts";
import { parsePostgresLocator } from "../../../lib/storage/postgres/postgres_locator.ts";
import { postgresTests } from "../../support/postgres_test.ts";
import { query } from "../../support/query_postgres.ts";

const postgresTest = postgresTests();

const WAITING = "select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock'";

postgresTest(
  "a run that begins while its transaction is taken over is fenced, and not told of a full queue",
  async (test) => {
    const { locator, server } = test;
    await using database = await openPostgres(parsePostgresLocator(locator));
    const [worker, id] = [newId(), newId()];
    await database.addWorker({ id: worker, leaseMs: 60_000, host: "h", pid: 1, library: "0.1.0" });
    const row = { id, name: undefined, owner: worker, queue: "default", priority: 0, dueAt: undefined };
    const record = { data: "{}", sum: "s0" };
    await database.create([{ ...row, library: "0.1.0", home: "file:///h.ts", record }], { worker, batch: 1 });
    const sweeper = new pg.Client({ connectionString: server.url });
    await sweeper.connect();
    const table = `"${new URL(locator).searchParams.get("schema")}".transactions`;
    await sweeper.query("begin");
    await sweeper.query(`update ${table} set owner = null, epoch = epoch + 1, status = 0 where id = $1`, [id]);
    const begun = database.begin(worker, [{ tx: id, worker, epoch: 1, isClaimed: false }]);
    while ((await query(locator, WAITING))[0]?.["n"] !== 1);
    await sweeper.query("commit");
    await sweeper.end();
    assertEquals(await begun, ["fenced"]);
  },
);
