/**
 * Steps that can be undone. The hotel and the train are booked, and then there is no flight:
 *
 * ```sh
 * deno run -A examples/14_undo.ts      # fails at the flight
 * deno run -A jsr:@x/resumable-tx/cli rollback journey.json --dry-run      # shows what would be undone, and what stays
 * deno run -A jsr:@x/resumable-tx/cli rollback journey.json --strict      # refuses: the mail has no undo
 * deno run -A jsr:@x/resumable-tx/cli rollback journey.json --to hotel      # cancels the train, and keeps the hotel
 * deno run -A jsr:@x/resumable-tx/cli rollback journey.json      # cancels the hotel too; the mail stays sent
 * ```
 *
 * Each undo is recorded like a step. If one fails or is killed, `rollback` or `resume` continues.
 *
 * @module
 */
import { Transaction } from "jsr:@x/resumable-tx";

export function book(what: string): { ticket: string } {
  if (what === "flight") throw new Error("All flights are full");
  console.log(`Booked the ${what}`);
  return { ticket: `${what}-17` };
}

/** The undo. It is called with the step's value, followed by the step's arguments. */
export function giveBack({ ticket }: { ticket: string }, what: string): void {
  console.log(`Gave back the ${what}, ${ticket}`);
}

export function sendMail(text: string): void {
  console.log(text);
}

if (import.meta.main) {
  await Transaction.run(import.meta, (t) => {
    t.do(book, "hotel").with({ undo: giveBack, name: "hotel" });
    t.do(sendMail, "You have a bed");
    t.do(book, "train").with({ undo: giveBack });
    t.do(book, "flight").with({ undo: giveBack });
  }, { journal: "journey.json" });
}
