import type { EventOf, Runner } from "../../journal/event.ts";
import { storeValue } from "../../journal/stored_value.ts";
import type { PlanNode } from "../../plan/node.ts";
import type { Encoded } from "../../values/json.ts";
import { cutNodes } from "../call/expansion.ts";

/** Makes events of a plan, in order. */
export function planEvents(
  nodes: readonly PlanNode[],
  value: Encoded,
): readonly EventOf<"planned" | "ready">[] {
  const planned = cutNodes(nodes).map((part): EventOf<"planned"> => ({ type: "planned", nodes: part }));
  return [...planned, { type: "ready", nodes: nodes.length, ...storeValue(value) }];
}

/** Says who runs here, as far as it may be asked: without a prompt, and without a failure. */
export function describeRunner(): Runner {
  const mayAsk = Deno.permissions.querySync({ name: "sys", kind: "hostname" }).state === "granted";
  return { pid: Deno.pid, ...(mayAsk ? { host: Deno.hostname().slice(0, 200) } : {}) };
}
