/**
 * Options for all steps, because they all use the same unreliable mail server. The second letter kills the
 * process:
 *
 * ```sh
 * deno run -A examples/19_defaults.ts      # each letter is refused once, then sent; the process is killed
 * deno run -A jsr:@x/resumable-tx/cli inspect letters.json      # in the group "letters", one is sent and one is unknown
 * deno run -A jsr:@x/resumable-tx/cli resume letters.json      # sends that one again without asking
 * ```
 *
 * The options are stored with each step, so you do not need to know them to resume. A step's own option overrides them:
 * a second charge is worse than a question.
 *
 * @module
 */
import { context, type SharedOptions, Transaction } from "jsr:@x/resumable-tx";

const MAIL: SharedOptions = {
  // Sending a letter twice does no harm.
  interrupted: "retry",
  // Delays of 10, 30, 50, 50, … milliseconds, each reduced by up to a half, so that not all retries come at once.
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
    // Letters are only read after that.
    t.sleep(new Date("2026-01-07T08:00:00Z"), { name: "holidays" });
    const names = ["ana", "ben", "eve"];
    const batches = t.parallel((p) => names.map((name) => p.do(send, name)), { name: "letters", limit: 1 });
    t.do(charge, batches).with({ interrupted: "ask" });
  }, { journal: "letters.json", defaults: MAIL });
}
