/** A span as OpenTelemetry's protocol delivers it, without the times. */
export interface ReceivedSpan {
  /** Name of the library that made it. */
  readonly scope: string;
  /** Its name. */
  readonly name: string;
  /** The trace that it belongs to. */
  readonly traceId: string;
  /** Its own id. */
  readonly spanId: string;
  /** Id of the span that it is part of; empty if there is none. */
  readonly parentSpanId: string;
  /** Its attributes. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** What happened in it. */
  readonly events: readonly { readonly name: string; readonly attributes: Readonly<Record<string, unknown>> }[];
  /** Spans that it refers to, as `traceId/spanId`. */
  readonly links: readonly string[];
  /** Its status: 0 unset, 1 well, 2 failed. */
  readonly status: { readonly code: number; readonly message: string };
}

/** A receiver of OTLP over HTTP in JSON, on this machine, until the block that declared it with `await using` ends. */
export interface OtlpReceiver extends AsyncDisposable {
  /** Where it listens, without a slash at the end. Everything but traces is answered and forgotten. */
  readonly url: string;
  /** The spans received so far, ordered by name. */
  readonly spans: () => readonly ReceivedSpan[];
  /** The variables with which Deno sends its traces here. */
  readonly env: Readonly<Record<string, string>>;
}

/** Starts a receiver. */
export function startOtlpReceiver(): OtlpReceiver {
  const spans: ReceivedSpan[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const body = await request.text();
    if (new URL(request.url).pathname === "/v1/traces") spans.push(...readSpans(JSON.parse(body)));
    return Response.json({});
  });
  const url = `http://127.0.0.1:${server.addr.port}`;
  return {
    url,
    spans: () => spans.toSorted((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
    env: {
      OTEL_DENO: "true",
      OTEL_DENO_METRICS: "false",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function readSpans(body: unknown): ReceivedSpan[] {
  const scopes = listOf(body, "resourceSpans").flatMap((resource) => listOf(resource, "scopeSpans"));
  return scopes.flatMap((scope) => {
    const name = textOf(memberOf(scope, "scope"), "name");
    return listOf(scope, "spans").map((span) => readSpan(span, name));
  });
}

function readSpan(span: unknown, scope: string): ReceivedSpan {
  const status = memberOf(span, "status");
  return {
    scope,
    name: textOf(span, "name"),
    traceId: textOf(span, "traceId"),
    spanId: textOf(span, "spanId"),
    parentSpanId: textOf(span, "parentSpanId"),
    attributes: readAttributes(span),
    events: listOf(span, "events").map((event) => ({ name: textOf(event, "name"), attributes: readAttributes(event) })),
    links: listOf(span, "links").map((link) => `${textOf(link, "traceId")}/${textOf(link, "spanId")}`),
    status: { code: Number(memberOf(status, "code") ?? 0), message: textOf(status, "message") },
  };
}

/** Each value is wrapped in an object whose one key says its type. */
function readAttributes(holder: unknown): Record<string, unknown> {
  const entries = listOf(holder, "attributes").map((attribute) => {
    const [value] = Object.values(Object(memberOf(attribute, "value")));
    return [textOf(attribute, "key"), value] as const;
  });
  return Object.fromEntries(entries.sort());
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}

function textOf(value: unknown, key: string): string {
  return String(memberOf(value, key) ?? "");
}

function listOf(value: unknown, key: string): readonly unknown[] {
  const list = memberOf(value, key);
  return Array.isArray(list) ? list : [];
}
