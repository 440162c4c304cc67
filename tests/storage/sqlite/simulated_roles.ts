import { JournalError } from "../../../lib/errors/journal_error.ts";
import { JournalExists } from "../../../lib/errors/planning_errors.ts";
import type { Event } from "../../../lib/journal/event.ts";
import type { Request } from "../../../lib/journal/request.ts";
import { answerRequest } from "../../../lib/run/amend/answer_request.ts";
import { releaseOf } from "../../../lib/run/session/release.ts";
import { checkDecision, type StepDecision } from "../../../lib/state/answers.ts";
import { DatabaseError } from "../../../lib/storage/sql/database.ts";
import { SqlStore } from "../../../lib/storage/sql/sql_store.ts";
import type { SentRequest } from "../../support/sql/history.ts";
import { creation, type Observed, type RunParts, SimulatedRun } from "./simulated_run.ts";

/** What all processes of a history share. */
export interface RoleParts extends RunParts {
  readonly observed: Observed & { readonly requests: Map<string, SentRequest> };
  /** One of a few names of transactions; in a calm world one that has not ended, if there is any. */
  readonly chooseName: () => string | undefined;
  /** Another one each time. */
  readonly newId: () => string;
  readonly isOver: () => boolean;
}

const MAX_IN_FLIGHT = 2;

/** A process: it creates and runs transactions by name, as `Transaction.run` and a person's `resume` do. */
export class Runner {
  readonly #parts: RoleParts;
  readonly #store: SqlStore;

  constructor(parts: RoleParts) {
    const { clock, database } = parts.process;
    this.#parts = parts;
    this.#store = new SqlStore(database, { clock, maxInFlight: MAX_IN_FLIGHT, now: () => new Date(clock.wall()) });
  }

  get store(): SqlStore {
    return this.#store;
  }

  /** Runs one transaction after the other, until all have ended. */
  async work(): Promise<void> {
    const { process, random, chooseName, isOver } = this.#parts;
    while (!isOver()) {
      const name = chooseName();
      if (name === undefined) return;
      await forgive(() => this.#continue(name));
      await process.clock.delay(random() * 8000);
    }
  }

  /** Opens or creates one, and does with it what a program or a person would do. */
  async #continue(name: string): Promise<void> {
    const { newId, random } = this.#parts;
    const journal = this.#store.journalOf(name);
    const run = new SimulatedRun(this.#parts);
    try {
      if (random() < 0.5) {
        const events = creation(newId());
        run.use(await this.#store.create(journal, events));
        run.noteCreated(events);
        return await run.run();
      }
    } catch (error) {
      if (!(error instanceof JournalExists)) throw error;
    } finally {
      await closeOpen(run);
    }
    await this.#openAndContinue(journal);
  }

  async #openAndContinue(journal: string): Promise<void> {
    const { random, world } = this.#parts;
    const run = new SimulatedRun(this.#parts);
    try {
      run.use(await this.#store.open(journal, run.apply));
      const { status } = run.state;
      if (run.isOver) return await run.endClosed(random() < 0.1 && !world.isCalm);
      if (status !== "started" && random() < 0.6) await this.#repair(run);
      if (random() < 0.7) await run.resume();
      else await run.open.close({ release: () => releaseOf(run.state, { ending: "amended" }) });
    } finally {
      await closeOpen(run);
    }
  }

  /** A person's command: decides what happens to the step at which the transaction stands. */
  async #repair(run: SimulatedRun): Promise<void> {
    const { random } = this.#parts;
    await run.open.recover();
    for (const step of run.state.byId.values()) {
      if (step.status !== "failed" && step.status !== "unknown" && step.status !== "waiting") continue;
      const decision = random() < 0.5 ? "retry" : "skip";
      const decided: StepDecision = { type: "decided", decision, step: step.node.id, why: String(random()) };
      if (checkDecision(run.state, decided) === undefined) await run.append([decided]);
    }
  }
}

/** A process that claims what is in the queues. */
export class QueueWorker {
  readonly #parts: RoleParts;
  readonly #queues: readonly string[];
  readonly #store: SqlStore;

  constructor(parts: RoleParts, store: SqlStore, queues: readonly string[]) {
    this.#parts = parts;
    this.#store = store;
    this.#queues = queues;
  }

  async work(): Promise<void> {
    const { process, random, isOver } = this.#parts;
    while (!isOver()) {
      const queues = random() < 0.3 ? this.#queues : this.#queues.filter(() => random() < 0.5);
      await forgive(() => this.#claim(queues, 1 + Math.floor(random() * 2)));
      await process.clock.delay(random() * 6000);
    }
  }

  async #claim(queues: readonly string[], limit: number): Promise<void> {
    const { random } = this.#parts;
    const { due, locator: scope } = this.#store;
    const claimed = await due.claim({ scope, limit, queues: random() < 0.3 ? undefined : queues });
    await Promise.all(claimed.map(({ journal }) => forgive(() => this.#run(journal))));
  }

  /** Opens it at once, or later; now and then it cannot be run here. */
  async #run(journal: string): Promise<void> {
    const { process, random } = this.#parts;
    if (random() < 0.2) await process.clock.delay(random() * 40_000);
    if (random() < 0.1) return await this.#store.due.giveBack(journal);
    const run = new SimulatedRun(this.#parts);
    try {
      run.use(await this.#store.open(journal, run.apply));
      await run.resume();
    } finally {
      await closeOpen(run);
    }
  }
}

/** A process that enqueues, sends requests and prunes. */
export class Operator {
  readonly #parts: RoleParts;
  readonly #store: SqlStore;

  constructor(parts: RoleParts, store: SqlStore) {
    this.#parts = parts;
    this.#store = store;
  }

  async work(queues: readonly string[]): Promise<void> {
    const { world, process, random, chooseName, newId, isOver } = this.#parts;
    while (!isOver()) {
      const name = chooseName();
      if (name === undefined) return;
      const row = world.tables.find(name);
      const chance = random();
      await forgive(async () => {
        if (chance < 0.3 || row === undefined) {
          await this.#enqueue(name, newId(), queues[Math.floor(random() * queues.length)] ?? "");
        } else if (typeof row !== "object") return;
        else if (chance < 0.9) await this.#send(name, row.id);
        else if (!world.isCalm) await process.database.prune([row]);
      });
      await process.clock.delay(random() * 10_000);
    }
  }

  async #enqueue(name: string, id: string, queue: string): Promise<void> {
    const { random, observed, world } = this.#parts;
    const events = creation(id, { queue, priority: Math.floor(random() * 3) });
    const dueAt = random() < 0.5 ? undefined : world.now + world.skewMs + Math.floor(random() * 20_000);
    try {
      await this.#store.enqueue(this.#store.journalOf(name), events, { status: undefined, dueAt });
    } catch (error) {
      if (error instanceof JournalExists) return;
      throw error;
    }
    for (const event of events) observed.acknowledged.push({ tx: id, event });
  }

  /** Asks, until it is answered; where nobody lets it in, it records the request itself. */
  async #send(name: string, tx: string): Promise<void> {
    const { process: { clock }, random, observed: { requests } } = this.#parts;
    const id = `00000000-0000-4000-8000-${String(requests.size).padStart(12, "0")}`;
    const base = { id, transaction: tx, at: new Date(clock.wall()).toISOString() };
    const chance = random();
    const request: Request = chance < 0.8
      ? { ...base, request: "signal", signal: "go" }
      : { ...base, request: chance < 0.9 ? "stop" : "cancel" };
    const journal = this.#store.journalOf(name);
    requests.set(id, { id, tx, outcome: "unknown" });
    for (let attempt = 0; attempt < 3; attempt += 1) {
      try {
        if (await this.#store.send(journal, request)) return void requests.set(id, { id, tx, outcome: "acknowledged" });
        if (attempt === 0) requests.set(id, { id, tx, outcome: "refused" });
        return await this.#apply(journal, request);
      } catch (error) {
        if (!(error instanceof JournalError)) throw error;
      }
      await clock.delay(random() * 2000);
    }
  }

  async #apply(journal: string, request: Request): Promise<void> {
    const run = new SimulatedRun(this.#parts);
    try {
      run.use(await this.#store.open(journal, run.apply));
      if (run.state.answered.has(request.id)) return;
      const events: readonly Event[] = [answerRequest(run.state, request)];
      await run.open.recover();
      await run.append(events);
      await run.open.close({ release: () => releaseOf(run.state, { ending: "amended" }) });
    } finally {
      await closeOpen(run);
    }
  }
}

/** Another process has it, or it was lost, or the database was away: another turn. */
async function forgive(call: () => Promise<void>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (!(error instanceof JournalError || error instanceof DatabaseError)) throw error;
  }
}

async function closeOpen(run: SimulatedRun): Promise<void> {
  if (run.isOpen) await run.open.close().catch(() => {});
}
