/** Does work that must not touch the run, whatever comes of it: nothing at all, if it throws. */
export function ignoreErrors<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** OpenTelemetry's API, as far as traces need it. */
export type Tracing = Pick<typeof import("@opentelemetry/api"), "context" | "trace" | "SpanStatusCode">;

/** Under this name the API, whatever its copy, keeps in a process what was registered with it. */
const REGISTERED = Symbol.for("opentelemetry.js.api.1");

/**
 * Loads OpenTelemetry's API if somebody will take the traces: Deno with `OTEL_DENO=true`, or a kit that the program has set
 * up itself. To look at what is registered needs no permission; reading the variable would.
 */
export async function loadTracing(): Promise<Tracing | undefined> {
  if (ignoreErrors(isRegistered) !== true) return undefined;
  try {
    // Written out, not put together: so the package is in the user's lock file and cache before traces are turned on.
    return await import("@opentelemetry/api");
  } catch {
    return undefined;
  }
}

function isRegistered(): boolean {
  const registered: unknown = Reflect.get(globalThis, REGISTERED);
  return typeof registered === "object" && registered !== null && Reflect.get(registered, "trace") !== undefined;
}
