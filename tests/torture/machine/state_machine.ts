import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { DecisionRefused } from "../../../lib/errors/decision_errors.ts";
import {
  TransactionAborted,
  TransactionCancelled,
  TransactionPaused,
  TransactionUndone,
} from "../../../lib/errors/running_errors.ts";
import type { DecisionRequest } from "../../../lib/run/options/transaction_options.ts";
import { SeededRandom } from "../../support/seeded_random.ts";
import { VirtualClock } from "../../support/virtual_clock.ts";
import { countEvents } from "../count_events.ts";
import { describeLife, describeMachine } from "./describe_machine.ts";
import { type Between, BetweenLives } from "./machine_between.ts";
import {
  checkCalls,
  checkCourse,
  checkCrash,
  checkFinished,
  checkUndone,
  checkUndos,
  readRecords,
  stateCheck,
} from "./machine_checks.ts";
import type { MachineCounts } from "./machine_counts.ts";
import { insertedKeys } from "./machine_facts.ts";
import { checkUndoValues } from "./machine_given.ts";
import { type Life, type LifeEnd, type LifeWork, live, type Remains } from "./machine_life.ts";
import type { MachineModel } from "./model/machine_model.ts";
import { checkOverdue } from "./machine_overdue.ts";
import { checkRetries } from "./machine_retries.ts";
import { checkKeys, checkRewoundNamed } from "./machine_rewinds.ts";
import type { MachineSpec, MoveSpec } from "./machine_spec.ts";
import { type Deed, MachineWorld } from "./machine_world.ts";
import { lostSteps, type OpenStep, openSteps } from "./model/model_views.ts";

/** Every case ends within this number of lives. */
const MAX_LIVES = 120;

/** Runs one case from its beginning to its end, and checks everything on the way. */
export class StateMachine {
  readonly #counts: MachineCounts;
  readonly #spec: MachineSpec;
  readonly #chance: SeededRandom;
  readonly #history: string[] = [];
  /** The journal as each life has left it, as text. */
  readonly journals: string[] = [];
  readonly #operator: BetweenLives;
  readonly #look: (between: Between) => Promise<void>;

  /**
   * A case that has not begun, and what it is counted in.
   *
   * @param look Looks at what stands between two lives.
   */
  constructor(
    spec: MachineSpec,
    counts: MachineCounts,
    look: (between: Between) => Promise<void> = () => Promise.resolve(),
  ) {
    this.#look = look;
    this.#spec = spec;
    this.#counts = counts;
    this.#chance = new SeededRandom(spec.seed);
    this.#operator = new BetweenLives(spec, this.#chance, counts, (line) => this.#history.push(line));
  }

  /** Runs the case. A failure says what had happened. */
  async run(): Promise<void> {
    await this.#explain(async () => {
      const [move, ...moves] = this.#spec.moves;
      const life = await this.#live(BEGINNING, { kind: "start" }, move);
      await this.#goOn(this.#end(life, move), moves);
    });
  }

  /** Runs the case once without a crash, and then resumes from each of its records as if the process had died there. */
  async runFromEachRecord(): Promise<void> {
    await this.#explain(async () => {
      const life = await this.#live(BEGINNING, { kind: "start" }, undefined);
      const history = [...this.#history];
      for (const record of life.moments.keys()) {
        this.#history.splice(0, Infinity, ...history);
        await this.#goOn(this.#crash(life, record, this.#below(11) / 10), this.#spec.moves);
      }
      await this.#goOn(this.#end(life, undefined), []);
    });
  }

  async #goOn(from: Between, moves: readonly MoveSpec[]): Promise<void> {
    let between = from;
    for (let lives = 0; lives < MAX_LIVES; lives += 1) {
      await this.#look(between);
      const amended = await this.#operator.amend(between);
      if (amended.records.length > between.records.length) await this.#look({ ...amended, end: undefined });
      between = amended;
      const work = this.#nextWork(between, readRecords(between.records));
      if (work === undefined) return;
      if (readRecords(between.records).dueSteps.length > 0) this.#counts.due += 1;
      const move = moves[lives];
      const life = await this.#live(between, work, move);
      between = this.#end(life, move);
    }
    throw new Error(`After ${MAX_LIVES} lives it has not ended`);
  }

  async #live(between: Between, work: LifeWork, move: MoveSpec | undefined): Promise<Life> {
    this.#counts.lives += 1;
    if (work.kind === "rollback") await this.#operator.checkStrict(between, work);
    const world = this.#world(between);
    const life = await live({
      world,
      records: between.records,
      work,
      onDurable: stateCheck(),
      cancelAfter: move?.kind === "cancel" ? move.turns : undefined,
    });
    this.#counts.records += life.moments.length - life.found;
    this.#history.push(`life: ${JSON.stringify(work)}`, ...describeLife(life));
    this.journals.push(life.journal);
    const model = readRecords(recordsOf(life));
    checkCalls(life);
    checkCourse(life, this.#spec);
    checkOverdue(life, this.#spec, this.#counts);
    checkRetries(life, this.#spec);
    assertEquals(life.progress, world.reports, "reports");
    checkUndos(world, model);
    checkUndoValues(life, model, world);
    checkKeys(world.deeds);
    checkEnd(life.end, work, model);
    if (life.end.kind === "returned" && work.kind !== "rollback") {
      checkFinished(world, model, life.end.value);
      this.#counts.inserted += insertedKeys(model, "finished").length;
    }
    if (model.end !== "undone") return life;
    checkUndone(world, model);
    checkRewoundNamed(life.end, model);
    return life;
  }

  /** What is left of a life: all, or what a crash in the midst of it leaves. */
  #end(life: Life, move: MoveSpec | undefined): Between {
    const { moments, found, deeds, end } = life;
    if (move?.kind !== "crash" || moments.length === 0) {
      return this.#later(recordsOf(life), deeds, { end, time: life.endedAt });
    }
    // Before its first record is there it has changed nothing.
    const first = Math.min(found, moments.length - 1);
    return this.#crash(life, first + Math.round(move.record * (moments.length - 1 - first)), move.effect);
  }

  /** What a crash leaves when the next record has not become durable, after a part of the deeds until that would be told. */
  #crash(life: Life, record: number, share: number): Between {
    this.#counts.crashes += 1;
    const { moments, deeds } = life;
    const from = moments[record]?.submitted ?? 0;
    const to = moments[record + 1]?.acknowledged ?? deeds.length;
    const seen = from + Math.round(share * (to - from));
    this.#history.push(`crash after record ${record}, ${seen - from} of ${to - from} deeds later`);
    const records = recordsOf(life).slice(0, record + 1);
    checkCrash(life, records, seen);
    const done = deeds.slice(0, seen);
    const time = Math.max(moments[record]?.time ?? BEGINNING.time, done.at(-1)?.at ?? 0);
    return this.#later(records, done, { end: undefined, time });
  }

  /** What the next process does; undefined if the case has ended. */
  #nextWork(between: Between, model: MachineModel): LifeWork | undefined {
    const { records, end } = between;
    // Given up before there was a journal.
    if (records.length === 0) return undefined;
    const wantsRollback = this.#spec.afterwards === "rollback" && !model.isRollback;
    const isRefused = end?.kind === "threw" && end.error instanceof DecisionRefused;
    if (model.end === "undone" || (model.end !== undefined && (!wantsRollback || isRefused))) return undefined;
    const now = this.#below(3) === 0;
    if (wantsRollback && !isRefused && (model.end !== undefined || isFailure(end) || this.#below(4) === 0)) {
      const to = this.#below(2) === 0 ? model.ids[this.#below(model.ids.length)] : undefined;
      return { kind: "rollback", now, strict: !leavesMore(model, to), ...(to === undefined ? {} : { to }) };
    }
    if (model.isRollback && this.#below(4) === 0) return { kind: "rollback", now, strict: !leavesMore(model) };
    const isAsked = end?.kind === "threw" && end.error instanceof TransactionPaused &&
      end.error.waitsFor === "decision";
    const decisions = isAsked || this.#below(isFailure(end) ? 2 : 4) === 0 ? this.#answers(between, model) : [];
    return { kind: "resume", decisions, now };
  }

  /** Decides about steps whose outcome is unknown, or that fail because they have happened, as the world says. */
  #answers(between: Between, model: MachineModel): readonly DecisionRequest[] {
    const { end } = between;
    const world = this.#world(between);
    const asked = end?.kind === "threw" && end.error instanceof TransactionPaused ? end.error.step : undefined;
    const lost = lostSteps(model).filter(({ id }) => id === asked || this.#below(2) === 0)
      .map(({ id, key }): DecisionRequest => ({ step: id, decision: "done", result: { value: world.effectOf(key) } }));
    const others = openSteps(model).filter(({ id }) => id === asked || this.#below(2) === 0)
      .flatMap((step): DecisionRequest[] => {
        const decision = answer(step, world, model.isRollback);
        return decision === undefined ? [] : [{ step: step.id, ...decision }];
      });
    return [...lost, ...others];
  }

  #world({ deeds, time }: Between): MachineWorld {
    return new MachineWorld(this.#spec, deeds, this.#chance, new VirtualClock(time, this.#chance));
  }

  /** Where it stands when the next process comes, some time later. */
  #later(records: Remains["records"], deeds: readonly Deed[], { end, time }: Pick<Between, "end" | "time">): Between {
    const crash = { kind: "crash", key: "", at: time } as const;
    return { records, deeds: [...deeds, crash], end, time: time + (GAPS_MS[this.#below(GAPS_MS.length)] ?? 0) };
  }

  #below(limit: number): number {
    return this.#chance.below(limit);
  }

  async #explain(work: () => Promise<void>): Promise<void> {
    this.#counts.cases += 1;
    try {
      await work();
      countEvents(this.journals.at(-1) ?? "", this.#counts.events);
    } catch (error) {
      const lines = [error instanceof Error ? error.message : error, ...describeMachine(this.#spec), ...this.#history];
      throw new Error(lines.join("\n"), { cause: error });
    }
  }
}

/** When nothing has happened. */
const BEGINNING: Between = { records: [], deeds: [], end: undefined, time: Date.parse("2026-11-23T02:15:00.000Z") };
/** How long it takes until the next process comes. */
const GAPS_MS = [0, 1, 7, 5_100, 100_000_000];

function recordsOf({ moments }: Life): Remains["records"] {
  return moments.map(({ text }) => JSON.parse(text));
}

function answer(
  { key, status, isUndoing }: OpenStep,
  world: MachineWorld,
  isRollback: boolean,
): Omit<DecisionRequest, "step"> | undefined {
  if (isUndoing) {
    if (status === "failed") return undefined;
    return { decision: world.count("undone", key) > 0 ? "done" : "retry" };
  }
  const value = world.effectOf(key);
  const hasHappened = value !== undefined && (isRollback || world.call(key).kind === "step");
  if (hasHappened) return { decision: "done", result: { value } };
  if (status === "failed") return undefined;
  return { decision: isRollback ? "skip" : "retry" };
}

/** Whether a rollback leaves more than it is told to leave. */
function leavesMore(model: MachineModel, to?: string): boolean {
  return model.leftBehind(to).length + model.rewoundBehind(to).length > 0;
}

function isFailure(end: LifeEnd | undefined): boolean {
  return end?.kind === "threw" && end.error instanceof TransactionAborted;
}

/** How the work has ended is what the journal says. */
function checkEnd(end: LifeEnd, work: LifeWork, model: MachineModel): void {
  if (end.kind === "returned") return assertEquals(model.end, work.kind === "rollback" ? "undone" : "finished");
  const { error } = end;
  if (error instanceof TransactionUndone) return assertEquals(model.end, "undone");
  if (error instanceof TransactionCancelled) return assertEquals(model.end, "cancelled");
  if (error instanceof DecisionRefused) {
    assert(work.kind === "rollback" && !error.message.includes("Without --strict"), error.message);
    return;
  }
  if (error instanceof TransactionPaused) return assertEquals(model.end, undefined);
  if (error instanceof Error && error.message === "The author has given up") return;
  if (!(error instanceof TransactionAborted)) throw error;
  assertEquals(model.end, undefined);
  assertInstanceOf(error.cause, Error);
  assert(/cannot be (?:un)?done yet|reached its time limit of 1 ms/.test(error.cause.message), error.message);
}
