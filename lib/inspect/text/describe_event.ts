import type { Decided, Event, EventOf } from "../../journal/event.ts";
import { readArguments, readValue, type StoredValue } from "../../journal/stored_value.ts";
import { isGroup, type PlanNode } from "../../plan/node.ts";
import { cutText, escapeForTerminal } from "../../text/escape.ts";
import { formatNumberOf } from "../format/format_counts.ts";
import { formatReason, formatRunner } from "../format/format_who.ts";
import { formatError } from "../format/format_error.ts";
import { formatDuration, formatTime } from "../../text/format_time.ts";
import { formatValue } from "../format/format_value.ts";
import { formatModules } from "./render_header.ts";

const MAX_TEXT = 300;

/** Finds the names of what events refer to by number. */
export interface Labels {
  /** A step: the author's name for it, or its function's; empty if there is no such step. */
  readonly step: (id: string) => string;
  readonly module: (index: number) => string;
}

/** Describes an event in a few words, on one line. The id of its step is shown elsewhere. Escaped. */
export function describeEvent(event: Event, labels: Labels): string {
  const said = event.type === "decided" ? describeDecided(event, labels) : describeFact(event, labels);
  return said.replace(/^[ ,:]+/, "");
}

function describeFact(event: Exclude<Event, Decided>, labels: Labels): string {
  switch (event.type) {
    case "opened":
      return escape(`by ${formatRunner(event)} with resumable-tx ${event.library}, for ${event.home}`);
    case "planned":
      return nodesOf(event.nodes);
    case "ready":
      return "the plan is complete";
    case "ended":
      return "all steps are done";
    case "resumed":
      return describeResumed(event, labels);
    case "signalled":
      return `${escape(`${JSON.stringify(event.signal)} arrived${formatReason(event)}`)}${valueOf(event)}`;
    case "cancelled":
      return escape(`nothing further runs${formatReason(event)}`);
    case "aborted":
      return `${escape(labels.step(event.step))}${
        event.error === undefined ? " ended the run" : `: ${formatError(event.error)}`
      }`;
    case "waiting":
      return escape(describeWaiting(event, labels));
    case "undone":
      return event.step === undefined
        ? "the rollback is complete"
        : `${escape(labels.step(event.step))}${after(event.ms ?? 0)}`;
    default:
      return describeAttempt(event, escape(labels.step(event.step)));
  }
}

function describeAttempt(
  event: Extract<Event, { type: "started" | "finished" | "failed" | "retrying" | "expanded" | "undoing" }>,
  label: string,
): string {
  switch (event.type) {
    case "started":
    case "undoing":
      return event.attempt === 1 ? label : `${label}, attempt ${event.attempt}`;
    case "finished": {
      const { expands, dropped } = event;
      const lost = dropped === undefined ? "" : escape(`, without its value: ${dropped.reason}`);
      return `${label}${after(event.ms)}${expands === undefined ? valueOf(event) : " → a plan"}${lost}`;
    }
    case "failed":
      return `${label}${event.undo === true ? ", its undo," : ""}${after(event.ms)}: ${formatError(event.error)}`;
    case "retrying":
      return `${label}, attempt ${event.attempt} no earlier than ${escape(formatTime(event.until))} UTC`;
    case "expanded":
      return `${label} returned ${nodesOf(event.nodes)}`;
    default:
      return event satisfies never;
  }
}

function describeWaiting(
  { step, for: reason, until, signal }: Extract<Event, { type: "waiting" }>,
  labels: Labels,
): string {
  const label = labels.step(step);
  if (reason === "signal") return `${label} for the signal ${JSON.stringify(signal ?? "")}`;
  if (reason === "time") return `${label}${until === undefined ? " for its time" : ` until ${formatTime(until)} UTC`}`;
  return `${label} for a decision`;
}

function describeDecided(event: Decided, labels: Labels): string {
  const by = formatReason(event);
  switch (event.decision) {
    case "rollback":
      return escape(
        `undo what has happened${event.to === undefined ? "" : `, back to step ${event.to}`}${by}`,
      );
    case "insert": {
      const place = event.after === undefined ? "before all others" : `after step ${event.after}`;
      return escape(`${nodesOf(event.nodes)} more, ${place}${by}`);
    }
    case "done":
      return escape(`${labels.step(event.step)} counts as done${by}`) + (event.given === true ? valueOf(event) : "");
    case "edit":
      return escape(`${labels.step(event.step)} gets new arguments${by}: `) +
        formatValue(readArguments(event));
    default:
      return escape(`${labels.step(event.step)} ${DECISIONS[event.decision]}${by}`);
  }
}

const DECISIONS = {
  retry: "runs (again)",
  skip: "is skipped",
  remove: "is removed from the plan",
  rewind: "and all steps after it run again",
  undecide: "is as it was before the last decision",
} as const;

function describeResumed(event: EventOf<"resumed">, labels: Labels): string {
  const { run, library, recovered, modules = [] } = event;
  const changed = modules.map(({ module, url, sha256 }) => {
    const before = labels.module(module);
    return { url: url ?? before, from: url && before, sha256 };
  });
  const cut = recovered === undefined ? "" : `; ${recovered.cutBytes} bytes that a crash had left were removed`;
  const said = escape(`run ${run} by ${formatRunner(event)} with resumable-tx ${library}`);
  return `${said}${changed.length === 0 ? "" : `; ${formatModules(changed)}`}${cut}`;
}

/** Sleeps and waits take no time of their own. */
function after(ms: number): string {
  return ms === 0 ? "" : ` after ${formatDuration(ms)}`;
}

function valueOf(event: StoredValue): string {
  return event.value === undefined ? "" : ` → ${formatValue(readValue(event))}`;
}

function nodesOf(nodes: readonly PlanNode[]): string {
  const [first, last] = [nodes.at(0)?.id, nodes.at(-1)?.id];
  if (first === undefined || last === undefined) return formatNumberOf(0, "step");
  const steps = nodes.filter((node) => !isGroup(node)).length;
  return escape(`${formatNumberOf(steps, "step")}: ${first === last ? first : `${first} to ${last}`}`);
}

function escape(text: string): string {
  return escapeForTerminal(cutText(text, MAX_TEXT));
}
