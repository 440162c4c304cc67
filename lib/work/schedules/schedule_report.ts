import type { Skip } from "../../storage/schedules.ts";

/** What happens to schedules, as a worker tells it. Dates are as ISO writes them. */
export type ScheduleReport =
  /** It has recorded a transaction. */
  | { readonly kind: "schedule fired"; readonly schedule: string; readonly at: string; readonly journal: string }
  /** It did not fire. That is recorded. */
  | ({ readonly kind: "schedule skipped"; readonly schedule: string } & Skip)
  /** It fires when the firing before is over. */
  | { readonly kind: "schedule waits"; readonly schedule: string; readonly at: string }
  /** The store has got a new definition. */
  | { readonly kind: "schedule defined"; readonly schedule: string; readonly next: string | undefined }
  /** Planning or recording has failed. It is tried again. */
  | {
    readonly kind: "schedule failed";
    readonly schedule: string;
    readonly at: string;
    readonly reason: string;
    readonly again: string;
  }
  /** Another process has given the store another definition. This one does not fire it. */
  | { readonly kind: "schedule differs"; readonly schedule: string }
  /** No schedule of the module fires. */
  | { readonly kind: "schedules failed"; readonly reason: string };
