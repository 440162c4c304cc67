import type { Event } from "../../journal/event.ts";
import type { PlanNode } from "../../plan/node.ts";
import type { Encoded, Json } from "../../values/json.ts";

/** Takes out of the values in an event what is not to be shown. */
export function concealEvent(event: Event, conceal: (encoded: Encoded) => Encoded): Event {
  switch (event.type) {
    case "planned":
    case "expanded":
      return { ...event, nodes: event.nodes.map((node) => concealNode(node, conceal)) };
    case "ready":
    case "finished":
    case "signalled":
      return { ...event, ...concealValue(event, conceal) };
    case "decided":
      if (event.decision === "insert") {
        return {
          ...event,
          nodes: event.nodes.map((node) => concealNode(node, conceal)),
        };
      }
      if (event.decision === "edit") return { ...event, ...concealArguments(event, conceal) };
      return event.decision === "done" ? { ...event, ...concealValue(event, conceal) } : event;
    default:
      return event;
  }
}

function concealNode(node: PlanNode, conceal: (encoded: Encoded) => Encoded): PlanNode {
  if (node.kind !== "step" || node.args === undefined) return node;
  const { argsMeta: _meta, ...rest } = node;
  return { ...rest, ...concealArguments({ args: node.args, argsMeta: node.argsMeta }, conceal) };
}

function concealArguments(
  { args, argsMeta }: { readonly args: Json; readonly argsMeta?: Json | undefined },
  conceal: (encoded: Encoded) => Encoded,
): { readonly args: Json; readonly argsMeta?: Json } {
  const { value = args, meta } = conceal(toEncoded(args, argsMeta));
  return { args: value, ...(meta === undefined ? {} : { argsMeta: meta }) };
}

function concealValue(
  { value, valueMeta }: { readonly value?: Json; readonly valueMeta?: Json },
  conceal: (encoded: Encoded) => Encoded,
): { readonly value?: Json; readonly valueMeta?: Json } {
  const { value: shown, meta } = conceal(toEncoded(value, valueMeta));
  return { ...(shown === undefined ? {} : { value: shown }), ...(meta === undefined ? {} : { valueMeta: meta }) };
}

function toEncoded(value: Json | undefined, meta: Json | undefined): Encoded {
  return { ...(value === undefined ? {} : { value }), ...(meta === undefined ? {} : { meta }) };
}
