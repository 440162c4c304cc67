import { JournalRefused } from "../../errors/opening_errors.ts";
import { SYSTEM_CLOCK } from "../../run/session/clock.ts";
import type { OpenedPlace } from "../../storage/locator.ts";
import { openWork } from "../../storage/open_work.ts";
import { folderTools } from "../../work/folder/summarize_due.ts";
import { attempt } from "../../values/shape.ts";
import { readFacts, sameProgram } from "../../work/start_children.ts";
import { wakeFailed } from "../../work/retry_failed.ts";
import { spawnChild, Supervisor } from "../../work/supervisor.ts";
import type { CommandIo } from "../frame/command.ts";
import { EXIT } from "../frame/exit_code.ts";
import type { WorkSettings } from "./read_settings.ts";
import { createMetrics } from "../../work/metrics/work_metrics.ts";
import { runServices } from "./run_services.ts";
import { logTo } from "./write_log.ts";

/** Keeps child processes running that do the work, until a signal stops it. */
export async function supervise(place: OpenedPlace, settings: WorkSettings, io: CommandIo): Promise<number> {
  const metrics = await createMetrics();
  const report = logTo(io, { ...settings, metrics });
  const store = openWork(place, folderTools(place.store));
  const { command, args } = sameProgram(readFacts(), settings.deno);
  requireRun(place, command);
  const [name = "", ...given] = Deno.args;
  // Before what was given: after "--", nothing is an option.
  const wordsOf = (...own: readonly string[]) => [...args, name, `--child=${Deno.pid}`, ...own, ...given];
  const { trusted, queues, drains, retryFailed } = settings;
  // What prevents all children from working is found before the first one starts.
  await store.due.outlook({ scope: place.name, queues, homes: trusted?.prefixes, retryFailed });
  await store.due.endDead();
  if (drains) await wakeFailed(store, { scope: place.name, retryFailed, clock: SYSTEM_CLOCK });
  const supervisor = new Supervisor({
    ...settings,
    clock: SYSTEM_CLOCK,
    report,
    start: () => spawnChild(command, wordsOf()),
    afterDeath: (pid) => store.due.endDead(pid),
  });
  const firing = settings.schedules === undefined ? undefined : new Supervisor({
    ...settings,
    processes: 1,
    clock: SYSTEM_CLOCK,
    report,
    start: () => spawnChild(command, wordsOf("--fire")),
    afterDeath: (pid) => store.due.endDead(pid),
  });
  const ignore = listen(firing === undefined ? [supervisor] : [supervisor, firing]);
  let endServices: (() => Promise<void>) | undefined;
  try {
    endServices = runServices({
      store,
      scope: place.name,
      settings,
      report,
      metrics,
      children: () => [...supervisor.pids, ...firing?.pids ?? []],
    });
    if (!drains) report({ kind: "working", on: place.shown, processes: settings.processes });
    // What fires now is due.
    const fired = firing?.run();
    if (drains) await fired;
    const codes = await supervisor.run();
    const [firingCode = EXIT.finished] = await fired ?? [];
    return drains ? worstOf(codes) || firingCode : EXIT.finished;
  } finally {
    ignore();
    await endServices?.();
  }
}

function requireRun({ name }: OpenedPlace, command: string): void {
  if (Deno.permissions.querySync({ name: "run", command }).state === "granted") return;
  throw new JournalRefused(
    name,
    `Cannot start processes: Deno has no permission to. Add --allow-run=${command}, or run everything in this process: --processes 0`,
  );
}

function worstOf(codes: readonly number[]): number {
  return [EXIT.failed, EXIT.paused].find((code) => codes.includes(code)) ?? EXIT.finished;
}

/** A terminal that is closed stops the work. Without a terminal, the same signal asks for new processes, as of other services. */
function listen(supervisors: readonly Supervisor[]): () => void {
  const hasTerminal = Deno.stdin.isTerminal();
  const stop = () => supervisors.forEach((supervisor) => supervisor.stop());
  const renew = () => hasTerminal ? stop() : supervisors.forEach((supervisor) => void supervisor.replace());
  const listeners: readonly (readonly [Deno.Signal, () => void])[] = Deno.build.os === "windows"
    ? [["SIGINT", stop]]
    : [["SIGINT", stop], ["SIGTERM", stop], ["SIGHUP", renew]];
  for (const [signal, listener] of listeners) Deno.addSignalListener(signal, listener);
  return () => {
    for (const [signal, listener] of listeners) attempt(() => Deno.removeSignalListener(signal, listener));
  };
}
