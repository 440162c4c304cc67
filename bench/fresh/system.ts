import type { Task } from "./task.ts";

/** The name of this library in the table. */
export const OURS = "ours";
/** Its name in the table where its journals are in a database. */
export const OURS_IN = { sqlite: "ours on SQLite", postgres: "ours on PostgreSQL" } as const;
/** The name of the bare program in the table. */
export const BARE = "bare files";
/** The names of systems of others in the table. */
export const OPENWORKFLOW = "openworkflow on SQLite";
export const DBOS = "DBOS on PostgreSQL";

/** A system whose programs are measured. */
export interface System {
  /** Its name in the table. */
  readonly name: string;
  /** Whether it is a system of others. */
  readonly isPeer: boolean;
  /** How many attempts of steps it allows in one transaction; without it, any number. */
  readonly maxAttempts?: number;
  /** A process that was killed keeps what it ran, until its lease is over. */
  readonly hasLease?: boolean;
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
