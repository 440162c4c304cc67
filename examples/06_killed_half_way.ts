/**
 * A process that is killed during a step, twice. The outcome of these steps is not recorded:
 * ```sh
 * deno run -A examples/06_killed_half_way.ts      # killed while it charges the card
 * deno run -A jsr:@x/resumable-tx/cli resume order-7.json      # asks (exit code 3): did step 1 happen?
 * cat ledger.txt      # yes, it did
 * deno run -A jsr:@x/resumable-tx/cli resume order-7.json --done 1      # continues; killed while it announces the order
 * deno run -A jsr:@x/resumable-tx/cli resume order-7.json      # announces again without asking; prints the ledger
 * ```
 *
 * @module
 */
import { context, Transaction } from "jsr:@x/resumable-tx";

/** Not repeatable: a second call would charge again. Therefore the default, `interrupted: "ask"`, is right. */
export async function charge(ledger: string, amount: number): Promise<void> {
  await Deno.writeTextFile(ledger, `charged ${amount}\n`, { append: true });
  if (context().attempt === 1) Deno.kill(Deno.pid, "SIGKILL");
}

/** Repeatable: the recipient recognises a repeated announcement by its key, which is the same in each attempt. */
export async function announce(ledger: string, order: number): Promise<void> {
  const { attempt, idempotencyKey } = context();
  const isKnown = (await Deno.readTextFile(ledger)).includes(idempotencyKey);
  if (!isKnown) await Deno.writeTextFile(ledger, `announced ${order} ${idempotencyKey}\n`, { append: true });
  if (attempt === 1) Deno.kill(Deno.pid, "SIGKILL");
}

export async function print(path: string): Promise<void> {
  console.log((await Deno.readTextFile(path)).trimEnd());
}

if (import.meta.main) {
  await Transaction.run(import.meta, (t) => {
    const ledger = `${Deno.cwd()}/ledger.txt`;
    t.do(charge, ledger, 10);
    t.do(announce, ledger, 7).with({ interrupted: "retry" });
    t.do(print, ledger);
  }, { journal: "order-7.json" });
}
