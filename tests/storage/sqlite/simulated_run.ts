import type { Event } from "../../../lib/journal/event.ts";
import type { PlanNode } from "../../../lib/plan/node.ts";
import { answerRequest } from "../../../lib/run/amend/answer_request.ts";
import { releaseOf } from "../../../lib/run/session/release.ts";
import { applyEvent } from "../../../lib/state/apply_event.ts";
import { type Action, type NextActions, nextActions } from "../../../lib/state/next_actions.ts";
import { State } from "../../../lib/state/state.ts";
import type { StepState } from "../../../lib/state/step_state.ts";
import type { OpenJournal, Release } from "../../../lib/storage/open_journal.ts";
import type { Acknowledged, StepCall } from "../../support/sql/history.ts";
import type { Random } from "./simulated_calls.ts";
import type { SimulatedProcess, SimulatedWorld } from "./simulated_world.ts";

/** What the processes of a history have done and were told. */
export interface Observed {
  readonly acknowledged: Acknowledged[];
  readonly calls: StepCall[];
}

export interface RunParts {
  readonly world: SimulatedWorld;
  readonly process: SimulatedProcess;
  readonly random: Random;
  readonly observed: Observed;
}

const HOME = "file:///simulated.ts";

/** The events that create a transaction. Its plan follows from its id. */
export function creation(
  id: string,
  queued: { readonly queue?: string; readonly priority?: number } = {},
): readonly Event[] {
  const shape = Number.parseInt(id.slice(-2), 16);
  const step = (id: string, interrupted: "ask" | "retry"): PlanNode => (
    { kind: "step", id, module: 0, export: "step", options: { interrupted } }
  );
  const nodes: readonly PlanNode[] = [
    step("1", shape % 2 === 0 ? "ask" : "retry"),
    shape % 3 === 0
      ? { kind: "wait", id: "2", signal: "go" }
      : shape % 3 === 1
      ? { kind: "sleep", id: "2", ms: 5000 }
      : step("2", "retry"),
    step("3", "ask"),
  ];
  return [
    { type: "opened", format: 1, id, library: "1.0.0", home: HOME, modules: [{ url: HOME }], options: {}, ...queued },
    { type: "planned", nodes },
    { type: "ready", nodes: nodes.length },
  ];
}

/** A journal that a process has open, and what its records say. */
export class SimulatedRun {
  readonly state = new State({ keepsValues: false });
  readonly #parts: RunParts;
  #open: OpenJournal | undefined;
  #hasArrived = false;

  constructor(parts: RunParts) {
    this.#parts = parts;
  }

  /** Folds what is read when the journal is opened. */
  readonly apply = ({ events, at }: { readonly events: readonly Event[]; readonly at: string }): void => {
    for (const event of events) applyEvent(this.state, event, at);
  };

  use(open: OpenJournal): void {
    this.#open = open;
  }

  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  get open(): OpenJournal {
    if (this.#open === undefined) throw new TypeError("The journal is not open");
    return this.#open;
  }

  noteCreated(events: readonly Event[]): void {
    this.apply({ events, at: this.#date() });
    this.#acknowledge(events);
  }

  #date(): string {
    return new Date(this.#parts.process.clock.wall()).toISOString();
  }

  #acknowledge(events: readonly Event[]): void {
    for (const event of events) this.#parts.observed.acknowledged.push({ tx: this.state.id, event });
  }

  async append(events: readonly Event[], release?: () => Release): Promise<void> {
    this.apply({ events, at: this.#date() });
    await this.open.append(events, release === undefined ? {} : { release, last: true });
    this.#acknowledge(events);
  }

  get isOver(): boolean {
    return this.state.status === "finished" || this.state.status === "cancelled";
  }

  /** Nothing is left to run: whoever has asked for something gets its answer. */
  async endClosed(remove: boolean): Promise<void> {
    await this.open.recover();
    await this.takeRequests();
    await this.open.close({ remove, release: () => releaseOf(this.state, { ending: "amended" }) });
  }

  /** Continues the transaction until it ends or waits, as a run does. Its last owner may have died after it had ended. */
  async resume(): Promise<void> {
    if (this.isOver) return await this.endClosed(false);
    await this.open.recover({ runs: true });
    const run = this.state.runs.length + 1;
    await this.append([{ type: "resumed", run, library: "1.0.0" }]);
    await this.run();
  }

  async run(): Promise<void> {
    const { process, random } = this.#parts;
    this.open.inbox.listen(() => this.#hasArrived = true);
    const isDue = ({ marks }: StepState) => Date.parse(marks?.dueAt ?? "") <= process.clock.wall();
    for (;;) {
      if (this.#hasArrived || random() < 0.1) await this.takeRequests();
      if (this.state.status === "cancelled") {
        if (await this.#closeInbox()) return await this.#giveUp("ended");
        continue;
      }
      const next = nextActions(this.state, { isDue });
      const [action] = next.actions;
      const isInterrupted = random() < 0.02;
      if (next.isEnd || action === undefined || isInterrupted) {
        if (!await this.#closeInbox()) continue;
        return isInterrupted ? await this.#giveUp("interrupted") : await this.#conclude(next);
      }
      if (await this.#perform(action)) return;
    }
  }

  /** Returns whether the run has ended. */
  async #perform(action: Action): Promise<boolean> {
    const { step, kind } = action;
    const { id } = step.node;
    switch (kind) {
      case "run":
        return await this.#call(step);
      case "sleep": {
        const ms = step.node.kind === "sleep" ? step.node.ms ?? 0 : 0;
        const until = new Date(this.#parts.process.clock.wall() + ms).toISOString();
        await this.append([{ type: "waiting", step: id, for: "time", until }]);
        return false;
      }
      case "pass":
        await this.append([{ type: "finished", step: id, attempt: 1, ms: 0 }]);
        return false;
      default:
        throw new TypeError(`The simulation has no ${kind}`);
    }
  }

  async #call({ node: { id: step }, attempts }: StepState): Promise<boolean> {
    const { world, process, random, observed } = this.#parts;
    const [tx, attempt, run] = [this.state.id, attempts + 1, this.state.runs.length];
    const { epoch } = this.open;
    await this.append([{ type: "started", step, attempt, run }]);
    // The run looks right before the call.
    if (this.open.lost.aborted) throw this.open.lost.reason;
    const row = world.tables.find(tx);
    const wasOwner = typeof row === "object" && row.epoch === epoch && world.owners.get(row.owner ?? "") === process;
    // If the clock of the database jumps, its sweep knows of a heartbeat that is late and not of the lease.
    observed.calls.push({ tx, step, attempt, epoch, ...(world.isClockSteady ? { wasOwner } : {}) });
    if (random() < 0.3) await process.clock.delay(random() * 3000);
    if (random() < (world.isCalm ? 0.02 : 0.1)) {
      const error = { name: "Error", message: "the simulation says so" };
      await this.append([{ type: "failed", step, attempt, ms: 0, error }]);
      if (!await this.#closeInbox()) return false;
      await this.append([{ type: "aborted", step }], () => releaseOf(this.state, { ending: "ended" }));
      return true;
    }
    const finished = this.append([{ type: "finished", step, attempt, ms: 0 }]);
    // Appends that overlap share a record.
    await (random() < 0.3 ? Promise.all([finished, this.takeRequests()]) : finished);
    return false;
  }

  /** Answers what other processes have asked for. */
  async takeRequests(isEnd = false): Promise<void> {
    this.#hasArrived = false;
    const { inbox } = this.open;
    const requests = await inbox.read(this.state.id);
    const left = requests.filter(({ id }) => !this.state.answered.has(id));
    const events = left.map((request) => {
      const refusal = isEnd ? "nothing is left" : undefined;
      return refusal === undefined ? answerRequest(this.state, request) : answerRequest(this.state, request, refusal);
    });
    // One after the other: the first may cancel what the next is about.
    if (events.length > 0) await this.append(events.slice(0, 1));
    await inbox.forget(requests.filter(({ id }) => this.state.answered.has(id)));
    if (events.length > 1) await this.takeRequests(isEnd);
  }

  async #closeInbox(): Promise<boolean> {
    if (await this.open.inbox.close(this.state.id)) return true;
    await this.takeRequests();
    return false;
  }

  async #conclude(next: NextActions): Promise<void> {
    const { random } = this.#parts;
    const release = () => releaseOf(this.state, { ending: "ended" });
    if (next.isEnd) {
      if (random() < 0.9 || this.#parts.world.isCalm) return await this.append([{ type: "ended" }], release);
      await this.append([{ type: "ended" }]);
      return await this.open.close({ remove: true, release });
    }
    const { waits } = this.state;
    const events: Event[] = [
      ...next.questions.map(({ step }): Event => ({ type: "waiting", step: step.node.id, for: "decision" })),
      ...next.waits.map(({ node }): Event => ({ type: "waiting", step: node.id, for: "signal", signal: "go" })),
      ...next.timers.map(({ node, marks }): Event => (
        { type: "waiting", step: node.id, for: "time", until: marks?.dueAt ?? this.#date() }
      )),
    ];
    const isTold = (event: Event) => event.type === "waiting" && waits.get(event.step)?.for === event.for;
    const untold = this.state.status === "waiting" ? events.filter((event) => !isTold(event)) : events;
    if (untold.length > 0) await this.append(untold, release);
    else await this.open.close({ release });
  }

  async #giveUp(ending: "ended" | "interrupted"): Promise<void> {
    await this.open.close({ release: () => releaseOf(this.state, { ending }) });
  }
}
