import { cancelCommand } from "./cancel_command.ts";
import { checkCommand } from "./check_command.ts";
import type { Command } from "./command.ts";
import { completionsCommand } from "./completions_command.ts";
import { doneCommand } from "./done_command.ts";
import { editCommand } from "./edit_command.ts";
import { helpCommand } from "./help_command.ts";
import { insertCommand } from "./insert_command.ts";
import { inspectCommand } from "./inspect_command.ts";
import { listCommand } from "./list_command.ts";
import { pruneCommand } from "./prune_command.ts";
import { removeCommand } from "./remove_command.ts";
import { resumeCommand } from "./resume_command.ts";
import { retryCommand } from "./retry_command.ts";
import { rewindCommand } from "./rewind_command.ts";
import { rollbackCommand } from "./rollback_command.ts";
import { signalCommand } from "./signal_command.ts";
import { skipCommand } from "./skip_command.ts";
import { undecideCommand } from "./undecide_command.ts";

/** All commands, in the order in which they are listed. */
export const commands: readonly Command[] = [
  listCommand,
  inspectCommand,
  resumeCommand,
  skipCommand,
  doneCommand,
  retryCommand,
  editCommand,
  insertCommand,
  removeCommand,
  rewindCommand,
  undecideCommand,
  signalCommand,
  cancelCommand,
  rollbackCommand,
  checkCommand,
  pruneCommand,
  completionsCommand(() => commands),
  helpCommand(() => commands),
];
