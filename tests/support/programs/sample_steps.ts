/** Step functions for tests that run transactions in this process, and what they did. */

import { context } from "../../../lib/process/step_context.ts";

/** What the steps have done, in order. Reading it empties it. */
export const effects: string[] = [];

/** Leaves a trace and returns it. */
export function note(text: string): string {
  effects.push(text);
  return text;
}

/** Leaves a trace some turns of the event loop later, each call another number of them. */
export async function noteLater(text: string): Promise<string> {
  for (let turns = effects.length % 7; turns >= 0; turns -= 1) await new Promise((resolve) => setTimeout(resolve, 0));
  return note(text);
}

/** Joins texts. */
export function join(...texts: readonly string[]): string {
  return note(texts.join("+"));
}

/** Fails, unless the effects have a word that mends it. */
export function failUnless(word: string): string {
  if (!effects.includes(word)) throw new RangeError(`There is no ${word}`);
  return note(`fixed by ${word}`);
}

/** Returns an object. */
export function makeUser(name: string): { id: number; name: string; boss: null } {
  effects.push(`user ${name}`);
  return { id: 7, name, boss: null };
}

/** Returns what cannot be stored. */
export function makeStream(): ReadableStream {
  effects.push("stream");
  return new ReadableStream();
}

/** Changes what it gets. */
export function spoil(list: string[]): number {
  list.push("spoilt");
  return note(list.join()).length;
}

/** Empties the list of effects and returns what was in it. */
export function takeEffects(): string[] {
  return effects.splice(0);
}

/** A probe that looks for a trace of the step: its first argument. The trace "unsure" makes it unsure, "broken" fail. */
export function wasNoted(text: string): { done: true; value: string } | { done: false } | { done: "unknown" } {
  if (effects.includes("broken")) throw new Error("The probe is broken");
  if (effects.includes("unsure")) return { done: "unknown" };
  return effects.includes(text) ? { done: true, value: text } : { done: false };
}

/** Fails as often as it is told, with an error of the given name, and then leaves a trace. */
export function failTimes(times: number, name: string): string {
  const before = effects.filter((effect) => effect === "failed").length;
  if (before >= times) return note(`done after ${before}`);
  effects.push("failed");
  throw Object.assign(new Error("Not yet", { cause: Object.assign(new Error("why"), { name }) }), { name: "Wrapper" });
}

/** Fails with an error that lies so deep in others, each with much to say. */
export function failDeep(depth: number, name: string): never {
  effects.push("failed");
  let error = Object.assign(new Error("at last"), { name });
  for (let level = 0; level < depth; level += 1) error = new Error("x".repeat(4000), { cause: error });
  throw error;
}

/** Ends when it is aborted, either way. */
export function untilStopped(how: "return" | "throw"): Promise<string> {
  const { signal } = context();
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => how === "return" ? resolve(note("stopped")) : reject(signal.reason));
  });
}

/** Values and errors that resist being looked at. */
export const ODD_VALUES: Readonly<Record<string, () => unknown>> = {
  "an error whose stack throws something without text": () =>
    Object.defineProperty(new Error("odd"), "stack", {
      get() {
        throw Object.create(null);
      },
    }),
  "an error with a key of two million characters": () => Object.assign(new Error("odd"), { ["k".repeat(2e6)]: 1 }),
  "an object with an endless symbol": () => ({ [Symbol("s".repeat(2e6))]: 1 }),
  "a proxy that throws": () =>
    new Proxy(new Error("odd"), {
      getPrototypeOf() {
        throw new Error("no prototype for you");
      },
      get(target, key) {
        if (key === "then") return undefined;
        throw target;
      },
    }),
  "nothing": () => undefined,
  "an object without a prototype": () => Object.create(null),
  "a frozen error with long causes": () => {
    let error = new Error("x".repeat(1e6));
    for (let depth = 0; depth < 8; depth += 1) error = new Error("\u{10ffff}".repeat(1e5), { cause: error });
    return Object.freeze(error);
  },
};

/** Returns one of the odd values. */
export function returnOdd(what: string): unknown {
  effects.push("odd");
  return ODD_VALUES[what]?.();
}

/** Throws one of the odd values. */
export function throwOdd(what: string): never {
  effects.push("odd");
  throw ODD_VALUES[what]?.();
}

/** Calling it runs nothing. */
export function* generate(): Generator<number> {
  effects.push("generated");
  yield 1;
}
