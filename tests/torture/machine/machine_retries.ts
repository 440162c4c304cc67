import { assert, assertEquals } from "@std/assert";
import type { Event } from "../../../lib/journal/event.ts";
import type { StoredError } from "../../../lib/journal/stored.ts";
import type { PlanNode } from "../../../lib/plan/node.ts";
import type { Life } from "./machine_life.ts";
import type { MachineSpec } from "./machine_spec.ts";

type StepNode = Extract<PlanNode, { kind: "step" }>;

/** What the journal has said about a step so far. */
interface Tried {
  readonly node: StepNode;
  failures: number;
  last: StoredError | undefined;
}

/**
 * Checks which failures were followed by another attempt: none that is final, none of a step that is tried once;
 * and no step was given up that could be tried again. No pause is longer than its options make it. A step that is given up
 * says at once that everything is to be undone, if it is. The defaults are options of all steps of the author's own plan.
 */
export function checkRetries(life: Life, { defaults, onFailure }: MachineSpec): void {
  const { moments, found, givenUp } = life;
  const steps = new Map<string, Tried>();
  for (const [seq, { text, time }] of moments.entries()) {
    const events: readonly Event[] = JSON.parse(text);
    for (const event of events) {
      if (event.type === "planned" || event.type === "expanded") {
        for (const node of event.nodes) {
          if (node.kind === "step") steps.set(node.id, { node, failures: 0, last: undefined });
        }
        if (event.type === "planned") checkDefaults(event.nodes, defaults);
      }
      const step = "step" in event ? steps.get(event.step ?? "") : undefined;
      if (step === undefined) continue;
      checkStep(step, event, time);
      // What fails because the author has cancelled it is no reason to undo anything.
      if (event.type !== "failed" || event.undo === true || seq < found || givenUp !== undefined) continue;
      if (step.node.options?.retry !== undefined && !isFinal(step.node, event.error)) continue;
      assertEquals(event.rollback, onFailure === "rollback" ? true : undefined, `${step.node.id} has failed for good`);
    }
  }
}

function checkDefaults(nodes: readonly PlanNode[], defaults: MachineSpec["defaults"]): void {
  for (const node of nodes) {
    if (node.kind !== "step") continue;
    const missing = Object.keys(defaults).filter((key) => !Object.hasOwn(node.options ?? {}, key));
    assert(missing.length === 0, `step ${node.id} has not got the defaults ${missing}`);
  }
}

function checkStep(step: Tried, event: Event, time: number): void {
  const { node: { id, options }, failures, last } = step;
  if (event.type === "failed") {
    step.failures += 1;
    step.last = event.error;
  } else if (event.type === "undoing" && event.attempt === 1) {
    step.failures = 0;
  } else if (event.type === "retrying") {
    assert(options?.retry !== undefined, `step ${id} is tried again without a retry policy`);
    assert(last !== undefined && !isFinal(step.node, last), `step ${id} is tried again after a final error`);
    const { delayMs = 1000, factor = 2, maxDelayMs = 60_000 } = options.retry;
    const longest = Math.min(delayMs * factor ** (failures - 1), maxDelayMs);
    const pause = Date.parse(event.until) - time;
    assert(pause <= Math.round(longest), `step ${id} pauses for ${pause} ms, which is longer than ${longest}`);
  } else if (event.type === "aborted" && event.error === undefined && last !== undefined) {
    // However they are counted, there are not too many.
    const isOver = options?.retry === undefined || failures >= (options.retry.maxAttempts ?? 5) ||
      isFinal(step.node, last);
    assert(isOver, `step ${id} was given up after ${failures} failures, and could be tried again`);
  }
}

function isFinal(node: StepNode, { name, cause }: StoredError): boolean {
  if (node.options?.retry?.nonRetryable?.includes(name) === true) return true;
  return cause !== undefined && isFinal(node, cause);
}
