import type { Commit, SqlHistory, WorkerFact } from "./history.ts";

/** Says that a commit has broken a rule. */
export type ReportCommit = (rule: string, detail: string, commit: Commit) => void;

/** What must be true of workers and their leases: the dead never revive, and the living are not buried. */
export class LeaseChecker {
  readonly #history: SqlHistory;
  readonly #report: ReportCommit;
  /** When the lease of a worker was given, by the clock that nobody sets. */
  readonly #given = new Map<string, number>();

  constructor(history: SqlHistory, report: ReportCommit) {
    this.#history = history;
    this.#report = report;
  }

  check({ old, row }: { readonly old?: WorkerFact; readonly row?: WorkerFact }, commit: Commit): void {
    const { leaseMs } = this.#history.times;
    if (row === undefined) return;
    const isGiven = row.leaseUntil !== old?.leaseUntil;
    if (isGiven && row.leaseUntil > commit.at + leaseMs) {
      this.#report("leases have a length", `${row.id} has one for ${row.leaseUntil - commit.at} ms`, commit);
    }
    if (old !== undefined) this.#checkChange(old, row, commit);
    if (isGiven) this.#given.set(row.id, commit.elapsed);
  }

  #checkChange(old: WorkerFact, row: WorkerFact, commit: Commit): void {
    if (old.isDead && !row.isDead) this.#report("the dead never revive", row.id, commit);
    if (row.leaseUntil !== old.leaseUntil && (old.isDead || old.leaseUntil <= commit.at)) {
      this.#report("the dead never revive", `the lease of ${row.id} was over`, commit);
    }
    if (row.isDead && !old.isDead && commit.member !== "removeWorker") this.#checkBurial(row, commit);
  }

  #checkBurial({ id, leaseUntil }: WorkerFact, commit: Commit): void {
    const { deaths, isClockSteady, times } = this.#history;
    if (commit.elapsed >= (deaths.get(id) ?? Infinity)) return;
    const age = commit.elapsed - (this.#given.get(id) ?? 0);
    // The one who buries has looked twice, a heartbeat apart; the first look may have taken a tenth of that.
    if (age < times.beatMs * 0.9) {
      this.#report("the living are not buried", `${id}, ${age} ms after its heartbeat`, commit);
    }
    if (isClockSteady && leaseUntil > commit.at) {
      this.#report("the living are not buried", `${id}, with a lease`, commit);
    }
  }
}
