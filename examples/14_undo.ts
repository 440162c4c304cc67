/**
 * Steps that can be taken back. The hotel is booked, the train as well, and then there is no flight:
 *
 * ```sh
 * deno run -A examples/14_undo.ts      # fails at the flight
 * deno run -A jsr:@x/resumable-tx/cli rollback journey.json --dry-run      # says what would be undone, and what stays
 * deno run -A jsr:@x/resumable-tx/cli rollback journey.json --strict      # refuses: the mail has no undo
 * deno run -A jsr:@x/resumable-tx/cli rollback journey.json --to hotel      # gives back the train, and keeps the hotel
 * deno run -A jsr:@x/resumable-tx/cli rollback journey.json      # gives back the hotel, too; the mail stays sent
 * ```
 *
 * Each undo is written down like a step. One that fails, or is killed, is gone on with by `rollback` or `resume`.
 *
 * @module
 */
import { Transaction } from "jsr:@x/resumable-tx";

export function book(what: string): { ticket: string } {
  if (what === "flight") throw new Error("All flights are full");
  console.log(`Booked the ${what}`);
  return { ticket: `${what}-17` };
}

/** The undo: called with the step's value, and then with the step's arguments. */
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
