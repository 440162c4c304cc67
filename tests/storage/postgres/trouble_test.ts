import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { JournalNotFound, JournalRefused } from "../../../lib/errors/opening_errors.ts";
import { JournalUnwritable, StorageFull } from "../../../lib/errors/storage_errors.ts";
import { openPostgresStore } from "../../../lib/storage/postgres/open_postgres_store.ts";
import { GUARDED } from "../../support/postgres_server.ts";
import { postgresTests } from "../../support/postgres_test.ts";
import { query } from "../../support/query_postgres.ts";
import { testEvents } from "../../support/test_record.ts";
import { ENDED, FIRST, readEvents } from "../conforming_store.ts";

const postgresTest = postgresTests();

/** Another role or database in a locator. */
function as(locator: string, changes: Partial<Pick<URL, "username" | "password" | "pathname" | "port">>): string {
  return Object.assign(new URL(locator), changes).href;
}

postgresTest("a server that cannot be reached is tried for a while, and named", async ({ locator }) => {
  const away = as(locator, { port: "1" });
  const error = await assertRejects(() => openPostgresStore(away, { patienceMs: 50 }), JournalUnwritable);
  assert(error.message.includes("127.0.0.1:1"), error.message);
});

postgresTest("a wrong password, an unknown role and an unknown database are refused at once", async ({ locator }) => {
  await query(locator, `create role ${GUARDED.role} login password '${GUARDED.password}'`);
  const wrong = "guessed";
  const refused = [
    as(locator, { username: GUARDED.role, password: wrong }),
    as(locator, { username: GUARDED.role }),
    as(locator, { username: "nobody_here" }),
    as(locator, { pathname: "/no_such_database" }),
  ];
  for (const place of refused) {
    const error = await assertRejects(() => openPostgresStore(place), JournalRefused);
    assertEquals([place, error.message.includes(wrong)], [place, false]);
  }
  await using store = await openPostgresStore(as(locator, { username: GUARDED.role, password: GUARDED.password }));
  assertEquals(store.locator, as(locator, { username: GUARDED.role }));
});

postgresTest("reading finds nothing where there are no tables, and makes none", async ({ locator }) => {
  await using store = await openPostgresStore(locator);
  const journal = `${store.locator}#a`;
  await assertRejects(() => store.read(journal, () => {}), JournalNotFound);
  assertEquals(await Array.fromAsync(store.list(store.locator)), []);
  assertEquals(await store.kindOf(journal), undefined);
  const schema = new URL(locator).searchParams.get("schema");
  assertEquals(await query(locator, "select 1 from pg_namespace where nspname = $1", schema), []);
});

postgresTest("a role that may not make a schema is refused, and may use one that it is given", async ({ locator }) => {
  await query(locator, "create role modest login");
  const modest = as(locator, { username: "modest" });
  await using store = await openPostgresStore(modest);
  const journal = `${store.locator}#a`;
  await assertRejects(() => store.create(journal, FIRST), JournalRefused);
  const schema = new URL(locator).searchParams.get("schema");
  await query(locator, `create schema "${schema}" authorization modest`);
  const open = await store.create(journal, FIRST);
  await open.close();
  assertEquals(await readEvents(store, journal), [FIRST]);
});

postgresTest("tables of a newer version, and of something else, are refused", async ({ locator }) => {
  const schema = new URL(locator).searchParams.get("schema");
  await query(locator, `create schema "${schema}"`);
  await query(locator, "create table meta (version text)");
  await assertRejects(() => openPostgresStore(locator), JournalRefused);
  await query(locator, "drop table meta");
  {
    await using store = await openPostgresStore(locator);
    await (await store.create(`${store.locator}#a`, FIRST)).close();
  }
  await query(locator, "insert into meta (version, at) values (99, now())");
  const error = await assertRejects(() => openPostgresStore(locator), JournalRefused);
  assert(error.message.includes("99"), error.message);
});

postgresTest("several processes may make the tables at the same time", async ({ locator }) => {
  const names = ["a", "b", "c", "d", "e", "f"];
  await Promise.all(names.map(async (name) => {
    await using store = await openPostgresStore(locator);
    await (await store.create(`${store.locator}#${name}`, FIRST)).close();
  }));
  assertEquals(await query(locator, "select version from meta"), [{ version: 1 }]);
  assertEquals(await query(locator, "select count(*)::int as count from records"), [{ count: names.length }]);
});

postgresTest("a database that becomes read-only ends the run, and is read as before", async ({ locator }) => {
  await query(locator, "create role reader login superuser");
  const reader = as(locator, { username: "reader" });
  await using store = await openPostgresStore(reader);
  const journal = `${store.locator}#a`;
  const open = await store.create(journal, FIRST);
  await query(locator, "alter role reader set default_transaction_read_only = on");
  await disconnect(locator);
  await assertRejects(async () => await open.append(ENDED), JournalUnwritable);
  await open.close().catch(() => {});
  assertEquals(await readEvents(store, journal), [FIRST]);
  await query(locator, "alter role reader reset default_transaction_read_only");
});

postgresTest("a full disk is reported as such, and the run continues when there is room again", async ({ locator }) => {
  await using store = await openPostgresStore(locator);
  const journal = `${store.locator}#a`;
  const open = await store.create(journal, FIRST);
  // What the server says when a file cannot grow.
  await query(
    locator,
    `create function fill() returns trigger language plpgsql as $$ begin
      raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$`,
  );
  await query(locator, "create trigger fill before insert on records for each row execute function fill()");
  const error = await assertRejects(async () => await open.append(ENDED));
  assertInstanceOf(error, StorageFull);
  await query(locator, "drop trigger fill on records");
  await open.append(ENDED);
  await open.close();
  assertEquals(await readEvents(store, journal), [FIRST, ENDED]);
});

postgresTest("a server whose default is another isolation level is used as any other", async ({ locator }) => {
  await query(locator, "create role strict login superuser");
  await query(locator, "alter role strict set default_transaction_isolation = 'serializable'");
  await using one = await openPostgresStore(as(locator, { username: "strict" }));
  await using other = await openPostgresStore(as(locator, { username: "strict" }));
  const names = Array.from({ length: 40 }, (_, index) => `t${index}`);
  await Promise.all(names.map(async (name, index) => {
    const store = index % 2 === 0 ? one : other;
    const open = await store.create(`${store.locator}#${name}`, FIRST);
    for (let seq = 1; seq < 6; seq += 1) await open.append(testEvents(seq));
    await open.close();
  }));
  const [counts] = await query(locator, "select count(*)::int as records, count(distinct tx)::int as all from records");
  assertEquals(counts, { records: 240, all: 40 });
});

postgresTest("what was in the way of another transaction is tried again", async ({ locator }) => {
  await using store = await openPostgresStore(locator);
  const journal = `${store.locator}#a`;
  await (await store.create(journal, FIRST)).close();
  // A sequence counts what is rolled back, too.
  await query(locator, "create sequence tries");
  await query(
    locator,
    `create function conflict() returns trigger language plpgsql as $$ begin
      case nextval('${new URL(locator).searchParams.get("schema")}.tries') when 1 then raise serialization_failure;
      when 2 then raise deadlock_detected; else return new; end case; end $$`,
  );
  await query(
    locator,
    "create trigger conflict before update on transactions for each row execute function conflict()",
  );
  const open = await store.open(journal, () => {});
  assertEquals(await query(locator, "select last_value::int as tries from tries"), [{ tries: 3 }]);
  await open.close();
});

/** Ends all connections of the store, as a restart or a firewall does. */
async function disconnect(locator: string): Promise<void> {
  await query(
    locator,
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'resumable-tx'",
  );
}

postgresTest(
  "a role that may only read lists, reads and checks; what it may not do is refused, and told",
  async (test) => {
    const { locator } = test;
    await using owner = await openPostgresStore(locator);
    const open = await owner.create(owner.journalOf("a"), FIRST);
    await open.append(ENDED);
    await open.close({ release: () => ({ status: "finished", listing: { status: "finished", next: [] } }) });
    await query(locator, "create role looker login");
    const reader = as(locator, { username: "looker" });
    const schema = new URL(locator).searchParams.get("schema");
    const names = async () => {
      await using store = await openPostgresStore(reader);
      assertEquals(await readEvents(store, store.journalOf("a")), [FIRST, ENDED]);
      assertEquals(await Array.fromAsync(store.list(store.locator)), [store.journalOf("a")]);
      const found = await Array.fromAsync(store.search(store.locator, {}));
      const refused = [
        () => store.open(store.journalOf("a"), () => {}),
        () => store.create(store.journalOf("b"), FIRST),
      ];
      for (const write of refused) await assertRejects(write, JournalRefused, "permission");
      await assertRejects(() => store.prune(store.locator, found), JournalRefused, "permission");
      return found.map(({ journal }) => journal);
    };
    await assertRejects(names, JournalRefused, "permission");
    await query(locator, `grant usage on schema ${schema} to looker`);
    await assertRejects(names, JournalRefused, "permission");
    await query(locator, `grant select on all tables in schema ${schema} to looker`);
    assertEquals((await names()).length, 1);
    assertEquals(await readEvents(owner, owner.journalOf("a")), [FIRST, ENDED]);
  },
);
