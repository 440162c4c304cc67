import pg from "pg";
import { Connection } from "../../../lib/storage/postgres/connection.ts";
import { migrate } from "../../../lib/storage/postgres/migrate.ts";
import { parsePostgresLocator } from "../../../lib/storage/postgres/postgres_locator.ts";
import { CuttingProxy } from "../../support/cutting_proxy.ts";
import { type PostgresServer, startPostgres } from "../../support/postgres_server.ts";
import type { SeededRandom } from "../../support/seeded_random.ts";
import { makeTempFolder, type TempFolder } from "../../support/temp_folder.ts";
import type { ChaosCounts } from "./chaos_counts.ts";
import { ONCE_TABLE, READ_ONCE } from "./chaos_once.ts";
import { wait } from "./chaos_process.ts";
import {
  type ChaosTables,
  type ChaosWorld,
  FACT_COLUMNS,
  type FactRows,
  type Harm,
  leaseFor,
  toTables,
} from "./chaos_world.ts";

const SCHEMA = "chaos";
const LEASE_MS = 2000;
/** A process that runs transactions has so many connections. */
const BUSY_CONNECTIONS = 4;
/** The commit of a take is seen a little after its time: so much later, an append of the owner before is none that was on its way. */
const COMMIT_SEEN_MS = 1000;

/** What is in the bytes that ask for a commit: of the store, which appends, and of a step that has its effect once. */
const APPENDS = ['"type":"started"', '"type":"finished"'];
const COMMITS = [...APPENDS, "commit"];
/** So many processes can take over what silent ones had. */
const LEAST_SPEAKING = 2;
/** A process that runs sends an append soon. */
const SENT_SOON_MS = 1500;

/** Keeps what is in no table afterwards: when an owner was made, and when each append was asked for. */
const AUDIT = `create schema audit;
create table audit.takes (tx uuid, epoch int, xid xid8);
create table audit.appends (tx uuid, seq int, epoch int, asked timestamptz);
create table audit.revived (worker uuid);
create function audit.take() returns trigger language plpgsql as $$ begin
  insert into audit.takes values (new.id, new.epoch, pg_current_xact_id()); return null; end $$;
create function audit.append() returns trigger language plpgsql as $$ begin
  insert into audit.appends values (new.tx, new.seq, new.epoch, statement_timestamp()); return null; end $$;
create function audit.revive() returns trigger language plpgsql as $$ begin
  insert into audit.revived values (new.id); return null; end $$;
create trigger take after update on ${SCHEMA}.transactions for each row when (new.epoch > old.epoch) execute function audit.take();
create trigger append after insert on ${SCHEMA}.records for each row execute function audit.append();
create trigger revive after update on ${SCHEMA}.workers for each row
  when (old.dead and (not new.dead or new.lease_until > old.lease_until)) execute function audit.revive();`;

const LATE =
  `select format('record %s of transaction %s was appended by owner %s, %s ms after owner %s', a.seq, a.tx, a.epoch,
    (extract(epoch from a.asked - t.at) * 1000)::int, t.epoch) as text
  from (select tx, epoch, pg_xact_commit_timestamp(xid::xid) as at from audit.takes) t
  join audit.appends a on a.tx = t.tx and a.epoch < t.epoch where a.asked > t.at + interval '${COMMIT_SEEN_MS} milliseconds'`;

/** The effect of a database step has the transaction of the server that wrote the record of its end. */
const APART =
  `select format('repeated or lost: the effect of step %s of transaction %s was committed without its record', e.step, e.tx)
  as text from once_effects e where e.with_record and not exists (select from ${SCHEMA}.records r where r.tx = e.tx::uuid
    and r.xmin = e.xmin and strpos(r.data, format('"type":"finished","step":"%s"', e.step)) > 0)`;

/** A server whose connections pass through a proxy for each process. */
export class PostgresWorld implements ChaosWorld {
  readonly leaseMs = leaseFor(LEASE_MS);
  readonly hasClocks = true;
  readonly harms: readonly Harm[];
  readonly delays: readonly Harm[] = [
    { everyMs: 900, run: (chance, counts) => this.#fallSilent(chance, counts) },
  ];
  readonly #folder: TempFolder;
  readonly #server: PostgresServer;
  readonly #proxies: readonly CuttingProxy[];
  /** One after the other: a server that is being started is not killed. */
  #restart: Promise<void> = Promise.resolve();
  #client: Promise<pg.Client> | undefined;

  constructor(folder: TempFolder, server: PostgresServer, processes: number) {
    this.#folder = folder;
    this.#server = server;
    const port = Number(new URL(server.url).port);
    this.#proxies = Array.from({ length: processes }, () => new CuttingProxy(port));
    this.harms = [
      { everyMs: 1600, run: (chance, counts) => this.#cut(chance, counts) },
      { everyMs: 5000, run: (chance, counts) => this.#fallSilent(chance, counts) },
      { everyMs: 9000, run: (chance, counts) => this.#delay(chance, counts) },
      { everyMs: 44_000, run: (chance, counts) => this.#killServer(chance, counts) },
    ];
  }

  static async open(processes: number): Promise<PostgresWorld> {
    const folder = await makeTempFolder();
    const server = await startPostgres(folder.path);
    const world = new PostgresWorld(folder, server, processes);
    await world.#query("alter system set track_commit_timestamp = on");
    await world.#disconnect();
    await server.stop();
    await server.start();
    const place = parsePostgresLocator(`${server.url}?schema=${SCHEMA}`);
    await using connection = new Connection(place, { isUnconfirmed: false });
    await migrate(connection, place);
    await world.#query(AUDIT);
    await world.#query(ONCE_TABLE);
    return world;
  }

  databaseOf(slot: number): string {
    const url = new URL(`${this.#server.url}?schema=${SCHEMA}`);
    url.port = String(this.#proxies[slot]?.port);
    return url.href;
  }

  async findIdle(limit: number): Promise<readonly string[]> {
    const idle = `select coalesce(name, id::text) as name from ${SCHEMA}.transactions where owner is null and status < 5
      order by random() limit ${limit}`;
    // While the server is away, nobody knows.
    return (await this.#query(idle).catch(() => [])).map(({ name }) => String(name));
  }

  async countOpen(): Promise<number | undefined> {
    const open = `select count(*)::int as open from ${SCHEMA}.transactions where status < 5`;
    return await this.#query(open).then(([row]) => Number(row?.["open"]), () => undefined);
  }

  /** Not through a proxy. On one connection, as long as it lives: to make one takes the server as long as many queries. */
  async #query(text: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const client = this.#client ??= this.#connect();
    try {
      return (await (await client).query(text)).rows;
    } catch (error) {
      if (this.#client === client) this.#client = undefined;
      await client.then((open) => open.end()).catch(() => {});
      throw error;
    }
  }

  async #disconnect(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.then((open) => open.end()).catch(() => {});
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: this.#server.url });
    client.on("error", () => {});
    await client.connect();
    return client;
  }

  async #cut(chance: SeededRandom, counts: ChaosCounts): Promise<void> {
    const proxy = this.#proxies[chance.below(this.#proxies.length)];
    if (proxy === undefined || !proxy.hasCut) return;
    const count = (kind: string, cut: number) => {
      counts.add("connections cut", cut);
      counts.add(`connections cut ${kind}`, cut);
    };
    const soon = async (kind: string) => {
      const end = performance.now() + SENT_SOON_MS;
      while (!proxy.hasCut && performance.now() < end) await wait(20);
      if (proxy.hasCut) count(kind, 1);
      proxy.spare();
    };
    switch (chance.below(6)) {
      case 0:
        return count("at any time", proxy.cutAll());
      case 1:
        return count("on one side", proxy.leaveHalfOpen(chance.below(2) === 0 ? "client" : "server"));
      case 2:
        proxy.cutBefore("INSERT 0");
        return await soon("before an answer");
      case 3:
        proxy.cutAt(1 + chance.below(3000));
        return await soon("in the middle");
      default:
        proxy.cutAfter(COMMITS[chance.below(COMMITS.length)] ?? "");
        return await soon("after a commit was asked for");
    }
  }

  /** Of a process that runs: an append that it has sent arrives long after its lease was over, more often than not. */
  async #fallSilent(chance: SeededRandom, counts: ChaosCounts): Promise<void> {
    const speaking = this.#proxies.filter(({ isSilent }) => !isSilent);
    const busy = speaking.filter(({ connections }) => connections >= BUSY_CONNECTIONS);
    const proxy = busy[chance.below(Math.max(1, busy.length))];
    if (proxy === undefined || speaking.length <= LEAST_SPEAKING) return;
    proxy.fallSilentAt(APPENDS[chance.below(APPENDS.length)] ?? "");
    for (const end = performance.now() + SENT_SOON_MS; !proxy.isSilent && performance.now() < end;) await wait(20);
    proxy.fallSilent();
    const lease = this.leaseMs;
    await wait(chance.below(3) === 0 ? 100 + chance.below(lease) : 2.2 * lease + chance.below(Math.round(1.3 * lease)));
    if (chance.below(5) === 0) proxy.cutAll();
    proxy.endSilence();
    counts.add("silences of the network");
  }

  async #delay(chance: SeededRandom, counts: ChaosCounts): Promise<void> {
    const proxy = this.#proxies[chance.below(this.#proxies.length)];
    if (proxy === undefined) return;
    proxy.delayMs = 5 + chance.below(100);
    await wait(1000 + chance.below(3000));
    proxy.delayMs = 0;
    counts.add("delays of the network");
  }

  #killServer(chance: SeededRandom, counts: ChaosCounts): Promise<void> {
    const children = chance.below(2) === 0;
    return this.#restart = this.#restart.then(async () => {
      await this.#server.kill({ children });
      await wait(chance.below(1500));
      await this.#server.start();
      counts.add("kills of the server");
    });
  }

  async heal(): Promise<void> {
    await this.#restart;
    for (const proxy of this.#proxies) {
      proxy.spare();
      proxy.delayMs = 0;
      proxy.cutAll();
      proxy.endSilence();
    }
  }

  async readTables(): Promise<ChaosTables> {
    const read = (table: keyof typeof FACT_COLUMNS) => {
      const columns = FACT_COLUMNS[table].map((name) =>
        /_at|_until/.test(name) ? `(extract(epoch from ${name}) * 1000)::float8 as ${name}` : name
      );
      return this.#query(`select ${columns} from ${SCHEMA}.${table}`);
    };
    const rows: FactRows = {
      transactions: await read("transactions"),
      workers: await read("workers"),
      records: await read("records"),
      inbox: await read("inbox"),
    };
    const revived = await this.#query("select format('the dead worker %s revived', worker) as text from audit.revived");
    const forbidden = [...await this.#query(LATE), ...await this.#query(APART), ...revived];
    return toTables(rows, { once: await this.#query(READ_ONCE), forbidden });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#restart.catch(() => {});
    await this.#disconnect();
    for (const proxy of this.#proxies) await proxy[Symbol.asyncDispose]();
    await this.#server.stop();
    await this.#folder[Symbol.asyncDispose]();
  }
}
