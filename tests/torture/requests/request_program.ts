/**
 * A program that runs a transaction again and again until it is over: `request_program.ts run JOURNAL ROUNDS`; or sends it
 * signals: `request_program.ts send JOURNAL NAME COUNT`, and says on standard output what it was told of each, as JSON.
 *
 * @module
 */
import { DecisionRefused, JournalLocked, JournalNotFound, Transaction, TransactionClosed } from "@x/resumable-tx";
import { TransactionPaused } from "@x/resumable-tx";
import { signalJournal } from "../../../lib/run/amend/send_request.ts";
import { FileStore } from "../../../lib/storage/file/file_store.ts";

/** What a sender was told of one signal: first that it is recorded, if a process runs the transaction, and then the rest. */
export interface Told {
  /** The signal's value: no other signal has it. */
  readonly value: string;
  /** The id of the request, if one was recorded. */
  readonly id?: string;
  /** What has become of it. `missed`: the transaction is over, or takes no requests. */
  readonly said: "recorded" | "applied" | "refused" | "missed";
}

/** Long enough to let requests in. */
const PAUSE_MS = 260;
const SLOW_MS = 120;
/** Before the next look at a transaction that waits. */
const IDLE_MS = 20;

/** Blocks before the folder of requests is removed: what is sent then comes between the last look and the end of a run. */
function removeSlowly(): void {
  const original = Deno.removeSync;
  const clock = new Int32Array(new SharedArrayBuffer(4));
  Reflect.set(Deno, "removeSync", (...args: Parameters<typeof original>) => {
    if (String(args[0]).endsWith(".requests")) Atomics.wait(clock, 0, 0, SLOW_MS);
    original(...args);
  });
}

async function run(journal: string, rounds: number): Promise<void> {
  for (;;) {
    try {
      await Transaction.run(import.meta, (t) => {
        for (let round = 0; round < rounds; round += 1) {
          t.parallel((p) => {
            p.sleep(PAUSE_MS);
            p.waitFor("go");
          });
        }
      }, { journal, keep: true, ifExists: "resume" });
      return;
    } catch (error) {
      // A sender may have it for a moment.
      if (!(error instanceof TransactionPaused) && !(error instanceof JournalLocked)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  }
}

async function send(journal: string, name: string, count: number): Promise<void> {
  const store = new FileStore();
  for (let index = 0; index < count; index += 1) {
    const value = `${name}${index}`;
    let id: string | undefined;
    const tell = (said: Told["said"]) => console.log(JSON.stringify({ value, id, said } satisfies Told));
    const recorded = (request: { readonly id: string }) => {
      id = request.id;
      tell("recorded");
    };
    try {
      const { kind } = await signalJournal(store, journal, { signal: "go", value }, { recorded });
      if (kind === "applied") tell("applied");
    } catch (error) {
      const isMissed = [TransactionClosed, JournalLocked, JournalNotFound].some((kind) => error instanceof kind);
      if (!isMissed && !(error instanceof DecisionRefused)) throw error;
      tell(id === undefined ? "missed" : "refused");
    }
  }
}

if (import.meta.main) {
  const [role, journal = "", name = "", count = "0"] = Deno.args;
  if (role === "run") {
    removeSlowly();
    await run(journal, Number(name));
  }
  if (role === "send") await send(journal, name, Number(count));
}
