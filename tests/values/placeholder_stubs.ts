import { setBrand } from "../../lib/values/brand.ts";

/** Makes what the planner would make for a value of an earlier step. */
export function createRef(step: string, path: readonly string[] = [], owner: object = {}): object {
  const ref = {};
  setBrand(ref, "ref", { owner, step, path });
  return ref;
}

/** Makes what `env()` would make. */
export function createEnv(name: string): object {
  const variable = Object.create({ toJSON: () => "must not be called" });
  setBrand(variable, "env", { name });
  return variable;
}
