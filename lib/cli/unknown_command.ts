import { suggestName } from "../values/suggest_name.ts";
import { UsageError } from "./usage_error.ts";

/** Says that there is no such command, and which one, or what, was probably meant. */
export function unknownCommand(word: string, commandNames: readonly string[]): UsageError {
  const isOption = word.startsWith("-");
  const names = isOption ? ["--help", "--version"] : commandNames;
  const near = suggestName(word, names);
  const subject = `Unknown ${isOption ? "option" : "command"} ${JSON.stringify(word)}`;
  if (near !== undefined) return new UsageError(`${subject}. Is ${near} meant?`);
  if (/[/\\]|\.json$/i.test(word)) return new UsageError(`${subject}. The command comes before the journal: inspect …`);
  return new UsageError(`${subject}. There ${isOption ? "are" : "is"} ${names.join(", ")}`);
}
