import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { TransactionPaused } from "../../../lib/errors/running_errors.ts";
import type { Event } from "../../../lib/journal/event.ts";
import type { PlanNode } from "../../../lib/plan/node.ts";
import type { MachineCounts } from "./machine_counts.ts";
import type { Life } from "./machine_life.ts";
import type { MachineSpec } from "./machine_spec.ts";
import type { Deed } from "./machine_world.ts";

/** How long an aborted step may take to stop, in milliseconds. */
const GRACE_MS = 5_000;

/** One call of a step's function, or of its undo. Times are in milliseconds since 1970, places are numbers of records. */
interface Call {
  readonly step: string;
  readonly timeoutMs: number;
  readonly begunAt: number;
  /** When it was aborted because its time was up. */
  toldAt: number | undefined;
  /** When it ended; never in this process if it is infinite. */
  overAt: number;
  /** The record with its end. */
  end: number;
  /** The first record that asks for its outcome. */
  asked: number;
}

/**
 * Checks that steps are aborted when their time is up, and not before; that no decision is asked for before the grace period
 * is over; that nothing begins from then on until the outcome is known; and that an outcome that comes later is recorded.
 */
export function checkOverdue(life: Life, { width }: MachineSpec, counts: MachineCounts): void {
  const calls = readCalls(life);
  for (const call of calls) {
    checkTold(call, life);
    checkAsked(call, life);
    // The rest of what belongs together is written even if something else comes in between.
    if (width === undefined) checkNothingBegins(call, life);
    if (call.overAt < Infinity) assert(call.end < Infinity, `the end of step ${call.step} was lost`);
    if (!(call.overAt > graceEnd(call))) continue;
    counts.overdue += 1;
    if (call.end < call.asked) counts.inTime += 1;
    else if (call.end < Infinity) counts.late += 1;
  }
  if (calls.some(({ asked }) => asked < Infinity)) {
    assertInstanceOf(life.end.kind === "threw" ? life.end.error : undefined, TransactionPaused);
  }
}

function graceEnd({ begunAt, timeoutMs }: Call): number {
  return begunAt + timeoutMs + GRACE_MS;
}

function checkTold({ step, begunAt, timeoutMs, toldAt, overAt }: Call, { givenUp, endedAt }: Life): void {
  const limit = begunAt + timeoutMs;
  if (toldAt !== undefined) assertEquals(toldAt - limit, 0, `how late step ${step} was aborted`);
  // A step that was aborted already because the run was cancelled is not aborted again.
  else if (givenUp === undefined) assert(!(Math.min(overAt, endedAt) > limit), `step ${step} was not aborted`);
}

function checkAsked(call: Call, { moments, endedAt }: Life): void {
  const { step, overAt, asked } = call;
  const over = graceEnd(call);
  if (asked < Infinity) {
    const askedAt = moments[asked]?.time ?? 0;
    assert(askedAt >= over, `it was asked about step ${step} ${over - askedAt} ms before its time of grace was over`);
  } else if (overAt === Infinity) assert(endedAt < over, `no decision was asked for about step ${step}`);
}

function checkNothingBegins(call: Call, { moments, found }: Life): void {
  const { step, end } = call;
  const over = graceEnd(call);
  for (const [seq, { text, time }] of moments.entries()) {
    // A record that has both has the end first.
    if (seq < found || seq >= end || !(time > over)) continue;
    const begun = JSON.parse(text).find(({ type }: Event) => type === "started" || type === "undoing");
    assertEquals(begun?.step, undefined, `begins although step ${step} is overdue`);
  }
}

function readCalls({ moments, deeds, found }: Life): Call[] {
  const own = deeds.slice(deeds.findLastIndex(({ kind }) => kind === "crash") + 1);
  const nodes = new Map<string, PlanNode>();
  const calls: Call[] = [];
  const open = new Map<string, Call>();
  for (const [seq, { text }] of moments.entries()) {
    const events: readonly Event[] = JSON.parse(text);
    for (const event of events) {
      if ("nodes" in event && typeof event.nodes !== "number") {
        for (const node of event.nodes) nodes.set(node.id, node);
      }
      if (seq < found || !("step" in event) || event.step === undefined) continue;
      const call = open.get(event.step);
      if (event.type === "started" || event.type === "undoing") {
        const begun = beginCall(event.type, nodes.get(event.step), own);
        if (begun === undefined) continue;
        open.set(event.step, begun);
        calls.push(begun);
      } else if (event.type === "waiting" && event.for === "decision" && call !== undefined) {
        call.asked = Math.min(call.asked, seq);
      } else if (call !== undefined && ["finished", "failed", "undone"].includes(event.type)) {
        call.end = seq;
        open.delete(event.step);
      }
    }
  }
  return calls;
}

/** Takes what a call has done out of the deeds. */
function beginCall(type: "started" | "undoing", node: PlanNode | undefined, deeds: Deed[]): Call | undefined {
  if (node?.kind !== "step" || !Array.isArray(node.args)) return undefined;
  const [key] = node.args;
  const timeoutMs = node.options?.timeoutMs ?? Infinity;
  const index = deeds.findIndex((deed) =>
    deed.key === key && deed.kind === (type === "started" ? "begun" : "undo begun")
  );
  const [begun] = index === -1 ? [] : deeds.splice(index, 1);
  if (begun === undefined) return undefined;
  const call: Call = {
    step: node.id,
    timeoutMs,
    begunAt: begun.at,
    toldAt: undefined,
    overAt: Infinity,
    end: Infinity,
    asked: Infinity,
  };
  for (let at = index; at < deeds.length && call.overAt === Infinity; at += 1) {
    const deed = deeds[at];
    if (deed?.key !== key) continue;
    if (deed?.kind === "told") call.toldAt = deed.at;
    if (deed?.kind === "over") call.overAt = deed.at;
  }
  return call;
}
