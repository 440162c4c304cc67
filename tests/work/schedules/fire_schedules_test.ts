import { assertEquals } from "@std/assert";
import { SYSTEM_CLOCK } from "../../../lib/run/session/clock.ts";
import { checkSchedules } from "../../../lib/work/schedules/define_schedules.ts";
import { ScheduleFirer } from "../../../lib/work/schedules/fire_schedules.ts";
import type { ScheduleReport } from "../../../lib/work/schedules/schedule_report.ts";
import { MemoryStore } from "../../support/memory_store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { SeededRandom } from "../../support/seeded_random.ts";
import { MemorySchedules } from "./memory_schedules.ts";

export function note(): void {}

const [BEGIN, HOUR] = [Date.UTC(2025, 0, 1, 11, 30), 3_600_000];

permittedTest("a firing that ends at this moment lets nothing overtake what waits for it", ["read"], async () => {
  const memory = new MemorySchedules(new SeededRandom(1));
  const reports: ScheduleReport[] = [];
  const isOpen = [false, true, true];
  const firer = new ScheduleFirer({
    store: new MemoryStore(),
    schedules: { ...memory.connect(), hasOpen: () => Promise.resolve(isOpen.shift() ?? false) },
    module: import.meta.url,
    clock: SYSTEM_CLOCK,
    report: (report) => void reports.push(report),
  });
  const list = checkSchedules({
    patient: { cron: "0 * * * *", overlap: "queue", run: (t: { readonly do: (fn: () => void) => void }) => t.do(note) },
  });
  for (const hours of [0, 0.5, 1.5, 2.5]) {
    memory.now = BEGIN + hours * HOUR;
    await firer.fireDue(list);
  }
  const told = reports.map((report) => `${report.kind} ${"due" in report ? report.due.slice(11, 16) : ""}`.trim());
  assertEquals(told, [
    "schedule defined",
    "schedule fired 12:00",
    "schedule waits 13:00",
    "schedule waits 14:00",
  ]);
});
