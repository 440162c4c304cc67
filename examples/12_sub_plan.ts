/**
 * A step that returns a plan: a condition and a loop over values that are only known at run time. First, paper is missing:
 *
 * ```sh
 * echo "ana 3,ben 1,eve 2" > guests.txt
 * deno run -A examples/12_sub_plan.ts      # invites ana, reserves a table for her, and fails at ben
 * deno run -A jsr:@x/resumable-tx/cli inspect party.json      # the plan of step 2 is in the journal, as 2.1, 2.2, …
 * touch paper
 * deno run -A jsr:@x/resumable-tx/cli resume party.json      # invites ben and eve, and prints: 3 letters
 * ```
 *
 * @module
 */
import { plan, type SubPlan, Transaction } from "jsr:@x/resumable-tx";

export async function readGuests(path: string): Promise<string[]> {
  return (await Deno.readTextFile(path)).trim().split(",");
}

/** Ordinary TypeScript decides. After it has returned, it is never called again: the rest comes from the journal. */
export function inviteAll(guests: readonly string[]): SubPlan<void> {
  return plan((t) => {
    for (const line of guests) {
      t.do(invite, line, `${Deno.cwd()}/paper`);
      if (!line.endsWith(" 1")) t.do(print, `A table for ${line}`);
    }
    t.do(print, `${guests.length} letters`);
  });
}

export async function invite(guest: string, paper: string): Promise<void> {
  if (guest.startsWith("ben")) await Deno.stat(paper);
  console.log(`Dear ${guest}, please come`);
}

export const print = (text: string): void => console.log(text);

if (import.meta.main) {
  const path = `${Deno.cwd()}/guests.txt`;
  await Transaction.run(import.meta, (t) => void t.do(inviteAll, t.do(readGuests, path)), { journal: "party.json" });
}
