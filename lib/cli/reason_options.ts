import type { CommandOption } from "./command.ts";

/** The options of every command that takes a decision: who says so, and why. */
export const REASON_OPTIONS: readonly CommandOption[] = [
  { name: "by", value: "NAME", summary: "who decides; else what USER, LOGNAME or USERNAME says, if it may be read" },
  { name: "why", value: "TEXT", summary: "why" },
];
