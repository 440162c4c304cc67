import { readBrand } from "./brand.ts";
import { StandIn } from "./stand_in.ts";
import type { ValueWalk } from "./value_walk.ts";

/** Copies a ref or an env, or returns `undefined` when the object is neither. */
export function copyPlaceholder(walk: ValueWalk, value: object): StandIn | undefined {
  const ref = readBrand(value, "ref");
  if (ref !== undefined) {
    walk.meetRef(ref);
    walk.markRich();
    walk.count(ref.step.length);
    for (const key of ref.path) walk.count(key.length);
    return new StandIn("ref", ref.path.length === 0 ? { step: ref.step } : { step: ref.step, path: [...ref.path] });
  }
  const env = readBrand(value, "env");
  if (env === undefined) return undefined;
  walk.markRich();
  walk.count(env.name.length);
  return new StandIn("env", env.name);
}
