import { assertEquals } from "@std/assert";
import { openPostgresStore } from "../../../lib/storage/postgres/open_postgres_store.ts";
import { startPgBouncer } from "../../support/pgbouncer.ts";
import { postgresTests } from "../../support/postgres_test.ts";
import { testEvents } from "../../support/test_record.ts";
import { ENDED, FIRST, readEvents } from "../conforming_store.ts";

const postgresTest = postgresTests({ pgBouncer: true });

postgresTest("many transactions share few sessions of the server behind PgBouncer", async ({ server, locator }) => {
  await using bouncer = await startPgBouncer(server);
  const through = Object.assign(new URL(locator), { port: String(bouncer.port) }).href;
  await using store = await openPostgresStore(through);
  await using other = await openPostgresStore(through);
  const names = Array.from({ length: 40 }, (_, index) => `t${index}`);
  await Promise.all(names.map(async (name, index) => {
    const own = index % 2 === 0 ? store : other;
    const open = await own.create(`${own.locator}#${name}`, FIRST);
    // More often than the server runs a statement before it keeps how.
    for (let seq = 1; seq < 8; seq += 1) await open.append(testEvents(seq));
    await open.append(ENDED, { last: true });
    await open.close();
  }));
  const expected = [FIRST, ...Array.from({ length: 7 }, (_, index) => testEvents(index + 1)), ENDED];
  for (const name of names) assertEquals(await readEvents(store, `${store.locator}#${name}`), expected);
  const again = await other.open(`${other.locator}#t0`, () => {});
  await again.close({ remove: true });
  assertEquals(await store.kindOf(`${store.locator}#t0`), undefined);
});
