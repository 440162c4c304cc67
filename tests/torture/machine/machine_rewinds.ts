import { assertEquals } from "@std/assert";
import { TransactionUndone } from "../../../lib/errors/running_errors.ts";
import type { LifeEnd } from "./machine_life.ts";
import type { MachineModel } from "./model/machine_model.ts";
import type { Deed } from "./machine_world.ts";

/** Checks the keys that steps were told to be known by: the same as long as a step was not rewound, and another one then. */
export function checkKeys(deeds: readonly Deed[]): void {
  const rewinds = new Map<string, number>();
  const keys = new Map<string, string>();
  const calls = new Map<string, string>();
  for (const { kind, key, value = "" } of deeds) {
    if (kind === "rewound") rewinds.set(key, (rewinds.get(key) ?? 0) + 1);
    if (kind !== "begun") continue;
    const call = `${key}, rewound ${rewinds.get(key) ?? 0} times`;
    assertEquals(calls.get(value) ?? call, call, `idempotency key ${value}`);
    assertEquals(keys.get(call) ?? value, value, `idempotency key of ${call}`);
    calls.set(value, call);
    keys.set(call, value);
  }
}

/** Checks that a rollback names the effects from before a rewind. */
export function checkRewoundNamed(end: LifeEnd, model: MachineModel): void {
  const named = end.kind === "threw"
    ? end.error instanceof TransactionUndone ? end.error.rewound : []
    : Object(end.value).rewound;
  assertEquals([...named].sort(), model.rewoundBehind().sort(), "named as rewound");
}
