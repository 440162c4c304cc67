/** The transactions of the chaos, and their steps, whose effects are lines in a file that no journal knows of. */
import {
  context,
  type Observer,
  plan,
  type Planner,
  type ProbeAnswer,
  type Ref,
  type SubPlan,
  Transaction,
} from "@x/resumable-tx";
import { SeededRandom } from "../../support/seeded_random.ts";
import { leaveOnce, leaveWithRecord } from "./chaos_once.ts";
import { appendLine, type Call, effectsPath, logPath, readEffects, realTime } from "./chaos_log.ts";

/** What a step is told. */
export interface ActOptions {
  readonly folder: string;
  /** So long it takes after its effect. */
  readonly pauseMs: number;
  /** So many attempts fail on purpose, before they have an effect. */
  readonly failures: number;
}

const RETRY = { maxAttempts: 4, delayMs: 5, jitter: 0 };
/** The database may be away for a while. */
const PATIENT = { maxAttempts: 5, delayMs: 200, jitter: 0 };
export const SIGNAL = "go";

/** Has its effect at once: between the look at the lease and the effect, only a stop of the process can come. */
export async function act(options: ActOptions, ...earlier: readonly string[]): Promise<string> {
  for (const value of earlier) {
    if (!value.startsWith("value of ")) throw new TypeError(`Got ${JSON.stringify(value)} for the value of a step`);
  }
  leaveEffect(options);
  await pause(options.pauseMs);
  return stepValue(context().stepId);
}

/** Has its effect, and returns steps. */
export async function expand(options: ActOptions): Promise<SubPlan<string>> {
  leaveEffect(options);
  await pause(options.pauseMs);
  return plan((t) => {
    t.do(act, options).with({ retry: RETRY });
    return t.do(act, { ...options, failures: 0 }).with({ interrupted: wasDone });
  });
}

/** Has another effect in a database, which happens once, however often the step is called. */
export async function actOnce(options: ActOptions): Promise<string> {
  leaveEffect(options);
  await leaveOnce(Deno.env.get("CHAOS_DATABASE") ?? "", context());
  return stepValue(context().stepId);
}

/** Its effect and the record of its end are one: what it has done is undone if it fails, or if its process dies. */
export async function actInDatabase({ folder, failures, pauseMs }: ActOptions): Promise<string> {
  await leaveWithRecord(context());
  failOnPurpose(failures);
  note("call", folder);
  await pause(pauseMs);
  return stepValue(context().stepId);
}

/** The steps whose effects are rows, of which there must be one for each. */
export const IN_DATABASE: ReadonlySet<string> = new Set([actOnce.name, actInDatabase.name]);

/** Finds out from the effects whether a step has happened. */
export function wasDone({ folder }: ActOptions): ProbeAnswer<string> {
  const { stepId, transactionId } = context();
  note("probe", folder);
  const isDone = readEffects(folder, transactionId).some(({ step }) => step === stepId);
  return isDone ? { done: true, value: stepValue(stepId) } : { done: false };
}

/** What a step returns. */
export function stepValue(step: string): string {
  return `value of ${step}`;
}

function leaveEffect({ folder, failures }: ActOptions): void {
  failOnPurpose(failures);
  const { attempt, stepId: step, transactionId } = context();
  const process = processName();
  appendLine(effectsPath(folder, transactionId), { step, attempt, process });
  note("call", folder);
}

function failOnPurpose(failures: number): void {
  if (context().attempt <= failures) throw new Error("on purpose");
}

function note(kind: Call["kind"], folder: string): void {
  const { attempt, stepId: step, transactionId: tx } = context();
  appendLine(logPath(folder, processName()), { kind, at: realTime(), tx, step, attempt } satisfies Call);
}

function processName(): string {
  return Deno.env.get("CHAOS_PROCESS") ?? "";
}

async function pause(ms: number): Promise<void> {
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
}

/** Runs a transaction that a seed decides. */
export async function runPlanned(
  journal: string,
  { folder, seed, observer }: { readonly folder: string; readonly seed: number; readonly observer: Observer },
): Promise<void> {
  const chance = new SeededRandom(seed);
  await Transaction.run(import.meta, (t) => {
    let earlier = planStep(t, folder, chance);
    for (let count = 2 + chance.below(4); count > 0; count -= 1) {
      switch (chance.below(10)) {
        case 0:
          t.sleep(10 + chance.below(100));
          break;
        case 1:
          t.waitFor(SIGNAL);
          break;
        case 2:
          t.do(actOnce, { ...actOptions(folder, chance), failures: 0 }).with({ interrupted: "retry", retry: PATIENT });
          break;
        case 9:
          // Only there are the journal and the effects in one database.
          if (journal.startsWith("postgres:")) {
            t.do(actInDatabase, actOptions(folder, chance)).with({ database: true, retry: PATIENT });
          }
          break;
        case 3:
          t.do(expand, actOptions(folder, chance)).with({ interrupted: "retry", retry: RETRY });
          break;
        case 4:
        case 5:
          t.parallel((p) => {
            for (let beside = 2 + chance.below(3); beside > 0; beside -= 1) planStep(p, folder, chance, earlier);
            if (chance.below(3) === 0) p.sleep(20 + chance.below(50));
          });
          break;
        default:
          earlier = planStep(t, folder, chance, earlier);
      }
    }
    return earlier;
  }, { journal, keep: true, observer });
}

function planStep(
  t: Planner,
  folder: string,
  chance: SeededRandom,
  ...earlier: readonly Ref<string>[]
): Ref<string> {
  const step = t.do(act, actOptions(folder, chance), ...earlier);
  switch (chance.below(3)) {
    case 0:
      return step.with({ interrupted: "retry", retry: RETRY });
    case 1:
      return step.with({ interrupted: wasDone, retry: RETRY });
    default:
      return step.with({ retry: RETRY });
  }
}

function actOptions(folder: string, chance: SeededRandom): ActOptions {
  const pauseMs = chance.below(4) === 0 ? 0 : chance.below(10) === 0 ? 400 : chance.below(60);
  return { folder, pauseMs, failures: chance.below(6) === 0 ? 1 + chance.below(2) : 0 };
}
