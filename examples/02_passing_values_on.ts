/**
 * Values of earlier steps as arguments of later steps. At first, an environment variable is missing:
 *
 * ```sh
 * deno run -A examples/02_passing_values_on.ts      # fails before the first step; the journal has the plan
 * SIGNATURE="The team" deno run -A jsr:@x/resumable-tx/cli resume transaction-….json      # prints the letter
 * SIGNATURE="The team" deno run -A examples/02_passing_values_on.ts      # prints the letter, and what `run` returns
 * ```
 *
 * The journal contains the name of the variable, and never its value.
 *
 * @module
 */
import { env, Transaction } from "jsr:@x/resumable-tx";

export function createUser(name: string): { id: number; name: string; since: Date } {
  return { id: 7, name, since: new Date("2026-11-23T02:15:00Z") };
}

export function chooseRooms(userId: number): string[] {
  return [`room ${userId}`, "kitchen"];
}

export function writeLetter(letter: { to: string; first: string; since: Date }, signature: string): string {
  const text = `Dear ${letter.to}, from ${letter.since.getFullYear()} on you have ${letter.first}. ${signature}`;
  console.log(text);
  return text;
}

if (import.meta.main) {
  const result = await Transaction.run(import.meta, (t) => {
    const user = t.do(createUser, "Ana").with({ name: "user" });
    const rooms = t.do(chooseRooms, user.get("id"));
    // A ref can be anywhere in an argument; `get` refers to a part of the value.
    const letter = { to: user.get("name"), first: rooms.get(0), since: user.get("since") };
    const text = t.do(writeLetter, letter, env("SIGNATURE"));
    return { user, rooms, characters: text.get("length") };
  });
  console.log(result);
}
