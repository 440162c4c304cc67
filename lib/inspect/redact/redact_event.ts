import type { Event } from "../../journal/event.ts";
import type { PlanNode } from "../../plan/node.ts";
import type { Encoded, Json } from "../../values/json.ts";

/** Takes out of the values in an event what is not to be shown. */
export function redactEvent(event: Event, redact: (encoded: Encoded) => Encoded): Event {
  switch (event.type) {
    case "planned":
    case "expanded":
      return { ...event, nodes: event.nodes.map((node) => redactNode(node, redact)) };
    case "ready":
    case "finished":
    case "signalled":
      return { ...event, ...redactValue(event, redact) };
    case "decided":
      if (event.decision === "insert") {
        return {
          ...event,
          nodes: event.nodes.map((node) => redactNode(node, redact)),
        };
      }
      if (event.decision === "edit") return { ...event, ...redactArguments(event, redact) };
      return event.decision === "done" ? { ...event, ...redactValue(event, redact) } : event;
    default:
      return event;
  }
}

function redactNode(node: PlanNode, redact: (encoded: Encoded) => Encoded): PlanNode {
  if (node.kind !== "step" || node.args === undefined) return node;
  const { argsMeta: _meta, ...rest } = node;
  return { ...rest, ...redactArguments({ args: node.args, argsMeta: node.argsMeta }, redact) };
}

function redactArguments(
  { args, argsMeta }: { readonly args: Json; readonly argsMeta?: Json | undefined },
  redact: (encoded: Encoded) => Encoded,
): { readonly args: Json; readonly argsMeta?: Json } {
  const { value = args, meta } = redact(toEncoded(args, argsMeta));
  return { args: value, ...(meta === undefined ? {} : { argsMeta: meta }) };
}

function redactValue(
  { value, valueMeta }: { readonly value?: Json; readonly valueMeta?: Json },
  redact: (encoded: Encoded) => Encoded,
): { readonly value?: Json; readonly valueMeta?: Json } {
  const { value: shown, meta } = redact(toEncoded(value, valueMeta));
  return { ...(shown === undefined ? {} : { value: shown }), ...(meta === undefined ? {} : { valueMeta: meta }) };
}

function toEncoded(value: Json | undefined, meta: Json | undefined): Encoded {
  return { ...(value === undefined ? {} : { value }), ...(meta === undefined ? {} : { meta }) };
}
