import {
  type Attributes,
  type Context,
  type Exception,
  type Link,
  type Span,
  type SpanContext,
  type SpanOptions,
  type SpanStatus,
  trace,
  type Tracer,
  type TracerProvider,
} from "@opentelemetry/api";

/** The outcome of a span that `RecordingTracer` made. */
export interface RecordedSpan {
  /** Its name. */
  readonly name: string;
  /** Id of the span that it is part of. */
  readonly parent: string | undefined;
  /** Ids of the spans that it refers to. */
  readonly links: readonly string[];
  /** Its attributes. */
  readonly attributes: Attributes;
  /** Exceptions recorded. */
  readonly exceptions: Exception[];
  /** Its status, once it is set. */
  status: SpanStatus | undefined;
  /** How often it was ended. */
  ends: number;
}

/** Keeps the spans that are made in this process, in the order in which they are started. */
export class RecordingTracer implements TracerProvider, Tracer {
  /** The spans. */
  readonly spans: RecordedSpan[] = [];

  /** One tracer serves all. */
  getTracer(): Tracer {
    return this;
  }

  /** Makes a span whose id is its position, counted from 1, as 16 digits. */
  startSpan(name: string, options: SpanOptions = {}, context?: Context): Span {
    const recorded: RecordedSpan = {
      name,
      parent: context && trace.getSpan(context)?.spanContext().spanId,
      links: (options.links ?? []).map((link: Link) => link.context.spanId),
      attributes: { ...options.attributes },
      exceptions: [],
      status: undefined,
      ends: 0,
    };
    const spanId = String(this.spans.push(recorded)).padStart(16, "0");
    return recordingSpan(recorded, { traceId: "a".repeat(32), spanId, traceFlags: 1 });
  }

  /** Is not used. */
  startActiveSpan(): never {
    throw new TypeError("This must not be called");
  }
}

function recordingSpan(recorded: RecordedSpan, spanContext: SpanContext): Span {
  const span: Span = {
    spanContext: () => spanContext,
    setAttribute: (key, value) => span.setAttributes({ [key]: value }),
    setAttributes: (attributes) => {
      Object.assign(recorded.attributes, attributes);
      return span;
    },
    addEvent: () => span,
    addLink: () => span,
    addLinks: () => span,
    setStatus: (status) => {
      recorded.status = status;
      return span;
    },
    updateName: () => span,
    end: () => {
      recorded.ends += 1;
    },
    isRecording: () => true,
    recordException: (exception) => {
      recorded.exceptions.push(exception);
    },
  };
  return span;
}
