import { DatabaseSync } from "node:sqlite";
import { openDatabase } from "../../../lib/storage/sqlite/open_database.ts";
import type { SeededRandom } from "../../support/seeded_random.ts";
import { makeTempFolder, type TempFolder } from "../../support/temp_folder.ts";
import type { ChaosCounts } from "./chaos_counts.ts";
import { ONCE_TABLE, oncePath, READ_ONCE } from "./chaos_once.ts";
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

const DISK_MIB = 256;
const PIECE = new Uint8Array(1024 * 1024);

/** In the order of the commits: the database has one writer at a time. */
const AUDIT = `create table forbidden (text text);
create trigger forbidden_append after insert on records when new.epoch <> (select epoch from transactions where id = new.tx)
  begin insert into forbidden values ('record ' || new.seq || ' of transaction ' || new.tx || ' was appended by owner ' || new.epoch
  || ' after a later owner'); end;
create trigger forbidden_life after update on workers when old.dead = 1 and (new.dead = 0 or new.lease_until > old.lease_until)
  begin insert into forbidden values ('the dead worker ' || new.id || ' revived'); end;`;

/** A file that several processes of one machine use, on a disk of its own where one can be mounted. */
export class SqliteWorld implements ChaosWorld {
  readonly leaseMs = leaseFor(2500);
  readonly hasClocks = false;
  readonly harms: readonly Harm[];
  readonly #folder: TempFolder;
  readonly #disk: string | undefined;
  readonly #path: string;
  /** For looking, and for being in the way. */
  readonly #database: DatabaseSync;

  constructor(folder: TempFolder, disk: string | undefined) {
    this.#folder = folder;
    this.#disk = disk;
    this.#path = `${disk ?? folder.path}/tx.db`;
    openDatabase(this.#path).close();
    this.#database = new DatabaseSync(this.#path, { timeout: 2000 });
    this.#database.exec(AUDIT);
    const lock: Harm = { everyMs: 5000, run: (chance, counts) => this.#lock(chance, counts) };
    const fill: Harm = { everyMs: 8000, run: (chance, counts) => this.#fill(chance, counts) };
    this.harms = disk === undefined ? [lock] : [lock, fill];
  }

  static async open(): Promise<SqliteWorld> {
    const folder = await makeTempFolder();
    const disk = `${folder.path}/disk`;
    await Deno.mkdir(disk);
    const isMounted = await run("mount", "-t", "tmpfs", "-o", `size=${DISK_MIB}m`, "tmpfs", disk);
    return new SqliteWorld(folder, isMounted ? disk : undefined);
  }

  databaseOf(): string {
    return `sqlite:${this.#path}`;
  }

  findIdle(limit: number): Promise<readonly string[]> {
    const idle = `select coalesce(name, id) as name from transactions where owner is null and status < 5
      order by random() limit ${limit}`;
    return Promise.resolve(this.#database.prepare(idle).all().map(({ name }) => String(name)));
  }

  countOpen(): Promise<number> {
    const row = this.#database.prepare("select count(*) as open from transactions where status < 5").get();
    return Promise.resolve(Number(row?.["open"]));
  }

  async #lock(chance: SeededRandom, counts: ChaosCounts): Promise<void> {
    try {
      this.#database.exec("begin immediate");
    } catch {
      // A process has stopped in the middle of a write.
      return;
    }
    await wait(100 + chance.below(3500));
    this.#database.exec("rollback");
    counts.add("locks by another program");
  }

  async #fill(chance: SeededRandom, counts: ChaosCounts): Promise<void> {
    const path = `${this.#disk}/ballast`;
    {
      using ballast = Deno.openSync(path, { write: true, create: true });
      try {
        for (;;) ballast.writeSync(PIECE);
      } catch {
        // There is no more room.
      }
    }
    await wait(200 + chance.below(2000));
    Deno.removeSync(path);
    counts.add("full disks");
  }

  heal(): Promise<void> {
    return Promise.resolve();
  }

  readTables(): Promise<ChaosTables> {
    const read = (table: keyof typeof FACT_COLUMNS) =>
      this.#database.prepare(`select ${FACT_COLUMNS[table]} from ${table}`).all();
    const rows: FactRows = {
      transactions: read("transactions"),
      workers: read("workers"),
      records: read("records"),
      inbox: read("inbox"),
    };
    using other = new DatabaseSync(oncePath(this.#path));
    other.exec(ONCE_TABLE);
    const forbidden = this.#database.prepare("select text from forbidden").all();
    return Promise.resolve(toTables(rows, { once: other.prepare(READ_ONCE).all(), forbidden }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#database.close();
    if (this.#disk !== undefined) await run("umount", this.#disk);
    await this.#folder[Symbol.asyncDispose]();
  }
}

async function run(command: string, ...args: readonly string[]): Promise<boolean> {
  const tried = new Deno.Command(command, { args: [...args], stdout: "null", stderr: "null" });
  return await tried.output().then(({ success }) => success, () => false);
}
