import type { Event } from "./event.ts";
import { parseEvent } from "./parse_event.ts";

/**
 * Refuses events that a reader would refuse: once they are in a journal, nobody can go on with it.
 *
 * @throws {TypeError} An event is not of its form, or there is none.
 */
export function checkEvents(events: readonly Event[]): void {
  if (events.length === 0) throw new TypeError("Cannot write a record without events");
  for (const event of events) {
    const parsed = parseEvent(event);
    if ("event" in parsed) continue;
    const { path, reason } = parsed.fault;
    throw new TypeError(`Cannot write an event of type ${JSON.stringify(event.type)}: event${path} ${reason}`);
  }
}
