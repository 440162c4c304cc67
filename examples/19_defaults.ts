/**
 * Options that all steps have in common, because they talk to the same moody mail server. Its second letter kills the
 * process:
 *
 * ```sh
 * deno run -A examples/19_defaults.ts      # each letter is refused once, and sent then; the process is killed
 * deno run -A jsr:@x/resumable-tx/cli inspect letters.json      # of the group "letters" one is sent, and one is unknown
 * deno run -A jsr:@x/resumable-tx/cli resume letters.json      # sends that one again, and asks nobody
 * ```
 *
 * The options are in the journal, with each step: whoever resumes needs to know nothing of them. A step's own option goes
 * before them: to charge somebody twice is worse than to be asked.
 *
 * @module
 */
import { context, type SharedOptions, Transaction } from "jsr:@x/resumable-tx";

const MAIL: SharedOptions = {
  // To send a letter twice does no harm.
  interrupted: "retry",
  // Pauses of 10, 30, 50, 50, … milliseconds, each shorter by up to a half: so that not all come back at the same time.
  retry: { maxAttempts: 6, delayMs: 10, factor: 3, maxDelayMs: 50, jitter: 0.5 },
  timeoutMs: 10_000,
};

export function send(name: string): string {
  const { attempt, transactionId } = context();
  if (attempt === 1) throw new Error("The mail server is in a bad mood");
  console.log(`Dear ${name}`);
  if (attempt === 2 && name === "ben") Deno.kill(Deno.pid, "SIGKILL");
  return transactionId;
}

export function charge(batches: readonly string[]): void {
  console.log(`Charged ${batches.length} letters of ${new Set(batches).size} batch`);
}

if (import.meta.main) {
  await Transaction.run(import.meta, (t) => {
    // Nobody reads letters before that.
    t.sleep(new Date("2026-01-07T08:00:00Z"), { name: "holidays" });
    const names = ["ana", "ben", "eve"];
    const batches = t.parallel((p) => names.map((name) => p.do(send, name)), { name: "letters", limit: 1 });
    t.do(charge, batches).with({ interrupted: "ask" });
  }, { journal: "letters.json", defaults: MAIL });
}
