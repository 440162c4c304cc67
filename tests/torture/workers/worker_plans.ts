/** The transactions that workers run while they are killed. Each effect is a line in a file. */

import { context, plan, type Planner, type QueuedTransaction, type SubPlan, Transaction } from "@x/resumable-tx";

/** What a transaction does, apart from its effects. */
export const KINDS = ["sleeps", "waits", "retries", "groups", "plans"] as const;

/** One of them. */
export type Kind = typeof KINDS[number];

/** The signal for which those wait that wait. */
export const SIGNAL = "go";
const FAILURES = 2;

/** Adds a line: which transaction, step and attempt. */
export function effect(log: string, name: string): void {
  const { stepId, attempt } = context();
  Deno.writeTextFileSync(log, `${name} ${stepId} ${attempt}\n`, { append: true });
}

/** Fails in its first attempts, and says nothing of them. */
export function failAtFirst(log: string, name: string): void {
  if (context().attempt <= FAILURES) throw new Error("busy");
  effect(log, name);
}

/** Returns a plan. */
export function makePlan(log: string, name: string): SubPlan<void> {
  effect(log, name);
  return plan((t) => {
    t.do(effect, log, name);
    t.do(effect, log, name);
  });
}

/** Records a transaction of a kind. */
export function enqueueJob(
  journal: string,
  { kind, log, name, queue }: {
    readonly kind: Kind;
    readonly log: string;
    readonly name: string;
    readonly queue?: string | undefined;
  },
): Promise<QueuedTransaction<unknown>> {
  const build = (t: Planner) => {
    t.do(effect, log, name);
    addMiddle(t, kind, { log, name });
    t.do(effect, log, name);
  };
  return Transaction.enqueue(import.meta, build, { journal, queue, defaults: { interrupted: "retry" } });
}

function addMiddle(t: Planner, kind: Kind, { log, name }: { readonly log: string; readonly name: string }): void {
  switch (kind) {
    case "sleeps":
      return t.sleep(1500);
    case "waits":
      t.waitFor(SIGNAL);
      return;
    case "retries":
      t.do(failAtFirst, log, name).with({ retry: { maxAttempts: 10, delayMs: 100 } });
      return;
    case "groups":
      return t.parallel((group) => {
        for (let member = 0; member < 3; member += 1) group.do(effect, log, name);
      });
    case "plans":
      t.do(makePlan, log, name);
      return;
    default:
      return kind satisfies never;
  }
}
