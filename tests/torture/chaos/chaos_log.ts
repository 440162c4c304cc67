import { appendFileSync } from "node:fs";

/** What a process of the chaos is told once. */
export interface ProcessSpec {
  /** No other process has had this name. */
  readonly name: string;
  /** Locator of the database, as this process reaches it. */
  readonly database: string;
  readonly folder: string;
  readonly leaseMs: number;
  /** Its clock is wrong by this, after a while. */
  readonly clockOffsetMs: number;
}

/** What a process of the chaos is told to do, by its name in the database. */
export type Job = { readonly id: number; readonly tx: string } & JobContent;

export type JobContent =
  | { readonly kind: "start"; readonly seed: number }
  /** Answers what can be found out, and resumes. */
  | { readonly kind: "repair" }
  | { readonly kind: "resume" }
  | { readonly kind: "signal"; readonly value: string };

/** One line of a process's log. `at` by a clock that is right, in milliseconds since 1970. */
export type LogLine =
  /** The observer was told of an event, which is durable. Its text is as in the journal. */
  | { readonly kind: "durable"; readonly at: number; readonly tx: string; readonly event: string }
  /** A step or a probe is called. The effect of a step precedes this line. */
  | Call
  | ({ readonly kind: "told"; readonly at: number; readonly tx: string } & Told);

export interface Call {
  readonly kind: "call" | "probe";
  readonly at: number;
  readonly tx: string;
  readonly step: string;
  readonly attempt: number;
}

/** What the sender of a signal was told. */
export interface Told {
  readonly value: string;
  /** Of the request, if one was recorded. */
  readonly id?: string;
  readonly said: "recorded" | "applied" | "refused" | "missed";
}

/** What a step has done: a line in the file of its transaction. */
export interface Effect {
  readonly step: string;
  readonly attempt: number;
  readonly process: string;
}

/** The time by the clock of the machine, also where another one is pretended. */
export function realTime(): number {
  return performance.timeOrigin + performance.now();
}

/** One write, which is in the file when this returns, also if the process is killed then. What was cut short stands alone. */
export function appendLine(path: string, line: unknown): void {
  appendFileSync(path, `\n${JSON.stringify(line)}\n`);
}

export function logPath(folder: string, process: string): string {
  return `${folder}/logs/${process}`;
}

export function effectsPath(folder: string, tx: string): string {
  return `${folder}/effects/${tx}`;
}

/** The effects of a transaction, in order. */
export function readEffects(folder: string, tx: string): readonly Effect[] {
  return readLines<Effect>(effectsPath(folder, tx)).map(({ line }) => line);
}

/** The lines of a file that may not be there, each with the place where the next one begins. */
export function readLines<Line>(path: string): readonly { readonly line: Line; readonly end: number }[] {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  let end = 0;
  return text.split("\n").slice(0, -1).flatMap((line) => {
    end += new TextEncoder().encode(line).length + 1;
    return line.endsWith("}") ? [{ line: JSON.parse(line), end }] : [];
  });
}
