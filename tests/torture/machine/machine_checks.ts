import { assert, assertEquals } from "@std/assert";
import type { Event } from "../../../lib/journal/event.ts";
import { deriveStatuses } from "../../../lib/state/progress.ts";
import { describeFinished, describeUndone, outlineRun } from "../../../lib/progress/run_summary.ts";
import { foldRecords } from "../../../lib/state/apply_event.ts";
import { progressOf } from "../../../lib/state/progress.ts";
import { State } from "../../../lib/state/state.ts";
import { StepIndex } from "../../../lib/state/step_index.ts";
import { factsOf, givenKeys, insertedKeys } from "./machine_facts.ts";
import type { Life, LifeOptions, Remains } from "./machine_life.ts";
import { MachineModel } from "./model/machine_model.ts";
import { evaluateMachine } from "./machine_plan.ts";
import type { MachineSpec } from "./machine_spec.ts";
import type { Deed, MachineWorld } from "./machine_world.ts";
import { keptKeys, statusesIn } from "./model/model_views.ts";

/** Reads records with the model and with the library's own state: record by record they must agree. */
export function readRecords(records: Remains["records"]): MachineModel {
  const model = new MachineModel();
  const state = new State({ keepsValues: false });
  const fold = foldRecords("machine", state);
  for (const [seq, events] of records.entries()) {
    fold({ seq, at: new Date(0).toISOString(), events });
    for (const event of events) model.apply(event);
    assertEquals(statusesOf(state), statusesIn(model), `statuses after record ${seq}`);
  }
  return model;
}

function statusesOf(state: State): Record<string, string> {
  return Object.fromEntries(
    [...state.byId.values()].filter(({ node: { kind } }) => kind !== "parallel" && kind !== "sequence")
      .map(({ node, status }) => [node.id, status]),
  );
}

/**
 * Makes a check that the run's state is the state that a reader of the journal gets now.
 *
 * @returns The check, to be called with the same journal as it grows.
 */
export function stateCheck(): LifeOptions["onDurable"] {
  const read = new State({ keepsValues: false });
  const fold = foldRecords("machine", read);
  let seq = 0;
  return (state, moments, shown) => {
    for (; seq < moments.length; seq += 1) fold({ seq, at: "", events: parse(moments[seq]?.text ?? "") });
    assertSame(state, read);
    const views = viewsOf(read);
    assertEquals(viewsOf(state), views, "views of the run");
    if (shown !== undefined) assertEquals(shown, views.progress, "what the observer was shown");
    const { running, counts } = views.progress;
    assertEquals([running.length, counts], [counts.started ?? 0, views.counts], "progress and inspection");
  };
}

/** What is said of a state, on the terminal, to observers, and by `inspect`. */
function viewsOf(state: State) {
  return {
    progress: progressOf(state),
    counts: deriveStatuses(state, true).counts,
    finished: describeFinished({ ...outlineRun(state), startsBefore: 0 }, true),
    undone: describeUndone(state),
  };
}

function assertSame(actual: State, expected: State): void {
  const [one, other] = [comparable(actual), comparable(expected)];
  // To compare what is equal member by member takes far longer.
  if (JSON.stringify(one) !== JSON.stringify(other)) assertEquals(one, other);
}

/**
 * A crash leaves what the run had acknowledged: all of it, in order, and at most one record more, which was being written.
 * What a reader gets then follows from the events that the observer received.
 *
 * @param records What the crash leaves.
 * @param seen How many deeds were done by then.
 */
export function checkCrash({ told, found }: Life, records: Remains["records"], seen: number): void {
  const acknowledged = told.filter((entry) => entry.deeds <= seen && entry.records <= records.length)
    .map(({ text }): Event => JSON.parse(text));
  const own = records.slice(found);
  const count = own.flat().length === acknowledged.length ? own.length : own.length - 1;
  assertEquals(acknowledged, own.slice(0, Math.max(0, count)).flat(), "acknowledged before the crash");
  const events = acknowledged.map((event) => [event]);
  assertSame(foldAll([...records.slice(0, found), ...events, ...own.slice(Math.max(0, count))]), foldAll(records));
}

function foldAll(records: Remains["records"]): State {
  const state = new State({ keepsValues: false });
  const fold = foldRecords("machine", state);
  for (const [seq, events] of records.entries()) fold({ seq, at: "", events });
  return state;
}

/**
 * Without the times at which things were written, and without marks of how far it was looked at. Where a step
 * that others refer to appears again, its number stands for it.
 */
function comparable(value: unknown, steps = new Map<unknown, number>()): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (steps.has(value)) return steps.get(value);
  if ("node" in value) steps.set(value, steps.size);
  const compare = (member: unknown) => comparable(member, steps);
  if (value instanceof Map || value instanceof Set) return Array.from<unknown, unknown>(value, compare);
  if (value instanceof StepIndex) return Array.from(value.values(), compare);
  if (Array.isArray(value)) return value.map(compare);
  const entries = Object.entries(value).filter(([key, member]) => member !== undefined && !PASSING.has(key));
  return Object.fromEntries(entries.map(([key, member]) => [key, compare(member)]));
}

const PASSING = new Set([
  "at",
  "openedAt",
  "startedAt",
  "lastAt",
  "ranAt",
  "cursor",
  "settledRuns",
  "hasValues",
  "trace",
]);

/** Checks the deeds of one life against its records: nothing is called before it is durable that it is, and each once. */
export function checkCalls({ moments, deeds, found }: Life): void {
  const calls = new Map<string, number[]>();
  const from = deeds.findLastIndex(({ kind }) => kind === "crash") + 1;
  for (const [index, { kind, key }] of deeds.entries()) {
    if (index < from || (kind !== "begun" && kind !== "undo begun")) continue;
    calls.set(`${kind} ${key}`, [...calls.get(`${kind} ${key}`) ?? [], index]);
  }
  const keys = new Map<string, unknown>();
  for (const [seq, { text, acknowledged }] of moments.entries()) {
    for (const event of JSON.parse(text)) {
      for (const node of event.nodes?.length === undefined ? [] : event.nodes) keys.set(node.id, node.args?.[0]);
      if (seq < found || (event.type !== "started" && event.type !== "undoing")) continue;
      const call = `${event.type === "started" ? "begun" : "undo begun"} ${keys.get(event.step)}`;
      const index = calls.get(call)?.shift();
      assert(index !== undefined, `${call}: written, and not called`);
      assert(acknowledged !== undefined && index >= acknowledged, `${call}: called before that was durable`);
    }
  }
  assertEquals([...calls].filter(([, left]) => left.length > 0), [], "called, and not written");
}

/** Checks that the observer was told what became durable, that nothing was begun after the end was wanted, nor too early. */
export function checkCourse({ moments, found, told, givenUp, skipsRetryDelay }: Life, { width }: MachineSpec): void {
  // The rest of what belongs together is written even if something else comes in between.
  const late = width === undefined ? givenUp ?? Infinity : Infinity;
  const untils = new Map<string, string>();
  const sleeps = new Set<string>();
  const events = moments.flatMap(({ text, time }, seq) =>
    parse(text).map((event) => ({ event, time, isOwn: seq >= found, isLate: seq >= late }))
  );
  assertEquals(told.map(({ text }) => JSON.parse(text)), events.filter(({ isOwn }) => isOwn).map(({ event }) => event));
  for (const { event, time, isOwn, isLate } of events) {
    assert(!isLate || event.type !== "started", "a step was started after the transaction was given up");
    const nodes = event.type === "planned" || event.type === "expanded" ? event.nodes : [];
    for (const { kind, id } of nodes) if (kind === "sleep") sleeps.add(id);
    if (event.type === "retrying" || (event.type === "waiting" && event.for === "time")) {
      if (isOwn || !skipsRetryDelay || sleeps.has(event.step)) untils.set(event.step, event.until ?? "");
    } else if (event.type === "decided" && event.decision === "rewind") {
      for (const id of untils.keys()) if (isFrom(event.step, id)) untils.delete(id);
    } else if (event.type === "decided" && "step" in event) untils.delete(event.step);
    else if (event.type === "started" || event.type === "undoing" || event.type === "finished") {
      const until = Date.parse(untils.get(event.step) ?? "");
      assert(!isOwn || !(time < until), `step ${event.step} went on ${until - time} ms too early`);
      untils.delete(event.step);
    }
  }
}

/** Whether a node is another one, lies in it, or comes after it. */
function isFrom(first: string, id: string): boolean {
  const numbers = id.split(".");
  const differing = first.split(".").findIndex((number, index) => number !== numbers[index]);
  if (differing === -1) return true;
  return Number(numbers[differing] ?? 0) > Number(first.split(".")[differing]);
}

function parse(text: string): Event[] {
  return JSON.parse(text);
}

/** Checks a transaction that has finished: its value, and what was done for it. */
export function checkFinished(world: MachineWorld, model: MachineModel, value: unknown): void {
  const { parts } = world.spec;
  const facts = factsOf(model, world);
  const keys = new Set(insertedKeys(model, "finished").filter((key) => facts.said(key) === undefined));
  assertEquals(value, evaluateMachine(parts, "", facts, [], (key) => keys.add(key)));
  const leftOut = insertedKeys(model, "skipped");
  const done = keysOf(world.deeds, "effect").filter((key) =>
    world.effectOf(key) !== undefined && !leftOut.includes(key)
  );
  assertEquals([...new Set(done)].sort(), [...keys].sort(), "parts with an effect");
  for (const key of keys) {
    const part = world.call(key);
    if (part.kind === "step" && part.policy !== "retry") {
      assertEquals(world.count("effect", key), 1, `effects of ${key}`);
    }
  }
}

/** Checks a transaction that was rolled back: what has happened since it was rewound is undone, and nothing else. */
export function checkUndone(world: MachineWorld, model: MachineModel): void {
  const kept = keptKeys(model);
  const given = givenKeys(model);
  for (const key of new Set(keysOf(world.deeds, "effect"))) {
    const { kind, undo, policy } = world.call(key);
    const count = world.count("undone", key);
    const isRewound = world.effectOf(key) === undefined;
    // Regardless of what happened before a rewind: since then a decision says that it happened.
    if (isRewound && given.has(key)) continue;
    if (undo === "none" || kept.has(key) || isRewound) assertEquals(count, 0, `times that ${key} was undone`);
    else if (policy === "ask" || (kind === "step" && policy !== "retry")) {
      assertEquals(count, 1, `times that ${key} was undone`);
    } else assert(count >= 1, `${key} was not undone`);
  }
}

/** Checks what was undone: it had happened, or a decision said so. */
export function checkUndos(world: MachineWorld, model: MachineModel): void {
  const given = givenKeys(model);
  for (const { kind, key } of world.deeds) {
    if (kind !== "undo begun") continue;
    assert(world.count("effect", key) > 0 || given.has(key), `${key} was undone, and has not happened`);
  }
}

function keysOf(deeds: readonly Deed[], kind: Deed["kind"]): string[] {
  return deeds.filter((deed) => deed.kind === kind).map(({ key }) => key);
}
