import type { Attributes, Context, Span, SpanContext, Tracer } from "@opentelemetry/api";
import type { StoredError } from "../../journal/stored.ts";
import type { FunctionName } from "../../modules/load_functions.ts";
import {
  type AttemptTrace,
  endSpan,
  ignoreErrors,
  LiveAttemptTrace,
  loadTracing,
  NO_ATTEMPT_TRACE,
  type Tracing,
} from "./attempt_trace.ts";

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
    const span = this.#live?.span;
    return span && ignoreErrors(() => formatTraceparent(span.spanContext()));
  }

  attempt(traced: TracedAttempt): AttemptTrace {
    const live = this.#live;
    if (live === undefined) return NO_ATTEMPT_TRACE;
    return ignoreErrors(() => this.#startAttempt(live, traced)) ?? NO_ATTEMPT_TRACE;
  }

  /** Ends the run's span; only the first end counts. Attempts that are still open end with it, as `unknown`. */
  end(outcome: string, error?: StoredError): void {
    if (this.#live === undefined || this.#hasEnded) return;
    this.#hasEnded = true;
    for (const attempt of this.#open) attempt.end("unknown");
    endSpan(this.#live.span, this.#live.tracing, { outcome, error });
  }

  #startAttempt({ tracing, tracer, context, transactionId }: LiveRun, traced: TracedAttempt): AttemptTrace {
    const attributes = { "resumable_tx.transaction.id": transactionId, ...describeAttempt(traced) };
    const span = tracer.startSpan(`${traced.kind} ${traced.export}`, { attributes }, context);
    const attempt: AttemptTrace = new LiveAttemptTrace({
      tracing,
      span,
      context: tracing.trace.setSpan(context, span),
      onEnd: () => this.#open.delete(attempt),
    });
    this.#open.add(attempt);
    return attempt;
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
    ...(name === undefined ? {} : { "resumable_tx.step.name": name }),
    "resumable_tx.step.module": module,
    "resumable_tx.step.export": exported,
    "resumable_tx.attempt": attempt,
    "resumable_tx.kind": kind,
  };
}

/** Version 00 of https://www.w3.org/TR/trace-context/: trace id, span id and flags; ids of zeros alone name nothing. */
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Writes down which span this is, in a form that another process can refer to. */
export function formatTraceparent({ traceId, spanId, traceFlags }: SpanContext): string | undefined {
  const text = `00-${traceId}-${spanId}-${(traceFlags & 0xff).toString(16).padStart(2, "0")}`;
  return TRACEPARENT.test(text) ? text : undefined;
}

/** Reads which span is meant; a text of another form means none. */
export function parseTraceparent(text: string): SpanContext | undefined {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(text) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}
