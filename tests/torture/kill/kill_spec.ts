import type { SeededRandom } from "../../support/seeded_random.ts";

/** One step of a transaction that is to be killed. */
export interface StepSpec {
  /** What resume does when its outcome is unknown. */
  readonly policy: "ask" | "retry" | "probe";
  /** So long it takes before and after its effect. */
  readonly pauseMs: number;
  /** How many characters are in its arguments. */
  readonly padding: number;
  /** The least number of characters in its value. */
  readonly valueLength: number;
  /** It gets the value of the step before. */
  readonly needsValue: boolean;
}

/** A transaction that is to be killed. */
export interface KillSpec {
  /** Path of the journal. */
  readonly journal: string;
  /** Path of the log of effects. */
  readonly log: string;
  /** Path of the list of events that were acknowledged. */
  readonly acknowledged: string;
  /** Whether the journal stays when all is done. */
  readonly keep: boolean;
  /** Path of a file without which no step ends. */
  readonly gate?: string;
  /** The steps. */
  readonly steps: readonly StepSpec[];
}

const LARGE = 600_000;

/** A transaction of a number of quick steps whose files lie in a folder. */
export function plainSpec(folder: string, count: number, step: Partial<StepSpec> = {}): KillSpec {
  const plain = { policy: "ask", pauseMs: 0, padding: 0, valueLength: 0, needsValue: false, ...step } as const;
  return { ...filesIn(folder), keep: true, steps: Array.from({ length: count }, () => plain) };
}

/** Draws a transaction whose files lie in a folder. */
export function drawSpec(folder: string, chance: SeededRandom): KillSpec {
  const isLarge = chance.below(8) === 0;
  const isSlow = chance.below(4) === 0;
  const count = isLarge ? 3 + chance.below(2) : 3 + chance.below(10);
  const steps = Array.from({ length: count }, (_, index): StepSpec => ({
    policy: drawPolicy(chance),
    pauseMs: isSlow ? chance.below(3) : 0,
    padding: isLarge ? LARGE : chance.below(4) === 0 ? chance.below(3000) : 0,
    valueLength: chance.below(2) === 0 ? 0 : chance.below(5000),
    needsValue: index > 0 && chance.below(4) === 0,
  }));
  return { ...filesIn(folder), keep: chance.below(2) === 0, steps };
}

function filesIn(folder: string): Pick<KillSpec, "journal" | "log" | "acknowledged"> {
  return { journal: `${folder}/journal.json`, log: `${folder}/log`, acknowledged: `${folder}/acknowledged` };
}

function drawPolicy(chance: SeededRandom): StepSpec["policy"] {
  const number = chance.below(5);
  return number === 0 ? "retry" : number === 1 ? "probe" : "ask";
}
