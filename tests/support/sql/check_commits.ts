import { MAX_CLAIMS } from "../../../lib/storage/sql/work/due_database.ts";
import { statusNumber } from "../../../lib/storage/sql/schema.ts";
import { LeaseChecker } from "./check_leases.ts";
import type {
  Change,
  Commit,
  InboxFact,
  QueueFact,
  RecordFact,
  SqlHistory,
  TransactionFact,
  Violation,
  WorkerFact,
} from "./history.ts";

const [READY, RUNNING, SLEEPING, ABORTED, FINISHED, EXPORTED] =
  (["ready", "running", "sleeping", "aborted", "finished", "exported"] as const)
    .map(statusNumber) as [number, number, number, number, number, number];
/** The members that change what their sender owns, and nothing else. */
const OF_OWNERS = new Set(["begin", "append", "conclude", "leave", "giveBack", "remove", "listen", "stopListening"]);

/** Checks each commit against what was true before it, as the rules of the store say it and not as its statements do. */
export function checkCommits(history: SqlHistory, commits: readonly Commit[]): readonly Violation[] {
  const checker = new CommitChecker(history);
  for (const commit of commits) checker.check(commit);
  return checker.violations;
}

class CommitChecker {
  readonly violations: Violation[] = [];
  readonly #leases: LeaseChecker;
  readonly #workers = new Map<string, WorkerFact>();
  readonly #transactions = new Map<string, TransactionFact>();
  readonly #queues = new Map<string, QueueFact>();
  /** The newest record of each transaction. */
  readonly #lasts = new Map<string, RecordFact>();
  /** How many records and requests a transaction has. */
  readonly #counts = new Map<string, number>();
  readonly #waiting = new Map<string, number>();
  readonly #owners = new Map<string, string>();

  constructor(history: SqlHistory) {
    this.#leases = new LeaseChecker(history, (...report) => this.#report(...report));
  }

  check(commit: Commit): void {
    for (const change of commit.changes) this.#checkChange(change, commit);
    for (const change of commit.changes) this.#apply(change);
    this.#checkAfter(commit);
  }

  #report(rule: string, detail: string, { member, sender, elapsed }: Commit): void {
    const who = sender === undefined ? member : `${member} by ${sender}`;
    this.violations.push({ rule, detail: `${detail} (${who}, at ${Math.round(elapsed)})` });
  }

  #checkChange(change: Change, commit: Commit): void {
    switch (change.table) {
      case "transactions":
        return this.#checkTransaction(change, commit);
      case "workers":
        return this.#leases.check(change, commit);
      case "records":
        return this.#checkRecord(change, commit);
      case "inbox":
        return this.#checkRequest(change, commit);
      case "queues":
        return;
      default:
        change satisfies never;
    }
  }

  #checkTransaction({ old, row }: { old?: TransactionFact; row?: TransactionFact }, commit: Commit): void {
    if (old === undefined) return row && this.#checkCreation(row, commit);
    if (OF_OWNERS.has(commit.member)) this.#checkOwner(old, commit);
    if (row === undefined) return this.#checkRemoval(old, commit);
    const { id } = row;
    if (row.epoch < old.epoch || row.epoch > old.epoch + 1) {
      this.#report("epochs count owners", `${id} went from epoch ${old.epoch} to ${row.epoch}`, commit);
    }
    if (row.listens && row.owner === undefined) this.#report("who listens is owned", id, commit);
    if (row.status === RUNNING && row.owner === undefined) this.#report("what runs is owned", id, commit);
    if (row.owner !== undefined && row.owner !== old.owner) this.#checkGrant(old, row, row.owner, commit);
    else if (row.owner === undefined && old.owner !== undefined) this.#checkRelease(old, row, old.owner, commit);
    else this.#checkKept(old, row, commit);
  }

  #checkCreation(row: TransactionFact, commit: Commit): void {
    const { id, owner, epoch, status, listens } = row;
    const isDue = row.dueAt <= commit.at;
    const expected = owner === undefined ? [0, isDue ? READY : SLEEPING, false] : [1, RUNNING, true];
    if (commit.member === "create" && JSON.stringify([epoch, status, listens]) !== JSON.stringify(expected)) {
      this.#report("what is created is ready or runs", `${id} has epoch ${epoch} and status ${status}`, commit);
    }
    if (owner !== undefined) this.#checkNewOwner(row, owner, commit);
  }

  /** One owner for each epoch, who lives when it becomes the owner. */
  #checkNewOwner({ id, epoch }: TransactionFact, owner: string, commit: Commit): void {
    const key = `${id} ${epoch}`;
    const other = this.#owners.get(key);
    if (other !== undefined) this.#report("one owner for each epoch", `${key} has ${other} and ${owner}`, commit);
    this.#owners.set(key, owner);
    const worker = this.#workers.get(owner);
    if (worker?.isDead !== false || worker.leaseUntil <= commit.at) {
      this.#report("only the living own", `${id} was given to ${owner}, whose lease is over`, commit);
    }
  }

  #checkGrant(old: TransactionFact, row: TransactionFact, owner: string, commit: Commit): void {
    const { id } = row;
    if (row.epoch === old.epoch) this.#report("epochs count owners", `${id} was given away without a new one`, commit);
    if (old.owner !== undefined && this.#workers.get(old.owner)?.isDead !== true) {
      this.#report("nothing is taken from the living", `${id} was taken from ${old.owner}`, commit);
    }
    if (old.status === EXPORTED) this.#report("one runnable copy", `${id} was exported, and taken`, commit);
    if (row.listens) this.#report("requests wait for a run", `${id} listens before its owner has read it`, commit);
    if (row.status !== old.status) this.#checkClaim(old, row, commit);
    this.#checkNewOwner(row, owner, commit);
  }

  /** The first that are ready and due, and none that asks or is aborted. */
  #checkClaim(old: TransactionFact, row: TransactionFact, commit: Commit): void {
    const isRight = commit.member === "claim" && old.status === READY && row.status === RUNNING;
    if (!isRight) {
      const detail = `${row.id} went from status ${old.status} to ${row.status} with its new owner`;
      return this.#report("nothing runs unasked", detail, commit);
    }
    if (old.dueAt > commit.at) this.#report("nothing runs before it is due", row.id, commit);
    if (this.#queues.get(row.queue)?.isPaused === true) this.#report("limits hold", `${row.queue} is paused`, commit);
    const taken = new Set(
      commit.changes.flatMap((change) => change.table === "transactions" ? change.row?.id ?? [] : []),
    );
    for (const other of this.#transactions.values()) {
      const isLeft = other.owner === undefined && other.queue === row.queue && other.status === READY &&
        other.dueAt <= commit.at;
      if (isLeft && !taken.has(other.id) && isBefore(other, old)) {
        this.#report("the first comes first", `${row.id} was claimed before ${other.id}`, commit);
      }
    }
  }

  #checkRelease(old: TransactionFact, row: TransactionFact, owner: string, commit: Commit): void {
    const { id } = row;
    const isSwept = row.epoch > old.epoch;
    if (isSwept) {
      if (this.#workers.get(owner)?.isDead !== true) {
        this.#report("nothing is taken from the living", `${id} was freed from ${owner}`, commit);
      }
      const expected = old.status === RUNNING ? READY : old.status;
      if (row.status !== expected) {
        this.#report("nothing runs unasked", `${id} was freed as ${row.status} and was ${old.status}`, commit);
      }
    } else if (commit.sender !== owner) this.#report("only an owner gives up", `${id} of ${owner}`, commit);
    const hasRecord = commit.changes.some((change) => change.table === "records" && change.row?.tx === id);
    if (commit.member === "conclude" && !hasRecord) this.#report("end and release are one", id, commit);
    if (commit.member === "conclude" && (this.#waiting.get(id) ?? 0) > 0) {
      this.#report("no request is left behind", `${id} was concluded with a request that nobody has read`, commit);
    }
  }

  /** Neither given nor given up: only the owner changes it, or what is due wakes, or a request is counted. */
  #checkKept(old: TransactionFact, row: TransactionFact, commit: Commit): void {
    const { id } = row;
    if (row.epoch !== old.epoch) this.#report("epochs count owners", `${id} has a new one and its owner`, commit);
    if (row.status !== old.status) {
      const wakes = old.owner === undefined && old.status === SLEEPING && row.status === READY &&
        row.dueAt <= commit.at;
      const begins = old.owner !== undefined && row.status === RUNNING && commit.member === "begin";
      const isGivenUp = old.status === READY && row.status === ABORTED && commit.member === "claim" &&
        (old.claims ?? 0) >= MAX_CLAIMS;
      if (!wakes && !begins && !isGivenUp) {
        this.#report("nothing runs unasked", `${id} was ${old.status}, is ${row.status}`, commit);
      }
    }
    const isCounted = commit.member === "addRequest" && row.requests === old.requests + 1;
    if (row.requests !== old.requests && !isCounted) this.#report("requests are counted", id, commit);
    if (row.listens !== old.listens && !OF_OWNERS.has(commit.member)) {
      this.#report("only an owner listens", id, commit);
    }
    if (row.turn < old.turn) this.#report("nothing that comes late opens an inbox", id, commit);
  }

  /** What an owner changes is its own, with the epoch that it knows. */
  #checkOwner({ id, owner, epoch }: TransactionFact, commit: Commit): void {
    if (commit.sender === owner && commit.owned.get(id) === epoch) return;
    const detail = `${id} is of ${owner} with epoch ${epoch}, the sender knows epoch ${commit.owned.get(id)}`;
    this.#report("only an owner changes", detail, commit);
  }

  #checkRemoval({ id, owner, status }: TransactionFact, commit: Commit): void {
    if (owner === undefined && status < FINISHED) this.#report("only what has ended is pruned", id, commit);
    if (commit.member === "prune" && owner !== undefined) this.#report("only what nobody owns is pruned", id, commit);
  }

  /** A record follows the one before, and is of the owner that the row had when this commit began. */
  #checkRecord({ old, row }: { old?: RecordFact; row?: RecordFact }, commit: Commit): void {
    if (row === undefined) {
      const goes = commit.changes.some((change) =>
        change.table === "transactions" && change.old?.id === old?.tx && !change.row
      );
      if (!goes) this.#report("records are never removed", `record ${old?.seq} of ${old?.tx}`, commit);
      return;
    }
    if (old !== undefined) return this.#report("records never change", `record ${row.seq} of ${row.tx}`, commit);
    const last = this.#lasts.get(row.tx);
    if (row.seq !== (last?.seq ?? -1) + 1) {
      this.#report("chains are unbroken", `record ${row.seq} of ${row.tx} follows ${last?.seq ?? "nothing"}`, commit);
    }
    const owned = this.#transactions.get(row.tx);
    if (owned !== undefined) {
      this.#checkOwner({ ...owned, epoch: row.epoch === owned.epoch ? owned.epoch : NaN }, commit);
    } else if (row.seq !== 0) this.#report("what runs is owned", `record ${row.seq} of ${row.tx} has no row`, commit);
  }

  #checkRequest({ row }: { old?: InboxFact; row?: InboxFact }, commit: Commit): void {
    if (row === undefined) return;
    const { listens, requests } = this.#transactions.get(row.tx) ?? {};
    if (listens !== true) this.#report("requests are let in by an owner", `${row.id} to ${row.tx}`, commit);
    const isCounted = commit.changes.some((change) => {
      return change.table === "transactions" && change.row?.id === row.tx &&
        change.row.requests === (requests ?? 0) + 1;
    });
    if (!isCounted) this.#report("requests are counted", `${row.id} to ${row.tx}`, commit);
  }

  #apply(change: Change): void {
    switch (change.table) {
      case "transactions":
        return keep(this.#transactions, change.old?.id, change.row?.id, change.row);
      case "workers":
        return keep(this.#workers, change.old?.id, change.row?.id, change.row);
      case "queues":
        return keep(this.#queues, change.old?.name, change.row?.name, change.row);
      case "records":
        count(this.#counts, change.old?.tx, change.row?.tx);
        if (change.row === undefined) return void this.#lasts.delete(change.old?.tx ?? "");
        return void this.#lasts.set(change.row.tx, change.row);
      case "inbox":
        return count(this.#waiting, change.old?.tx, change.row?.tx);
      default:
        change satisfies never;
    }
  }

  /** Nothing is left of what was removed, and no queue has more than its limit. */
  #checkAfter(commit: Commit): void {
    for (const change of commit.changes) {
      if (change.table === "workers" && !change.row && change.old) this.#checkForgotten(change.old.id, commit);
      if (change.table !== "transactions") continue;
      const { old, row } = change;
      const id = row?.id ?? old?.id ?? "";
      if (row === undefined && ((this.#counts.get(id) ?? 0) > 0 || (this.#waiting.get(id) ?? 0) > 0)) {
        this.#report("what is removed is removed whole", id, commit);
      }
      if (row !== undefined && (this.#counts.get(id) ?? 0) === 0) this.#report("what is there has records", id, commit);
      if (row?.status === RUNNING && old !== undefined && old.status !== RUNNING) this.#checkLimit(row.queue, commit);
    }
  }

  #checkForgotten(worker: string, commit: Commit): void {
    const owned = [...this.#transactions.values()].find(({ owner }) => owner === worker);
    if (owned !== undefined) this.#report("owners are known", `${worker} is gone and owns ${owned.id}`, commit);
  }

  #checkLimit(name: string, commit: Commit): void {
    const limit = this.#queues.get(name)?.maxRunning ?? Infinity;
    const running = [...this.#transactions.values()].filter(({ queue, status }) =>
      queue === name && status === RUNNING
    );
    if (running.length > limit) {
      this.#report("limits hold", `${running.length} run in ${name}, at most ${limit}`, commit);
    }
  }
}

function isBefore(a: TransactionFact, b: TransactionFact): boolean {
  if (a.priority !== b.priority) return a.priority < b.priority;
  return a.dueAt !== b.dueAt ? a.dueAt < b.dueAt : a.id < b.id;
}

function keep<Row>(
  rows: Map<string, Row>,
  old: string | undefined,
  id: string | undefined,
  row: Row | undefined,
): void {
  if (old !== undefined) rows.delete(old);
  if (id !== undefined && row !== undefined) rows.set(id, row);
}

function count(counts: Map<string, number>, old: string | undefined, id: string | undefined): void {
  if (old !== undefined) counts.set(old, (counts.get(old) ?? 0) - 1);
  if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1);
}
