import type { Event } from "../../journal/event.ts";
import { readArguments, readValue, storeArguments, storeValue } from "../../journal/stored_value.ts";
import type { PlanNode } from "../../plan/node.ts";
import type { Redact } from "./redact_secrets.ts";

/** Hides what must not be shown in the values of an event. */
export function redactEvent(event: Event, redact: Redact): Event {
  switch (event.type) {
    case "planned":
    case "expanded":
      return { ...event, nodes: event.nodes.map((node) => redactNode(node, redact)) };
    case "ready":
    case "finished":
    case "signalled":
      return { ...event, ...storeValue(redact(readValue(event))) };
    case "decided":
      if (event.decision === "insert") {
        return {
          ...event,
          nodes: event.nodes.map((node) => redactNode(node, redact)),
        };
      }
      if (event.decision === "edit") return { ...event, ...storeArguments(redact(readArguments(event))) };
      return event.decision === "done" ? { ...event, ...storeValue(redact(readValue(event))) } : event;
    default:
      return event;
  }
}

function redactNode(node: PlanNode, redact: Redact): PlanNode {
  if (node.kind !== "step" || node.args === undefined) return node;
  const { argsMeta: _meta, ...rest } = node;
  return { ...rest, ...storeArguments(redact(readArguments(node))) };
}
