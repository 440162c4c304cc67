import { EXIT } from "./exit_code.ts";
import type { CommandIo } from "./command_io.ts";

/**
 * Watches for a step that ends the process: its exit code would say that all is well. Until it is taken off, the guard puts a
 * code of its own in place of the step's, and says so.
 *
 * @param lastWords Says what else there is to say then.
 * @returns Takes the guard off.
 */
export function guardExit(journal: string, io: CommandIo, lastWords: () => void = () => {}): () => void {
  const tell = () => {
    Deno.exitCode = EXIT.paused;
    io.writeError(
      `error: A step, or a module of one, has ended the process. What was going on is unknown now: inspect ` +
        `${JSON.stringify(journal)}\n`,
    );
    lastWords();
  };
  globalThis.addEventListener("unload", tell);
  return () => globalThis.removeEventListener("unload", tell);
}
