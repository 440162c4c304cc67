/**
 * A nightly report. This module only says when it is written, and what that takes. A worker does the rest; in another
 * terminal, you see when it fires next, or pause it:
 *
 * ```sh
 * mkdir reports
 * deno run -A jsr:@x/resumable-tx/cli work reports --schedules examples/23_nightly_report.ts
 * deno run -A jsr:@x/resumable-tx/cli schedule list reports
 * deno run -A jsr:@x/resumable-tx/cli schedule pause reports nightly
 * ```
 *
 * If the machine was off at night, the report of the last night is written in the morning. If a report has failed, the next
 * one is skipped until somebody has looked at it.
 *
 * @module
 */
import { schedules } from "jsr:@x/resumable-tx/schedules";

export function countOrders(day: string): number {
  return Number(day.slice(-2)) * 3;
}

export function sendReport(day: string, orders: number): void {
  console.log(`The report of ${day}: ${orders} orders`);
}

export default schedules({
  nightly: {
    cron: "30 2 * * *",
    timezone: "Europe/Berlin",
    within: "1d",
    run: (t, { at }) => {
      const day = at.toISOString().slice(0, 10);
      const orders = t.do(countOrders, day);
      t.do(sendReport, day, orders).with({ retry: { maxAttempts: 3, delayMs: 60_000 } });
    },
  },
});
