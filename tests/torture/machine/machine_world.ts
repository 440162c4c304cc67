import type { StepProgress } from "../../../lib/run/options/observer.ts";
import type { SeededRandom } from "../../support/seeded_random.ts";
import type { VirtualClock } from "../../support/virtual_clock.ts";
import { insertKey } from "./model/model_node.ts";
import { LoadGate } from "../load_gate.ts";
import type { MachineSpec, PartSpec, StepSpec, SubPlanSpec } from "./machine_spec.ts";

/** What steps have done to the world outside, which no crash takes back. */
export interface Deed {
  /** What. */
  readonly kind:
    | "begun"
    | "effect"
    | "failed"
    | "undo begun"
    | "undone"
    | "undo failed"
    | OverdueDeed
    | "crash"
    | "rewound";
  /** Key of the part of the plan; empty for a crash. */
  readonly key: string;
  /** The value of a step whose effect it is; the idempotency key of one that has begun. */
  readonly value?: string;
  /** When, in milliseconds since 1970. */
  readonly at: number;
}

/** A call was aborted because its time was up; never ends in this process; has ended. */
type OverdueDeed = "told" | "hung" | "over";

/** How long each turn takes: what happens later is later. All times are multiples of it, which no sum of them rounds. */
const TURN_MS = 2 ** -10;
/** How rarely time passes although calls could continue: once in this number of times. */
const PASSING = { next: 2, soon: 4, later: 60 };
/** What comes next, in milliseconds: two ends that are nearly one. */
const NEXT_MS = 2;
/** What is to come soon, in milliseconds: more than the time of grace. */
const SOON_MS = 10_000;

/** A part of the plan that calls a function. */
export type CallPart = StepSpec | SubPlanSpec;

/** The world that the steps of one case work on: what they have done, and which continues next. Chance is repeatable. */
export class MachineWorld {
  /** What happened, in order. */
  readonly deeds: Deed[];
  /** How far steps have said that they had come, in order. */
  readonly reports: StepProgress[] = [];
  /** The clock of the process that works on it. */
  readonly clock: VirtualClock;
  /** Who loads modules passes it. */
  readonly gate = new LoadGate();
  /** The case. */
  readonly spec: MachineSpec;
  readonly #chance: SeededRandom;
  readonly #parts = new Map<string, PartSpec>();
  #held: (() => void)[] = [];
  #hung: (() => void)[] = [];
  #isOver = false;

  /** A world in which these things have happened. */
  constructor(spec: MachineSpec, deeds: readonly Deed[], chance: SeededRandom, clock: VirtualClock) {
    this.spec = spec;
    this.clock = clock;
    this.deeds = [...deeds];
    this.#chance = chance;
    this.#note(spec.parts, "", spec.defaults.interrupted ?? "ask");
    this.#note(spec.inserts, insertKey(""), "ask");
  }

  /** A whole number from 0 up to, and without, the limit. */
  below(limit: number): number {
    return this.#chance.below(limit);
  }

  /** The part of the plan that a key names. */
  part(key: string): PartSpec {
    const part = this.#parts.get(key);
    if (part === undefined) throw new Error(`There is no part ${key} in the plan`);
    return part;
  }

  /** The part of the plan that a key names, which calls a function. */
  call(key: string): CallPart {
    const part = this.part(key);
    if (part.kind !== "step" && part.kind !== "subPlan") throw new Error(`Part ${key} calls nothing`);
    return part;
  }

  /** Notes that something has happened. */
  do(kind: Deed["kind"], key: string, value?: string): void {
    if (this.#isOver) return;
    this.deeds.push({ kind, key, ...(value === undefined ? {} : { value }), at: this.clock.time });
  }

  /** How often something has happened since the part was rewound. */
  count(kind: Deed["kind"], key: string): number {
    return this.#since(key).filter((deed) => deed.kind === kind).length;
  }

  /** The value of a step that has happened since it was rewound, also if it was undone later. */
  effectOf(key: string): string | undefined {
    return this.#since(key).find((deed) => deed.kind === "effect")?.value;
  }

  /** How often a part was rewound after it had begun. */
  rewinds(key: string): number {
    return this.deeds.filter((deed) => deed.kind === "rewound" && deed.key === key).length;
  }

  #since(key: string): Deed[] {
    const own = this.deeds.filter((deed) => deed.key === key);
    return own.slice(own.findLastIndex(({ kind }) => kind === "rewound") + 1);
  }

  /** Gives way to others, a number of times. */
  async giveWay(times: number): Promise<void> {
    for (let left = times; left > 0; left -= 1) {
      await new Promise<void>((resolve) => this.#held.push(resolve));
    }
  }

  /** Never continues in this process. */
  hang(): Promise<never> {
    return new Promise((_, reject) => this.#hung.push(() => reject(new Error("The process has died"))));
  }

  /** The process dies: its calls do nothing any more. */
  end(): void {
    this.#isOver = true;
    for (const die of this.#hung) die();
  }

  /** The process is dead. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /**
   * Lets some of the calls continue that have given way, or lets time pass: as far as necessary where no call can continue, and
   * now and then besides. Tells whether there was anything to do.
   */
  goOn(): boolean {
    const { msToNext } = this.clock;
    const passes = msToNext !== undefined && (this.#held.length === 0 || this.below(rarityOf(msToNext)) === 0);
    if (passes) this.clock.pass(this.#held.length === 0 ? msToNext : partOf(msToNext, this.below(4)));
    else if (this.#held.length === 0) return false;
    else {
      this.clock.pass(TURN_MS);
      this.#letGo();
    }
    return true;
  }

  #letGo(): void {
    const count = this.below(4) === 0 ? this.#held.length : 1;
    for (let left = count; left > 0; left -= 1) {
      const [next] = this.#held.splice(this.below(this.#held.length), 1);
      next?.();
    }
  }

  /** @param silent The default of what is done when the outcome of a part is unknown. */
  #note(parts: readonly PartSpec[], prefix: string, silent: "ask" | "retry"): void {
    for (const [index, part] of parts.entries()) {
      const key = `${prefix}${index}`;
      const isSilent = "policy" in part && part.policy === "ask" && !part.isAdorned;
      this.#parts.set(key, isSilent ? { ...part, policy: silent } : part);
      // The plan that a step returns does not inherit the defaults.
      if ("parts" in part) this.#note(part.parts, `${key}.`, part.kind === "subPlan" ? "ask" : silent);
      if (part.kind === "subPlan") this.#note(part.otherwise ?? [], `${key}.x`, "ask");
    }
  }
}

function partOf(ms: number, quarter: number): number {
  return Math.ceil(ms * (1 + quarter) / 4 / TURN_MS) * TURN_MS;
}

function rarityOf(ms: number): number {
  return ms <= NEXT_MS ? PASSING.next : ms <= SOON_MS ? PASSING.soon : PASSING.later;
}

/** Where the world is found. */
export const stage: { world: MachineWorld | undefined } = { world: undefined };

/** The world in which the steps of this process run. */
export function currentWorld(): MachineWorld {
  if (stage.world === undefined) throw new Error("There is no world to work on");
  return stage.world;
}
