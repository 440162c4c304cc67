import type { OwnProcesses } from "./fresh/own_processes.ts";
import type { Systems } from "./fresh/system.ts";

/** One thing to be measured. It may give several rows of the table. */
export interface Benchmark {
  /** Its name on the command line. */
  readonly name: string;
  /** What it measures, in a few words. */
  readonly summary: string;
  /** It takes minutes: it is measured only when it is named. */
  readonly isLong?: boolean;
  /** Measures it. */
  readonly run: (settings: BenchSettings) => Promise<readonly BenchRow[]>;
}

/** How it is measured. */
export interface BenchSettings {
  /** How often; the median counts. */
  readonly rounds: number;
  /** Small sizes: only shows that everything works. Targets do not count then. */
  readonly isQuick: boolean;
  /** A folder on the disk that is measured, empty at first, removed in the end. */
  readonly folder: string;
  /** The processes that were started and still run. */
  readonly processes: OwnProcesses;
  /** Starts the systems that are compared as fresh processes, when they are needed for the first time. */
  readonly systems: () => Promise<Systems>;
}

/** One row of the table. */
export type BenchRow = Measurement | Unavailable;

/** What was measured. */
export interface Measurement {
  /** What it is. */
  readonly name: string;
  /** What the numbers count; a ratio is said to have the unit "×". */
  readonly unit: "×" | "µs/step" | "bytes/step" | "ms" | "s" | "MB";
  /** One number for each round. */
  readonly samples: readonly number[];
  /** What is to be reached, if something is. */
  readonly target?: Target;
  /** What else is good to know. */
  readonly note?: string;
}

/** A limit that the median must keep. */
export type Target = { readonly atLeast: number } | { readonly atMost: number };

/** A row that cannot be measured. */
export interface Unavailable {
  /** What it is. */
  readonly name: string;
  /** Why not. */
  readonly unavailable: string;
}
