import type { TransactionUndone } from "../errors/running_errors.ts";
import type { RollbackEnd } from "../run/rollback_end.ts";

/** What stays when a rollback that somebody resumed is complete: what stays because of `to` is told apart. */
export function undoneEnd({ left, rewound, kept }: TransactionUndone): RollbackEnd {
  return { left: left.filter((id) => !kept.includes(id)), rewound, kept };
}
