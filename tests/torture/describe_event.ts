import type { JournalEvent } from "../../mod.ts";

/** An event as a word that tells it from all others of its journal: its type, step and attempt, or its run. */
export function describeEvent(event: JournalEvent): string {
  const step = "step" in event ? ` ${event.step ?? ""}` : "";
  const attempt = "attempt" in event ? ` ${event.attempt}` : "";
  const run = event.type === "resumed" ? ` ${event.run}` : "";
  return `${event.type}${step}${attempt}${run}`;
}
