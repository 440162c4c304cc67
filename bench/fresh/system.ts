import type { Task } from "./task.ts";

/** The name of this library in the table. */
export const OURS = "ours";
/** The name of the bare program in the table. */
export const BARE = "bare files";
/** The name of openworkflow in the table. */
export const OPENWORKFLOW = "openworkflow on SQLite";

/** A system whose programs are measured. */
export interface System {
  /** Its name in the table. */
  readonly name: string;
  /** Whether it is a system of others. */
  readonly isPeer: boolean;
  /** How many attempts of steps it allows in one transaction; without it, any number. */
  readonly maxAttempts?: number;
  /** Its program. */
  readonly module: string;
  /** Another program, if that is the one that resumes. */
  readonly resumeModule?: string;
  /** Flags of `deno run`. */
  readonly flags: readonly string[];
  /** Where it keeps its data. */
  readonly places: Task["places"];
}

/** A system that cannot be measured. */
export interface MissingSystem {
  /** Its name in the table. */
  readonly name: string;
  /** Why not. */
  readonly unavailable: string;
}

/** The systems that are compared. */
export interface Systems {
  /** Those that can be measured. */
  readonly ready: readonly System[];
  /** The others. */
  readonly missing: readonly MissingSystem[];
}
