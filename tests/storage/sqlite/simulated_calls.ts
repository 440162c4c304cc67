import type { NewTransaction, Owned, RecordRow } from "../../../lib/storage/sql/table_rows.ts";
import { Tables } from "../../../lib/storage/sqlite/tables.ts";

/** The names of all calls. */
export const MEMBERS: readonly string[] = membersOf(Tables.prototype);

function membersOf(prototype: object): readonly string[] {
  const above: unknown = Object.getPrototypeOf(prototype);
  const own = Object.getOwnPropertyNames(prototype).filter((name) => name !== "constructor");
  return above === Object.prototype || typeof above !== "object" || above === null
    ? own
    : [...own, ...membersOf(above)];
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
