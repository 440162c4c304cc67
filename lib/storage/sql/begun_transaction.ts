import { encodeRecord } from "../../journal/encode_record.ts";
import type { Event, EventOf } from "../../journal/event.ts";
import { VERSION } from "../../version.ts";
import { newId } from "../locator.ts";
import type { NewTransaction } from "./table_rows.ts";

/** What the first record says of a transaction. */
export interface BegunTransaction
  extends Pick<NewTransaction, "id" | "name" | "queue" | "priority" | "library" | "home" | "record"> {
  /** When its first record was written. */
  readonly at: string;
}

/** @param name The name of the journal: a name, or the id of the transaction. */
export function toBegun(name: string, events: readonly Event[], at: string): BegunTransaction {
  const opened = events.find((event): event is EventOf<"opened"> => event.type === "opened");
  const id = isUuid(opened?.id) ? opened.id : newId();
  const { bytes, sum } = encodeRecord({ seq: 0, at, events }, "");
  return {
    id,
    at,
    name: name === id ? undefined : name,
    queue: opened?.queue ?? "default",
    priority: opened?.priority ?? 0,
    library: opened?.library ?? VERSION,
    home: opened?.home ?? "",
    record: { data: new TextDecoder().decode(bytes.subarray(1, -2)), sum },
  };
}

export function isUuid(id: string | undefined): id is string {
  return id !== undefined && /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(id);
}
