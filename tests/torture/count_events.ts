import type { Event } from "../../lib/journal/event.ts";

/** Counts the events of a journal, a record to a line, by their kinds: what they are, and what tells them apart most. */
export function countEvents(journal: string, counts: Map<string, number>): void {
  for (const line of journal.split("\n")) {
    const events: readonly Event[] = line === "" ? [] : JSON.parse(line).events;
    for (const event of events) {
      const kind = kindOf(event);
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
  }
}

function kindOf(event: Event): string {
  switch (event.type) {
    case "waiting":
      return `waiting for ${event.for}`;
    case "failed":
      if (event.rollback === true) return "failed, and rolls back";
      return event.undo === true ? "an undo failed" : "failed";
    case "finished":
      return event.dropped === undefined ? "finished" : "finished without its value";
    case "decided":
      if (event.decision === "rollback") return event.to === undefined ? "rollback" : "rollback to a step";
      return event.by === "probe" ? `${event.decision} by probe` : event.decision;
    default:
      return event.type;
  }
}
