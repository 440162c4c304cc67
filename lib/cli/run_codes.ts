import { EXIT } from "./exit_code.ts";

/** What may come in the way of every command that runs something of a transaction. */
export const runCodes: readonly (readonly [code: number, meaning: string])[] = [
  [EXIT.damaged, "the journal is damaged, incomplete or too new"],
  [EXIT.notFound, "no such journal"],
  [EXIT.ioError, "the journal's disk failed or is full"],
  [EXIT.locked, "another process runs it"],
  [EXIT.refused, "refused: a module, a permission, or where the journal lies"],
  [EXIT.hungUp, "stopped by SIGHUP: the terminal was closed"],
  [EXIT.interrupted, "stopped by SIGINT"],
  [EXIT.terminated, "stopped by SIGTERM"],
];
