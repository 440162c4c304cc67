import type { Span } from "@opentelemetry/api";
import type { StoredError } from "../journal/stored.ts";
import type { Tracing } from "./load_tracing.ts";
import { quietly } from "./quietly.ts";
import { toStoredError } from "./stored_error.ts";

/** How what a span stands for ended. */
export interface SpanEnd {
  /** In a word of the journal. */
  readonly outcome: string;
  /** What was thrown, as it is, if something was. */
  readonly error: unknown;
}

/** What OpenTelemetry's conventions have `error.type` say when nobody knows the error. */
const UNKNOWN_ERROR = "_OTHER";

/** Ends a span with what came of it. Each part on its own: a span that is not ended is never shown. */
export function endSpan(span: Span, { SpanStatusCode }: Tracing, { outcome, error }: SpanEnd): void {
  quietly(() => span.setAttribute("resumable_tx.outcome", outcome));
  if (error !== undefined) {
    const stored = toStoredError(error);
    quietly(() => span.setAttribute("error.type", stored.name));
    quietly(() => span.recordException({ name: stored.name, message: stored.message, stack: stackOf(stored) }));
    quietly(() => span.setStatus({ code: SpanStatusCode.ERROR, message: stored.message }));
  } else if (outcome === "failed" || outcome === "aborted") {
    quietly(() => span.setAttribute("error.type", UNKNOWN_ERROR));
    quietly(() => span.setStatus({ code: SpanStatusCode.ERROR }));
  }
  quietly(() => span.end());
}

/** The form in which the runtime itself would show it. */
function stackOf({ name, message, stack }: StoredError): string {
  const frames = stack === undefined || stack === "" ? [] : stack.split("\n");
  return [`${name}: ${message}`, ...frames.map((frame) => `    ${frame}`)].join("\n");
}
