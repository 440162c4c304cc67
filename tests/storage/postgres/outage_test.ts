import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { Fenced, JournalUnwritable } from "../../../lib/errors/storage_errors.ts";
import { openPostgresStore } from "../../../lib/storage/postgres/open_postgres_store.ts";
import { openPostgres } from "../../../lib/storage/postgres/postgres_database.ts";
import { parsePostgresLocator } from "../../../lib/storage/postgres/postgres_locator.ts";
import { Transaction } from "../../../mod.ts";
import { CuttingProxy } from "../../support/cutting_proxy.ts";
import type { PostgresServer } from "../../support/postgres_server.ts";
import { postgresTests } from "../../support/postgres_test.ts";
import { query } from "../../support/query_postgres.ts";
import { testEvents } from "../../support/test_record.ts";
import { ENDED, FIRST, readEvents } from "../conforming_store.ts";

const postgresTest = postgresTests();
const SHORT_LEASE = { leaseMs: 900, beatMs: 200, marginMs: 200 };

/** What the steps below do to the server, which they cannot be given as an argument. */
const world: { server?: PostgresServer; locator: string; readonly calls: string[] } = { locator: "", calls: [] };

export function note(name: string): void {
  world.calls.push(name);
}

export async function crashServer(): Promise<void> {
  note("crash");
  await world.server?.kill();
  await world.server?.start();
}

export async function stopServer(): Promise<void> {
  note("stop");
  await world.server?.stop();
  await world.server?.start();
}

export async function cutConnections(): Promise<void> {
  note("cut");
  await disconnect(world.locator);
}

async function disconnect(locator: string): Promise<void> {
  await query(
    locator,
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'resumable-tx'",
  );
}

postgresTest("a run continues when the server has crashed, was restarted, or has cut all connections", async (test) => {
  Object.assign(world, test);
  const journal = `${test.locator}#a`;
  await Transaction.run(import.meta, (t) => {
    t.do(note, "first");
    t.do(crashServer);
    t.do(note, "second");
    t.do(stopServer);
    t.do(cutConnections);
    t.do(note, "last");
  }, { journal, keep: true });
  assertEquals(world.calls.splice(0), ["first", "crash", "second", "stop", "cut", "last"]);
  const { status, counts } = await Transaction.inspect(journal);
  assertEquals([status, counts.finished], ["finished", 6]);
}, { restarts: true });

postgresTest("an append whose answer was lost is there once", async ({ server, locator }) => {
  await using proxy = new CuttingProxy(Number(new URL(server.url).port));
  const through = Object.assign(new URL(locator), { port: String(proxy.port) }).href;
  await using store = await openPostgresStore(through);
  const journal = `${store.locator}#a`;
  const open = await store.create(journal, FIRST);
  const all = [FIRST];
  for (let seq = 1; seq < 10; seq += 1) {
    const events = testEvents(seq);
    all.push(events);
    // The server has committed when it says so. The connection is cut instead of the answer, and of that to another try.
    if (seq % 3 === 0) proxy.cutBefore("INSERT 0 1");
    await open.append(events);
    assert(proxy.hasCut);
  }
  await open.append(ENDED, { last: true });
  await open.close();
  assertEquals(await readEvents(store, journal), [...all, ENDED]);
});

postgresTest("a creation whose answer was lost is this process's own", async ({ server, locator }) => {
  await using proxy = new CuttingProxy(Number(new URL(server.url).port));
  const through = Object.assign(new URL(locator), { port: String(proxy.port) }).href;
  await using store = await openPostgresStore(through);
  await (await store.create(`${store.locator}#a`, FIRST)).close();
  proxy.cutBefore("INSERT 0 1");
  const open = await store.create(`${store.locator}#b`, FIRST);
  assert(proxy.hasCut);
  await open.append(ENDED);
  await open.close();
  assertEquals(await readEvents(store, `${store.locator}#b`), [FIRST, ENDED]);
});

postgresTest("a process that cannot reach the server for longer than its lease has lost its journals", async (test) => {
  const { server, locator } = test;
  await using store = await openPostgresStore(locator, { times: SHORT_LEASE });
  const journal = `${store.locator}#a`;
  const open = await store.create(journal, FIRST);
  await server.stop();
  // It is tried again until the lease is nearly over.
  assertInstanceOf(await assertRejects(async () => await open.append(ENDED)), JournalUnwritable);
  assertEquals(open.lost.aborted, true);
  await server.start();
  await using other = await openPostgresStore(locator, { times: SHORT_LEASE });
  const seen: unknown[] = [];
  const taken = await other.open(journal, ({ events }) => seen.push(events));
  assertEquals([seen, taken.epoch > open.epoch], [[FIRST], true]);
  await taken.recover();
  await taken.append(ENDED);
  await assertRejects(async () => await open.append(testEvents(9)), JournalUnwritable);
  await open.close();
  await taken.close();
  assertEquals(await readEvents(other, journal), [FIRST, ENDED]);
}, { restarts: true });

postgresTest("an owner that was declared dead appends nothing, although it has not noticed", async ({ locator }) => {
  await using store = await openPostgresStore(locator);
  await using other = await openPostgresStore(locator);
  const journal = `${store.locator}#a`;
  const open = await store.create(journal, FIRST);
  await query(locator, "update workers set dead = true");
  const taken = await other.open(journal, () => {});
  await taken.recover();
  assertInstanceOf(await assertRejects(async () => await open.append(ENDED)), Fenced);
  await taken.append(testEvents(1));
  await open.close();
  await taken.close();
  assertEquals(await readEvents(other, journal), [FIRST, testEvents(1)]);
});

postgresTest("a commit that a synchronous standby has not confirmed is not acknowledged", async ({ locator }) => {
  await using store = await openPostgresStore(locator);
  const journal = `${store.locator}#a`;
  const open = await store.create(journal, FIRST);
  const waiting = "select pid from pg_stat_activity where wait_event = 'SyncRep' and pid <> pg_backend_pid()";
  const waitingFor = async (isOther: (pid: unknown) => boolean) => {
    for (;;) {
      const found = (await query(locator, waiting)).map(({ pid }) => pid).find(isOther);
      if (found !== undefined) return found;
    }
  };
  await query(locator, "alter system set synchronous_standby_names = 'nobody'");
  await query(locator, "select pg_reload_conf()");
  let isAcknowledged = false;
  const append = Promise.resolve(open.append(ENDED)).then(() => isAcknowledged = true);
  const first = await waitingFor(() => true);
  // As an impatient administrator does. The server answers success, with a warning.
  await query(locator, "select pg_cancel_backend($1)", first);
  await waitingFor((pid) => pid !== first);
  assertEquals(isAcknowledged, false);
  await query(locator, "alter system reset synchronous_standby_names");
  await query(locator, "select pg_reload_conf()");
  await append;
  await open.close();
  assertEquals(await readEvents(store, journal), [FIRST, ENDED]);
});

postgresTest(
  "the owner of a transaction is told of a request, also by a connection that was made again",
  async ({ locator }) => {
    await using store = await openPostgresStore(locator);
    const open = await store.create(`${store.locator}#a`, FIRST);
    await using owner = await openPostgres(parsePostgresLocator(locator));
    await using sender = await openPostgres(parsePostgresLocator(locator));
    const [{ id: tx = "", owner: worker = "" } = {}] = await query(locator, "select id, owner from transactions");
    let heard = Promise.withResolvers<string>();
    owner.onRequest((requested) => heard.resolve(requested));
    for (const isCut of [false, true]) {
      heard = Promise.withResolvers();
      if (isCut) await disconnect(locator);
      // The first look listens, and one that fails is followed by another.
      await owner.findRequested(String(worker)).catch(() => owner.findRequested(String(worker)));
      const sent = { id: crypto.randomUUID(), tx: String(tx), data: "{}" };
      assertEquals(await sender.addRequest(sent).catch(() => sender.addRequest(sent)), true);
      assertEquals(await heard.promise, tx);
    }
    await open.close();
  },
);

postgresTest("a step that keeps its thread busy for longer than a lease does not end it", async ({ locator }) => {
  await using store = await openPostgresStore(locator, { times: { leaseMs: 2000, beatMs: 200, marginMs: 500 } });
  const open = await store.create(`${store.locator}#a`, FIRST);
  // The connection on which nothing but heartbeats is seen is that of the other thread: this one also looks for strays.
  const [own, beating] = [new Set<unknown>(), new Set<unknown>()];
  while (own.size === 0 || beating.size === 0) {
    const looks = "select pid, query like 'update%workers%set lease_until%' as beats from pg_stat_activity " +
      "where pid <> pg_backend_pid() and query ~ 'workers|where owner'";
    for (const { pid, beats } of await query(locator, looks)) (beats === true ? beating : own).add(pid);
    for (const pid of own) beating.delete(pid);
  }
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4000);
  assertEquals(open.lost.aborted, false);
  await open.append(ENDED);
  await open.close();
  assertEquals(await readEvents(store, `${store.locator}#a`), [FIRST, ENDED]);
});
