/**
 * A transaction that reports to OpenTelemetry. The program itself does nothing for this: Deno's variables turn it on.
 *
 * ```sh
 * deno run -A examples/18_traces.ts      # prints: cleaned and painted; sends no traces
 * OTEL_DENO=true OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 deno run -A examples/18_traces.ts
 * ```
 *
 * The second run sends a span for the run, and below it one for each attempt: "step clean" twice, of which one failed,
 * and "step paint". A resume is linked to the first run. More in docs/tracing.md.
 *
 * @module
 */
import { context, Transaction } from "jsr:@x/resumable-tx";

export function clean(): string {
  if (context().attempt === 1) throw new Error("No water");
  return "cleaned";
}

export function paint(before: string): string {
  return `${before} and painted`;
}

if (import.meta.main) {
  const state = await Transaction.run(import.meta, (t) => {
    const cleaned = t.do(clean).with({ retry: { maxAttempts: 2, delayMs: 0 } });
    return t.do(paint, cleaned);
  });
  console.log(state);
}
