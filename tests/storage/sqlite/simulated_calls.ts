import type { NewTransaction, Owned, RecordRow } from "../../../lib/storage/sql/table_rows.ts";
import { Tables } from "../../../lib/storage/sqlite/tables.ts";

/** Numbers from 0 to 1 that a seed repeats. */
export type Random = () => number;

/** The names of all calls. */
export const MEMBERS: readonly string[] = membersOf(Tables.prototype);

function membersOf(prototype: object): readonly string[] {
  const above: unknown = Object.getPrototypeOf(prototype);
  const own = Object.getOwnPropertyNames(prototype).filter((name) => name !== "constructor");
  return above === Object.prototype || typeof above !== "object" || above === null
    ? own
    : [...own, ...membersOf(above)];
}

/** Writes that may come again at any time. */
export const MAY_REPEAT =
  /^(?:add|append|beat|begin|bury|claim|conclude|create|freeOrphans|giveBack|leave|listen|prune|remove|stop|take|wake)/;

/** Of these, one whose answer has arrived was executed once and does not come again. */
export const IS_SURE = /^addWorker/;

/** How much goes wrong, as shares of all calls. */
export interface Trouble {
  /** The call never arrives. */
  readonly lost: number;
  /** It was executed, and its answer does not arrive. */
  readonly unanswered: number;
  /** Its sender is told that the database is away, and it arrives nevertheless, up to two leases later. */
  readonly late: number;
  /** It takes some time, up to two leases. */
  readonly slow: number;
}

export const CALM: Trouble = { lost: 0, unanswered: 0, late: 0, slow: 0 };

/** For an event log. */
export function tellJson(value: unknown): string {
  return (JSON.stringify(value) ?? "nothing").slice(0, 400);
}

/** Who has sent a call, and what it says it owns. */
export function senderOf(member: string, args: readonly unknown[]): {
  readonly sender: string | undefined;
  readonly owned: ReadonlyMap<string, number>;
} {
  const [first, second] = args as readonly [unknown, unknown];
  const own = (sender: string | undefined, rows: readonly Pick<Owned, "tx" | "epoch">[] = []) => (
    { sender, owned: new Map(rows.map(({ tx, epoch }) => [tx, epoch])) }
  );
  switch (member) {
    case "append":
      return own(first as string, second as readonly RecordRow[]);
    case "conclude":
      return own(first as string, (second as readonly { readonly record: RecordRow }[]).map(({ record }) => record));
    case "begin":
      return own(first as string, second as readonly Owned[]);
    case "giveBack":
    case "leave":
    case "listen":
      return own((first as Owned).worker, [first as Owned]);
    case "remove":
    case "stopListening":
      return own((first as readonly Owned[])[0]?.worker, first as readonly Owned[]);
    case "create":
      return own((first as readonly NewTransaction[])[0]?.owner);
    case "beat":
    case "claim":
    case "removeWorker":
      return own(first as string);
    case "take":
      return own(second as string);
    default:
      return own(undefined);
  }
}
