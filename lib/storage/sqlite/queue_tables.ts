import type { Queue, QueueLimits } from "../work_store.ts";
import {
  type Claim,
  type ClaimedRow,
  type DueCounts,
  type DueFilter,
  type DueLook,
  MAX_CLAIMS,
  POISONED,
  RECORDS_OF_A_START,
  type WorkerProcess,
} from "../sql/work/due_database.ts";
import {
  numberIn,
  optionalNumberIn,
  optionalTextIn,
  type Row,
  textIn,
  toCounts,
  toQueue,
  toTaken,
} from "../sql/read_row.ts";
import type { Beginning, Begun, Owned } from "../sql/table_rows.ts";
import * as sql from "./due_statements.ts";
import { MoveTables } from "./move_tables.ts";
import { IS_ALIVE } from "./statements.ts";

const MAX_WOKEN = 1000;

/** A transaction that can be claimed. */
interface Candidate {
  readonly id: string;
  readonly name: string | undefined;
  readonly queue: string;
  readonly priority: number;
  readonly dueAt: number;
  /** How often it was claimed in a row without progress. */
  readonly claims: number;
  /** The number of its last record. */
  readonly last: number;
}

/** The calls of `Tables` about what is due, and in which queue. */
export class QueueTables extends MoveTables {
  /** Another number whenever another process has changed the database. */
  dataVersion(): number {
    return numberIn(this.get(sql.DATA_VERSION) ?? {}, "data_version");
  }

  findDue({ queues, homes, exclude }: DueFilter): DueLook {
    const values = [this.now(), toJson(queues), toJson(homes), toJson(exclude)];
    const names = this.all(sql.FIND_QUEUES, ...values).map((row) => textIn(row, "name"));
    const sleepers = this.get(sql.FIND_SLEEPERS, this.now()) ?? {};
    const times = [
      optionalNumberIn(sleepers, "sleeper_ms"),
      optionalNumberIn(this.get(sql.FIND_TOKENS, ...values) ?? {}, "token_ms"),
    ].filter((ms) => ms !== undefined);
    const soonMs = times.length === 0 ? undefined : Math.min(...times);
    return { queues: names, wakes: sleepers["wakes"] === 1, soonMs };
  }

  wake(): string[] {
    return [...new Set(this.all(sql.WAKE, this.now(), MAX_WOKEN).map((row) => textIn(row, "queue")))];
  }

  claim(worker: string, { queues, limit, homes, exclude }: Claim): ClaimedRow[] {
    const now = this.now();
    if (this.get(IS_ALIVE, worker, now) === undefined) return [];
    const found = queues.flatMap((queue) => {
      const rows = this.all(sql.FIND_READY, now, queue, limit, toJson(homes), toJson(exclude));
      return rows.map((row) => toCandidate(row, queue));
    });
    const rows = found.sort(compareCandidates).slice(0, limit).map((candidate) => this.#claim(worker, candidate, now));
    for (const queue of queues) {
      const spent = rows.filter((row) => row.queue === queue && row.status === "running").length;
      this.run(sql.SPEND, now, queue, spent);
    }
    return rows.map(({ queue: _queue, ...row }) => row);
  }

  #claim(worker: string, { id, name, queue, claims, last }: Candidate, now: number): ClaimedRow & { queue: string } {
    const row = claims >= MAX_CLAIMS
      ? this.get(sql.ABORT, id, claims + 1, POISONED)
      : this.get(sql.CLAIM, id, worker, now, claims + 1, last);
    return { ...toTaken(row ?? {}), name, requests: numberIn(row ?? {}, "requests"), queue };
  }

  begin(worker: string, rows: readonly Beginning[]): Begun[] {
    const now = this.now();
    return rows.map(({ tx, epoch }) => {
      const row = this.get(sql.MAY_BEGIN, now, tx, worker, epoch);
      if (row === undefined) return "fenced";
      if (row["runs"] !== 1 && row["has_room"] !== 1) return "full";
      if (row["runs"] !== 1) this.run(sql.SPEND, now, textIn(row, "queue"), 1);
      this.run(sql.BEGIN_RUN, tx);
      return "begun";
    });
  }

  giveBack({ tx, worker, epoch }: Owned): void {
    const row = this.get(sql.GIVE_BACK, tx, worker, epoch);
    if (row !== undefined) this.run(sql.REFUND, textIn(row, "queue"));
  }

  block(tx: string, reason: string): void {
    this.run(sql.BLOCK, tx, reason);
  }

  countDue({ queues, homes, exclude }: DueFilter): DueCounts {
    return toCounts(this.get(sql.COUNT_DUE, this.now(), toJson(queues), toJson(homes), toJson(exclude)));
  }

  findProcesses(pid?: number): WorkerProcess[] {
    return this.all(sql.FIND_PROCESSES, pid ?? null).map((row) => {
      return { id: textIn(row, "id"), pid: Number(row["pid"]), process: optionalTextIn(row, "process") };
    });
  }

  listQueues(): Queue[] {
    return this.all(sql.LIST_QUEUES, this.now()).map((row) => toQueue(row, row["paused"] === 1));
  }

  setQueue(name: string, { maxRunning, rate }: QueueLimits): boolean {
    const now = this.now();
    const isNew = this.addQueue(name, now);
    const { perSecond, burst } = typeof rate === "object" ? rate : { perSecond: undefined, burst: undefined };
    const max = maxRunning === "none" ? undefined : maxRunning;
    const isGiven = (limit: unknown) => limit === undefined ? 0 : 1;
    this.run(sql.SET_QUEUE, now, name, isGiven(maxRunning), max, isGiven(rate), perSecond, burst);
    return isNew;
  }

  pauseQueue(name: string, isPaused: boolean): boolean {
    const isNew = this.addQueue(name, this.now());
    this.run(sql.PAUSE_QUEUE, name, isPaused ? 1 : 0);
    return isNew;
  }
}

function toJson(list: readonly string[] | undefined): string | undefined {
  return list && JSON.stringify(list);
}

function toCandidate(row: Row, queue: string): Candidate {
  const last = optionalNumberIn(row, "last") ?? -1;
  const isProgress = last > (optionalNumberIn(row, "claim_seq") ?? -Infinity) + RECORDS_OF_A_START;
  return {
    id: textIn(row, "id"),
    name: optionalTextIn(row, "name"),
    queue,
    priority: numberIn(row, "priority"),
    dueAt: numberIn(row, "due_at"),
    claims: isProgress ? 0 : numberIn(row, "claims"),
    last,
  };
}

function compareCandidates(a: Candidate, b: Candidate): number {
  return a.priority - b.priority || a.dueAt - b.dueAt || (a.id < b.id ? -1 : 1);
}
