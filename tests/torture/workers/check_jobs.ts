import type { Event } from "../../../lib/journal/event.ts";
import type { Store } from "../../../lib/storage/store.ts";

/** What a file of effects says: which attempts of which step of a transaction had one. */
export type Effects = ReadonlyMap<string, readonly number[]>;

/** Reads the file of effects. */
export function readEffects(path: string): Effects {
  const effects = new Map<string, number[]>();
  for (const line of Deno.readTextFileSync(path).split("\n").slice(0, -1)) {
    const [name, step, attempt] = line.split(" ");
    const key = `${name} ${step}`;
    effects.set(key, [...effects.get(key) ?? [], Number(attempt)]);
  }
  return effects;
}

/** Compares what a transaction says with what it did, in words. A step of which the file says nothing has no effects. */
export async function checkJob(
  store: Pick<Store, "read">,
  { journal, name }: { readonly journal: string; readonly name: string },
  effects: Effects,
): Promise<readonly string[]> {
  const events: Event[] = [];
  await store.read(journal, (record) => void events.push(...record.events));
  const faults: string[] = [];
  if (events.at(-1)?.type !== "ended") faults.push(`${name} has not finished: ${events.at(-1)?.type}`);
  const started = new Map<string, number>();
  const finished = new Map<string, number>();
  for (const event of events) {
    if (event.type === "started") started.set(event.step, event.attempt);
    if (event.type !== "finished") continue;
    if (finished.has(event.step)) faults.push(`${name}: step ${event.step} finished twice`);
    finished.set(event.step, event.attempt);
  }
  for (const [step, last] of finished) {
    // A sleep and a wait have no call.
    if (!started.has(step)) continue;
    const attempts = effects.get(`${name} ${step}`) ?? [];
    const which = `${name}: step ${step}, attempt`;
    if (new Set(attempts).size < attempts.length) faults.push(`${which}s ${attempts}: one of them was called twice`);
    if (!attempts.includes(last)) faults.push(`${which} ${last} finished, and its effect is lost`);
    const late = attempts.filter((attempt) => attempt > last || attempt > (started.get(step) ?? 0));
    if (late.length > 0) faults.push(`${which}s ${late} were called although attempt ${last} had finished: repeated`);
  }
  for (const key of effects.keys()) {
    const [of, step = ""] = key.split(" ");
    if (of === name && !finished.has(step)) faults.push(`${name}: step ${step} had an effect and never finished`);
  }
  return faults;
}
