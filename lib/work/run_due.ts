import { JournalError } from "../errors/journal_error.ts";
import { JournalLocked, JournalNotFound } from "../errors/opening_errors.ts";
import { ModuleUnavailable } from "../errors/planning_errors.ts";
import { Fenced, JournalUnwritable, QueueFull } from "../errors/storage_errors.ts";
import { TransactionInterrupted, TransactionPaused } from "../errors/running_errors.ts";
import { summarizeState } from "../messages/summarize_state.ts";
import { InProcessHost } from "../run/call/in_process_host.ts";
import type { EventObserver } from "../run/options/observer.ts";
import type { Clock } from "../run/session/clock.ts";
import { resumeJournal } from "../run/start/continue_journal.ts";
import { findStep, type State } from "../state/state.ts";
import type { Claimed, ClaimRequest, WorkStore } from "../storage/work_store.ts";
import { safeText } from "../text/escape.ts";
import { GuardedHost, type LoadedModules, ModuleChanged } from "./guarded_host.ts";
import type { TrustedModules } from "./trusted_modules.ts";
import { endedState, type Report } from "./work_report.ts";

export interface RunDueOptions extends Pick<ClaimRequest, "scope" | "queues" | "retryFailed"> {
  /** How many transactions run side by side. */
  readonly concurrency: number;
  readonly trusted: TrustedModules | undefined;
  readonly loaded: LoadedModules;
  /** Ends when nothing is due and nothing is running, instead of waiting for more. */
  readonly drains: boolean;
  readonly clock: Clock;
  readonly report: Report;
  /** When it is aborted, nothing more is claimed. The process has got a signal, which stops what is running. */
  readonly stop: AbortSignal;
  /** Called with why another process should take the place of this one: it has loaded what it must not use any more. */
  readonly onStale: (reason: string) => void;
}

/** The statuses in which transactions were left, as a list calls them. */
export type Ends = ReadonlySet<string>;

/** How long this process does not try again what it could not run. */
const BLOCKED_MS = 60_000;
/** The same for what is due by the clock of the store, and not yet by this one. */
const EARLY_MS = 2000;
/** The most transactions of which it remembers what it has told. */
const MAX_TOLD = 10_000;
/** A longer sleep ends a run: the store wakes it. */
const MAX_IDLE_MS = 1000;
/** The pause between two looks when nothing has happened. */
const POLL_MS = 2000;
/** The pauses between tries while the store cannot be used: the first, and the longest. */
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [1000, 30_000];

/** Runs what is due, until it is stopped, and returns how the transactions were left. */
export async function runDue(store: WorkStore, options: RunDueOptions): Promise<Ends> {
  return await new DueLoop(store, options).run();
}

class DueLoop {
  readonly #store: WorkStore;
  readonly #options: RunDueOptions;
  readonly #running = new Map<string, Promise<void>>();
  /** Until when each is left alone, by the clock that cannot be set. */
  readonly #blocked = new Map<string, number>();
  /** Why each could not be run when that was told. */
  readonly #told = new Map<string, string>();
  readonly #ends = new Set<string>();
  #failures = 0;
  /** Something has happened since the last claim was sent. */
  #isAwake = false;
  #alarm = new AbortController();

  constructor(store: WorkStore, options: RunDueOptions) {
    this.#store = store;
    this.#options = options;
  }

  async run(): Promise<Ends> {
    const { stop, drains } = this.#options;
    const wake = () => this.#wake();
    const unlisten = this.#store.due.listen(wake);
    stop.addEventListener("abort", wake);
    try {
      while (!stop.aborted) {
        this.#isAwake = false;
        const claimed = await this.#claim();
        for (const one of claimed ?? []) this.#start(one);
        if (claimed?.length === 0 && drains && this.#running.size === 0 && await this.#isDrained()) break;
        await this.#pause(claimed);
      }
      await Promise.all(this.#running.values());
    } finally {
      stop.removeEventListener("abort", wake);
      unlisten();
    }
    return this.#ends;
  }

  #wake(): void {
    this.#isAwake = true;
    this.#alarm.abort();
  }

  /** Nothing if the store cannot be used. */
  async #claim(): Promise<readonly Claimed[] | undefined> {
    const { concurrency, drains, report, clock } = this.#options;
    const limit = concurrency - this.#running.size;
    if (limit <= 0) return [];
    const now = clock.elapsed();
    for (const [journal, until] of this.#blocked) if (until <= now) this.#blocked.delete(journal);
    try {
      const claimed = await this.#store.due.claim({ ...this.#selection(), limit });
      if (this.#failures > 0) report({ kind: "store back" });
      this.#failures = 0;
      return claimed;
    } catch (error) {
      if (drains || !(error instanceof JournalError)) throw error;
      this.#failures += 1;
      if (this.#failures === 1) report({ kind: "store failed", reason: error.message, ms: this.#pauseMs() });
      return undefined;
    }
  }

  #selection(): Omit<ClaimRequest, "limit"> {
    const { scope, queues, retryFailed = 0, trusted } = this.#options;
    const exclude = new Set([...this.#blocked.keys(), ...this.#running.keys()]);
    return { scope, queues, retryFailed, homes: trusted?.prefixes, exclude };
  }

  async #isDrained(): Promise<boolean> {
    const { due } = await this.#store.due.outlook(this.#selection());
    return due === 0 && !this.#isAwake;
  }

  #pauseMs(): number {
    return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.#failures - 1));
  }

  /** Until there may be something to do. What came while the store was asked counts. */
  async #pause(claimed: readonly Claimed[] | undefined): Promise<void> {
    const { stop, clock } = this.#options;
    if (stop.aborted) return;
    // While the store cannot be used, what happens in this process changes nothing.
    if (claimed !== undefined && this.#isAwake) return;
    this.#alarm = new AbortController();
    const signal = claimed === undefined ? stop : this.#alarm.signal;
    await clock.delay(claimed === undefined ? this.#pauseMs() : POLL_MS, signal);
  }

  #start(claimed: Claimed): void {
    const run = this.#run(claimed).finally(() => {
      this.#running.delete(claimed.journal);
      this.#wake();
    });
    this.#running.set(claimed.journal, run);
  }

  /** Never rejects: one transaction must not end the others. */
  async #run({ journal }: Claimed): Promise<void> {
    const { clock, report, stop } = this.#options;
    const begin = clock.elapsed();
    let state: State | undefined;
    let hasBegun = false;
    let isTakeOver = false;
    const observer: EventObserver = {
      opened: (opened) => {
        state = opened;
        isTakeOver = opened.running.size > 0;
      },
      event: (event, at) => {
        if (event.type === "resumed") {
          hasBegun = true;
          report({ kind: "started", journal, isTakeOver: isTakeOver ? true : undefined });
        }
        this.#tellStep(journal, event, at);
      },
      notice: ({ kind, message }) => {
        if (kind !== "stopped" && kind !== "waiting-for-step") {
          report({ kind: "notice", journal, reason: message });
        }
      },
    };
    let thrown: unknown;
    try {
      if (stop.aborted) return;
      const guard = { trusted: this.#options.trusted, loaded: this.#options.loaded, home: () => state?.home };
      const host = new GuardedHost(new InProcessHost({ clock, isResumed: true }), guard);
      const { retryFailed = 0 } = this.#options;
      await resumeJournal(this.#store, journal, { observer, host, clock, maxIdleMs: MAX_IDLE_MS, retryFailed });
    } catch (error) {
      thrown = error;
    } finally {
      // If it was not opened.
      await this.#store.due.giveBack(journal).catch(() => {});
    }
    try {
      if (hasBegun && state !== undefined && !isLoss(thrown)) {
        const summary = summarizeState(state, { journal, isHeld: false, isAtRest: true });
        this.#ends.add(summary.status);
        report({ kind: "ended", journal, ms: clock.elapsed() - begin, ...endedState(summary) });
      } else if (thrown !== undefined) await this.#explain(thrown, { journal });
    } catch (error) {
      report({ kind: "notice", journal, reason: safeText(error) });
    }
  }

  #tellStep(journal: string, event: Parameters<NonNullable<EventObserver["event"]>>[0], state: State): void {
    const { report } = this.#options;
    if (event.type === "retrying") {
      const error = findStep(state, event.step)?.failures?.at(-1)?.error;
      const attempt = event.attempt - 1;
      report({ kind: "attempt failed", journal, step: event.step, attempt, error, until: event.until });
    }
    if (event.type === "finished") report({ kind: "step finished", journal, step: event.step, ms: event.ms });
  }

  /** Of a run that has not begun, or was lost. */
  async #explain(error: unknown, { journal }: Claimed): Promise<void> {
    const { report, clock, onStale, loaded } = this.#options;
    if (error instanceof ModuleChanged) {
      // Another process may take it at once.
      this.#blocked.set(journal, clock.elapsed() + BLOCKED_MS);
      return onStale(error.message);
    }
    // Another process was quicker, or a signal has stopped it before it began.
    if (error instanceof JournalLocked || error instanceof JournalNotFound) return;
    if (error instanceof TransactionInterrupted) return;
    if (error instanceof TransactionPaused || error instanceof QueueFull) {
      return void this.#blocked.set(journal, clock.elapsed() + EARLY_MS);
    }
    const reason = error instanceof Error ? error.message : String(error);
    if (isLoss(error)) return report({ kind: "lost", journal, reason });
    const hasTold = this.#told.get(journal) === reason;
    // What could not be loaded once, this process cannot load any more.
    if (error instanceof ModuleUnavailable && (hasTold || loaded.haveChanged())) onStale(reason);
    this.#blocked.set(journal, clock.elapsed() + BLOCKED_MS);
    if (hasTold) return;
    if (this.#told.size >= MAX_TOLD) this.#told.clear();
    this.#told.set(journal, reason);
    report({ kind: "blocked", journal, reason });
    await this.#store.due.noteBlocked(journal, reason);
  }
}

/** The journal could not be written, or is not this process's any more. */
function isLoss(error: unknown): boolean {
  return error instanceof Fenced || error instanceof JournalUnwritable;
}
