import type { Command } from "../frame/command.ts";

/** All commands by name, in the order in which they are listed. What one of them needs the others do not load. */
const LOADERS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ["list", async () => (await import("./list_command.ts")).listCommand],
  ["inspect", async () => (await import("./inspect_command.ts")).inspectCommand],
  ["resume", async () => (await import("./resume_command.ts")).resumeCommand],
  ["skip", async () => (await import("./repair_commands.ts")).skipCommand],
  ["done", async () => (await import("./repair_commands.ts")).doneCommand],
  ["retry", async () => (await import("./repair_commands.ts")).retryCommand],
  ["edit", async () => (await import("./edit_command.ts")).editCommand],
  ["insert", async () => (await import("./insert_command.ts")).insertCommand],
  ["remove", async () => (await import("./repair_commands.ts")).removeCommand],
  ["rewind", async () => (await import("./rewind_command.ts")).rewindCommand],
  ["undecide", async () => (await import("./repair_commands.ts")).undecideCommand],
  ["signal", async () => (await import("./signal_command.ts")).signalCommand],
  ["cancel", async () => (await import("./cancel_command.ts")).cancelCommand],
  ["rollback", async () => (await import("./rollback_command.ts")).rollbackCommand],
  ["check", async () => (await import("./check_command.ts")).checkCommand],
  ["prune", async () => (await import("./prune_command.ts")).pruneCommand],
  ["completions", async () => (await import("./completions_command.ts")).completionsCommand(loadCommands)],
  ["help", async () => (await import("./help_command.ts")).helpCommand(loadCommands)],
]);

/** The names of all commands, in the order in which they are listed. */
export const commandNames: readonly string[] = [...LOADERS.keys()];

/** Loads one command; nothing if there is none of that name. */
export async function loadCommand(name: string): Promise<Command | undefined> {
  return await LOADERS.get(name)?.();
}

/** Loads all commands, in the order in which they are listed. */
export function loadCommands(): Promise<readonly Command[]> {
  return Promise.all(Array.from(LOADERS.values(), (load) => load()));
}
