import { adviseFlags, importPermission } from "../../process/permissions.ts";
import { describeDistrust } from "../file/examine_file.ts";
import type { Distrust } from "../open_journal.ts";
import type { Pulse } from "../sql/table_rows.ts";
import { DatabaseError, type SqlDatabase } from "../sql/database.ts";
import { SharedPulse } from "../sql/shared_pulse.ts";
import type { TableMethod } from "./thread_messages.ts";
import type { Tables } from "./tables.ts";
import { LogWatch } from "./log_watch.ts";
import { ThreadCalls } from "./thread_calls.ts";

type Method<M extends TableMethod> = (...args: Parameters<Tables[M]>) => Promise<ReturnType<Tables[M]>>;

/** SQLite in a thread of its own: see `sqlite_thread.ts`. */
export class SqliteDatabase implements SqlDatabase {
  readonly locator: string;
  readonly #path: string;
  readonly #calls: ThreadCalls;

  readonly addWorker = this.#method("addWorker");
  readonly beat = this.#method("beat");
  readonly removeWorker = this.#method("removeWorker");
  readonly findOverdue = this.#method("findOverdue");
  readonly bury = this.#method("bury");
  readonly freeOrphans = this.#method("freeOrphans");
  readonly findOwned = this.#method("findOwned");
  readonly create = this.#method("create");
  readonly find = this.#method("find");
  readonly take = this.#method("take");
  readonly begin = this.#method("begin");
  readonly claim = this.#method("claim");
  readonly wake = this.#method("wake");
  readonly #dataVersion = this.#method("dataVersion");
  readonly findDue = this.#method("findDue");
  readonly giveBack = this.#method("giveBack");
  readonly block = this.#method("block");
  readonly countDue = this.#method("countDue");
  readonly findProcesses = this.#method("findProcesses");
  readonly listQueues = this.#method("listQueues");
  readonly setQueue = this.#method("setQueue");
  readonly pauseQueue = this.#method("pauseQueue");
  readonly append = this.#method("append");
  readonly look = this.#method("look");
  readonly conclude = this.#method("conclude");
  readonly leave = this.#method("leave");
  readonly takeExported = this.#method("takeExported");
  readonly arrive = this.#method("arrive");
  readonly appendLines = this.#method("appendLines");
  readonly depart = this.#method("depart");
  readonly settle = this.#method("settle");
  readonly remove = this.#method("remove");
  readonly prune = this.#method("prune");
  readonly readRecords = this.#method("readRecords");
  readonly findMarks = this.#method("findMarks");
  readonly search = this.#method("search");
  readonly list = this.#method("list");
  readonly count = this.#method("count");
  readonly addRequest = this.#method("addRequest");
  readonly listen = this.#method("listen");
  readonly stopListening = this.#method("stopListening");
  readonly findRequested = this.#method("findRequested");
  readonly readRequests = this.#method("readRequests");
  readonly removeRequests = this.#method("removeRequests");
  readonly listSchedules = this.#method("listSchedules");
  readonly defineSchedule = this.#method("defineSchedule");
  readonly advanceSchedule = this.#method("advanceSchedule");
  readonly pauseSchedule = this.#method("pauseSchedule");
  readonly removeSchedule = this.#method("removeSchedule");
  readonly hasOpenFiring = this.#method("hasOpenFiring");
  readonly fire = this.#method("fire");
  readonly addNotified = this.#method("addNotified");
  readonly claimUntold = this.#method("claimUntold");
  readonly noteTold = this.#method("noteTold");
  readonly postponeTold = this.#method("postponeTold");
  readonly claimSkips = this.#method("claimSkips");
  readonly noteSkipsTold = this.#method("noteSkipsTold");
  readonly postponeSkips = this.#method("postponeSkips");

  /** @param locator Of the database, as messages name it. */
  constructor(calls: ThreadCalls, path: string, locator: string) {
    this.#calls = calls;
    this.#path = path;
    this.locator = locator;
  }

  distrust(options?: { readonly isDry?: boolean }): Distrust | undefined {
    return describeDistrust(this.#path, Deno.statSync(this.#path), options);
  }

  #method<M extends TableMethod>(method: M): Method<M> {
    return (...args) => this.#calls.call(method, ...args);
  }

  pulse(worker: string, leaseMs: number, beatMs: number): Pulse {
    const pulse = new SharedPulse();
    const elapsed = performance.now();
    this.#calls.send({ kind: "beat", worker, leaseMs, beatMs, memory: pulse.memory, elapsed });
    return pulse;
  }

  /** What this process has written is not told: the caller knows. */
  onDue(arrived: () => void): () => void {
    let seen: number | undefined;
    const look = async () => {
      const version = await this.#dataVersion();
      const isChanged = seen !== undefined && version !== seen;
      seen = version;
      return isChanged;
    };
    const watch = new LogWatch(this.#path, look, arrived);
    return () => watch[Symbol.dispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#calls.close();
  }
}

/** Opens a database file, and creates it if there is none. */
export async function openSqlite(path: string, locator: string): Promise<SqliteDatabase> {
  const calls = new ThreadCalls(startThread());
  try {
    await calls.open(path);
    return new SqliteDatabase(calls, path, locator);
  } catch (error) {
    await calls.close();
    throw error;
  }
}

/** A thread loads its modules by itself, with a permission for each: those of this room and of the rooms beside it. */
const LIBRARY = new URL("../../", import.meta.url);

function startThread(): Worker {
  const needed = importPermission(LIBRARY);
  const state = needed === undefined ? "granted" : Deno.permissions.querySync(needed).state;
  if (needed !== undefined && state !== "granted") {
    const value = needed.name === "read" ? needed.path : needed.host.replace(/:443$/, "");
    const advice = adviseFlags([{ name: needed.name, value, isDenied: state === "denied" }]);
    throw new DatabaseError("refused", `SQLite needs a thread, and Deno may not load its modules. ${advice}`);
  }
  return new Worker(import.meta.resolve("./sqlite_thread.ts"), { type: "module", name: "resumable-tx SQLite" });
}
