/** Databases of a server that cannot be used, by the command line: what each command says, and that nothing is changed. */
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { exitCode } from "../../../lib/cli/frame/exit_code.ts";
import { JournalUnwritable } from "../../../lib/errors/storage_errors.ts";
import { openPostgresStore } from "../../../lib/storage/postgres/open_postgres_store.ts";
import { runMain } from "../../cli/fake_io.ts";
import { makeFailedTransaction } from "../../support/failed_transaction.ts";
import { GUARDED } from "../../support/postgres_server.ts";
import { postgresTests } from "../../support/postgres_test.ts";
import { query } from "../../support/query_postgres.ts";

const postgresTest = postgresTests();

interface BadDatabase {
  readonly what: string;
  /** Statements that do it, with `SCHEMA`, and those that undo what belongs to the whole server. */
  readonly spoil?: readonly string[];
  readonly repair?: readonly string[];
  /** The locator of the commands. */
  readonly place?: (url: URL) => void;
  /** What follows it. */
  readonly rest?: string;
  /** By command. */
  readonly codes: Readonly<Record<string, number>>;
  /** What the message of each command names. */
  readonly says: RegExp;
}

const READERS = ["create role looker login", "grant usage on schema SCHEMA to looker"];
/** What the server says when a file cannot grow. */
const FULL = `create function fill() returns trigger language plpgsql as $$ begin
  raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$`;

function as(role: string): (url: URL) => void {
  return (url) => void (url.username = role);
}

const BAD: readonly BadDatabase[] = [
  { what: "nothing is wrong", codes: { inspect: 0, check: 0, list: 0, resume: 1 }, says: /^/ },
  {
    what: "the password is wrong",
    spoil: [`create role ${GUARDED.thirdRole} login password '${GUARDED.password}'`],
    repair: [`drop role ${GUARDED.thirdRole}`],
    place: (url) => Object.assign(url, { username: GUARDED.thirdRole, password: "guessed" }),
    codes: { inspect: 77, list: 77, resume: 77, skip: 77, stop: 77 },
    says: /password.*PGPASSWORD/,
  },
  { what: "there is no such role", place: as("nobody_here"), codes: { inspect: 77, resume: 77 }, says: /nobody_here/ },
  {
    what: "there is no such database",
    place: (url) => void (url.pathname = "/no_such_database"),
    codes: { inspect: 77, list: 77, resume: 77 },
    says: /no_such_database.*Create the database/,
  },
  {
    what: "there is no schema",
    place: (url) => url.searchParams.set("schema", "no_schema_here"),
    codes: { inspect: 66, check: 66, list: 0, resume: 66, skip: 66, signal: 66 },
    says: /no_schema_here#a/,
  },
  { what: "there is no such transaction", rest: "#b", codes: { inspect: 66, resume: 66, stop: 66 }, says: /#b/ },
  {
    what: "the role may not read the tables",
    spoil: READERS,
    repair: ["drop owned by looker", "drop role looker"],
    place: as("looker"),
    codes: { inspect: 77, list: 77, resume: 77 },
    says: /permission denied.*administrator/,
  },
  {
    what: "the role may only read",
    spoil: [...READERS, "grant select on all tables in schema SCHEMA to looker"],
    repair: ["drop owned by looker", "drop role looker"],
    place: as("looker"),
    codes: { inspect: 0, check: 0, list: 0, resume: 77, skip: 77, cancel: 77 },
    says: /permission denied/,
  },
  {
    what: "the database is read-only",
    spoil: ["create role frozen superuser login", "alter role frozen set default_transaction_read_only = on"],
    repair: ["drop role frozen"],
    place: as("frozen"),
    codes: { inspect: 0, check: 0, list: 0, resume: 77, skip: 77 },
    says: /read-only/,
  },
  {
    what: "there is no room for a record",
    spoil: [FULL, "create trigger fill before insert on records for each row execute function fill()"],
    codes: { inspect: 0, list: 0, resume: 74, skip: 74 },
    says: /No space left.*Make room/,
  },
  {
    what: "there is no room for a worker",
    spoil: [FULL, "create trigger fill before insert on workers for each row execute function fill()"],
    codes: { inspect: 0, resume: 74, skip: 74 },
    says: /No space left.*Make room/,
  },
  {
    what: "a newer version has made the tables",
    spoil: ["insert into meta (version, at) values (99, now())"],
    codes: { inspect: 77, list: 77, resume: 77, skip: 77 },
    says: /version 99.*newer version/,
  },
  {
    what: "the schema belongs to another program",
    spoil: ["drop table records"],
    codes: { inspect: 77, list: 77, resume: 77 },
    says: /something else/,
  },
  {
    what: "a record was changed",
    spoil: ["update records set data = replace(data, 'fail', 'pass') where seq = 0"],
    codes: { inspect: 65, check: 65, resume: 65, skip: 65 },
    says: /record 0 of transaction/,
  },
  {
    what: "a record is missing",
    spoil: ["delete from records where seq = 1"],
    codes: { inspect: 65, check: 65, resume: 65 },
    says: /record 1 of transaction/,
  },
  {
    what: "all records are missing",
    spoil: ["delete from records"],
    codes: { inspect: 65, resume: 65 },
    says: /no records/,
  },
  {
    what: "the status is unknown",
    spoil: ["update transactions set status = 99"],
    codes: { inspect: 65, resume: 65, skip: 65 },
    says: /status 99/,
  },
  { what: "the locator has no name", rest: "", codes: { inspect: 2, skip: 2 }, says: /add "#"/ },
  {
    what: "the locator has an unknown parameter",
    place: (url) => url.searchParams.set("colour", "blue"),
    codes: { inspect: 2, list: 2, resume: 2 },
    says: /"colour"/,
  },
  {
    what: "the locator has an unknown scheme",
    place: (url) => void (url.href = url.href.replace("postgres:", "mysql:")),
    codes: { inspect: 2, resume: 2 },
    says: /mysql: URL/,
  },
];

/** Everything in the tables but workers, which come and go. What is refused may have been taken, and given back. */
async function contentOf(locator: string): Promise<unknown> {
  const rows = (text: string) => query(locator, text).catch(() => "no table");
  return [
    await rows("select id, name, status, owner, requests, steps, finished, at_step, error from transactions"),
    await rows("select tx, seq, data, sum from records order by seq"),
    await rows("select id, tx, data from inbox"),
    await rows("select version from meta order by 1"),
    await query(locator, "select nspname from pg_namespace where nspname = 'no_schema_here'"),
  ];
}

for (const { what, spoil = [], repair = [], place, rest = "#a", codes, says } of BAD) {
  postgresTest(`commands with a PostgreSQL database: ${what}`, async ({ locator }) => {
    const schema = new URL(locator).searchParams.get("schema") ?? "";
    await makeFailedTransaction(`${locator}#a`);
    for (const statement of spoil) await query(locator, statement.replace("SCHEMA", schema));
    try {
      const before = await contentOf(locator);
      const url = new URL(locator);
      place?.(url);
      for (const [command, code] of Object.entries(codes)) {
        const more: Readonly<Record<string, readonly string[]>> = { skip: ["1"], signal: ["go"], cancel: ["--yes"] };
        const end = await runMain([command, `${url.href}${command === "list" ? "" : rest}`, ...more[command] ?? []]);
        assertEquals([command, end.code], [command, code], end.error);
        if (code > 1) assertMatch(`${end.out}${end.error}`, says);
        assertEquals(`${end.out}${end.error}`.includes("guessed"), false);
        // Resumed, the step has failed once more.
        if (code !== 1) assertEquals(await contentOf(locator), before, command);
      }
    } finally {
      for (const statement of repair) await query(locator, statement);
    }
  });
}

postgresTest("a server that is away is tried for a while, and the error says how long", async ({ locator }) => {
  const away = Object.assign(new URL(locator), { port: "1" }).href;
  const error = await assertRejects(() => openPostgresStore(away, { patienceMs: 1000 }), JournalUnwritable);
  assertEquals(exitCode(error), 74);
  assertMatch(error.message, /127\.0\.0\.1:1 .*tried for \d+ s/);
});
