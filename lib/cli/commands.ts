import { checkCommand } from "./check_command.ts";
import type { Command } from "./command.ts";
import { inspectCommand } from "./inspect_command.ts";
import { resumeCommand } from "./resume_command.ts";

/** All commands, in the order in which they are listed. */
export const commands: readonly Command[] = [inspectCommand, resumeCommand, checkCommand];
