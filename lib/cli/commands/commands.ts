import type { Command } from "../frame/command.ts";
import { withStore } from "../frame/store_option.ts";
import type { repairCommand } from "./repair_commands.ts";

const repair = (name: Parameters<typeof repairCommand>[0]) => async () =>
  (await import("./repair_commands.ts")).repairCommand(name);

/** All commands by name, in the order in which they are listed. Each is loaded when it is called. */
const LOADERS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ["list", async () => (await import("./list_command.ts")).listCommand],
  ["inspect", async () => (await import("./inspect_command.ts")).inspectCommand],
  ["resume", async () => (await import("./resume_command.ts")).resumeCommand],
  ["skip", repair("skip")],
  ["done", repair("done")],
  ["retry", repair("retry")],
  ["edit", async () => (await import("./edit_command.ts")).editCommand],
  ["insert", async () => (await import("./insert_command.ts")).insertCommand],
  ["remove", repair("remove")],
  ["rewind", async () => (await import("./rewind_command.ts")).rewindCommand],
  ["undecide", repair("undecide")],
  ["signal", async () => (await import("./signal_command.ts")).signalCommand],
  ["stop", async () => (await import("./stop_command.ts")).stopCommand],
  ["cancel", async () => (await import("./cancel_command.ts")).cancelCommand],
  ["rollback", async () => (await import("./rollback_command.ts")).rollbackCommand],
  ["check", async () => (await import("./check_command.ts")).checkCommand],
  ["prune", async () => (await import("./prune_command.ts")).pruneCommand],
  ["export", async () => (await import("./export_command.ts")).exportCommand],
  ["import", async () => (await import("./import_command.ts")).importCommand],
  ["reclaim", async () => (await import("./reclaim_command.ts")).reclaimCommand],
  ["work", async () => (await import("./work_command.ts")).workCommand],
  ["schedule", async () => (await import("./schedule_command.ts")).scheduleCommand],
  ["queue", async () => (await import("./queue_command.ts")).queueCommand],
  ["migrate", async () => (await import("./migrate_command.ts")).migrateCommand],
  ["completions", async () => (await import("./completions_command.ts")).completionsCommand(loadCommands)],
  ["help", async () => (await import("./help_command.ts")).helpCommand(commandNames, loadCommands)],
]);

export const commandNames: readonly string[] = [...LOADERS.keys()];

export async function loadCommand(name: string): Promise<Command | undefined> {
  const command = await LOADERS.get(name)?.();
  return command && withStore(command);
}

/** For people: without what only the program itself passes. */
export function loadCommands(): Promise<readonly Command[]> {
  return Promise.all(Array.from(LOADERS.values(), async (load) => {
    const command = withStore(await load());
    return { ...command, options: command.options.filter(({ isInternal }) => isInternal !== true) };
  }));
}
