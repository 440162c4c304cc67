/** Steps whose effect is a line in a log, and the probe that looks for it. */
import { context, type ProbeAnswer } from "@x/resumable-tx";

/** What a step of the kill loop is told. */
export interface LeaveOptions {
  /** Path of the log. */
  readonly log: string;
  /** So long it takes, before and after its effect. */
  readonly pauseMs: number;
  /** Makes the plan large. */
  readonly padding?: string;
  /** Path of a file: the step does not end before it is there. */
  readonly gate?: string;
  /** The least number of characters in its value, so that the record of its end takes several sectors. */
  readonly valueLength?: number;
}

/** The step's effect: one line, in one write, that names the step and its attempt. Returns what `valueOf` says. */
export async function leave(options: LeaveOptions, ...earlier: readonly string[]): Promise<string> {
  const { stepId, attempt } = context();
  for (const value of earlier) {
    if (!value.startsWith("value of ")) throw new TypeError(`Got ${JSON.stringify(value)} for the value of a step`);
  }
  await pause(options.pauseMs);
  Deno.writeTextFileSync(options.log, `${stepId} ${attempt}\n`, { append: true });
  await pause(options.pauseMs);
  while (options.gate !== undefined && !isThere(options.gate)) await pause(2);
  return stepValue(stepId).padEnd(options.valueLength ?? 0, ".");
}

/** Finds out from the log whether a step has had its effect. */
export function wasLeft(options: LeaveOptions): ProbeAnswer<string> {
  const { stepId } = context();
  const hasHappened = readLog(options.log).some(({ step }) => step === stepId);
  return hasHappened ? { done: true, value: stepValue(stepId) } : { done: false };
}

/** What a step returns. */
export function stepValue(step: string): string {
  return `value of ${step}`;
}

/** One effect. */
export interface Effect {
  /** Id of the step. */
  readonly step: string;
  /** Which attempt it was. */
  readonly attempt: number;
}

/** The effects in a log, in order; none if there is no log. */
export function readLog(path: string): readonly Effect[] {
  return readLines(path).map((line) => {
    const [step = "", attempt = ""] = line.split(" ");
    return { step, attempt: Number(attempt) };
  });
}

/** The lines of a file that may not be there yet. */
export function readLines(path: string): readonly string[] {
  try {
    return Deno.readTextFileSync(path).split("\n").filter((line) => line !== "");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Tells whether there is a file. */
export function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function pause(ms: number): Promise<void> {
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
}
