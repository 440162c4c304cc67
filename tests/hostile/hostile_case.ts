/** Where a hostile journal is tried. */
export interface HostileSetting {
  /** The folder that it lies in. */
  readonly folder: string;
  /** URL of a module that leaves a file when it is imported, and another when its function is called. */
  readonly canary: string;
  /** URL of the same module on a server that is not on the loopback by its name. */
  readonly remote: string;
}

/** A journal that somebody has written to do harm. */
export interface HostileCase {
  /** What it tries. */
  readonly tries: string;
  /** Its bytes, as text. */
  readonly write: (setting: HostileSetting) => string;
  /** The exit codes of inspect, check and resume. */
  readonly codes: readonly [inspect: number, check: number, resume: number];
  /** What resume finds out only when it runs, --dry-run does not know. */
  readonly skipsDryRun?: true;
  /** It is tried in real processes too. */
  readonly isWorst?: true;
}

/** The exit codes of a journal whose file is sound, and which resume refuses for what it names. */
export const REFUSED = [0, 0, 77] as const;
/** Those of one that nobody reads. */
export const DAMAGED = [65, 65, 65] as const;
