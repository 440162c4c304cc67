import type { Context, Span } from "@opentelemetry/api";
import type { StoredError } from "../../journal/stored.ts";

type AttemptOutcome = "finished" | "failed" | "unknown";

export interface AttemptTrace {
  /** Does the attempt's work, so that spans that it creates (`fetch` creates one) become children of this one. */
  within<T>(work: () => T): T;
  /** Ends it. Only the first end counts. */
  end(outcome: AttemptOutcome, error?: StoredError): void;
}

interface LiveAttemptOptions {
  readonly tracing: Tracing;
  readonly span: Span;
  readonly context: Context;
  readonly onEnd: () => void;
}

/** Replaces the span of every attempt when traces are off. */
export const NO_ATTEMPT_TRACE: AttemptTrace = {
  within: (work) => work(),
  end: () => {},
};

export class LiveAttemptTrace implements AttemptTrace {
  readonly #parts: LiveAttemptOptions;
  #hasEnded = false;

  constructor(parts: LiveAttemptOptions) {
    this.#parts = parts;
  }

  /** Does the work once, with the span if possible, and ends as the work does. */
  within<T>(work: () => T): T {
    const { tracing, context } = this.#parts;
    let end: WorkEnd<T> | undefined;
    const workOnce = () => end ??= settle(work);
    ignoreErrors(() => tracing.context.with(context, workOnce));
    // Has no effect unless the tracer failed before it did the work.
    const settled = workOnce();
    if ("thrown" in settled) throw settled.thrown;
    return settled.value;
  }

  end(outcome: AttemptOutcome, error?: StoredError): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    endSpan(this.#parts.span, this.#parts.tracing, { outcome, error });
    this.#parts.onEnd();
  }
}

type WorkEnd<T> = { readonly value: T } | { readonly thrown: unknown };

/** Keeps what the work throws apart from what the tracer throws. */
function settle<T>(work: () => T): WorkEnd<T> {
  try {
    return { value: work() };
  } catch (thrown) {
    return { thrown };
  }
}

interface SpanEnd {
  /** A word of the journal. */
  readonly outcome: string;
  readonly error: StoredError | undefined;
}

/** The value of `error.type` for an unknown error, by OpenTelemetry's conventions. */
const UNKNOWN_ERROR = "_OTHER";

/** Ends a span with its outcome. Each call is protected on its own: a span that is not ended is never shown. */
export function endSpan(span: Span, { SpanStatusCode }: Tracing, { outcome, error }: SpanEnd): void {
  ignoreErrors(() => span.setAttribute("resumable_tx.outcome", outcome));
  if (error !== undefined) {
    const { name, message } = error;
    ignoreErrors(() => span.setAttribute("error.type", name));
    ignoreErrors(() => span.recordException({ name, message, stack: stackOf(error) }));
    ignoreErrors(() => span.setStatus({ code: SpanStatusCode.ERROR, message }));
  } else if (outcome === "failed" || outcome === "aborted") {
    ignoreErrors(() => span.setAttribute("error.type", UNKNOWN_ERROR));
    ignoreErrors(() => span.setStatus({ code: SpanStatusCode.ERROR }));
  }
  ignoreErrors(() => span.end());
}

/** The form in which the runtime itself would show it. */
function stackOf({ name, message, stack }: StoredError): string {
  const frames = stack === undefined || stack === "" ? [] : stack.split("\n");
  return [`${name}: ${message}`, ...frames.map((frame) => `    ${frame}`)].join("\n");
}

/** Does work whose errors must not touch the run. */
export function ignoreErrors<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

export type Tracing = Pick<typeof import("@opentelemetry/api"), "context" | "trace" | "SpanStatusCode">;

/** The key under which every copy of the API finds in a process what was registered. */
const REGISTERED = Symbol.for("opentelemetry.js.api.1");

/**
 * Loads OpenTelemetry's API if there is a receiver of traces: Deno with `OTEL_DENO=true`, or an SDK that the program has set
 * up. Looking at what is registered needs no permission; reading the variable would.
 */
export async function loadTracing(): Promise<Tracing | undefined> {
  if (ignoreErrors(isRegistered) !== true) return undefined;
  try {
    // A literal, so that the package is in the user's lock file and cache before traces are turned on.
    return await import("@opentelemetry/api");
  } catch {
    return undefined;
  }
}

function isRegistered(): boolean {
  const registered: unknown = Reflect.get(globalThis, REGISTERED);
  return typeof registered === "object" && registered !== null && Reflect.get(registered, "trace") !== undefined;
}
