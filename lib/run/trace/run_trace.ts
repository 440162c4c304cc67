import type { Attributes, Context, Span, SpanContext, Tracer } from "@opentelemetry/api";
import type { StoredError } from "../../journal/stored.ts";
import type { FunctionName } from "../../modules/load_functions.ts";
import { withoutUndefined } from "../../values/json.ts";
import { attempt as ignoreErrors, isObject } from "../../values/shape.ts";

interface RunTraceOptions {
  readonly transactionId: string;
  readonly home: string;
  readonly journal: string;
  readonly run: number;
  readonly library: string;
  /** `traceparent` of the first run, as the journal has it; a text of another form is ignored. */
  readonly firstTrace?: string | undefined;
}

/** What an attempt's span says. No arguments and no values: they may be secrets. */
export interface TracedAttempt extends FunctionName {
  readonly step: string;
  readonly name?: string | undefined;
  readonly attempt: number;
  readonly kind: "step" | "undo" | "probe";
}

interface TracedEnd {
  readonly kind: "finished" | "failed";
  readonly error?: StoredError;
}

export interface AttemptTrace {
  /** Does the attempt's work, so that spans that it creates (`fetch` creates one) become children of this one. */
  within<T>(work: () => T): T;
  /** Ends it as a call ends, whose end is returned. */
  follow<T extends TracedEnd>(call: Promise<T>): Promise<T>;
  /** Ends it. Only the first end counts. */
  end(outcome: "finished" | "failed" | "unknown", error?: StoredError): void;
}

/** Replaces the span of every attempt when traces are off. */
const NO_ATTEMPT_TRACE: AttemptTrace = { within: (work) => work(), follow: (call) => call, end: () => {} };

type Tracing = Pick<typeof import("@opentelemetry/api"), "context" | "trace" | "SpanStatusCode">;

interface LiveRun {
  readonly tracing: Tracing;
  readonly tracer: Tracer;
  readonly span: Span;
  readonly context: Context;
  readonly transactionId: string;
}

const SCOPE = "@x/resumable-tx";

/**
 * The trace of one run: a span for the run, and below it one for each attempt. Empty unless there is a receiver of traces.
 * Errors of a tracer do not touch the run.
 */
export class RunTrace {
  readonly #live: LiveRun | undefined;
  readonly #open = new Set<AttemptTrace>();
  #hasEnded = false;

  /** The trace of a run whose span has been started; without one, a trace that does nothing. */
  constructor(live?: LiveRun) {
    this.#live = live;
  }

  /**
   * Starts the span of a run, if traces are on. It is a child of the span within which this is called, and refers to that
   * of the first run by a link: a resume may come weeks later, in another process, and is no part of the first run.
   */
  static async begin(options: RunTraceOptions): Promise<RunTrace> {
    const tracing = await loadTracing();
    return new RunTrace(tracing && ignoreErrors(() => startRun(tracing, options)));
  }

  /** Names the run's span for the journal, so that later runs can refer to it: a W3C `traceparent`. */
  get traceparent(): string | undefined {
    return ignoreErrors(() => this.#live && formatTraceparent(this.#live.span.spanContext()));
  }

  attempt(traced: TracedAttempt): AttemptTrace {
    const live = this.#live;
    return (live && ignoreErrors(() => this.#startAttempt(live, traced))) ?? NO_ATTEMPT_TRACE;
  }

  /** Ends the run's span; only the first end counts. Attempts that are still open end with it, as `unknown`. */
  end(outcome: string, error?: StoredError): void {
    if (this.#live === undefined || this.#hasEnded) return;
    this.#hasEnded = true;
    for (const attempt of this.#open) attempt.end("unknown");
    endSpan(this.#live, this.#live.span, outcome, error);
  }

  #startAttempt(live: LiveRun, traced: TracedAttempt): AttemptTrace {
    const { tracing: { context, trace }, tracer, transactionId } = live;
    const attributes = { "resumable_tx.transaction.id": transactionId, ...describeAttempt(traced) };
    const span = tracer.startSpan(`${traced.kind} ${traced.export}`, { attributes }, live.context);
    const inner = trace.setSpan(live.context, span);
    const attempt: AttemptTrace = {
      // Does the work once, with the span if possible, and ends as the work does.
      within: <T>(work: () => T) => {
        let end: WorkEnd<T> | undefined;
        const workOnce = () => end ??= settle(work);
        ignoreErrors(() => context.with(inner, workOnce));
        // Has no effect unless the tracer failed before it did the work.
        const settled = workOnce();
        if ("thrown" in settled) throw settled.thrown;
        return settled.value;
      },
      follow: async (call) => {
        const end = await call;
        attempt.end(end.kind, end.error);
        return end;
      },
      end: (outcome, error) => {
        if (this.#open.delete(attempt)) endSpan(live, span, outcome, error);
      },
    };
    this.#open.add(attempt);
    return attempt;
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

/** The value of `error.type` for an unknown error, by OpenTelemetry's conventions. */
const UNKNOWN_ERROR = "_OTHER";

/** Ends a span with its outcome, a word of the journal. Each call is protected: a span that is not ended is never shown. */
function endSpan({ tracing }: LiveRun, span: Span, outcome: string, error: StoredError | undefined): void {
  ignoreErrors(() => span.setAttribute("resumable_tx.outcome", outcome));
  if (error !== undefined || outcome === "failed" || outcome === "aborted") {
    const { name, message } = error ?? {};
    ignoreErrors(() => span.setAttribute("error.type", name ?? UNKNOWN_ERROR));
    if (error !== undefined) ignoreErrors(() => span.recordException(toException(error)));
    ignoreErrors(() => span.setStatus(withoutUndefined({ code: tracing.SpanStatusCode.ERROR, message })));
  }
  ignoreErrors(() => span.end());
}

/** With its stack in the form in which the runtime itself would show it. */
function toException({ name, message, stack = "" }: StoredError): Required<Pick<Error, "name" | "message" | "stack">> {
  const frames = stack === "" ? [] : stack.split("\n").map((frame) => `    ${frame}`);
  return { name, message, stack: [`${name}: ${message}`, ...frames].join("\n") };
}

/** The key under which every copy of the API finds in a process what was registered. */
const REGISTERED = Symbol.for("opentelemetry.js.api.1");

/**
 * Loads OpenTelemetry's API if there is a receiver of traces: Deno with `OTEL_DENO=true`, or an SDK that the program has set
 * up. Looking at what is registered needs no permission; reading the variable would.
 */
async function loadTracing(): Promise<Tracing | undefined> {
  try {
    const registered: unknown = Reflect.get(globalThis, REGISTERED);
    if (!isObject(registered) || registered["trace"] === undefined) return undefined;
    // A literal, so that the package is in the user's lock file and cache before traces are turned on.
    return await import("@opentelemetry/api");
  } catch {
    return undefined;
  }
}

function startRun(tracing: Tracing, options: RunTraceOptions): LiveRun {
  const outer = tracing.context.active();
  const tracer = tracing.trace.getTracer(SCOPE, options.library);
  const first = options.firstTrace === undefined ? undefined : parseTraceparent(options.firstTrace);
  const span = tracer.startSpan(nameRun(options.home), {
    attributes: {
      "resumable_tx.transaction.id": options.transactionId,
      "resumable_tx.transaction.home": options.home,
      "resumable_tx.journal": options.journal,
      "resumable_tx.run": options.run,
    },
    links: first === undefined ? [] : [{ context: first }],
  }, outer);
  return { tracing, tracer, span, context: tracing.trace.setSpan(outer, span), transactionId: options.transactionId };
}

/** Names are what spans are grouped by: the program, and not the single transaction. */
function nameRun(home: string): string {
  const file = URL.parse(home)?.pathname.split("/").at(-1) ?? "";
  return file === "" ? "transaction" : `transaction ${file}`;
}

function describeAttempt({ step, name, module, export: exported, attempt, kind }: TracedAttempt): Attributes {
  return {
    "resumable_tx.step.id": step,
    ...withoutUndefined({ "resumable_tx.step.name": name }),
    "resumable_tx.step.module": module,
    "resumable_tx.step.export": exported,
    "resumable_tx.attempt": attempt,
    "resumable_tx.kind": kind,
  };
}

/** Version 00 of https://www.w3.org/TR/trace-context/: trace id, span id and flags; ids of zeros alone name nothing. */
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

export function formatTraceparent({ traceId, spanId, traceFlags }: SpanContext): string | undefined {
  const text = `00-${traceId}-${spanId}-${(traceFlags & 0xff).toString(16).padStart(2, "0")}`;
  return TRACEPARENT.test(text) ? text : undefined;
}

export function parseTraceparent(text: string): SpanContext | undefined {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(text) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}
