import type { CommandRequest } from "./command.ts";
import { UsageError } from "./usage_error.ts";

/** What says how a forecast is shown, and nothing else. */
const FLAGS: readonly string[] = ["load", "json", "show-secrets"];

/**
 * Refuses flags that only mean something with `--dry-run`, where that is not given.
 *
 * @throws {UsageError} There is one.
 */
export function requireDryRun({ flags }: CommandRequest, command: string): void {
  const lone = flags.has("dry-run") ? undefined : FLAGS.find((name) => flags.has(name));
  if (lone !== undefined) throw new UsageError(`--${lone} belongs to --dry-run`, command);
}
