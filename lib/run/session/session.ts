import { Fenced, JournalUnwritable, StorageFull } from "../../errors/storage_errors.ts";
import { type Event, type EventOf, type Runner, withoutValue } from "../../journal/event.ts";
import { canRun, canWrite } from "../../journal/encode_record.ts";
import { applyEvent } from "../../state/apply_event.ts";
import type { State } from "../../state/state.ts";
import type { AppendOptions, Inbox, OpenJournal, StepCommit, StepTransaction } from "../../storage/open_journal.ts";
import { cutText, quote, safeText } from "../../text/escape.ts";
import type { EventObserver, Notice, StepProgress } from "../options/observer.ts";
import { BROKEN_BUILTINS } from "../../values/builtins.ts";
import { withoutUndefined } from "../../values/json.ts";
import { VERSION } from "../../version.ts";
import { BrokenBuiltins } from "../call/step_host.ts";
import { type Clock, SYSTEM_CLOCK } from "./clock.ts";
import { releaseOf } from "./release.ts";
import { toStoredError } from "./stored_error.ts";

interface SessionOptions {
  readonly journal: OpenJournal;
  /** What the journal's records say. */
  readonly state: State;
  readonly observer: EventObserver | undefined;
  readonly clock?: Clock | undefined;
  /** A worker runs it, which tries again what has failed, at most so often. */
  readonly retryFailed?: number | undefined;
}

/**
 * An open journal with its state. Events are applied as they happen and become durable together, in the next `commit`: so
 * `finished` of one step and `started` of the next cost one sync.
 */
export class Session {
  /** All added events included, also those that are not durable yet. */
  readonly state: State;
  /** Events that are not in the journal: the outcomes of steps, and values that were dropped. */
  readonly unrecorded: { readonly outcomes: Event[]; readonly values: Event[] } = { outcomes: [], values: [] };
  readonly clock: Clock;
  readonly epoch: number;
  readonly #journal: OpenJournal;
  readonly #observer: EventObserver | undefined;
  /** Made before JavaScript is broken. */
  readonly #broken: JournalUnwritable;
  #added: Event[] = [];
  #hasFailedObserver = false;
  /** A signal has ended the run, and nothing else. */
  #ending: "ended" | "interrupted" = "ended";
  readonly #retryFailed: number | undefined;
  readonly #release = () => releaseOf(this.state, { ending: this.#ending, retryFailed: this.#retryFailed });
  #nowMs = NaN;
  #nowText = "";

  constructor(options: SessionOptions) {
    this.state = options.state;
    this.#journal = options.journal;
    this.epoch = options.journal.epoch;
    this.#observer = options.observer;
    this.#retryFailed = options.retryFailed;
    this.clock = options.clock ?? SYSTEM_CLOCK;
    this.#broken = new JournalUnwritable(this.journal, `Cannot write ${quote(this.journal)}: ${BROKEN_BUILTINS}`);
  }

  get journal(): string {
    return this.#journal.journal;
  }

  /** Aborted when this process loses the journal. */
  get lost(): AbortSignal {
    return this.#journal.lost;
  }

  get inbox(): Inbox {
    return this.#journal.inbox;
  }

  /** Throws `Fenced` if this process no longer owns the journal. Called right before each call of a function. */
  requireOwned(): void {
    if (this.lost.aborted) throw this.#lostError();
  }

  /** Who has the journal that this process has lost. */
  async findOwner(): Promise<Fenced["owner"]> {
    return await this.#journal.findOwner?.();
  }

  #lostError(): Fenced {
    const { journal, epoch, lost } = this.#journal;
    const owner = epoch === 0 ? "" : ` (it was owner ${epoch})`;
    const message = `Cannot continue ${quote(journal)}: this process no longer owns it${owner}, and another one ` +
      "may be running it";
    return new Fenced(journal, message, { cause: lost.reason });
  }

  /** Applies events that are durable already: the first record of a new journal. */
  adopt(events: readonly Event[]): void {
    for (const event of events) {
      applyEvent(this.state, event, this.#now());
      this.#tell(event);
    }
  }

  /** Applies an event that has happened, or that will happen as soon as it is durable. */
  add(event: Event): void {
    this.begin(event);
    this.addBegun(event);
  }

  get beginTransaction(): OpenJournal["beginTransaction"] {
    return this.#journal.beginTransaction;
  }

  /** Only applies the beginning of a step that works in a transaction. It is recorded together with its end. */
  begin(event: Event): void {
    applyEvent(this.state, event, this.#now());
  }

  /** Adds that beginning, which was applied already. */
  addBegun(event: Event): void {
    // Not by a method, which a step can replace: then nothing would be recorded, and nothing noticed.
    this.#added[this.#added.length] = event;
  }

  /** Makes all added events, and those of a step, durable together with what the step has done. Then applies its `end`. */
  async commitWith(transaction: StepTransaction, begun: Event, end: readonly Event[]): Promise<StepCommit> {
    const events = [...this.#added, begun, ...end];
    const answer = await transaction.commit(events).catch(async (error) => {
      if (!(error instanceof RangeError) && this.hasAdded) await this.#endWith(this.#added, error);
      throw error;
    });
    if (answer.kind !== "committed") return answer;
    this.#added.length = 0;
    for (const event of end) applyEvent(this.state, event, this.#now());
    for (const event of events) this.#tell(event);
    return answer;
  }

  /** There is something to commit. */
  get hasAdded(): boolean {
    return this.#added.length > 0;
  }

  /**
   * Applies an event that comes first in the next record, although it is complete only now. The result must be the same as if
   * it had been applied before the events that were added already.
   */
  addFirst(event: Event): void {
    applyEvent(this.state, event, this.#now());
    this.#added.unshift(event);
  }

  /**
   * Makes all added events durable. What they allow must not happen before this has returned. With `StorageFull` and
   * `Fenced`, the outcomes of steps are recorded if possible; otherwise `unrecorded` has what is lost.
   */
  async commit(options: AppendOptions = {}): Promise<void> {
    const added = this.#added;
    const isLost = options.last !== true && this.lost.aborted;
    if (added.length === 0) {
      if (isLost) throw this.#lostError();
      return;
    }
    this.#added = [];
    if (isLost) await this.#endWith(added, this.#lostError());
    else await this.#append(added, options);
  }

  /** The last commit of a run, whose journal stays. A store with columns gives it up at once. */
  commitEnd({ isInterrupted = false } = {}): Promise<void> {
    this.#ending = isInterrupted ? "interrupted" : "ended";
    return this.commit({ release: this.#release });
  }

  /** Keeps the outcome of a step that has broken JavaScript itself. */
  noteUnrecorded(error: unknown): void {
    const { outcomes } = this.unrecorded;
    if (error instanceof BrokenBuiltins && error.outcome !== undefined) outcomes[outcomes.length] = error.outcome;
  }

  /** What a run reports that ends with an error: if JavaScript is broken, any error may come of that. */
  explain(error: unknown): unknown {
    const isSaid = error instanceof JournalUnwritable && !(error instanceof Fenced);
    return isSaid || canRun() ? error : this.#broken;
  }

  async #append(events: readonly Event[], options: AppendOptions): Promise<void> {
    if (!canWrite()) return await this.#endWith(events, this.#broken);
    try {
      // Waiting for nothing would cost a turn of the event loop for each step.
      const pending = this.#journal.append(events, options);
      if (pending !== undefined) await pending;
    } catch (error) {
      if (!(error instanceof RangeError) || events.length === 1) return await this.#endWith(events, error);
      // Events that are true together are written together, unless that is too much for one record.
      const middle = Math.ceil(events.length / 2);
      await this.#append(events.slice(0, middle), { ...options, release: undefined });
      return await this.#append(events.slice(middle), options);
    }
    for (const event of events) this.#tell(event);
  }

  /** Many events happen in one millisecond, and formatting a date takes longer than applying an event. */
  #now(): string {
    const ms = this.clock.now();
    if (ms !== this.#nowMs) {
      this.#nowMs = ms;
      this.#nowText = new Date(ms).toISOString();
    }
    return this.#nowText;
  }

  /** Passes on what a step reports. It is not recorded. */
  tellProgress(step: string, report: number | string): void {
    const progress: StepProgress = typeof report === "number"
      ? { step, fraction: Math.min(1, Math.max(0, report || 0)) }
      : { step, text: report };
    this.#guard(() => this.#observer?.progress?.(progress));
  }

  get isHeard(): boolean {
    return this.#observer?.notice !== undefined;
  }

  /** Passes on what a person should know and that is not an error. */
  notify(notice: Omit<Notice, "journal">): void {
    this.#guard(() => this.#observer?.notice?.({ ...notice, journal: this.journal }));
  }

  close(options: { readonly remove: boolean }): Promise<void> {
    this.#guard(() => this.#observer?.closing?.());
    return this.#journal.close({ ...options, release: this.#release });
  }

  /**
   * Records what has happened in a run that cannot continue, and throws. A record after which nothing would have run is
   * complete when it is saved, however much room it took.
   */
  async #endWith(events: readonly Event[], error: unknown): Promise<void> {
    const next = events.find((event) => event.type === "started" || event.type === "undoing");
    const mayFit = error instanceof StorageFull || error instanceof Fenced;
    if (mayFit && (next?.type === "started" || next?.type === "undoing")) {
      const happened = events.filter(({ type }) => type !== "started" && type !== "undoing");
      const aborted: Event = { type: "aborted", step: next.step, error: toStoredError(error) };
      if (await this.#saveLast([...happened, aborted])) throw error;
    }
    if (mayFit && next === undefined && await this.#saveLast(events)) {
      if (error instanceof StorageFull) return;
      throw error;
    }
    this.unrecorded.outcomes.push(...events);
    throw error;
  }

  /** The outcome of a step may fit without its value. */
  async #saveLast(events: readonly Event[]): Promise<boolean> {
    for (const attempt of [events, events.map(withoutValue)]) {
      try {
        await this.#journal.append(attempt, { last: true });
        if (attempt !== events) this.unrecorded.values.push(...events);
        for (const event of attempt) this.#tell(event);
        return true;
      } catch {
        // The first error is the one to report.
      }
    }
    return false;
  }

  #tell(event: Event): void {
    if (this.#observer?.event === undefined) return;
    this.#guard(() => this.#observer?.event?.(event, this.state));
  }

  /** Nothing that an observer does may affect the run, now or later. */
  #guard(call: () => unknown): void {
    try {
      const result = call();
      if (result instanceof Promise) result.catch((error) => this.#tellFailed(error));
    } catch (error) {
      this.#tellFailed(error);
    }
  }

  #tellFailed(error: unknown): void {
    if (this.#hasFailedObserver) return;
    this.#hasFailedObserver = true;
    const what = `The observer of ${quote(this.journal)} failed`;
    const message = `${what}. Further failures are not reported: ${safeText(error)}`;
    this.notify({ kind: "observer-failed", message, error });
  }
}

/** Says who runs here, without a prompt: the host name only if that is permitted. */
export function describeRunner(): Runner {
  const mayAsk = Deno.permissions.querySync({ name: "sys", kind: "hostname" }).state === "granted";
  return { pid: Deno.pid, ...(mayAsk ? { host: cutText(Deno.hostname(), 200, "") } : {}) };
}

/** Says that another run begins. */
export function resumedEvent({ runs }: State, added: Partial<EventOf<"resumed">>): EventOf<"resumed"> {
  const event = { type: "resumed", run: runs.length + 1, library: VERSION } as const;
  return withoutUndefined({ ...event, modules: added.modules, ...describeRunner(), ...added });
}
